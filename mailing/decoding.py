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

#: By what name a mail calls a set, and what is written in it: programs fill the gaps of the old
#: sets with their own signs (WHATWG Encoding Standard §4.2 names them alike).
_WRITTEN_IN = {
    **dict.fromkeys(("us-ascii", "ascii", "iso-8859-1"), "cp1252"),
    **dict.fromkeys(("gb2312", "gbk", "x-gbk", "cp936"), "gb18030"),
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987", "ks_c_5601", "cp949", "windows-949"), "cp949"),
    **dict.fromkeys(("big5", "big5-hkscs", "cp950"), "big5hkscs"),
    **dict.fromkeys(("shift_jis", "shift-jis", "x-sjis", "cp932", "windows-31j"), "cp932"),
    **dict.fromkeys(("tis-620", "windows-874"), "cp874"),
    "iso-8859-8-i": "iso-8859-8",
}
# What mail is really written in. Not UTF-7, IDNA or Python's own codecs: signs that were harmless
# as bytes turn into tags when those decode them.
_CHARSETS = frozenset(
    {"utf-8", "utf8", "utf-16", "utf-16le", "utf-16be", "macintosh", "iso-2022-jp", "iso-2022-kr"}
    | {"euc-jp", "gb18030", "koi8-r", "koi8-u", "cp1252", *_WRITTEN_IN}
    | {f"iso-8859-{number}" for number in range(1, 17)}
    | {f"windows-125{number}" for number in range(9)}
)
_WORD = re.compile(r"=\?([A-Za-z0-9_.:+-]{1,40})(?:\*[A-Za-z0-9-]{0,20})?\?([bBqQ])\?([^?\s]*)\?=")
#: Controls, marks of direction, what has no width; but joiners, which scripts and emoji need.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\ufeff]"
)
#: Those of them that are one octet; and how the others begin in UTF-8, beside much that is seen.
_LOW = bytes([*range(9), *range(11, 32), 127])
_PERHAPS_UNSEEN = (b"\xc2", b"\xd8\x9c", b"\xe1\xa0", b"\xe2\x80", b"\xe2\x81", b"\xef\xbb")
#: What stands for octets that are no sign.
_LOST = "\ufffd"
_BLANKS = re.compile(r"\s+")
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64 = bytes(sorted({*range(256)} - {*_BASE64}))


@dataclass(frozen=True, kw_only=True)
class Decoded:
    """Text, and whether its character set had to be guessed."""

    text: str
    is_guessed: bool


def text_of(octets: bytes, charset: str | None) -> Decoded:
    """Decode octets; an unknown character set is read as UTF-8 or else as Windows-1252.

    `is_guessed` is true when the stated set is none we take, or plainly another.
    """
    name = (charset or "us-ascii").strip().strip("\"'").casefold()
    if name not in _CHARSETS:
        return Decoded(text=_guessed(octets), is_guessed=True)
    if name in ("us-ascii", "ascii"):  # what many programs call anything
        return Decoded(text=_guessed(octets), is_guessed=False)
    try:
        text = octets.decode(_WRITTEN_IN.get(name, name), errors="replace")
    except (LookupError, ValueError):  # ISO-8859-12 does not exist
        return Decoded(text=_guessed(octets), is_guessed=True)
    if _LOST in text and name in ("utf-8", "utf8") and text.replace(_LOST, "").isascii():
        return Decoded(text=_guessed(octets), is_guessed=True)  # not one sign of it is UTF-8
    return Decoded(text=text, is_guessed=False)


def _guessed(octets: bytes) -> str:
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return octets.decode("cp1252", errors="replace")


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
