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

#: A longer line is read in pieces; where one goes on, no mail begins.
LONGEST_LINE: Final = 64 * 1024

#: `From ada@example.org Mon Jan  4 08:00:00 2027`; Mailman writes `ada at example.org`. The zone
#: that some programs put before or after the year is none that anything relies on.
_ZONE: Final = rb"(?: [A-Za-z]{1,5}| [+-]\d{4})"
_FROM: Final = re.compile(
    rb"From (?P<sender>.{0,320}?) {1,3}(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) "
    rb"(?P<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) "
    rb"(?P<day> ?\d{1,2}) (?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d))?"
    rb"%b{0,2} (?P<year>\d{4})%b?\s*$" % (_ZONE, _ZONE)
)
_QUOTED: Final = re.compile(rb"^>+From ")
_TO_QUOTE: Final = re.compile(rb"^(>*From )", re.MULTILINE)
_MONTHS: Final = b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_DAYS: Final = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
_EMPTY: Final = (b"\n", b"\r\n")
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
#: What an mbox names where there is no envelope sender.
_NOBODY: Final = "MAILER-DAEMON"


@dataclass(frozen=True, kw_only=True)
class Mail:
    """One mail of an mbox."""

    #: Empty for the null sender, and where the file does not say.
    sender: str
    #: When it came, as the line before it says; None if that is no moment.
    at: datetime | None
    #: With line ends CR LF; no more than was asked for.
    raw: bytes
    #: Whether that is all of it.
    is_whole: bool
    #: Where the next one begins.
    end: int


class NoArchive(Exception):
    """The file is no archive of mails: something else than a mail stands first in it."""


def read(file: BinaryIO, *, most_bytes: int) -> Iterator[Mail]:
    """Give the mails of an mbox in order, at most `most_bytes` of each.

    Raises:
        NoArchive: the file does not begin with a mail.
    """
    begins = _first_line(file)
    if not begins:
        return
    mail = _Reading(begins, most_bytes)
    after_empty, goes_on = False, False
    while line := file.readline(LONGEST_LINE):
        if after_empty and line.startswith(b"From ") and _FROM.match(line):
            yield mail.done(end=file.tell() - len(line))
            mail = _Reading(line, most_bytes)
            after_empty = False
            continue
        mail.add(line[1:] if not goes_on and _QUOTED.match(line) else line)
        after_empty = not goes_on and line in _EMPTY
        goes_on = not line.endswith(b"\n")
    yield mail.done(end=file.tell())


def _first_line(file: BinaryIO) -> bytes:
    line = file.readline(LONGEST_LINE).removeprefix(_BYTE_ORDER_MARK)
    while line in _EMPTY:
        line = file.readline(LONGEST_LINE)
    if line and not line.startswith(b"From "):
        raise NoArchive
    return line


class _Reading:
    """A mail as far as it has been read."""

    def __init__(self, postmark: bytes, most_bytes: int) -> None:
        self._postmark, self._most_bytes = postmark, most_bytes
        self._lines: list[bytes] = []
        self._size = self._kept = 0

    def add(self, line: bytes) -> None:
        """Take a line, as far as there is room for it."""
        self._size += len(line)
        if self._kept < self._most_bytes:
            self._lines.append(line[: self._most_bytes - self._kept])
            self._kept += len(self._lines[-1])

    def done(self, *, end: int) -> Mail:
        """Return it, all of whose lines have been read."""
        is_whole = self._size <= self._most_bytes
        if is_whole and self._lines and self._lines[-1] in _EMPTY:
            del self._lines[-1]  # the empty line before the next one
        match = _FROM.match(self._postmark)
        sender = match["sender"].decode("latin-1").strip().replace(" at ", "@") if match else ""
        return Mail(
            sender="" if sender == _NOBODY else sender,
            at=_moment(match) if match else None,
            raw=b"".join(self._lines).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"),
            is_whole=is_whole,
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


def write(file: BinaryIO, raw: bytes, *, sender: str, at: datetime) -> None:
    """Add one mail to an mbox, with line ends LF."""
    moment = at.astimezone(UTC)
    month = _MONTHS[moment.month - 1].decode()
    when = f"{_DAYS[moment.weekday()]} {month} {moment.day:2} {moment:%H:%M:%S} {moment.year:04}"
    who = re.sub(r"[^\x21-\x7e]", "_", sender) or _NOBODY
    body = _TO_QUOTE.sub(rb">\1", raw.replace(b"\r\n", b"\n"))
    file.write(f"From {who} {when}\n".encode("ascii") + body)
    file.write(b"\n" if body.endswith(b"\n") else b"\n\n")
