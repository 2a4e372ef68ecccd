"""A mail reader that can be poisoned: `X-Poison: hang` in a mail makes it hang, for real.

Our own readers know no such mail; this child stands for the one that somebody will find. It is run
as a process by `Parser(command=POISONED)`.
"""

import ctypes
import os
import re
import signal
import sys
import threading
from collections.abc import Callable

from mailing import intake, parsing_child
from mailing.intake import Facts

POISONED = (sys.executable, "-P", "-m", "tests.mailing.poisoned_child")


def _spin() -> None:
    while True:
        pass


def _backtrack() -> None:
    re.fullmatch(r"(a+)+b", "a" * 64)


def _eat() -> None:
    eaten = []
    while True:
        eaten.append(bytearray(16 * 1024 * 1024))


def _multiply() -> None:
    text = "lol"
    while True:
        text *= 10


def _descend() -> None:
    _descend()


def _crash() -> None:
    ctypes.string_at(0)


POISONS: dict[str, Callable[[], object]] = {
    "hang": threading.Event().wait,
    "spin": _spin,
    "backtrack": _backtrack,
    "stop": lambda: os.kill(os.getpid(), signal.SIGSTOP),
    "eat": _eat,
    "multiply": _multiply,
    "allocate": lambda: bytes(1 << 40),
    "crash": _crash,
    "abort": os.abort,
    "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "exit": lambda: os._exit(0),
    "leave": sys.exit,
    "descend": _descend,
    "fail": lambda: 1 / 0,
    "print": lambda: print("250 taken", flush=True),  # noqa: T201 - what a library might do
}


def read(raw: bytes, *, sender: str, authserv_id: str = "") -> Facts:
    """Take the poison that a mail holds, and then read it."""
    named = re.search(rb"^X-Poison: (\w+)", raw, re.MULTILINE)
    if named:
        POISONS[named.group(1).decode()]()
    return intake.read(raw, sender=sender, authserv_id=authserv_id)


if __name__ == "__main__":
    parsing_child.main(sys.argv[1:], {"facts": read})
