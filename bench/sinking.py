"""Starts the sink and asks it what came."""

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

#: After so long without another mail no more will come.
PATIENCE_SECONDS = 60


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
        return Came(**json.loads(self._asked("?")))

    def wait_for(self, mails: int) -> None:
        """Wait until so many mails have come; raise when none comes any more."""
        came, last_at = 0, time.monotonic()
        while came < mails:
            time.sleep(0.02)
            before, came = came, int(self._asked("n"))
            last_at = time.monotonic() if came > before else last_at
            if time.monotonic() - last_at > PATIENCE_SECONDS:
                raise RuntimeError(f"only {came} of {mails} mails came")

    def _asked(self, what: str) -> str:
        assert self._process.stdin is not None  # noqa: S101 - for the type checker
        self._process.stdin.write(f"{what}\n")
        self._process.stdin.flush()
        return self._line()

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
