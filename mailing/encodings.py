"""Puts octets into the content of a part, in the encoding in which it travels (RFC 2045 §6)."""

import base64
import re
from dataclasses import dataclass

from letters import quoted_printable
from mailing.parts import Part

_WIDTH = 76
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=\r\n]")
_PADDED = re.compile(rb"=[^=]")


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where octets go in: counted in the decoded content, and as it stands in the mail."""

    in_content: int
    #: None if it does not stand there as such.
    in_body: int | None


def spliced(part: Part, place: Place, octets: bytes) -> bytes | None:
    """Return what stands below the part's header, with the octets put in; None if not cleanly."""
    body = part.parted.body
    encoding = (part.parted.first("content-transfer-encoding") or b"7bit").strip().lower()
    if encoding == b"base64":
        return _base64(part, place.in_content, octets)
    if place.in_body is None:
        return None
    before, after = body[: place.in_body], body[place.in_body :]
    if encoding == b"quoted-printable":
        return before + quoted_printable.encoded(octets) + after
    is_allowed = octets.isascii() or encoding in (b"8bit", b"binary")
    return before + octets + after if is_allowed and encoding in _PLAIN else None


_PLAIN = (b"7bit", b"8bit", b"binary")


def _base64(part: Part, at: int, octets: bytes) -> bytes | None:
    """Write anew what follows the last whole group before the place."""
    body = part.parted.body
    signs = body.replace(b"\r\n", b"")
    if _NOT_BASE64.search(body) or len(signs) % 4 or _PADDED.search(signs):
        return None
    whole = at // 3
    kept = _cut(body, whole * 4)
    content = part.octets()
    rest = base64.b64encode(content[whole * 3 : at] + octets + content[at:])
    lines = [rest[start : start + _WIDTH] for start in range(0, len(rest), _WIDTH)]
    return b"\r\n".join((*([kept] if kept else []), *lines)) + b"\r\n"


def _cut(body: bytes, signs: int) -> bytes:
    """Return the beginning of a body that has so many signs, without a line end."""
    left, lines = signs, []
    for line in body.split(b"\r\n"):
        if left <= 0:
            break
        lines.append(line[:left])
        left -= len(line)
    return b"\r\n".join(lines)
