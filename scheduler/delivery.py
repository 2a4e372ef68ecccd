"""Claims what waits in the outbox, has a door send it, and settles each answer.

Any number of processes may do so on one database. A row is claimed for a lease, started only in the
first half of it, given a quarter of it, and settled with a fence; a lane starts its next send only
when the last outcome is on disk, so a crash repeats at most one send per lane (reliability D2).
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import timedelta
from typing import Generic, TypeVar

import structlog

from community import due
from community.clock import Clock
from community.due import Due, Outcome, Work
from community.outbox import Undelivered
from community.store import DATABASE_AWAY, Store

log = structlog.get_logger()

Row = TypeVar("Row", bound=Due)
#: `claim(session, *, now, limit, lease, by)`, an act of the outbox.
Claim = Callable[..., list[Row]]
#: `settle(session, outcomes, *, now)`, an act of the outbox.
Settle = Callable[..., object]


class Needless(Exception):
    """What a row would have said no longer applies."""


class Deliverer(Generic[Row]):
    """Carries one kind of row to one door."""

    def __init__(  # noqa: PLR0913 - the row's way from the table to the door
        self,
        store: Store,
        clock: Clock,
        send: Callable[[Row], Awaitable[str]],
        *,
        claim: Claim[Row],
        settle: Settle,
        name: str,
        lanes: int = 5,
        batch: int = 50,
        lease: timedelta = timedelta(seconds=120),
    ) -> None:
        self.store, self.clock, self.name = store, clock, name
        self._send, self._claim, self._settle = send, claim, settle
        self.lanes, self.batch, self.lease = lanes, batch, lease
        self._outcomes: asyncio.Queue[tuple[Outcome, asyncio.Future[None]]]

    async def drain(self) -> int:
        """Send everything that is due now; return how many rows were tried."""
        tried = 0
        while rows := await self._next_rows():
            self._outcomes = asyncio.Queue()
            async with asyncio.TaskGroup() as group:  # a ledger that cannot write stops the lanes
                ledger = group.create_task(self._write_ledger())
                queue = iter(rows)
                lanes = [group.create_task(self._lane(queue)) for _ in range(self.lanes)]
                await asyncio.wait(lanes)
                ledger.cancel()
            tried += len(rows)
        return tried

    async def work(self, woken: asyncio.Event, *, pause: float = 1.0) -> None:
        """Drain for ever: at once when something was put in this process, else each second."""
        while True:
            try:
                await self.drain()
            except* DATABASE_AWAY:
                log.warning("delivery.database_away", deliverer=self.name)
                await asyncio.sleep(pause)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await woken.wait()
            woken.clear()

    async def _next_rows(self) -> Sequence[Row]:
        return await self.store.run(
            self._claim,
            now=self.clock.now(),
            limit=self.batch,
            lease=self.lease,
            by=self.name,
        )

    async def _lane(self, rows: Iterator[Row]) -> None:
        for row in rows:  # one iterator, shared by all lanes
            assert row.next_at is not None  # noqa: S101 - a claimed row has its lease's end
            if self.clock.now() > row.next_at - self.lease / 2:
                continue  # waited too long behind others: the next claim takes it
            outcome = await self._attempt(row)
            written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._outcomes.put_nowait((outcome, written))
            await written

    async def _attempt(self, row: Row) -> Outcome:
        try:
            async with asyncio.timeout(self.lease.total_seconds() / 4):
                reference = await self._send(row)
        except Needless:
            words = "no longer applies"
            return Outcome(row_id=row.id, fence=row.claims, state=Work.CANCELLED, words=words)
        except Undelivered as failure:
            return self._failed(row, failure)
        except TimeoutError:
            slow = Undelivered("no answer in time", permanent=False, in_doubt=True)
            return self._failed(row, slow)
        except Exception as fault:
            # A bug must not stop the others: the row waits, its reason beside it.
            log.exception("delivery.fault", row=row.key, deliverer=self.name)
            reason = f"internal fault: {type(fault).__name__}"
            return self._failed(row, Undelivered(reason, permanent=False))
        return Outcome(row_id=row.id, fence=row.claims, state=Work.DONE, reference=reference)

    def _failed(self, row: Row, failure: Undelivered) -> Outcome:
        now = self.clock.now()
        words = f"in doubt: {failure.reason}" if failure.in_doubt else failure.reason
        if failure.permanent or now - row.due_at > due.GIVE_UP_AFTER:
            return Outcome(row_id=row.id, fence=row.claims, state=Work.FAILED, words=words)
        again = due.retry_at(
            now, attempts=row.attempts, row_id=row.id, retry_after=failure.retry_after
        )
        return Outcome(row_id=row.id, fence=row.claims, state=Work.DUE, words=words, again_at=again)

    async def _write_ledger(self) -> None:
        """Commit in one transaction whatever finished while the last commit was on its way."""
        while True:
            entries = [await self._outcomes.get()]
            while not self._outcomes.empty():
                entries.append(self._outcomes.get_nowait())
            outcomes = [outcome for outcome, _ in entries]
            await self._persist(outcomes)
            for _, written in entries:
                if not written.done():
                    written.set_result(None)

    async def _persist(self, outcomes: Sequence[Outcome]) -> None:
        """Settle, waiting up to half a lease for a database that is away: it costs no repeat."""
        loop = asyncio.get_running_loop()
        until = loop.time() + self.lease.total_seconds() / 2
        while True:
            try:
                await self.store.run(self._settle, outcomes, now=self.clock.now())
            except DATABASE_AWAY:
                if loop.time() > until:
                    raise
                await asyncio.sleep(0.5)
            else:
                return
