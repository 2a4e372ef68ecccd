"""The MIME tree of a mail, walked once without recursion, in time linear to its length.

A walker of its own: the standard library's takes 25 s for 100,000 parts, 10 s for a row of
semicolons, and dies of deep nesting. Depth and number of parts are capped before anything is read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import unquote_to_bytes

from mailing import decoding, headers
from mailing.headers import Parted

MAX_PARTS = 500
MAX_DEPTH = 30
#: Each level is searched for its boundary: 25 MB in 25 levels would take seconds.
MAX_SEARCHED_OCTETS = 200 * 1024 * 1024
MAX_MISSES = 10_000
MAX_BOUNDARY_OCTETS = 200  # RFC 2046 §5.1.1 says 70

MOST_NAME_SIGNS = 150
MOST_ENDING_SIGNS = 20
#: Of these the one in pieces counts first: the other is for programs that know no better.
_NAMES = ("filename", "name")

_PARAMETER = re.compile(
    rb';\s*([!#-\'*+.0-9A-Z^-z|~-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"?|([^;"\s]*))', re.DOTALL
)
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,100}/[a-z0-9!#$&^_.+-]{1,100}")


class TooComplex(ValueError):
    """A mail with more parts, or deeper ones, than we read."""


@dataclass(frozen=True)
class Part:
    """One part of a mail: a leaf, or a multipart with parts inside."""

    parted: Parted = field(repr=False)
    depth: int

    @cached_property
    def _type(self) -> tuple[str, dict[str, bytes]]:
        return _parameters(self.parted.first("content-type") or b"text/plain")

    @cached_property
    def _disposition(self) -> tuple[str, dict[str, bytes]]:
        return _parameters(self.parted.first("content-disposition") or b"")

    @property
    def content_type(self) -> str:
        """Say the type in lower case; text/plain if it says none or nonsense (RFC 2045 §5.2)."""
        return self._type[0] if _TYPE.fullmatch(self._type[0]) else "text/plain"

    def parameter(self, name: str) -> str | None:
        """Give a parameter of the content type."""
        value = self._type[1].get(name)
        return None if value is None else decoding.header(value)

    @property
    def boundary(self) -> bytes | None:
        """Give the boundary of a multipart; None if this is none, or cannot be cut."""
        value = self._type[1].get("boundary", b"").rstrip()
        is_multipart = self.content_type.startswith("multipart/")
        return value if is_multipart and 0 < len(value) <= MAX_BOUNDARY_OCTETS else None

    @property
    def is_attached(self) -> bool:
        """Tell whether the sender wants it saved rather than read."""
        return self._disposition[0] == "attachment"

    @property
    def is_file(self) -> bool:
        """Tell whether it is a file: to be saved, or with a name of its own."""
        return self.is_attached or bool(self.file_name)

    @property
    def file_name(self) -> str:
        """Give the attachment's name for showing: no path, no controls, at most 150 signs.

        What is too long is cut before its ending, by which the rules know what it is.
        """
        stated = self._disposition[1].get("filename") or self._type[1].get("name") or b""
        name = decoding.header(stated).replace("\\", "/").rpartition("/")[2]
        stem, dot, ending = name.strip(". ").rpartition(".")
        if not dot or len(ending) > MOST_ENDING_SIGNS:
            return f"{stem}{dot}{ending}"[:MOST_NAME_SIGNS]
        return f"{stem[: MOST_NAME_SIGNS - 1 - len(ending)]}.{ending}"

    def octets(self, limit: int | None = None) -> bytes:
        """Decode the content, or the first `limit` octets of it as they stand in the mail."""
        body = self.parted.body if limit is None else self.parted.body[:limit]
        encoding = (self.parted.first("content-transfer-encoding") or b"").strip().lower()
        if encoding == b"base64":
            return decoding.base64_of(body)
        if encoding == b"quoted-printable":
            return decoding.quoted_printable_of(body)
        return body

    @property
    def size_bytes(self) -> int:
        """Say about how large the content is, without decoding it."""
        encoding = (self.parted.first("content-transfer-encoding") or b"").strip().lower()
        size = len(self.parted.body)
        return size * 57 // 78 if encoding == b"base64" else size


def walk(parted: Parted) -> Iterator[Part]:
    """Give all parts in reading order, the mail itself first.

    A forwarded mail (message/rfc822) is one part: what it holds is not said by this sender.
    Raises: TooComplex if there are more than MAX_PARTS, or deeper than MAX_DEPTH.
    """
    waiting = [Part(parted, 0)]
    count = searched = 0
    while waiting:
        part = waiting.pop()
        count += 1
        if count > MAX_PARTS or part.depth > MAX_DEPTH:
            raise TooComplex(f"more than {MAX_PARTS} parts or {MAX_DEPTH} levels")
        yield part
        if part.boundary is not None:
            searched += len(part.parted.body)
            if searched > MAX_SEARCHED_OCTETS:
                raise TooComplex("too much in too many levels")
            body = part.parted.body
            waiting += [  # cut one by one: each is copied again without its header
                Part(headers.part(body[start:end]), part.depth + 1)
                for start, end in reversed(spans(body, part.boundary))
            ]


def spans(body: bytes, boundary: bytes) -> list[tuple[int, int]]:
    """Say from where to where the parts of a multipart's body go (RFC 2046 §5.1.1).

    Raises: TooComplex.
    """
    mark = b"\r\n--" + boundary
    pieces: list[tuple[int, int]] = []
    start: int | None = None
    misses = 0
    at = -2 if body.startswith(mark[2:]) else body.find(mark)  # the first line has no end before it
    while at != -1 and len(pieces) <= MAX_PARTS:
        after = at + len(mark)
        end = body.find(b"\r\n", after)
        rest = body[after : len(body) if end < 0 else min(end, after + 200)].strip(b" \t")
        if rest not in (b"", b"--"):
            misses += 1
            if misses > MAX_MISSES:
                raise TooComplex("too many lines that are nearly boundaries")
            at = body.find(mark, after)  # a longer boundary that begins like ours
            continue
        if start is not None:
            pieces.append((start, at))
        if rest == b"--" or end < 0:
            return pieces
        start = end + 2
        at = body.find(mark, end)
    if start is not None and len(pieces) <= MAX_PARTS:
        pieces.append((start, len(body)))
    return pieces


def _parameters(value: bytes) -> tuple[str, dict[str, bytes]]:
    """Read `type; name=value`, RFC 2231 pieces joined; else the first of like names counts."""
    kind = value.partition(b";")[0].strip().lower().decode("ascii", errors="replace")
    plain: dict[str, bytes] = {}
    pieces: dict[str, list[tuple[int, bytes]]] = {}
    for match in _PARAMETER.finditer(value):
        name = match.group(1).decode("ascii").lower()
        quoted = match.group(2)
        octets = re.sub(rb"\\(.)", rb"\1", quoted) if quoted is not None else match.group(3)
        if "*" not in name:
            plain.setdefault(name, octets)
            continue
        base, _, number = name.rstrip("*").partition("*")
        order = int(number) if number.isdecimal() and len(number) < 4 else 0
        # Left encoded until all are joined: Outlook cuts within a character.
        piece = octets if name.endswith("*") else octets.replace(b"%", b"%25")
        pieces.setdefault(base, []).append((order, piece))
    for base, found in pieces.items():
        joined = _rfc2231(b"".join(octets for _, octets in sorted(found)[:50]))
        if base in _NAMES:
            plain[base] = joined  # what people's programs save it as (RFC 6266 §4.3)
        plain.setdefault(base, joined)
    return kind, plain


def _rfc2231(octets: bytes) -> bytes:
    charset, quote, rest = octets.partition(b"'")
    if not quote:
        return unquote_to_bytes(octets)
    decoded = unquote_to_bytes(rest.partition(b"'")[2])
    return decoding.text_of(decoded, charset.decode("ascii", errors="replace")).text.encode()
