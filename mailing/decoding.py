"""Bytes to text, whatever they claim to be: total, and linear in their length.

The standard library's decoders raise on hostile mail or take minutes; these do neither.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

#: Longer header values are shown cut, and their encoded words are left alone.
MAX_DECODED_OCTETS = 4096

# What mail is really written in. Not UTF-7, IDNA or Python's own codecs: signs that were harmless
# as bytes turn into tags when those decode them.
_CHARSETS = frozenset(
    {"us-ascii", "ascii", "utf-8", "utf8", "utf-16", "utf-16le", "utf-16be", "macintosh"}
    | {"iso-2022-jp", "iso-2022-kr", "shift_jis", "euc-jp", "euc-kr", "gb2312", "gbk", "gb18030"}
    | {"big5", "koi8-r", "koi8-u", "cp1252", "tis-620"}
    | {f"iso-8859-{number}" for number in range(1, 17)}
    | {f"windows-125{number}" for number in range(9)}
)
_WORD = re.compile(r"=\?([A-Za-z0-9_.:+-]{1,40})(?:\*[A-Za-z0-9-]{0,20})?\?([bBqQ])\?([^?\s]*)\?=")
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
#: Those of them that are one octet; and how the others begin in UTF-8, beside much that is seen.
_LOW = bytes([*range(9), *range(11, 32), 127])
_PERHAPS_UNSEEN = (b"\xc2", b"\xe2\x80", b"\xe2\x81", b"\xef\xbb")
_BLANKS = re.compile(r"\s+")
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64 = bytes(sorted({*range(256)} - {*_BASE64}))


@dataclass(frozen=True, kw_only=True)
class Decoded:
    """Text, and whether its character set had to be guessed."""

    text: str
    is_guessed: bool


def text_of(octets: bytes, charset: str | None) -> Decoded:
    """Decode octets; an unknown character set is read as UTF-8 or, failing that, Latin-1.

    `is_guessed` is true when the stated set is none we take.
    """
    name = (charset or "us-ascii").strip().strip("\"'").casefold()
    if name not in _CHARSETS:
        return Decoded(text=_guessed(octets), is_guessed=True)
    if name in ("us-ascii", "ascii"):  # what many programs call anything
        return Decoded(text=_guessed(octets), is_guessed=False)
    try:
        return Decoded(text=octets.decode(name, errors="replace"), is_guessed=False)
    except (LookupError, ValueError):  # ISO-8859-12 does not exist
        return Decoded(text=_guessed(octets), is_guessed=True)


def _guessed(octets: bytes) -> str:
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return octets.decode("latin-1")


def base64_of(octets: bytes) -> bytes:
    """Decode base64 as far as it goes: other signs are skipped, a cut end is left off."""
    clean = octets.translate(None, _NOT_BASE64)  # not by an expression: that takes thrice as much
    if len(clean) % 4 == 1:
        clean = clean[:-1]
    return base64.b64decode(clean + b"=" * (-len(clean) % 4))


def quoted_printable_of(octets: bytes) -> bytes:
    """Decode quoted-printable; what is no escape stays."""
    return binascii.a2b_qp(octets)


def header(value: bytes) -> str:
    """Read a header's value: encoded words decoded, controls gone, blanks made one (RFC 2047)."""
    text = _guessed(value)
    if len(value) > MAX_DECODED_OCTETS:
        return plain(text[:MAX_DECODED_OCTETS])
    return plain("".join(_spans(text)))


def _spans(text: str) -> Iterator[str]:
    at = 0
    charset, octets = "", b""  # words that follow each other may share one split character
    for match in _WORD.finditer(text):
        between = text[at : match.start()]
        if octets and (between.strip() or match.group(1).casefold() != charset):
            yield text_of(octets, charset).text
            octets = b""
            if between.strip():
                yield between
        elif not octets:
            yield between
        charset = match.group(1).casefold()
        octets += _word_octets(match.group(2), match.group(3))
        at = match.end()
    if octets:
        yield text_of(octets, charset).text
    yield text[at:]


def _word_octets(encoding: str, content: str) -> bytes:
    octets = content.encode("utf-8", errors="replace")
    if encoding in "bB":
        return base64_of(octets)
    return binascii.a2b_qp(octets, header=True)


def plain(text: str) -> str:
    """Make one line that shows what it says: no controls, no bidi overrides, no runs of blanks."""
    return _BLANKS.sub(" ", _seen(text)).strip()


def lines(text: str) -> str:
    """Make readable lines: LF ends, no controls but tabs, no bidi overrides."""
    return _seen(text.replace("\r\n", "\n").replace("\r", "\n"))


def _seen(text: str) -> str:
    """Take out what is not seen; octet by octet where that says it all, ten times as fast."""
    if text.isascii():
        return text.encode("ascii").translate(None, _LOW).decode("ascii")
    octets = text.encode("utf-8", "surrogatepass").translate(None, _LOW)
    if any(begin in octets for begin in _PERHAPS_UNSEEN):
        return _UNSEEN.sub("", text)
    return octets.decode("utf-8", "surrogatepass")
