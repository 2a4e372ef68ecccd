"""Archives of mails in one file (RFC 4155, as mailbox programs really write them): cut into mails.

Reads a line at a time and keeps no more of a mail than any reader needs, so that neither the
length of the file nor that of one of its mails or lines matters.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

#: What is kept of one mail; its size is known all the same.
MOST_OCTETS: Final = 1024 * 1024
LONGEST_LINE: Final = 64 * 1024

# A line of a letter may begin with the word From; a postmark also tells a time and a year.
_POSTMARK = re.compile(rb"From .{0,300}\d\d:\d\d(?::\d\d)?\b.{0,40}\b(?:19|20)\d\d\b")


@dataclass(frozen=True, kw_only=True)
class Cut:
    """One mail of an archive."""

    #: Its first lines or all of them, without the postmark.
    raw: bytes
    size_bytes: int
    #: `From somebody Mon Jan  4 10:00:00 2027`: who sent it and when it came, as it stands there.
    postmark: bytes
    #: Where in the file it ends, to say how far one has come.
    ends_at: int


class NoArchive(Exception):
    """The file is no archive of mails."""


def cut(file: BinaryIO) -> Iterator[Cut]:
    """Give the mails of an archive in their order.

    Raises: NoArchive if the file does not begin with a postmark.
    """
    postmark = _first_line(file)
    lines: list[bytes] = []
    size = kept = 0
    after_blank, in_line = False, False
    while line := file.readline(LONGEST_LINE):
        if after_blank and not in_line and line.startswith(b"From ") and _POSTMARK.match(line):
            ends_at = file.tell() - len(line)
            yield Cut(raw=b"".join(lines), size_bytes=size, postmark=postmark, ends_at=ends_at)
            postmark, lines, size, kept = line.rstrip(), [], 0, 0
            after_blank = False
            continue
        size += len(line)
        if kept < MOST_OCTETS:
            lines.append(line[: MOST_OCTETS - kept])
            kept += len(lines[-1])
        in_line = not line.endswith(b"\n")  # the rest of a line that is longer than we read at once
        after_blank = line in (b"\n", b"\r\n")
    yield Cut(raw=b"".join(lines), size_bytes=size, postmark=postmark, ends_at=file.tell())


def _first_line(file: BinaryIO) -> bytes:
    line = file.readline(LONGEST_LINE)
    while line in (b"\n", b"\r\n", b"\xef\xbb\xbf\n"):
        line = file.readline(LONGEST_LINE)
    if not line.startswith(b"From "):
        raise NoArchive
    return line.rstrip()
