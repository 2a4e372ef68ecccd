"""Puts a footer below what the author has written, where that breaks nothing.

The octets of the mail stay as they came; ours go in at one place of each text that is read: at the
end of plain text, before `</body>` of HTML or behind the last block of it, in the part's own
encoding; of several texts with files between them in the last. Where that cannot be done cleanly
there is no footer. Never in a mail that is signed or encrypted, nor in an invitation.
"""

import html
import re
from collections.abc import Iterable

from mailing import headers, parts
from mailing.encodings import spliced
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
#: Gmail writes a row of blocks and no body.
_END_OF_PAGE = re.compile(
    rb"(?P<body></body\s*>\s*(?:</html\s*>\s*)?)\Z"
    rb"|</(?:div|p|table|blockquote|ul|ol)\s*>\s*(?:<br\s*/?>\s*)?\Z",
    re.IGNORECASE,
)
_SEARCHED = 500
#: Within these, tags are words.
_NO_TAGS_WITHIN = (
    *((b"<!--", b"-->"), (b"<style", b"</style"), (b"<script", b"</script")),
    *((b"<textarea", b"</textarea"), (b"<title", b"</title"), (b"<xmp", b"</xmp")),
)
#: Those that have ASCII in them, under the names by which mails call them.
_CHARSET = re.compile(
    r"us-ascii|ascii|utf-?8|iso-8859-(?:[1-9]|1[0-6])|(?:windows-|cp)125[0-8]|koi8-[ru]"
    r"|gb2312|gbk|gb18030|big5|euc-kr|euc-jp|shift_jis|tis-620|macintosh"
)
_SIGNED = re.compile(rb";\s*h\s*=([^;]*)", re.IGNORECASE)
_STYLE = "margin:16px 0 0 0;font-family:sans-serif;font-size:small;color:#5b6d77;"


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
    if part.is_file:
        return None
    if part.content_type == "text/plain":
        return _below_text(part, lines)
    if part.content_type == "text/html":
        return _in_html(part, lines)
    if part.boundary is None:
        return None
    return _in_parts(part, part.boundary, lines)


def _in_parts(part: Part, boundary: bytes, lines: tuple[str, ...]) -> bytes | None:
    """Put the footer into those of the parts that are to have it; None if it goes into none."""
    body, done = part.parted.body, 0
    pieces = [
        (end, Part(headers.part(body[start:end]), part.depth + 1))
        for start, end in parts.spans(body, boundary)
    ]
    for end, inner in reversed(_wanted(part.content_type, pieces)):
        at = end - len(inner.parted.body)
        # Where no empty line ends its header, others would read our lines as fields.
        changed = _footed(inner, lines) if body[at - 4 : at] == b"\r\n\r\n" else None
        if changed is not None:
            body = body[:at] + changed + body[end:]
            done += 1
    return body if done else None


def _wanted(kind: str, pieces: list[tuple[int, Part]]) -> list[tuple[int, Part]]:
    """Choose: of forms of the same each, of a page with its pictures the page, else the last."""
    if kind == "multipart/alternative":
        return pieces
    if kind == "multipart/related":
        return pieces[:1]
    read = [(end, part) for end, part in pieces if _is_read(part)]
    return read[-1:] if kind == "multipart/mixed" else []


def _is_read(part: Part) -> bool:
    is_text = part.content_type in ("text/plain", "text/html")
    return part.boundary is not None or (is_text and not part.is_file)


def _below_text(part: Part, lines: tuple[str, ...]) -> bytes | None:
    # RFC 3676 §4.3: programs know by this line that an answer need not quote what follows.
    words = "".join(f"{line}\r\n" for line in ("-- ", *lines))
    octets = _encoded(words, part.parameter("charset"))
    content = part.octets()
    if octets is None:
        return None
    before = b"\r\n" if content.endswith(b"\n") or not content else b"\r\n\r\n"
    return spliced(part, len(content), before + octets)


def _in_html(part: Part, lines: tuple[str, ...]) -> bytes | None:
    if _encoded("", part.parameter("charset")) is None:
        return None
    at = _end_of_page(part.octets())
    *said, link = map(html.escape, lines)
    words = "<br>\r\n".join((*said, f'<a href="{link}">{link}</a>'))
    octets = f'\r\n<p style="{_STYLE}">{words}</p>\r\n'.encode("ascii", "xmlcharrefreplace")
    return None if at is None else spliced(part, at, octets)


def _end_of_page(content: bytes) -> int | None:
    match = _END_OF_PAGE.search(content, max(0, len(content) - _SEARCHED))
    lower = content.lower()
    if match is None or any(lower.rfind(a) > lower.rfind(b) for a, b in _NO_TAGS_WITHIN):
        return None
    return match.start() if match.group("body") else len(content)


def _encoded(words: str, charset: str | None) -> bytes | None:
    """Write words in a character set that has ASCII in it; None if it has not these signs."""
    name = (charset or "us-ascii").strip().casefold()
    if not _CHARSET.fullmatch(name):
        return None
    try:
        return words.encode(name)
    except (UnicodeError, LookupError):
        return None
