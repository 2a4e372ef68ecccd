"""One try of a claimed row on a lane, and what comes of it: outcomes to settle.

Called by `delivery.py`, which decides what is tried and when. Whatever a door raises ends here, but
for what says that the far side takes nothing now.
"""

from datetime import datetime
from typing import Generic

from community import due
from community.clock import Clock
from community.due import Outcome, Work
from community.outbox import Notice
from community.setbacks import Away, Crowded, Partly, Postponed, TooLate, Undelivered
from community.store import DATABASE_AWAY
from scheduler.faults import Faults
from scheduler.lanes import Lane, MaySend, Needless, Row, together


class Attempts(Generic[Row]):
    """The tries of one drain."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._faults = Faults()

    async def carry(
        self, lane: Lane[Row], row: Row, *, following: Row | None, may_send: MaySend
    ) -> list[Outcome]:
        """Try a row on a lane, and say of it and of all that share its mail what came of it.

        Raises: Away or Crowded, of which the row has no part: nothing was tried.
        """
        came: str | Undelivered | Needless | Partly
        try:
            came = await lane.carry(row, following=following, may_send=may_send)
        except TooLate:
            return self.unbegun(row)
        except (Away, Crowded):
            raise
        except Postponed as other:
            return self.unbegun(row, at=other.until, words=other.reason)
        except (Undelivered, Needless, Partly) as told:
            came = told
        except DATABASE_AWAY:
            came = Undelivered("the database was away", permanent=False)
        except TimeoutError:
            came = Undelivered("no answer in time", permanent=False, in_doubt=True)
        except Exception as fault:
            # A bug must not stop the others: the row waits, its reason beside it.
            words = self._faults.bug(row, fault)
            return [self._broken(each, words) for each in together(row)]
        return [self._outcome(each, came) for each in together(row)]

    def _outcome(self, row: Row, came: str | Undelivered | Needless | Partly) -> Outcome:
        if isinstance(came, Partly):
            came = came.of(row.id)
        if isinstance(came, Undelivered):
            return self._failed(row, came)._replace(sent_to=_whither(row))
        if isinstance(came, Needless):
            words = "no longer applies"
            return Outcome(row_id=row.id, fence=row.claims, state=Work.CANCELLED, words=words)
        return Outcome(
            row_id=row.id,
            fence=row.claims,
            state=Work.DONE,
            reference=came,
            sent_to=_whither(row),
        )

    def _failed(self, row: Row, failure: Undelivered) -> Outcome:
        now = self._clock.now()
        words = f"in doubt: {failure.reason}" if failure.in_doubt else failure.reason
        if failure.permanent or now - row.due_at > due.GIVE_UP_AFTER:
            return Outcome(row_id=row.id, fence=row.claims, state=Work.FAILED, words=words)
        again = due.retry_at(
            now, attempts=row.attempts, row_id=row.id, retry_after=failure.retry_after
        )
        return Outcome(row_id=row.id, fence=row.claims, state=Work.DUE, words=words, again_at=again)

    def _broken(self, row: Row, words: str) -> Outcome:
        """Say what becomes of a row whose sending raised: at most three times, then it waits."""
        faults = row.faults % due.MOST_FAULTS + 1
        if faults >= due.MOST_FAULTS:
            self._faults.set_aside(row, words)
            return _set_aside(row, words)
        failed = self._failed(row, Undelivered(words, permanent=False))
        return failed._replace(faults=faults)

    def deadly(self, row: Row) -> Outcome:
        """Say of a row that a process died of trying it alone: it is set aside."""
        return _set_aside(row, self._faults.death(row))

    def unbegun(
        self, row: Row, *, at: datetime | None = None, words: str | None = None
    ) -> list[Outcome]:
        """Say of a row, and of those that share its mail, that nothing was tried."""
        return [
            Outcome(
                row_id=each.id,
                fence=each.claims,
                state=Work.DUE,
                words=words,
                again_at=at or self._clock.now(),
                unused_by=each.claimed_by,
                faults=each.faults % due.MOST_FAULTS,
            )
            for each in together(row)
        ]


def _whither(row: Row) -> str | None:
    """Return the address that a letter was sent to by this try, if it was."""
    return row.sent_to if isinstance(row, Notice) else None


def _set_aside(row: Row, words: str) -> Outcome:
    return Outcome(
        row_id=row.id, fence=row.claims, state=Work.FAILED, words=words, faults=due.MOST_FAULTS
    )
