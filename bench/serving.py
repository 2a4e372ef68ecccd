"""The whole service as people start it, in a process of its own."""

import contextlib
import os
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from proofs.ports import free_port

NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, kw_only=True)
class Serving:
    """A running service and how long it took to be ready."""

    pid: int
    lmtp_port: int
    web_port: int
    ready_seconds: float

    @property
    def cpu_seconds(self) -> float:
        """How much CPU it and its children have had."""
        return cpu_seconds_of(self.pid)

    @property
    def rss_mb(self) -> float:
        """How much memory its process has."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * 4096 / 1e6

    @property
    def pss_mb(self) -> float:
        """How much memory it and its children have, each shared page by its share."""
        return sum(_pss_kb(pid) for pid in _family(self.pid)) * 1024 / 1e6

    @property
    def wakes(self) -> int:
        """How often a thread of its process has had to wait so far, and so to wake again."""
        tasks = Path(f"/proc/{self.pid}/task").glob("*/status")
        return sum(_field(task.read_text(), "voluntary_ctxt_switches:") for task in tasks)


@dataclass
class Memory:
    """How much memory the service had, and has at most had since."""

    idle_mb: float
    peak_mb: float


@contextlib.contextmanager
def memory_watched(running: Serving) -> Iterator[Memory]:
    """Look twenty times a second how much memory the service has."""
    seen = Memory(idle_mb=running.rss_mb, peak_mb=running.rss_mb)
    is_over = threading.Event()

    def look() -> None:
        while not is_over.wait(0.05):
            seen.peak_mb = max(seen.peak_mb, running.rss_mb)

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield seen
    finally:
        is_over.set()
        looking.join()


@contextlib.contextmanager
def running(
    database_url: str, *, relay_port: int, folder: Path, more: Mapping[str, str] = NOTHING
) -> Iterator[Serving]:
    """Run `samband serve` on free ports until the context ends; `more` are further settings."""
    lmtp_port, web_port = free_port(), free_port()
    settings = {
        "SAMBAND_DATABASE_URL": database_url,
        "SAMBAND_LMTP_LISTEN": f"127.0.0.1:{lmtp_port}",
        "SAMBAND_WEB_LISTEN": f"127.0.0.1:{web_port}",
        "SAMBAND_SMTP_RELAY": f"smtp://127.0.0.1:{relay_port}",
        "SAMBAND_SECRET_KEY": "a key for the bench, long enough to be taken for one",
        "SAMBAND_PUBLIC_URL": f"http://127.0.0.1:{web_port}",
        "SAMBAND_DOMAIN": "lists.example.org",
        "PYTHONPATH": os.getcwd(),
        "PATH": os.environ["PATH"],
        **more,
    }
    begun = time.monotonic()
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "app", "serve"], env=settings, cwd=folder, stdout=log, stderr=log
        )
    try:
        _wait_for(f"http://127.0.0.1:{web_port}/readyz", process, folder / "log")
        yield Serving(
            pid=process.pid,
            lmtp_port=lmtp_port,
            web_port=web_port,
            ready_seconds=time.monotonic() - begun,
        )
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(1_000):
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=1):  # noqa: S310
            return
        if process.poll() is not None:
            raise RuntimeError(log.read_text(errors="replace"))
        time.sleep(0.02)
    raise RuntimeError("the service was not ready in time")


def cpu_seconds_of(pid: int) -> float:
    """Say how much CPU a process and its children have had."""
    return sum(_cpu_seconds(each) for each in _family(pid))


def _family(pid: int) -> list[int]:
    children = [
        int(child)
        for task in Path(f"/proc/{pid}/task").iterdir()  # a child is its thread's
        for child in (task / "children").read_text().split()
    ]
    return [pid, *(each for child in children for each in _family(child))]


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _pss_kb(pid: int) -> int:
    return _field(Path(f"/proc/{pid}/smaps_rollup").read_text(), "Pss:")


def _field(text: str, name: str) -> int:
    return int(text[text.index(f"\n{name}") :].split(maxsplit=2)[1])
