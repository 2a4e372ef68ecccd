"""A mail reader that can be poisoned: `X-Poison: hang` in a mail makes it hang, for real.

Our own readers know no such mail; this child stands for the one that somebody will find. It is run
as a process by `Parser(command=POISONED)`.

What would take all of its time has little of it left: nobody waits long for its end, although a
good mail may take long, on a busy machine.
"""

import ctypes
import json
import os
import re
import select
import signal
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress

from mailing import calendar_answers, intake, parsing_child
from mailing.calendar_answers import CalendarAnswer
from mailing.intake import Facts

POISONED = (sys.executable, "-P", "-m", "tests.mailing.poisoned_child")


#: What is left of the time of a mail that would never end.
LEFT_SECONDS = 0.05


def _late(poison: Callable[[], object]) -> Callable[[], object]:
    """Let a poison work when the time that its mail was given is nearly over."""

    def work() -> None:
        if signal.getitimer(signal.ITIMER_REAL)[0]:
            signal.setitimer(signal.ITIMER_REAL, LEFT_SECONDS)
        poison()

    return work


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


def _overflow() -> None:
    nested: list[object] = []
    for _ in range(1_000_000):
        nested = [nested]
    sys.setrecursionlimit(10**9)
    repr(nested)


def _deadlock() -> None:
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()


def _spin_without_alarm() -> None:
    signal.setitimer(signal.ITIMER_REAL, 0)
    _spin()


def _wait_without_alarm() -> None:
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    threading.Event().wait()


def _interrupt() -> None:
    raise KeyboardInterrupt


def _answer(octets: bytes) -> None:
    """Write where the answers go: the one pipe beside the usual three."""
    for each in range(3, 10):
        with suppress(OSError):
            os.write(each, octets)


def _half() -> None:
    _answer(b'{"found": {"sub')
    os._exit(0)


def _write() -> None:
    with tempfile.TemporaryFile() as file:
        file.write(b"x" * 100_000)


def _threads() -> None:
    while True:
        threading.Thread(target=threading.Event().wait).start()


POISONS: dict[str, Callable[[], object]] = {
    "hang": _late(threading.Event().wait),
    "spin": _late(_spin),
    "backtrack": _late(_backtrack),
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
    "power": _late(lambda: pow(7, 10**9)),
    "overflow": _overflow,
    "deadlock": _late(_deadlock),
    "select": _late(lambda: select.select([], [], [])),
    "read": _late(lambda: sys.stdin.buffer.read()),
    "spin_without_alarm": _spin_without_alarm,
    "wait_without_alarm": _wait_without_alarm,
    "interrupt": _interrupt,
    "nonsense": lambda: _answer(b"250 taken\n"),
    "half": _half,
    "shut": lambda: os.closerange(0, 20),
    "write": _write,
    "encode": lambda: "\ud800".encode(),
    "nested": lambda: json.loads("[" * 100_000),
    "bus": lambda: os.kill(os.getpid(), signal.SIGBUS),
    "threads": _threads,
    "print": lambda: print("250 taken", flush=True),  # noqa: T201 - what a library might do
}


def _take(raw: bytes) -> None:
    named = re.search(rb"^X-Poison: (\w+)", raw, re.MULTILINE)
    if named:
        POISONS[named.group(1).decode()]()


def read(raw: bytes, **words: str) -> Facts:
    """Take the poison that a mail holds, and then read it."""
    _take(raw)
    return intake.read(raw, **words)


def read_calendar(raw: bytes) -> CalendarAnswer | None:
    """Take the poison that a mail holds, and then read what a calendar answers in it."""
    _take(raw)
    return calendar_answers.read(raw)


if __name__ == "__main__":
    parsing_child.main(sys.argv[1:], {"facts": read, "calendar": read_calendar})
