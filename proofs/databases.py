"""A database that is locked, or dies and comes back, while mails come in and go out (R8).

As with an ill disk (`disks.py`) the service is never restarted: it answers 250 or "later", and goes
on by itself.
"""

import contextlib
import os
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import psycopg

from proofs import disks, house, journals
from proofs.disks import Illness
from tests import postgres

TIMES = 10


@contextlib.contextmanager
def locked(pid: int, url: str, log: Path) -> Iterator[None]:
    """Have somebody else write to the SQLite file, and not end."""
    path = url.removeprefix("sqlite:///")
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def _session(url: str) -> psycopg.Connection:
    return psycopg.connect(url, autocommit=True)


@contextlib.contextmanager
def terminated(pid: int, url: str, log: Path) -> Iterator[None]:
    """End every session of PostgreSQL that the service has, as an administrator does."""
    with _session(url) as session:
        session.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    yield


class Restarts:
    """A PostgreSQL that is killed with -9, and started again at the end of each illness."""

    def __init__(self) -> None:
        self._server: subprocess.Popen[bytes] | None = None  # the last of them

    def illness(self, pid: int, url: str, log: Path) -> AbstractContextManager[None]:
        """Kill it and, in the end, start it again."""
        return self._down(url)

    @contextlib.contextmanager
    def _down(self, url: str) -> Iterator[None]:
        folder = Path(url.rpartition("host=")[2])
        number = int((folder / "cluster" / "postmaster.pid").read_text().split()[0])
        command = Path(f"/proc/{number}/cmdline").read_bytes().rstrip(b"\0").split(b"\0")
        children = Path(f"/proc/{number}/task/{number}/children").read_text().split()
        for each in (number, *map(int, children)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
        # Our child: until it is waited for it seems to run, and another would not start.
        if self._server is None:
            os.waitpid(number, 0)
        else:
            self._server.wait()
        yield
        self._server = subprocess.Popen(
            command,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=postgres.UNPRIVILEGED if os.geteuid() == 0 else None,
        )
        journals.wait(lambda: _is_up(url), "PostgreSQL was up again")

    def stop(self) -> None:
        """End the last server that was started here."""
        if self._server is not None:
            self._server.send_signal(signal.SIGINT)
            self._server.wait()


def _is_up(url: str) -> bool:
    with contextlib.suppress(psycopg.OperationalError), _session(url):
        return True
    return False


@contextlib.contextmanager
def killed(times: int) -> Iterator[list[Illness]]:
    """Give so many times that PostgreSQL is killed; whatever runs at the end is stopped."""
    restarts = Restarts()
    try:
        yield [restarts.illness] * times
    finally:
        restarts.stop()


def main(arguments: list[str]) -> bool:
    """Print a table: each illness, the answers while it lasted, and what was lost."""
    times = int(arguments[0]) if arguments else TIMES
    with house.warm() as warm, killed(times) as kills:
        return disks.show(
            {
                "SQLite locked": disks.fall_ill(warm, [locked] * min(3, times)),
                "sessions ended": disks.fall_ill(warm, [terminated] * times, database="postgresql"),
                "PostgreSQL killed": disks.fall_ill(warm, kills, database="postgresql"),
            }
        )
