"""One round of sending: lanes that carry claimed rows until nothing more is due.

A lane sends its next row only when the last outcome is on disk, so a crash repeats at most one
transaction per lane (reliability D2); rows that share a mail go out, and are settled, together.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Coroutine
from datetime import timedelta
from functools import partial
from itertools import chain
from typing import Generic

from community.due import Outcome
from community.parcels import is_suspect
from community.setbacks import Away, Crowded, TooLate
from community.store import DATABASE_AWAY
from scheduler.attempts import Attempts
from scheduler.claims import Claims
from scheduler.lanes import Lane, Row, together
from scheduler.ledger import Ledger

#: So long a row that is to be tried alone waits when all lines are taken.
CROWDED_PAUSE = timedelta(seconds=5)


class Drain(Generic[Row]):
    """One round of one deliverer."""

    def __init__(self, claims: Claims[Row]) -> None:
        self._claims = claims
        self._rows: deque[Row] = deque()
        #: How many rows wait here, companions included.
        self._waiting = 0
        #: Claimed, and tried one by one on a lane of their own: two processes may be dead of each.
        self._suspects: deque[Row] = deque()
        self._alone: asyncio.Task[None] | None = None
        self._attempts: Attempts[Row] = Attempts(claims.clock)
        self._is_over = False
        #: Nothing is ever begun again: it was stopped, or something broke.
        self._is_closed = False
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
        self._is_over = self._is_closed = True
        self._unused += chain.from_iterable(
            map(self._attempts.unbegun, (*self._rows, *self._suspects))
        )
        self._rows.clear()
        self._suspects.clear()
        self._waiting = 0

    def again(self) -> bool:
        """Claim once more where all was claimed and lanes are free while others still carry.

        So a far side that does not answer for one row keeps nothing else back (D5).
        """
        is_through = self._is_over and not self._is_closed and self._claiming.done()
        if not (is_through and 0 < len(self._lanes) < self._claims.lanes):
            return False
        self._is_over = False
        self._claim_more()
        return True

    async def run(self) -> int:
        """Send until nothing more is due; return how many rows were tried."""
        patience = self._claims.lease.total_seconds() / 2
        self._ledger = Ledger(
            self._claims.settle, lanes=lambda: len(self._lanes), patience_seconds=patience
        )
        async with asyncio.TaskGroup() as group:  # a ledger that cannot write stops the lanes
            self._group = group
            ledger = group.create_task(self._ledger.write())
            ledger.add_done_callback(self._close_if_broken)
            self._claim_more()
            while busy := [task for task in (*self._lanes, self._claiming) if not task.done()]:
                await asyncio.wait(busy)
            if self._back is not None:
                await self._back
            ledger.cancel()
        self.stop()
        if self._unused:  # nobody has to wait for the end of their lease
            await self._claims.settle(self._unused)
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
                ([], True) if self._is_over else await self._claims.next_rows(is_first=is_first)
            )
        except DATABASE_AWAY as away:
            # What was sent is settled all the same: a broken-off drain would send it again (D3).
            self._is_over, self._is_closed, self._away = True, True, away
            return
        except BaseException:
            self._is_over = self._is_closed = True  # no lane asks for more
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
        for _ in range(min(len(self._rows), self._claims.lanes - len(self._lanes))):
            self._open(self._drive())

    def _open(self, driving: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = self._group.create_task(driving)
        self._lanes.add(task)
        task.add_done_callback(self._lanes.discard)
        task.add_done_callback(self._close_if_broken)
        return task

    def _close_if_broken(self, task: asyncio.Task[None]) -> None:
        self._is_closed |= task.cancelled() or task.exception() is not None

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
        few = 2 * self._claims.lanes
        if self._waiting <= few and not self._is_over and self._claiming.done():
            self._claim_more()  # while the lanes are still busy
        while self._rows:
            row = self._rows.popleft()
            self._waiting -= len(together(row))
            if self._claims.is_fresh(row):
                return row
            for outcome in self._attempts.unbegun(row):
                self._back = self._ledger.enter(outcome)
        return None

    async def _drive(self) -> None:
        lane = self._claims.open_lane()
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
        lane = self._claims.open_lane()
        try:
            while self._suspects:
                row = self._suspects.popleft()
                if not self._claims.is_fresh(row):
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
                self._claims.survived.discard(row.id)
        finally:
            await lane.aclose()
        if not self._is_over and self._claiming.done():
            self._claim_more()

    def _put_off(self, row: Row, busy: Crowded | Away) -> list[Outcome]:
        """Say of a row that there is no line to try it alone: a while later, or with all others."""
        if isinstance(busy, Crowded):
            return self._attempts.unbegun(row, at=self._claims.clock.now() + CROWDED_PAUSE)
        self.stop()
        return self._attempts.unbegun(row, words=busy.reason)

    async def _attempt_alone(self, lane: Lane[Row], row: Row) -> list[Outcome]:
        if self._claims.has_killed(row):
            return [self._attempts.deadly(row)]
        try:
            await self._claims.begin_alone(row)
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
        is_on_time = self._claims.may_leave
        if page is not None and not page.done():
            await page
            is_on_time = self._claims.is_fresh
        if not is_on_time(row):
            raise TooLate
