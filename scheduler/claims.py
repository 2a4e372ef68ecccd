"""What one deliverer claims of the outbox, for how long, and how it gives it back.

Any number of processes may do so on one database. A row is claimed for a lease, started only in the
first half of it, given a quarter of it, and settled with a fence. The mark of a claim is kept
beside the database before any of its rows is sent (U3).
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Generic

import structlog

from community import due, freezes, marks, setting_aside
from community.clock import Clock
from community.due import Outcome
from community.store import Session, Store
from scheduler.lanes import Lane, Lanes, OneByOne, Row, Send

log = structlog.get_logger()

#: So many rows for each lane are in the first claim of a round: one to send and one to look ahead.
#: The lanes make ready while the next claim, of a whole batch, takes its time.
FIRST_ROWS = 2
#: `claim(session, *, now, limit, lease, by)`, an act of the outbox.
Claim = Callable[..., list[Row]]
#: How many rows the far side has room for now; None for as many as there are.
Room = Callable[[], int | None]
#: `settle(session, outcomes, *, now)`, an act of the outbox.
Settle = Callable[..., object]


class Claims(Generic[Row]):
    """The rows of one kind that go to one door."""

    def __init__(  # noqa: PLR0913 - the row's way from the table to the door
        self,
        store: Store,
        clock: Clock,
        send: Send[Row] | Lanes[Row],
        *,
        claim: Claim[Row],
        settle: Settle,
        name: str,
        room: Room | None = None,
        lanes: int = 5,
        batch: int = 50,
        lease: timedelta = timedelta(seconds=120),
        gathers_seconds: float = 0.0,
        foresee: Callable[[Sequence[Row]], Awaitable[None]] | None = None,
    ) -> None:
        self.store, self.clock, self.name = store, clock, name
        #: So long after the bell a worker waits, and again while it rings (`delivery.py`).
        self.gathers_seconds = gathers_seconds
        #: Told of the rows of a claim before any is sent; never raises.
        self._foresee = foresee
        self._claim, self._settle, self.lease = claim, settle, lease
        self._half_lease, self._quarter_lease = lease / 2, lease / 4
        self._room = room
        #: Rows that were tried alone: this process is alive, so they have not killed it.
        self.survived: set[int] = set()
        self._mark = marks.file_of(store.url)
        seconds = lease.total_seconds() / 4
        #: Opens a lane.
        self.open_lane: Callable[[], Lane[Row]]
        self._most: Callable[[], int]
        if callable(send):
            self.open_lane = partial(OneByOne, send, seconds=seconds)
            self._most, self.batch = (lambda: lanes), batch
            self._first_rows = batch  # there is nothing to make ready
        else:
            self.open_lane, self._most = partial(send.lane, seconds=seconds), lambda: send.most
            self.batch = max(batch, 16 * send.most)
            self._first_rows = FIRST_ROWS * send.most

    @property
    def lanes(self) -> int:
        """How many lanes there may be at once; a far side with its own says so anew each time."""
        return self._most()

    @lanes.setter
    def lanes(self, most: int) -> None:
        self._most = lambda: most

    async def next_rows(self, *, is_first: bool = False) -> tuple[Sequence[Row], bool]:
        """Claim a batch of what is due, as far as the far side has room; say whether that was all.

        The first is small, for the lanes to begin with. Where rows are gathered, what is put
        meanwhile waits for the next round.
        """
        room = self._room() if self._room is not None else None
        most = min(self._first_rows, self.batch) if is_first else self.batch
        limit = most if room is None else min(room, most)
        if limit == 0:
            return [], True
        by = f"{self.name}.{secrets.token_hex(4)}"  # no other claim has it: see settling.hand_back
        rows = await self._claimed(
            partial(self._claim, now=self.clock.now(), limit=limit, lease=self.lease, by=by),
        )
        if self._foresee is not None and rows:
            await self._foresee(rows)
        return rows, not rows or (self.gathers_seconds > 0 and len(rows) < limit)

    async def _claimed(self, claim: Callable[[Session], Sequence[Row]]) -> Sequence[Row]:
        """Take rows by an act of the outbox, none while it is frozen."""
        rows, mark = await self.store.run(freezes.claim, claim)
        if mark is not None and self._mark is not None:
            try:
                await asyncio.to_thread(marks.keep, self._mark, mark)
            except OSError as error:
                # A restore may then not be found out; mail goes on.
                log.warning("outbox.mark_not_kept", error=type(error).__name__)
        return rows

    async def begin_alone(self, row: Row) -> None:
        """Note ahead that a row is tried which may kill us."""
        await self.store.run(setting_aside.begin_alone, row)
        self.survived.add(row.id)

    def has_killed(self, row: Row) -> bool:
        """Tell whether a process has died of a row that it tried alone."""
        return row.faults >= due.MOST_FAULTS and row.id not in self.survived

    async def settle(self, outcomes: Sequence[Outcome]) -> None:
        """Write down outcomes, in one transaction."""
        await self.store.run(self._settle, outcomes, now=self.clock.now())

    def is_fresh(self, row: Row) -> bool:
        """Tell whether a row may still be started: in the first half of its lease."""
        assert row.next_at is not None  # noqa: S101 - a claimed row has its lease's end
        return self.clock.now() <= row.next_at - self._half_lease

    def may_leave(self, row: Row) -> bool:
        """Tell whether the lease of a row outlives what sending it may take: a quarter of it."""
        assert row.next_at is not None  # noqa: S101 - a claimed row has its lease's end
        return self.clock.now() <= row.next_at - self._quarter_lease
