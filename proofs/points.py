"""Points at which a process can die: every statement and commit, every word in either dialogue.

They are seen from outside the code that is proved: by SQLAlchemy's events, Python's audit hook, the
relay double and the injector. Nothing in the service knows of them.
"""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count, pairwise
from typing import Any

from sqlalchemy import Engine, Pool, event

from community.store import Session

#: As a shell says that a process was killed.
KILLED = 137


@dataclass
class Points:
    """Counts the points that are passed, and dies at one of them."""

    #: The number of the point to die at; 0: at none.
    fatal: int = 0
    passed: list[str] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def hit(self, name: str) -> None:
        """Pass a point, or die there as if killed: nothing is written, closed or said."""
        if next(self._numbers) == self.fatal:
            os._exit(KILLED)
        self.passed.append(name)

    def end(self) -> list[str]:
        """Die no more; return what was passed."""
        self.fatal, passed, self.passed = 0, self.passed, []
        return passed

    def watch(self) -> None:
        """Have everything in this process that is a point call `hit`."""
        event.listen(Engine, "before_cursor_execute", self._before)
        event.listen(Engine, "after_cursor_execute", self._after)
        event.listen(Session, "before_commit", lambda _session: self.hit("commit begins"))
        event.listen(Session, "after_commit", lambda _session: self.hit("commit is done"))
        event.listen(Engine, "commit", lambda _connection: self.hit("connection commits"))
        event.listen(Pool, "checkin", lambda *_given: self.hit("connection is given back"))
        sys.addaudithook(self._audit)

    def _before(self, *told: Any) -> None:
        self.hit(f"before {_statement(told)}")

    def _after(self, *told: Any) -> None:
        self.hit(f"after {_statement(told)}")

    def _audit(self, name: str, words: Sequence[object]) -> None:
        if name == "socket.connect":
            self.hit("connect")


def _statement(told: Sequence[Any]) -> str:
    """Name a statement by its first words: connection, cursor, statement, ..."""
    words = str(told[2]).split()
    table = next((word for verb, word in pairwise(words) if verb in _VERBS), "")
    return f"{words[0]} {table}".strip()


_VERBS = ("INTO", "UPDATE", "FROM")
