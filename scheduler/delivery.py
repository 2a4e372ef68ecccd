"""Claims what waits in the outbox, has a door send it, and settles each answer.

Any number of processes may do so on one database. A row is claimed for a lease, started only in the
first half of it, given a quarter of it, and settled with a fence; a lane sends its next row only
when the last outcome is on disk, so a crash repeats at most one transaction per lane (reliability
D2); rows that share a mail go out, and are settled, together.
"""

import asyncio
import secrets
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import timedelta
from functools import partial
from itertools import chain
from typing import Generic

import structlog

from community import due, marks, setting_aside
from community.clock import Clock
from community.due import Outcome
from community.parcels import is_suspect
from community.setbacks import Away, Crowded, TooLate
from community.store import DATABASE_AWAY, Store
from scheduler import claiming
from scheduler.attempts import Attempts
from scheduler.lanes import Lane, Lanes, OneByOne, Row, Send, together
from scheduler.ledger import Ledger

log = structlog.get_logger()

#: So many rows for each lane are in the first claim of a round: one to send and one to look ahead.
#: The lanes make ready while the next claim, of a whole batch, takes its time.
FIRST_ROWS = 2
#: While more is put in each, so many times a worker gathers before it sends.
MOST_GATHERINGS = 8
#: So long a row that is to be tried alone waits when all lines are taken.
CROWDED_PAUSE = timedelta(seconds=5)
#: `claim(session, *, now, limit, lease, by)`, an act of the outbox.
Claim = Callable[..., list[Row]]
#: How many rows the far side has room for now; None for as many as there are.
Room = Callable[[], int | None]
#: `settle(session, outcomes, *, now)`, an act of the outbox.
Settle = Callable[..., object]


class Deliverer(Generic[Row]):
    """Carries one kind of row to one door."""

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
        #: So long after the bell a worker waits, and again while it rings (`_gather`).
        self._gathers_seconds = gathers_seconds
        #: Told of the rows of a claim before any is sent; never raises.
        self._foresee = foresee
        self._claim, self._settle, self.lease = claim, settle, lease
        self._half_lease, self._quarter_lease = lease / 2, lease / 4
        self._room = room
        #: Rows that were tried alone: this process is alive, so they have not killed it.
        self.survived: set[int] = set()
        self._mark = marks.file_of(store.url)
        seconds = lease.total_seconds() / 4
        self._lane: Callable[[], Lane[Row]]
        self._most: Callable[[], int]
        if callable(send):
            self._lane = partial(OneByOne, send, seconds=seconds)
            self._most, self.batch = (lambda: lanes), batch
            self._first_rows = batch  # there is nothing to make ready
        else:
            self._lane, self._most = partial(send.lane, seconds=seconds), lambda: send.most
            self.batch = max(batch, 16 * send.most)
            self._first_rows = FIRST_ROWS * send.most

    @property
    def lanes(self) -> int:
        """How many lanes there may be at once; a far side with its own says so anew each time."""
        return self._most()

    @lanes.setter
    def lanes(self, most: int) -> None:
        self._most = lambda: most

    async def drain(self) -> int:
        """Send everything that is due now; return how many rows were tried."""
        return await _Drain(self, self._lane).run()

    async def work(self, bell: asyncio.Event) -> None:
        """Drain for ever, whenever the bell rings (`watching.py`).

        When it is cancelled, what is being sent is finished and settled first.
        """
        while True:
            await bell.wait()
            await self._gather(bell)
            try:
                await self._drain_whole()
            except* DATABASE_AWAY:
                # What is left is still due, and the bell rings for it within a second.
                log.warning("delivery.database_away", deliverer=self.name)
            except* Exception:
                log.exception("delivery.broke", deliverer=self.name)

    async def _gather(self, bell: asyncio.Event) -> None:
        """Wait for what is put soon after the bell, as long as more comes, and a while at most."""
        for _ in range(MOST_GATHERINGS):
            bell.clear()
            await asyncio.sleep(self._gathers_seconds)
            if not bell.is_set():
                return
        bell.clear()

    async def _drain_whole(self) -> None:
        """Drain; when cancelled, finish and settle what is being sent, and begin nothing more."""
        drain = _Drain(self, self._lane)
        running = asyncio.ensure_future(drain.run())
        try:
            await asyncio.shield(running)
        finally:
            drain.stop()
            await asyncio.wait([running])

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
        rows = await claiming.claimed(
            self.store,
            self._mark,
            partial(self._claim, now=self.clock.now(), limit=limit, lease=self.lease, by=by),
        )
        if self._foresee is not None and rows:
            await self._foresee(rows)
        return rows, not rows or (self._gathers_seconds > 0 and len(rows) < limit)

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


class _Drain(Generic[Row]):
    """One round: lanes that carry claimed rows until nothing more is due."""

    def __init__(self, deliverer: Deliverer[Row], lane: Callable[[], Lane[Row]]) -> None:
        self._deliverer, self._open_lane = deliverer, lane
        self._rows: deque[Row] = deque()
        #: How many rows wait here, companions included.
        self._waiting = 0
        #: Claimed, and tried one by one on a lane of their own: two processes may be dead of each.
        self._suspects: deque[Row] = deque()
        self._alone: asyncio.Task[None] | None = None
        self._attempts: Attempts[Row] = Attempts(deliverer.clock)
        self._is_over = False
        #: Why nothing more could be claimed.
        self._away: Exception | None = None
        self._lanes: set[asyncio.Task[None]] = set()
        self._claimed = 0
        self._has_claimed = False
        #: Claimed, and not to be begun any more.
        self._unused: list[Outcome] = []
        #: Done when what waited too long is given back.
        self._back: asyncio.Future[None] | None = None

    def stop(self) -> None:
        """Claim nothing more and begin no other row."""
        self._is_over = True
        self._unused += chain.from_iterable(
            map(self._attempts.unbegun, (*self._rows, *self._suspects))
        )
        self._rows.clear()
        self._suspects.clear()
        self._waiting = 0

    async def run(self) -> int:
        patience = self._deliverer.lease.total_seconds() / 2
        self._ledger = Ledger(
            self._deliverer.settle, lanes=lambda: len(self._lanes), patience_seconds=patience
        )
        async with asyncio.TaskGroup() as group:  # a ledger that cannot write stops the lanes
            self._group = group
            ledger = group.create_task(self._ledger.write())
            self._claim_more()
            while busy := [task for task in (*self._lanes, self._claiming) if not task.done()]:
                await asyncio.wait(busy)
            if self._back is not None:
                await self._back
            ledger.cancel()
        self.stop()
        if self._unused:  # nobody has to wait for the end of their lease
            await self._deliverer.settle(self._unused)
        if self._away is not None:
            raise self._away
        return self._claimed

    def _claim_more(self) -> None:
        self._claiming = self._group.create_task(self._claim())

    async def _claim(self) -> None:
        """Claim the next batch, and open lanes for it."""
        try:
            is_first, self._has_claimed = not self._has_claimed, True
            rows, is_all = (
                ([], True) if self._is_over else await self._deliverer.next_rows(is_first=is_first)
            )
        except DATABASE_AWAY as away:
            # What was sent is settled all the same: a broken-off drain would send it again (D3).
            self._is_over, self._away = True, away
            return
        except BaseException:
            self._is_over = True  # no lane asks for more
            raise
        count = sum(len(together(row)) for row in rows)
        self._claimed += count
        if self._is_over:  # stopped meanwhile
            self._unused += chain.from_iterable(map(self._attempts.unbegun, rows))
            return
        self._is_over = is_all
        for row in rows:
            if is_suspect(row):
                self._suspects.append(row)
            else:
                self._rows.append(row)
                self._waiting += len(together(row))
        if self._suspects and (self._alone is None or self._alone.done()):
            self._alone = self._open(self._drive_alone())
        for _ in range(min(len(self._rows), self._deliverer.lanes - len(self._lanes))):
            self._open(self._drive())

    def _open(self, driving: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = self._group.create_task(driving)
        self._lanes.add(task)
        task.add_done_callback(self._lanes.discard)
        return task

    async def _next(self) -> Row | None:
        """Give a row to a lane; None when nothing more is due."""
        while True:
            row = self._at_once()
            if row is not None or self._is_over:
                return row
            await asyncio.wait([self._claiming])

    def _at_once(self) -> Row | None:
        """Give a claimed row; those that waited half their lease are left to the next claim.

        They are given back at once: a row whose lease ends looks like one that was tried.
        """
        few = 2 * self._deliverer.lanes
        if self._waiting <= few and not self._is_over and self._claiming.done():
            self._claim_more()  # while the lanes are still busy
        while self._rows:
            row = self._rows.popleft()
            self._waiting -= len(together(row))
            if self._deliverer.is_fresh(row):
                return row
            for outcome in self._attempts.unbegun(row):
                self._back = self._ledger.enter(outcome)
        return None

    async def _drive(self) -> None:
        lane = self._open_lane()
        page: asyncio.Future[None] | None = None
        try:
            row = await self._next()
            while row is not None:
                following = self._at_once()
                try:
                    outcomes = await self._attempt(lane, row, following, page)
                except Crowded:
                    back = [each for each in (following, row) if each is not None]
                    self._rows.extendleft(back)
                    self._waiting += sum(len(together(each)) for each in back)
                    break  # the others carry on
                except Away as away:
                    self._rows.extendleft([] if following is None else [following])
                    self._unused += self._attempts.unbegun(row, words=away.reason)
                    self.stop()
                    break
                for outcome in outcomes:
                    page = self._ledger.enter(outcome)
                row = following if following is not None else await self._next()
        finally:
            await lane.aclose()
        if page is not None:
            await page

    async def _drive_alone(self) -> None:
        """Try rows of which processes may have died: one at a time, each noted down before."""
        lane = self._open_lane()
        try:
            while self._suspects:
                row = self._suspects.popleft()
                if not self._deliverer.is_fresh(row):
                    self._unused += self._attempts.unbegun(row)
                    continue
                try:
                    outcomes = await self._attempt_alone(lane, row)
                except (Crowded, Away) as busy:
                    # At once: should we die before that is written, it would be called deadly.
                    for outcome in self._put_off(row, busy):
                        await self._ledger.enter(outcome)
                    break
                for outcome in outcomes:
                    await self._ledger.enter(outcome)
                self._deliverer.survived.discard(row.id)
        finally:
            await lane.aclose()
        if not self._is_over and self._claiming.done():
            self._claim_more()

    def _put_off(self, row: Row, busy: Crowded | Away) -> list[Outcome]:
        """Say of a row that there is no line to try it alone: a while later, or with all others."""
        if isinstance(busy, Crowded):
            return self._attempts.unbegun(row, at=self._deliverer.clock.now() + CROWDED_PAUSE)
        self.stop()
        return self._attempts.unbegun(row, words=busy.reason)

    async def _attempt_alone(self, lane: Lane[Row], row: Row) -> list[Outcome]:
        if self._deliverer.has_killed(row):
            return [self._attempts.deadly(row)]
        try:
            await self._deliverer.begin_alone(row)
        except DATABASE_AWAY:
            return self._attempts.unbegun(row)
        return await self._attempt(lane, row)

    def _attempt(
        self,
        lane: Lane[Row],
        row: Row,
        following: Row | None = None,
        page: asyncio.Future[None] | None = None,
    ) -> Awaitable[list[Outcome]]:
        may_send = partial(self._turn, row, page)
        return self._attempts.carry(lane, row, following=following, may_send=may_send)

    async def _turn(self, row: Row, page: asyncio.Future[None] | None) -> None:
        """Return when this lane's last outcome is on disk.

        Raises: TooLate when that, or what came before it (a slow relay, a post to be prepared),
        took so long that the row may be somebody else's before it is sent.
        """
        is_on_time = self._deliverer.may_leave
        if page is not None and not page.done():
            await page
            is_on_time = self._deliverer.is_fresh
        if not is_on_time(row):
            raise TooLate
