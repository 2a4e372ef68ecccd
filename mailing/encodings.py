"""Puts octets into the content of a part, in the encoding in which it travels (RFC 2045 §6)."""

import base64
import re

from letters import quoted_printable
from mailing import decoding
from mailing.parts import Part

_WIDTH = 76
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=\r\n]")
_PADDED = re.compile(rb"=[^=]")
#: One octet of the content, or a line end that is none (RFC 2045 §6.7).
_QUOTED = re.compile(rb"=[0-9A-Fa-f]{2}|(?P<soft>=(?:\r\n|\Z))|.", re.DOTALL)
#: So much of quoted-printable is walked through for a place near its end.
_WALKED = 4_000
_PLAIN = (b"7bit", b"8bit", b"binary")


def spliced(part: Part, at: int, octets: bytes) -> bytes | None:
    """Return what stands below the part's header, with octets put in; None if not cleanly.

    `at` counts in the decoded content.
    """
    body = part.parted.body
    encoding = (part.parted.first("content-transfer-encoding") or b"7bit").strip().lower()
    if encoding == b"base64":
        return _base64(part, at, octets)
    if encoding == b"quoted-printable":
        return _quoted(part, at, octets)
    is_allowed = encoding in _PLAIN and (octets.isascii() or encoding != b"7bit")
    return body[:at] + octets + body[at:] if is_allowed else None


def _quoted(part: Part, at: int, octets: bytes) -> bytes | None:
    """Put them in between two signs, before a soft line end."""
    body, content = part.parted.body, part.octets()
    line = body.rfind(b"\r\n", 0, max(0, len(body) - _WALKED))
    place = line + 2 if line >= 0 else 0
    if len(body) - place > 10 * _WALKED:  # lines that long are none (RFC 2045 §6.7)
        return None
    left = at - len(decoding.quoted_printable_of(body[:place]))
    for token in _QUOTED.finditer(body, place):
        if left <= 0:
            break
        left -= token.lastgroup != "soft"
        place = token.end()
    made = body[:place] + quoted_printable.encoded(octets) + body[place:]
    is_clean = decoding.quoted_printable_of(made) == content[:at] + octets + content[at:]
    return made if is_clean else None


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
