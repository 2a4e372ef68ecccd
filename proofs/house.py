"""The service in a process that can be killed and started again, as often as one likes."""

import contextlib
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from proofs.ports import free_port

SECRET_KEY = "for proofs, for proofs, for proofs, for proofs"  # noqa: S105 - guards nothing
DOMAIN = "lists.example.org"
OWN_DOMAINS = "example.org, example.net"


class Warm:
    """What forks the service, or anything else, without the time that loading takes."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def told(self, **order: Any) -> dict[str, Any]:
        """Give an order, and return its answer (`warm.py`)."""
        assert self._process.stdin is not None  # noqa: S101 - for the type checker
        assert self._process.stdout is not None  # noqa: S101
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def call(self, function: str, *, log: Path, **words: Any) -> int:
        """Call `module:function` in a process of its own; return that one's exit code."""
        code = self.told(do="call", function=function, log=str(log), words=words)["code"]
        return int(code)


@dataclass
class House:
    """One installation: a database, its ports, and the process that serves it, if one does."""

    _warm: Warm
    folder: Path
    database_url: str
    relay_url: str
    roles: tuple[str, ...] = ("mail", "worker", "clock")
    #: More settings, by the names of their variables.
    settings: dict[str, str] = field(default_factory=dict)
    #: How many posts and letters it sends side by side; 0: as many as it is made for.
    lanes: int = 0
    #: A weaker `PRAGMA synchronous` than the service's own; empty: its own.
    synchronous: str = ""
    #: How far its clock is ahead, from the next start on.
    ahead_seconds: float = 0.0
    lmtp: int = field(default_factory=free_port)
    web: int = field(default_factory=free_port)
    pid: int = 0

    @property
    def log(self) -> Path:
        """Say where it writes its log."""
        return self.folder / "log"

    def start(self) -> None:
        """Start it, and return when it is ready."""
        answer = self._warm.told(
            do="start",
            roles=self.roles,
            ahead_seconds=self.ahead_seconds,
            lanes=self.lanes,
            synchronous=self.synchronous,
            log=str(self.log),
            settings={
                "SAMBAND_DATABASE_URL": self.database_url,
                "SAMBAND_SECRET_KEY": SECRET_KEY,
                "SAMBAND_DOMAIN": DOMAIN,
                "SAMBAND_OWN_DOMAINS": OWN_DOMAINS,  # nobody asks DNS about them
                "SAMBAND_SMTP_RELAY": self.relay_url,
                "SAMBAND_LMTP_LISTEN": f"127.0.0.1:{self.lmtp}",
                "SAMBAND_WEB_LISTEN": f"127.0.0.1:{self.web}",
                **self.settings,
            },
        )
        if not answer["pid"]:
            raise RuntimeError(f"it did not start: {self.log.read_text(errors='replace')[-2000:]}")
        self.pid = answer["pid"]

    def kill(self, *, alone: bool = False) -> int:
        """Kill -9 it with its children, or alone; return its exit code."""
        return self._end(signal.SIGKILL, group=not alone)

    def stop(self) -> int:
        """Ask it to end; return its exit code."""
        return self._end(signal.SIGTERM, group=False)

    def _end(self, number: signal.Signals, *, group: bool) -> int:
        code = self._warm.told(do="end", pid=self.pid, signal=int(number), group=group)["code"]
        self.pid = 0
        return int(code)


@contextlib.contextmanager
def warm() -> Iterator[Warm]:
    """Run what forks the service; any number of installations, one after the other, may use it."""
    with subprocess.Popen(
        [sys.executable, "-m", "proofs.warm"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield Warm(process)
        finally:
            process.kill()


@contextlib.contextmanager
def standing(warm: Warm, database_url: str, *, folder: Path, relay_url: str) -> Iterator[House]:
    """Give an installation that is not served yet; at the end, whatever serves it is killed."""
    house = House(warm, folder, database_url, relay_url)
    try:
        yield house
    finally:
        if house.pid:
            house.kill()
