"""Journals: one line of JSON for each fact, on the disk before anybody hears of it.

The relay double writes what it has taken, `{"message_id", "recipient", ...}`, before its 250; the
injector writes what the service has taken, `{"message_id", ...}`, as soon as it has read its 250.
`app/reckoning.py` reads both.
"""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

#: So long anything is waited for that must come.
WAIT_SECONDS = 300.0

Entry = dict[str, str]


class Journal:
    """A journal that is being written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = os.open(path, os.O_APPEND | os.O_CREAT | os.O_WRONLY, 0o600)

    def note(self, **facts: str) -> None:
        """Write one entry; return when it is on the disk."""
        os.write(self._file, json.dumps(facts).encode() + b"\n")
        os.fdatasync(self._file)

    def close(self) -> None:
        """Write nothing more."""
        os.close(self._file)


def entries(path: Path) -> list[Entry]:
    """Read a journal; a line that was cut off by a crash was told to nobody."""
    if not path.exists():
        return []
    whole = path.read_bytes().rpartition(b"\n")[0]
    return [json.loads(line) for line in whole.splitlines()]


def length(path: Path) -> int:
    """Count the entries of a journal."""
    return path.read_bytes().count(b"\n") if path.exists() else 0


def wait(until: Callable[[], bool], what: str, *, seconds: float = WAIT_SECONDS) -> None:
    """Look two hundred times a second until it is so; fail when it never is."""
    end = time.monotonic() + seconds
    while not until():
        if time.monotonic() > end:
            raise TimeoutError(f"waited in vain until {what}")
        time.sleep(0.005)
