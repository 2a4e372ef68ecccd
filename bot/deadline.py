"""How long Slack is waited for when the service ends: until one moment, whatever is being asked."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Deadline:
    """Ends every call that waits for Slack, once its moment has come."""

    def __init__(self) -> None:
        self._at: float | None = None
        self._waiting: set[asyncio.Timeout] = set()

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Keep to it.

        Raises:
            TimeoutError: the moment has come, or had come before.
        """
        async with asyncio.timeout_at(self._at) as waiting:
            self._waiting.add(waiting)
            try:
                yield
            finally:
                self._waiting.discard(waiting)

    def set(self, *, seconds: float) -> None:
        """Let what waits, and whatever comes, wait for so long and no longer."""
        self._at = asyncio.get_running_loop().time() + seconds
        for waiting in self._waiting:
            waiting.reschedule(self._at)
