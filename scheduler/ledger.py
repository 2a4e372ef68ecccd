"""Writes outcomes to the database, one transaction for all that came during the last one.

A lane that has entered an outcome waits for its page before it sends again: that wait is what
bounds a crash to one repeated send per lane (reliability D2).
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import structlog

from community.due import Outcome
from community.store import DATABASE_AWAY

log = structlog.get_logger()

#: So long a page stays open for the lanes that are still sending: a commit costs as much CPU as
#: twenty mails, however many outcomes it has.
WAIT_SECONDS = 0.002

Persist = Callable[[list[Outcome]], Awaitable[object]]


class Ledger:
    """Outcomes on their way to the disk, page by page."""

    def __init__(
        self, persist: Persist, *, lanes: Callable[[], int], patience_seconds: float
    ) -> None:
        self._persist = persist
        self._lanes = lanes
        self._patience_seconds = patience_seconds
        self._loop = asyncio.get_running_loop()
        self._open: list[Outcome] = []
        self._page: asyncio.Future[None] = self._loop.create_future()
        self._entered = asyncio.Event()
        self._is_full = asyncio.Event()

    def enter(self, outcome: Outcome) -> asyncio.Future[None]:
        """Enter one outcome; what is returned is done when it is on disk."""
        if not self._open:
            self._entered.set()
        self._open.append(outcome)
        if len(self._open) >= self._lanes():
            self._is_full.set()
        return self._page

    async def write(self) -> None:
        """Write page after page, for ever; raise when the database stays away.

        However it ends, nobody waits for a page any more: a lane may have missed its own
        cancellation (asyncio.wait_for before 3.12 drops one that comes with the answer).
        """
        page = self._page
        try:
            while True:
                await self._entered.wait()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(WAIT_SECONDS):
                        await self._is_full.wait()
                self._entered.clear()
                self._is_full.clear()
                outcomes, page = self._open, self._page
                self._open, self._page = [], self._loop.create_future()
                await self._write_page(outcomes)
                if not page.done():
                    page.set_result(None)
        finally:
            page.cancel()
            self._page.cancel()

    async def _write_page(self, outcomes: list[Outcome]) -> None:
        """Settle, waiting for a database that is away: that costs no repeat."""
        until = self._loop.time() + self._patience_seconds
        while True:
            try:
                await self._persist(outcomes)
            except DATABASE_AWAY:
                if self._loop.time() > until:
                    raise
                await asyncio.sleep(0.5)
            except Exception as fault:
                if len(outcomes) > 1:
                    for outcome in outcomes:
                        await self._write_page([outcome])
                else:
                    await self._write_plainly(outcomes[0], fault)
                return
            else:
                return

    async def _write_plainly(self, outcome: Outcome, fault: Exception) -> None:
        """Settle a row without the far side's words: unsettled, it would be sent again for ever."""
        log.error("ledger.fault", row=outcome.row_id, error=type(fault).__name__)
        words = f"internal fault: {type(fault).__name__}" if outcome.words is not None else None
        await self._persist([outcome._replace(words=words, reference=None)])
