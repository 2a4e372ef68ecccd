"""How much speaks against an address: bounces add up, fade with time, and a good delivery lowers.

Pure arithmetic over what happened; nothing is stored, so that a post which turns out to have been
refused by many can still be left out of the sum.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from community.causes import Cause

#: What one bounce adds. An address that is gone is asked about at its third, a full mailbox after
#: a week of one a day, and never at one a week.
WEIGHTS: Final = {Cause.GONE: 1.5, Cause.SOFT: 0.5}
LIMIT: Final = 3.0
#: Two weeks, because a list may carry one post a week: with Mailman's seven days such a list never
#: finds out; with much more, a bad week is held against somebody for a whole semester.
HALF_LIFE: Final = timedelta(days=14)
#: A mail that arrived halves what speaks against the address: mailboxes that come and go stay.
AFTER_A_GOOD_ONE: Final = 0.5
#: Only then is a taken mail known to have arrived: hosts try for five days (RFC 5321 §4.5.4.1).
GOOD_AFTER: Final = timedelta(days=5)
#: What happened longer ago weighs less than a sixtieth and is not read.
MEMORY: Final = 6 * HALF_LIFE

#: A post of which more than this share came back hurts nobody, from so many failures on.
MOST_FAILED: Final = 0.2
FEW: Final = 3


@dataclass(frozen=True, kw_only=True)
class Happened:
    """One mail to one address: that it arrived, or why it did not."""

    at: datetime
    #: None: it arrived.
    cause: Cause | None


def score(happened: Iterable[Happened], *, now: datetime) -> float:
    """Add up what speaks against an address; of the bounces of one UTC day the worst counts (B1).

    Deliveries count as good only `GOOD_AFTER` their moment; what never weighs is passed over.
    """
    worst: dict[date, tuple[float, datetime]] = {}
    turns: list[tuple[datetime, float | None]] = []
    for each in happened:
        if each.cause is None:
            turns += [(each.at, None)] if now - each.at >= GOOD_AFTER else []
        elif each.cause in WEIGHTS:
            weight, day = WEIGHTS[each.cause], each.at.date()
            worst[day] = max(worst.get(day, (0.0, each.at)), (weight, each.at))
    turns += [(at, weight) for weight, at in worst.values()]
    total, last = 0.0, now
    for at, added in sorted(turns, key=lambda turn: turn[0]):
        total *= _faded(at - last)
        total = total * AFTER_A_GOOD_ONE if added is None else total + added
        last = at
    return total * _faded(now - last)


def _faded(passed: timedelta) -> float:
    return math.pow(0.5, max(0.0, passed / HALF_LIFE))


def is_refused(*, copies: int, failed: int) -> bool:
    """Say whether a post itself was refused, rather than some of its readers' addresses."""
    if failed < 2:
        return False
    return failed * 2 > copies or (failed >= FEW and failed > copies * MOST_FAILED)
