"""A term on a list, drafted: sixty people, fourteen weeks, the same each time.

Ordinary traffic by a seeded generator: threads and answers, absence notes, newcomers, one person
who writes too much, and one thread that boils over in its sixth week.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

WEEKS, PEOPLE = 14, 60
#: Monday 11 January 2027, 8:00 in Oslo.
FIRST_DAY = datetime(2027, 1, 11, 7, 0, tzinfo=UTC)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
EAGER, ANGRY = "eager", ("angry", "angrier")
QUARREL = "quarrel"


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A mail before it is one; `thread` names what it begins or answers."""

    at: datetime
    writer: str
    thread: str
    is_reply: bool = False
    is_absence: bool = False


def the_term() -> list[Draft]:
    """Return all mails of the term in order; the same every time."""
    chance = random.Random(1870)  # noqa: S311 - no secret
    drafts: list[Draft] = []
    for week in range(WEEKS):
        for day in range(5):
            drafts += _a_day(chance, FIRST_DAY + (7 * week + day) * DAY)
        if week == 5:
            drafts += _a_quarrel(chance, FIRST_DAY + (7 * week + 1) * DAY)
    drafts.sort(key=lambda draft: draft.at)
    return drafts


def one_in(share: int, drafts: list[Draft]) -> list[Draft]:
    """Leave only one in so many threads, but all of the quarrel."""
    threads = dict.fromkeys(draft.thread for draft in drafts)
    kept = {thread for number, thread in enumerate(threads) if number % share == 0} | {QUARREL}
    return [draft for draft in drafts if draft.thread in kept]


def _a_day(chance: random.Random, morning: datetime) -> Iterator[Draft]:
    def somebody() -> str:
        return f"postdoc{int(chance.paretovariate(0.9) * 4) % (PEOPLE - 3)}"

    for n in range(chance.choice((0, 1, 1, 2, 3))):
        begun, thread = morning + chance.randrange(500) * MINUTE, f"{morning} {n}"
        yield Draft(at=begun, writer=somebody(), thread=thread)
        for answer in range(chance.choice((0, 0, 1, 2, 3, 7))):
            at = begun + (37 * (answer + 1)) * MINUTE
            yield Draft(at=at, writer=somebody(), thread=thread, is_reply=True)
        if chance.random() < 0.2:
            at = begun + 3 * MINUTE
            yield Draft(at=at, writer=somebody(), thread=thread, is_reply=True, is_absence=True)
    for n in range(chance.choice((0, 1, 2, 3))):
        at = morning + chance.randrange(500) * MINUTE
        yield Draft(at=at, writer=EAGER, thread=f"{morning} eager {n}")


def _a_quarrel(chance: random.Random, noon: datetime) -> Iterator[Draft]:
    yield Draft(at=noon, writer=ANGRY[0], thread=QUARREL)
    for n in range(30):
        at = noon + 11 * (n + 1) * MINUTE
        yield Draft(at=at, writer=chance.choice(ANGRY), thread=QUARREL, is_reply=True)
