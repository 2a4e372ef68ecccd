"""The process that reads mails: started by `parser.py`, it lives in limits that it cannot lift.

It knows no database, no network and no file. A question comes on standard input as one line of JSON
and the mail's bytes; the answer goes out as one line of JSON. When a limit is met the process dies
or says so and ends; the mail is then put aside by who asked.
"""

import json
import os
import resource
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO

from mailing import attachments, bounces, calendar_answers, checking, intake

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

#: Reads a mail's bytes, with a few words of its own.
Reader = Callable[..., "DataclassInstance | None"]

READY = b"ready\n"
#: What it can be asked.
READERS: Mapping[str, Reader] = {
    "facts": intake.read,
    "report": bounces.read,
    "wanted": checking.wanted,
    "signatures": checking.check,
    "complaint": bounces.complained,
    "attachment": attachments.extract,
    "calendar": calendar_answers.read,
}


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one mail may cost."""

    #: Of address space: OpenSSL takes 65 MB, and a mail of 25 MB a copy for each level it has.
    memory_bytes: int = 384 * 1024 * 1024
    #: Of the clock, and of the processor.
    seconds: float = 5.0


def serve(readers: Mapping[str, Reader], limits: Limits, ask: BinaryIO, answer: BinaryIO) -> None:
    """Answer questions until nobody asks any more, or a mail takes more than its share."""
    _confine(limits)
    answer.write(READY)
    answer.flush()
    while line := ask.readline():
        if not _answer(readers, limits, json.loads(line), ask, answer):
            return  # memory that ran out stays short, and a bug may have left anything behind


def _answer(
    readers: Mapping[str, Reader],
    limits: Limits,
    question: Mapping[str, Any],
    ask: BinaryIO,
    answer: BinaryIO,
) -> bool:
    """Answer one question, and keep nothing of it: the next mail has the same share of memory."""
    raw = ask.read(question["octets"])
    _allow(limits)
    said = _read(readers[question["reader"]], raw, question["words"])
    signal.setitimer(signal.ITIMER_REAL, 0)
    answer.write(json.dumps(said, default=_plain).encode("ascii"))
    answer.write(b"\n")
    answer.flush()
    return "failed" not in said


def _confine(limits: Limits) -> None:
    """Give up, for good, what reading a mail does not need."""
    # A service that stops ends its children by closing the pipe; a signal to the whole group must
    # not put aside the innocent mail that is being read.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for what, most in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        resource.setrlimit(what, (most, most))


def _allow(limits: Limits) -> None:
    """Start the clocks for one mail; both kill, whatever the interpreter is doing."""
    signal.setitimer(signal.ITIMER_REAL, limits.seconds)
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime + limits.seconds) + 1
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (until, hard))


def _read(reader: Reader, raw: bytes, words: Mapping[str, str]) -> dict[str, object]:
    try:
        found = reader(raw, **words)
        return {"found": found}
    except Exception as bug:  # the edge: a reader's bug is a mail that cannot be read
        return {"failed": type(bug).__name__}


def _plain(found: "datetime | DataclassInstance") -> object:
    """Write what JSON does not know; `asdict` would first copy all of it."""
    return found.isoformat() if isinstance(found, datetime) else vars(found)


def main(arguments: list[str], readers: Mapping[str, Reader]) -> None:
    """Serve the process that started this one, in the limits that it names."""
    limits = Limits(memory_bytes=int(arguments[0]), seconds=float(arguments[1]))
    # What a library prints must not stand between the answers.
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(readers, limits, sys.stdin.buffer, answer)


if __name__ == "__main__":
    main(sys.argv[1:], READERS)
