"""Sends what waits in the outbox, whenever something does, until it is told to stop.

What may be claimed and for how long is in `claims.py`, one round of sending in `drain.py`.
"""

import asyncio

import structlog

from community.store import DATABASE_AWAY
from scheduler.claims import Claims
from scheduler.drain import Drain
from scheduler.lanes import Row

log = structlog.get_logger()

#: While more is put in each, so many times a worker gathers before it sends.
MOST_GATHERINGS = 8


class Deliverer(Claims[Row]):
    """Carries one kind of row to one door."""

    #: So long a round that claims nothing more is waited for before others go past it.
    patience_seconds = 1.0

    async def drain(self) -> int:
        """Send everything that is due now; return how many rows were tried."""
        return await Drain(self).run()

    async def work(self, bell: asyncio.Event) -> None:
        """Drain for ever, whenever the bell rings (`watching.py`).

        When it is cancelled, what is being sent is finished and settled first.
        """
        while True:
            await bell.wait()
            await self._gather(bell)
            try:
                await self._drain_whole(bell)
            except* DATABASE_AWAY:
                # What is left is still due, and the bell rings for it within a second.
                log.warning("delivery.database_away", deliverer=self.name)
            except* Exception:
                log.exception("delivery.broke", deliverer=self.name)

    async def _gather(self, bell: asyncio.Event) -> None:
        """Wait for what is put soon after the bell, as long as more comes, and a while at most."""
        for _ in range(MOST_GATHERINGS):
            bell.clear()
            await asyncio.sleep(self.gathers_seconds)
            if not bell.is_set():
                return
        bell.clear()

    async def _drain_whole(self, bell: asyncio.Event) -> None:
        """Drain; when cancelled, finish and settle what is being sent, and begin nothing more.

        What is put while something is stuck goes out on the lanes that are free.
        """
        drain = Drain(self)
        running = asyncio.ensure_future(drain.run())
        try:
            while not running.done():
                await asyncio.wait([running], timeout=self.patience_seconds)
                if bell.is_set() and drain.again():
                    bell.clear()
        finally:
            drain.stop()
            await asyncio.wait([running])
        running.result()
