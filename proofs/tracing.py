"""What a running process asks of the system, read from strace: writes, syncs, and what it says.

Needs Linux, strace, and the right to trace; `trouble` says which of these is missing.
"""

import codecs
import contextlib
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

DISK = "pwrite64,fsync,fdatasync,ftruncate"
SOCKETS = "recvfrom,sendto"

_RESUMED = re.compile(r"<\.\.\. \w+ resumed>")
_UNFINISHED = " <unfinished ...>"
_WRITE = re.compile(r'pwrite64\(\d+<([^>]*)>, "(.*)"(?:\.\.\.)?, \d+, (\d+)', re.DOTALL)
_CUT = re.compile(r"ftruncate\(\d+<([^>]*)>, (\d+)")
_SYNC = re.compile(r"f(?:data)?sync\(\d+<([^>]*)>.*= 0$")
_END_OF_MAIL = r'\r\n.\r\n"'


class Kind(Enum):
    """What happened."""

    WRITE = "a write began"
    CUT = "a file was cut to a size"
    SYNC = "a file is on the disk, as far as it was written"
    MAIL = "the end of a mail came"
    TAKEN = "250 began to be said"


@dataclass(frozen=True, kw_only=True)
class Event:
    """One thing that happened, in the order of the log."""

    kind: Kind
    path: str = ""
    offset: int = 0
    octets: bytes = b""


def trouble() -> str:
    """Say why nothing can be traced here; empty if it can."""
    if not shutil.which("strace"):
        return "strace is not installed (Debian: apt-get install strace)"
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as other:  # noqa: S607
        tried = subprocess.Popen(
            ["strace", "-o", "/dev/null", "-p", str(other.pid)],  # noqa: S607
            stderr=subprocess.PIPE,
            text=True,
        )
        assert tried.stderr is not None  # noqa: S101 - for the type checker
        said = tried.stderr.readline()
        tried.send_signal(signal.SIGINT)
        tried.communicate()
    return "" if "attached" in said else f"strace may not trace: {said.strip()}"


@contextlib.contextmanager
def traced(pid: int, log: Path, *options: str, most_octets: int = 64) -> Iterator[None]:
    """Trace a process and its threads into a log as long as the context lasts."""
    with subprocess.Popen(
        ["strace", "-f", "-y", "-s", str(most_octets), "-o", str(log), *options, "-p", str(pid)],  # noqa: S607
        stderr=subprocess.PIPE,
        text=True,
    ) as strace:
        assert strace.stderr is not None  # noqa: S101 - for the type checker
        said = strace.stderr.readline()
        if "attached" not in said:
            raise RuntimeError(said)
        try:
            yield
        finally:
            strace.send_signal(signal.SIGINT)
            strace.communicate()


def events(log: Path) -> list[Event]:
    """Read a log: a write counts from its beginning, a sync from its end."""
    found: list[Event] = []
    begun: dict[str, str] = {}
    for line in log.read_text("latin-1").splitlines():
        thread, _, call = line.partition(" ")
        call = call.lstrip()
        if resumed := _RESUMED.match(call):
            whole = begun.pop(thread, "") + call[resumed.end() :]
            found += _at_end(whole)
        elif call.endswith(_UNFINISHED):
            begun[thread] = call.removesuffix(_UNFINISHED)
            found += _at_beginning(begun[thread])
        else:
            found += [*_at_beginning(call), *_at_end(call)]
    return found


def _at_beginning(call: str) -> Iterator[Event]:
    if match := _WRITE.match(call):
        octets = codecs.escape_decode(match[2].encode("latin-1"))[0]
        yield Event(
            kind=Kind.WRITE,
            path=match[1],
            offset=int(match[3]),
            octets=octets,
        )
    elif match := _CUT.match(call):
        yield Event(kind=Kind.CUT, path=match[1], offset=int(match[2]))
    elif call.startswith("sendto(") and '"250 2.0.0 Taken' in call:
        yield Event(kind=Kind.TAKEN)


def _at_end(call: str) -> Iterator[Event]:
    if match := _SYNC.match(call):
        yield Event(kind=Kind.SYNC, path=match[1])
    elif call.startswith("recvfrom(") and _END_OF_MAIL in call:
        yield Event(kind=Kind.MAIL)
