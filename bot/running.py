"""The turns that are being taken now: so many at once at most, each finished before the bot ends.

Slack is answered when a turn begins, so nothing else bounds how many there are in a flood.
"""

import asyncio
from collections.abc import Coroutine
from typing import Final

#: One waits for the database or for Slack, and keeps a payload of some kilobytes meanwhile.
MOST: Final = 200


class Running:
    """Keeps the turns, so that none is lost while it is taken."""

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self._tasks: set[asyncio.Task[bool]] = set()

    @property
    def is_full(self) -> bool:
        """Say whether there is no place for one more."""
        return len(self._tasks) >= self.most

    async def end(self, *, seconds: float) -> bool:
        """Begin nothing more, and wait for what was begun; say whether it ended in time."""
        self.most = 0
        return await self.finished(seconds=seconds)

    def start(self, turn: Coroutine[None, None, bool]) -> asyncio.Task[bool]:
        """Begin a turn; it goes on whoever waits for it or not."""
        task = asyncio.create_task(turn)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def finished(self, *, seconds: float | None = None) -> bool:
        """Wait until no turn is being taken; say whether that came in time."""
        try:
            async with asyncio.timeout(seconds):
                while self._tasks:
                    await asyncio.wait(self._tasks)
        except TimeoutError:
            return False
        return True
