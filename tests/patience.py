"""A loop for the tests, which has all the time that the machine spends on something else.

Whoever hangs up after a second hangs up on a machine that stood still for two. So the clock of this
loop goes on by no more than a moment from one look at what has happened to the next: however long
the process had to wait for its turn, nobody has waited for an answer meanwhile.
"""

import asyncio
import selectors
import time

#: The most that passes between two looks.
MOMENT_SECONDS = 0.005


class _Looking(selectors.DefaultSelector):
    """Looks often enough for whoever waits for a clock that goes by looks."""

    def __init__(self) -> None:
        super().__init__()
        self.now = self._seen = time.monotonic()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        found = super().select(None if timeout is None else min(timeout, MOMENT_SECONDS))
        seen = time.monotonic()
        self.now += min(seen - self._seen, MOMENT_SECONDS)
        self._seen = seen
        return found


class PatientLoop(asyncio.SelectorEventLoop):
    """Runs what an ordinary loop runs; on an idle machine its clock goes as any other."""

    def __init__(self) -> None:
        self._looking = _Looking()
        super().__init__(self._looking)

    def time(self) -> float:
        """Say what time it is: the same from one look to the next."""
        return self._looking.now

    def stand_still(self, seconds: float) -> None:
        """Have so much time passed since the last look, as for a process that was stopped."""
        self._looking.now += seconds
