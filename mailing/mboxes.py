"""Archives as one file: mbox, read and written in bounded memory.

A mail begins with a line `From sender date` after an empty line. Lines of a mail that begin so too
have a `>` before them: one more than they had (mboxrd), as the same is taken off again.

Source: RFC 4155 and the practice of mboxrd; what writers leave unquoted is told by its lack of a
date.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO, Final

#: `From ada@example.org Mon Jan  4 08:00:00 2027`; Mailman writes `ada at example.org`.
_FROM: Final = re.compile(
    rb"From (?P<sender>.{0,320}?) {1,3}"
    rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?P<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) "
    rb"(?P<day>[ 0-9]?\d) (?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d))?"
    rb"(?: [A-Z]{1,5}| [+-]\d{4})? (?P<year>\d{4})\s*$"
)
_QUOTED: Final = re.compile(rb"^>+From ")
_TO_QUOTE: Final = re.compile(rb"^(>*From )", re.MULTILINE)
_MONTHS: Final = b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_DAYS: Final = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
#: What an mbox names where there is no envelope sender.
_NOBODY: Final = "MAILER-DAEMON"
#: A longer line is cut into several; no mail has one.
_LONGEST_LINE: Final = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Mail:
    """One mail of an mbox."""

    #: Empty for the null sender.
    sender: str
    #: When it came, as the line before it says; None if that is no moment.
    at: datetime | None
    #: With line ends CR LF; empty if it is longer than what is read.
    raw: bytes
    #: Where the next one begins.
    end: int


def read(file: BinaryIO, *, most_bytes: int) -> Iterator[Mail]:
    """Give the mails of an mbox in order; of one that is too long only that it is there."""
    match: re.Match[bytes] | None = None
    lines: list[bytes] = []
    size, at, after_empty = 0, 0, True
    while line := file.readline(_LONGEST_LINE):
        begins = _FROM.match(line) if after_empty and line.startswith(b"From ") else None
        if begins is not None:
            if match is not None:
                yield _mail(match, lines if size <= most_bytes else [], end=at)
            match, lines, size = begins, [], 0
        elif match is not None:
            size += len(line)
            if size <= most_bytes:
                lines.append(line[1:] if _QUOTED.match(line) else line)
            else:
                lines.clear()
        after_empty = not line.strip(b"\r\n")
        at += len(line)
    if match is not None:
        yield _mail(match, lines if size <= most_bytes else [], end=at)


def write(file: BinaryIO, raw: bytes, *, sender: str, at: datetime) -> None:
    """Add one mail to an mbox, with line ends LF."""
    moment = at.astimezone(UTC)
    month = _MONTHS[moment.month - 1].decode()
    when = f"{_DAYS[moment.weekday()]} {month} {moment.day:2} {moment:%H:%M:%S} {moment.year:04}"
    who = re.sub(r"[^\x21-\x7e]", "_", sender) or _NOBODY
    body = _TO_QUOTE.sub(rb">\1", raw.replace(b"\r\n", b"\n"))
    file.write(f"From {who} {when}\n".encode("ascii") + body)
    file.write(b"\n" if body.endswith(b"\n") else b"\n\n")


def _mail(match: re.Match[bytes], lines: list[bytes], *, end: int) -> Mail:
    if lines and not lines[-1].strip(b"\r\n"):
        lines = lines[:-1]  # the empty line before the next one
    joined = b"".join(lines).replace(b"\r\n", b"\n")
    sender = match["sender"].decode("latin-1").strip().replace(" at ", "@")
    return Mail(
        sender="" if sender == _NOBODY else sender,
        at=_moment(match),
        raw=joined.replace(b"\n", b"\r\n"),
        end=end,
    )


def _moment(match: re.Match[bytes]) -> datetime | None:
    try:
        return datetime(
            int(match["year"]),
            _MONTHS.index(match["month"]) + 1,
            int(match["day"]),
            int(match["hour"]),
            int(match["minute"]),
            int(match["second"] or 0),
            tzinfo=UTC,
        )
    except ValueError:
        return None
