"""Writes the letters of one claim together, shortly before they go out.

Asked one by one, the questions behind the letters cost more than the mails. What is written ahead
is good for a moment: a letter whose turn comes later is asked for anew, and so is each that has
nothing to say or cannot be written, so that its own turn tells why.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog

from community import quiet_hours
from community.clock import Clock
from community.outbox import Notice
from community.parcels import is_suspect
from community.people import Reader
from community.store import DATABASE_AWAY, Session, Store
from letters import together
from letters.letter import House, Letter

log = structlog.get_logger()

#: For so long it is as if it had been written when it goes out.
GOOD_FOR: Final = timedelta(seconds=5)
Written = tuple[Reader, Letter]


class Ahead:
    """The letters of one deliverer that are written and have not gone out."""

    def __init__(self, store: Store, clock: Clock, house: House) -> None:
        self._store, self._clock, self._house = store, clock, house
        #: By a notice's id and its fence; with the moment at which it was asked for.
        self._letters: dict[tuple[int, int], tuple[datetime, Written]] = {}

    async def write(self, notices: Sequence[Notice]) -> None:
        """Write the letters of notices that have just been claimed; never raise."""
        now = self._clock.now()
        since = now - GOOD_FOR
        self._letters = {key: it for key, it in self._letters.items() if it[0] >= since}
        # A row of which a process may have died is tried alone, and not here.
        safe = [each for each in notices if not is_suspect(each) and each.replaces_id is None]
        if len(safe) < 2:
            return
        try:
            written = await self._store.read(_written, safe, house=self._house)
        except DATABASE_AWAY:
            return  # each is asked for in its turn, and waits there
        except Exception:
            log.exception("letters.not_written_ahead")
            return
        fences = {each.id: each.claims for each in safe}
        self._letters |= {(each, fences[each]): (now, it) for each, it in written.items()}

    def take(self, notice: Notice) -> Written | None:
        """Give the letter of a claimed notice, once, if it was written a moment ago."""
        asked_at, written = self._letters.pop((notice.id, notice.claims), (None, None))
        is_good = asked_at is not None and self._clock.now() <= asked_at + GOOD_FOR
        return written if is_good else None


def _written(
    session: Session, notices: Sequence[Notice], *, house: House
) -> dict[int, tuple[Reader, Letter]]:
    """Write the letters of all these but those which a person's own hours may hold back."""
    patient = {each.person_id for each in notices if each.kind in quiet_hours.PATIENT}
    choosers = quiet_hours.have_chosen(session, patient)
    at_once = [
        each
        for each in notices
        if each.kind not in quiet_hours.PATIENT or each.person_id not in choosers
    ]
    return together.write(session, at_once, house=house)
