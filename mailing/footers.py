"""Puts a footer below what the author has written, where that breaks nothing.

The octets of the mail stay as they came; ours go in at one place of each text that is read: at the
end of plain text, before `</body>` of HTML, in the part's own encoding. Where that cannot be done
cleanly there is no footer. Never in a mail that is signed or encrypted, nor in an invitation.
"""

import html
import re
from collections.abc import Iterable

from mailing import headers, parts
from mailing.encodings import Place, spliced
from mailing.headers import Parted
from mailing.parts import Part

#: What nobody may change, or what programs read (RFC 1847, RFC 3156, RFC 8551, RFC 6047).
_UNTOUCHED = frozenset(
    {"multipart/signed", "multipart/encrypted", "text/calendar", "application/ics"}
    | {"application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted"}
    | {"application/pkcs7-signature", "application/x-pkcs7-signature"}
    | {"application/pgp-signature", "application/ms-tnef"}
)
_PGP = b"-----BEGIN PGP "
_END_OF_BODY = re.compile(rb"</body\s*>\s*(?:</html\s*>\s*)?\Z", re.IGNORECASE)
_SEARCHED = 500
_SIGNED = re.compile(rb";\s*h\s*=([^;]*)", re.IGNORECASE)
_STYLE = "margin:16px 0 0 0;font-size:small;color:#5b6d77;"


def footed(parted: Parted, lines: Iterable[str]) -> bytes | None:
    """Return the body with these lines below what is read; None where that would break something.

    The last line is a link.
    """
    try:
        tree = list(parts.walk(parted))
        if any(_is_untouchable(part) for part in tree):
            return None
        return _footed(tree[0], tuple(lines))
    except parts.TooComplex:
        return None


def breaks_a_signature(came: Parted, leaves: bytes) -> bool:
    """Tell whether a signature of the author's domain would hold with this head that leaves.

    A changed Subject has broken it already where it is signed, and then the body may change too.
    """
    subjects = [parted.first("subject") for parted in (came, headers.part(leaves))]
    is_changed = subjects[0] != subjects[1]
    signatures = [field.value for field in came.named("dkim-signature")]
    return any(not (is_changed and b"subject" in _signed(each)) for each in signatures)


def _signed(signature: bytes) -> list[bytes]:
    match = _SIGNED.search(b";" + signature)
    return [name.strip().lower() for name in match.group(1).split(b":")] if match else []


def _is_untouchable(part: Part) -> bool:
    if part.content_type in _UNTOUCHED:
        return True
    return part.content_type.startswith("text/") and _PGP in part.octets()


def _footed(part: Part, lines: tuple[str, ...]) -> bytes | None:
    """Return what stands below the header of a part, with the footer in it."""
    if part.is_attached:
        return None
    if part.content_type == "text/plain":
        return _below_text(part, lines)
    if part.content_type == "text/html":
        return _in_html(part, lines)
    if part.boundary is None:
        return None
    kind = part.content_type.removeprefix("multipart/")
    if kind in ("mixed", "related"):
        return _in_parts(part, lines, first=1)
    return _in_parts(part, lines) if kind == "alternative" else None


def _in_parts(part: Part, lines: tuple[str, ...], *, first: int | None = None) -> bytes | None:
    """Put the footer into each of the parts, or the first; None if it goes into none."""
    assert part.boundary is not None  # noqa: S101 - asked before
    body, done = part.parted.body, 0
    for start, end in reversed(parts.spans(body, part.boundary)[:first]):
        inner = headers.part(body[start:end])
        changed = _footed(Part(inner, part.depth + 1), lines)
        if changed is not None:
            body = body[: end - len(inner.body)] + changed + body[end:]
            done += 1
    return body if done else None


def _below_text(part: Part, lines: tuple[str, ...]) -> bytes | None:
    # RFC 3676 §4.3: programs know by this line that an answer need not quote what follows.
    words = "".join(f"{line}\r\n" for line in ("-- ", *lines))
    octets = _encoded(words, part.parameter("charset"))
    content = part.octets()
    if octets is None:
        return None
    before = b"\r\n" if content.endswith(b"\n") or not content else b"\r\n\r\n"
    place = Place(in_content=len(content), in_body=len(part.parted.body))
    return spliced(part, place, before + octets)


def _in_html(part: Part, lines: tuple[str, ...]) -> bytes | None:
    if _encoded("", part.parameter("charset")) is None:
        return None
    content, body = part.octets(), part.parted.body
    ends = [_end_of_body(content), _end_of_body(body)]
    *said, link = map(html.escape, lines)
    words = "<br>\r\n".join((*said, f'<a href="{link}">{link}</a>'))
    octets = f'\r\n<p style="{_STYLE}">{words}</p>\r\n'.encode("ascii", "xmlcharrefreplace")
    if ends[0] is None:
        return None
    return spliced(part, Place(in_content=ends[0], in_body=ends[1]), octets)


def _end_of_body(octets: bytes) -> int | None:
    start = max(0, len(octets) - _SEARCHED)
    match = _END_OF_BODY.search(octets, start)
    return match.start() if match else None


def _encoded(words: str, charset: str | None) -> bytes | None:
    """Write words in a character set that has ASCII in it; None if it has not these signs."""
    name = (charset or "us-ascii").strip().casefold()
    if not re.fullmatch(r"us-ascii|utf-8|iso-8859-(?:[1-9]|1[0-6])|windows-125[0-8]", name):
        return None
    try:
        return words.encode(name)
    except (UnicodeError, LookupError):
        return None
