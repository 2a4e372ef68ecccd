"""Runs `samband` as a process of its own, and talks to it as the world outside does."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Queue
from threading import Thread
from urllib.request import urlopen

import migrations
from proofs.ports import free_port

ROOT = str(Path(migrations.__file__).parents[1])
WAIT_SECONDS = 180
SECRET_KEY = "for tests, for tests, for tests, for tests"


class Process:
    """One running `samband`; its lines of output come as they are written."""

    def __init__(self, process: "subprocess.Popen[str]", *, web: int, lmtp: int) -> None:
        self.process, self.web, self.lmtp = process, web, lmtp
        self.lines: list[str] = []
        self._new: Queue[str | None] = Queue()
        Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._new.put(line.rstrip("\n"))
        self._new.put(None)

    def until(self, words: str) -> str:
        """Return the next line with these words; fail with what was said instead."""
        while (line := self._new.get(timeout=WAIT_SECONDS)) is not None:
            self.lines.append(line)
            if words in line:
                return line
        raise AssertionError(f"it ended without “{words}”: " + "\n".join(self.lines))

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal, wait until it has ended, and return the exit code."""
        self.process.send_signal(number)
        code = self.process.wait(timeout=WAIT_SECONDS)
        while (line := self._new.get(timeout=WAIT_SECONDS)) is not None:
            self.lines.append(line)
        return code

    def get(self, path: str) -> int:
        """Return the status of a page."""
        with urlopen(f"http://127.0.0.1:{self.web}{path}", timeout=WAIT_SECONDS) as answer:
            return int(answer.status)

    def events(self, name: str) -> list[dict[str, object]]:
        """Return the entries of the log with this name, of what has been read so far."""
        entries = []
        for line in self.lines:
            with suppress(ValueError):
                entry = json.loads(line)
                if entry.get("event") == name:
                    entries.append(entry)
        return entries


def environment(database_url: str, *, web: int, lmtp: int, **more: str) -> dict[str, str]:
    """Return the variables of a service on this database, away from whatever is set here."""
    theirs = {name: value for name, value in os.environ.items() if "SAMBAND_" not in name}
    return {
        **theirs,
        "PYTHONPATH": ROOT,
        "PYTHONUNBUFFERED": "1",
        "SAMBAND_DATABASE_URL": database_url,
        "SAMBAND_SECRET_KEY": SECRET_KEY,
        "SAMBAND_DOMAIN": "lists.example.org",
        "SAMBAND_WEB_LISTEN": f"127.0.0.1:{web}",
        "SAMBAND_LMTP_LISTEN": f"127.0.0.1:{lmtp}",
        "SAMBAND_LOG_FORMAT": "json",
        **more,
    }


@contextmanager
def samband(
    *arguments: str, database_url: str, folder: Path, module: str = "app", **more: str
) -> Iterator[Process]:
    """Run the command, or another module, in this folder; kill it if it still runs at the end."""
    web, lmtp = free_port(), free_port()
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", module, *arguments],
        cwd=folder,
        env=environment(database_url, web=web, lmtp=lmtp, **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    running = Process(process, web=web, lmtp=lmtp)
    try:
        yield running
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
