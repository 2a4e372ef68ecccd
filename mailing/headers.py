"""Header fields as bytes: where the header ends, which fields it has, in order, untouched.

Used by everything that reads or edits a received mail; what does not change here is sent on as it
came, byte for byte. Wants CR LF line ends (`gate.normalised`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

#: No header is read beyond this; the gate refuses mail that comes near it.
MAX_READ_OCTETS = 272 * 1024
#: Nor are more fields read; the gate refuses half as many.
MAX_READ_FIELDS = 1000

# RFC 5322 §3.6.8: printable ASCII but the colon; §4.5 lets blanks stand before the colon.
_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:")


@dataclass(frozen=True, kw_only=True)
class Field:
    """One header field, with its folded lines and its last line end."""

    #: The field's name in lower case.
    name: str
    raw: bytes

    @property
    def value(self) -> bytes:
        """Say what stands behind the colon, unfolded."""
        return self.raw.partition(b":")[2].replace(b"\r\n", b"").strip(b" \t\r\n")


@dataclass(frozen=True, kw_only=True)
class Parted:
    """A mail, cut where its header ends."""

    fields: tuple[Field, ...]
    #: Everything after the empty line that ends the header.
    body: bytes

    def named(self, *names: str) -> Iterator[Field]:
        """Give the fields of these names (lower case), in their order."""
        if len(names) == 1:
            return iter(self._by_name.get(names[0], ()))
        return (field for field in self.fields if field.name in names)

    def first(self, name: str) -> bytes | None:
        """Give the value of the first field of that name."""
        return next((field.value for field in self.named(name)), None)

    @cached_property
    def _by_name(self) -> dict[str, list[Field]]:
        """Return the fields of each name: of one mail they are asked for thirty times."""
        found: dict[str, list[Field]] = {}
        for field in self.fields:
            found.setdefault(field.name, []).append(field)
        return found


def part(raw: bytes) -> Parted:
    """Cut a mail into header fields and body; any bytes will do.

    The header ends at the first empty line, or at the first line that cannot be part of one: so do
    Postfix and Python, and a header must mean the same to all who read it.
    """
    fields: list[tuple[str, list[bytes]]] = []
    at = 0
    while at < min(len(raw), MAX_READ_OCTETS) and len(fields) < MAX_READ_FIELDS:
        end = raw.find(b"\r\n", at)
        after = len(raw) if end < 0 else end + 2
        line = raw[at:after]
        if line == b"\r\n":
            at = after
            break
        if fields and line[:1] in (b" ", b"\t"):
            fields[-1][1].append(line)
        elif match := _FIELD.match(line):
            fields.append((match.group(1).decode("ascii").lower(), [line]))
        elif at or not line.startswith(b"From "):  # a mailbox file's "From " line is no field
            break
        at = after
    joined = tuple(Field(name=name, raw=_ended(b"".join(lines))) for name, lines in fields)
    return Parted(fields=joined, body=raw[at:])


def _ended(line: bytes) -> bytes:
    return line if line.endswith(b"\r\n") else line + b"\r\n"
