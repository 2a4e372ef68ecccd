"""Looks what is due, and wakes whoever does it: once a second, and after each commit that put some.

One read for all queues: an idle service claims nothing and writes nothing. What another process has
put, a moment that has come, a lease that has ended or a wake-up that was lost is seen by the next
look, a second later at most.
"""

import asyncio
import contextlib

import structlog

from community import queues
from community.clock import Clock
from community.queues import Queue
from community.store import DATABASE_AWAY, Store

log = structlog.get_logger()

#: So long what another process has put waits at most.
PAUSE_SECONDS = 1.0
#: So long after a look comes the next at the earliest: what is put one by one is seen together.
PACE_SECONDS = 0.02


class Watch:
    """Wakes the workers of one process."""

    def __init__(self, store: Store, clock: Clock, *, pause_seconds: float = PAUSE_SECONDS) -> None:
        self._store, self._clock, self._pause_seconds = store, clock, pause_seconds
        self._bells: dict[Queue, asyncio.Event] = {}
        self._put = asyncio.Event()
        store.after_commit(self._put.set)

    def bell(self, queue: Queue) -> asyncio.Event:
        """Return what is set whenever something is due in `queue`; its worker clears it."""
        return self._bells.setdefault(queue, asyncio.Event())

    async def look(self) -> frozenset[Queue]:
        """Ring for every queue in which something is due; return which those are."""
        due = await self._store.read(queues.due, now=self._clock.now())
        for queue in due & self._bells.keys():
            self._bells[queue].set()
        return due

    async def run(self) -> None:
        """Look for ever; log once that the database is away, and once that it is back."""
        is_away = False
        while True:
            self._put.clear()
            try:
                await self.look()
                if is_away:
                    log.warning("watch.database_back")
                is_away = False
            except DATABASE_AWAY:
                if not is_away:
                    log.warning("watch.database_away")
                is_away = True
            except Exception:
                log.exception("watch.failed")  # without a watch nothing would be sent: look again
            await asyncio.sleep(PACE_SECONDS)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._pause_seconds):
                    await self._put.wait()
