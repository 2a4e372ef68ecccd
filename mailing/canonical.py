"""What a signature is made over: header fields and bodies in their canonical forms.

Signing and checking both read this, so that they cannot disagree. Every function takes a time that
grows with the length of what it is given and no faster: these are strangers' bytes.
Source: RFC 6376 §3.4, §3.5, §3.7. Wants CR LF line ends (`gate.normalised`).
"""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Mapping

from mailing.headers import Field

_TAG = re.compile(rb"[A-Za-z][A-Za-z0-9_]*")
_LINE_END = b"\r\n"


def relaxed_field(raw: bytes) -> bytes:
    """Write a header field in the relaxed form (§3.4.2)."""
    name, _, value = raw.partition(b":")
    unfolded = _shrunk(value.replace(_LINE_END, b""))
    return name.strip(b" \t").lower() + b":" + unfolded.strip(b" ") + _LINE_END


def _shrunk(text: bytes) -> bytes:
    """Make one blank of each row of blanks and tabs; a form feed is a sign like any other."""
    text = text.replace(b"\t", b" ")
    while b"  " in text:  # halves each row, so it ends soon
        text = text.replace(b"  ", b" ")
    return text


def simple_field(raw: bytes) -> bytes:
    """Leave a header field as it is (§3.4.1)."""
    return raw


def relaxed_body(body: bytes) -> bytes:
    """Write a body in the relaxed form (§3.4.4)."""
    content = _shrunk(_ended(body)).replace(b" \r\n", _LINE_END).rstrip(_LINE_END)
    return content + _LINE_END if content else b""


def simple_body(body: bytes) -> bytes:
    """Write a body in the simple form: without the empty lines at its end (§3.4.3)."""
    return _ended(body).rstrip(_LINE_END) + _LINE_END


def _ended(body: bytes) -> bytes:
    return body if body.endswith(_LINE_END) else body + _LINE_END


#: By their names in a `c=` tag.
FIELD_FORMS = {"relaxed": relaxed_field, "simple": simple_field}
BODY_FORMS = {"relaxed": relaxed_body, "simple": simple_body}


def selected(fields: Iterable[Field], names: Iterable[str]) -> Iterator[bytes]:
    """Give the fields that an `h=` tag names, as they are: of the same name the lowest first.

    A name without a field left stands for nothing, and so keeps one from being added (§5.4.2).
    """
    left: dict[str, list[bytes]] = {}
    for field in fields:
        left.setdefault(field.name, []).append(field.raw)
    for name in names:
        if left.get(name):
            yield left[name].pop()


def tags(value: bytes) -> Mapping[str, str]:
    """Read a list of `tag=value` (§3.2).

    Raises: ValueError if it is none, or has a tag twice.
    """
    found: dict[str, str] = {}
    for piece in value.split(b";"):
        if not piece.strip():
            continue
        name, equals, said = piece.partition(b"=")
        name = name.strip()
        if not equals or not _TAG.fullmatch(name) or name.decode("ascii") in found:
            raise ValueError("not a list of tags")
        found[name.decode("ascii")] = said.strip().decode("latin-1")
    return found


def without_signature(raw: bytes) -> bytes:
    """Return a signature's field with nothing in its `b=`, as it was when it was signed (§3.5)."""
    name, colon, value = raw.removesuffix(_LINE_END).partition(b":")
    pieces = value.split(b";")
    emptied = (
        piece.partition(b"=")[0] + b"=" if piece.partition(b"=")[0].strip() == b"b" else piece
        for piece in pieces
    )
    return name + colon + b";".join(emptied)


def octets(text: str) -> bytes:
    """Read base64, in which blanks may stand anywhere.

    Raises: ValueError.
    """
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error as broken:
        raise ValueError("not base64") from broken
