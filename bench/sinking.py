"""Starts the sink, asks it what came, and watches our own memory meanwhile."""

import asyncio
import contextlib
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Came:
    """What came to the sink since it was last asked; moments are of the monotonic clock."""

    mails: int
    #: How many different ones.
    recipients: int
    first_at: float
    last_at: float
    cpu_seconds: float


class Sink:
    """A running sink."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.port = int(self._line())

    def came(self) -> Came:
        """Say what came, and begin to count anew."""
        assert self._process.stdin is not None  # noqa: S101 - for the type checker
        self._process.stdin.write("?\n")
        self._process.stdin.flush()
        return Came(**json.loads(self._line()))

    def _line(self) -> str:
        assert self._process.stdout is not None  # noqa: S101 - for the type checker
        return self._process.stdout.readline()


@contextlib.contextmanager
def running(delay_ms: float = 0, *, acks_quickly: bool = False) -> Iterator[Sink]:
    """Run a sink that answers each mail so much later."""
    options = ["--quick-ack"] if acks_quickly else []
    with subprocess.Popen(
        [sys.executable, "-m", "bench.sink", str(delay_ms), *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield Sink(process)
        finally:
            process.kill()


@dataclass
class Memory:
    """How much memory this process had, and has at most had since."""

    idle_mb: float
    peak_mb: float = field(default=0.0)


@contextlib.asynccontextmanager
async def memory_watched() -> AsyncIterator[Memory]:
    """Look twenty times a second how much memory this process has."""
    seen = Memory(idle_mb=rss_mb())

    async def look() -> None:
        while True:
            seen.peak_mb = max(seen.peak_mb, rss_mb())
            await asyncio.sleep(0.05)

    looking = asyncio.create_task(look())
    try:
        yield seen
    finally:
        looking.cancel()


def rss_mb() -> float:
    """Say how much memory this process has."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096 / 1_000_000
