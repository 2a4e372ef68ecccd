"""Starts the relay double of `relay.py`, changes what it does, and reads its journal."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from proofs import journals


class Relay:
    """A running relay double."""

    def __init__(self, process: "subprocess.Popen[str]", journal: Path) -> None:
        self._process, self.journal = process, journal
        self.port = int(self._line())

    @property
    def url(self) -> str:
        """Say where it is, as a setting of the service."""
        return f"smtp://127.0.0.1:{self.port}?starttls=never"

    def taken(self) -> list[journals.Entry]:
        """Read what it has taken: message_id, recipient, sender, sha256."""
        return journals.entries(self.journal)

    def count(self) -> int:
        """Count what it has taken."""
        return journals.length(self.journal)

    def behave(self, **settings: Any) -> None:
        """Have it behave by these settings (`relay.Settings`) from now on."""
        assert self._process.stdin is not None  # noqa: S101 - for the type checker
        self._process.stdin.write(json.dumps(settings) + "\n")
        self._process.stdin.flush()
        self._line()

    def wait_for(self, mails: int) -> None:
        """Return when it has taken so many."""
        journals.wait(lambda: self.count() >= mails, f"the relay had taken {mails}")

    def _line(self) -> str:
        assert self._process.stdout is not None  # noqa: S101 - for the type checker
        return self._process.stdout.readline()


@contextlib.contextmanager
def running(journal: Path, **settings: Any) -> Iterator[Relay]:
    """Run a relay double with these settings (`relay.Settings`), which journals to this file."""
    with subprocess.Popen(
        [sys.executable, "-m", "proofs.relay", str(journal), json.dumps(settings)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield Relay(process, journal)
        finally:
            process.kill()
