"""Writes header fields: the only place where our own words become header lines.

Nothing that could end a line gets through, and nothing is re-read: the standard library's writer
turns an encoded line end into a header of its own (CVE-2024-6923).
"""

import base64
import re
from collections.abc import Iterator

_LINE_ENDS = re.compile("[\r\n\0\v\f\x1c-\x1e\x85\u2028\u2029]")
_FIELD_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_PLAIN = re.compile(r"[\t -~]*")
_NOT_IN_ADDRESS = re.compile(r"[<>\s]")
_ID = re.compile(r"<[!-;=?-~]{1,250}>")
_URL = re.compile(r"(?:https?|mailto):[!#-;=?-~]{1,950}")
_WORD_OCTETS = 36  # 48 signs of base64: one word fits beside the name of its field
_LINE_SIGNS = 76


class UnsafeHeader(ValueError):
    """A text that must not stand in a header: it has a line end, or is no URL where one belongs."""


def line(name: str, value: str) -> bytes:
    """Write one field, encoded where it is not plain ASCII (RFC 2047), folded at its blanks.

    Raises: UnsafeHeader if the value could end the line.
    """
    text = _safe(value)
    is_plain = _PLAIN.fullmatch(text) and "=?" not in text
    words = text.split(" ") if is_plain else list(_encoded(text))
    return _folded(name, words)


def mailbox(name: str, shown: str, address: object) -> bytes:
    """Write a field that names one person: `To: "Kari" <kari@example.org>`.

    `address` is a text, or what becomes one.
    Raises: UnsafeHeader if something holds a line end, or the address a bracket or a blank.
    """
    text = _safe(shown).strip()
    if _PLAIN.fullmatch(text) and "=?" not in text:
        escaped = text.replace("\\", "\\\\").replace('"', '\\"')
        words = f'"{escaped}"'.split(" ") if text else []
    else:
        words = list(_encoded(text))
    email = str(address)
    if _NOT_IN_ADDRESS.search(email):
        raise UnsafeHeader("an address that would end before its end")
    return _folded(name, [*words, f"<{_safe(email)}>"])


def mailboxes(name: str, *boxes: tuple[str, object]) -> bytes:
    """Write a field of several people, each on a line of its own.

    Raises: UnsafeHeader if something holds a line end.
    """
    first, *others = (mailbox(name, shown, address) for shown, address in boxes)
    rest = (each.partition(b":")[2].removesuffix(b"\r\n") for each in others)
    return b",\r\n".join([first.removesuffix(b"\r\n"), *rest]) + b"\r\n"


def ids(name: str, *message_ids: str) -> bytes:
    """Write a field of Message-IDs, each on a line of its own (RFC 5322 §3.6.4); empty for none.

    What is no id in plain ASCII is left out: it came from a stranger's mail.
    """
    lines = "\r\n ".join(each for each in message_ids if _ID.fullmatch(each))
    return f"{_named(name)}: {lines}\r\n".encode() if lines else b""


def urls(name: str, *targets: str) -> bytes:
    """Write a field of URLs in angle brackets, folded between them and never inside (RFC 2369 §2).

    Raises: UnsafeHeader if one is no http, https or mailto URL in plain ASCII.
    """
    for target in targets:
        if not _URL.fullmatch(target):
            raise UnsafeHeader("not a URL for a header")
    return (
        f"{_named(name)}: ".encode()
        + ",\r\n ".join(f"<{each}>" for each in targets).encode()
        + b"\r\n"
    )


def _safe(text: str) -> str:
    if _LINE_ENDS.search(text):
        raise UnsafeHeader("a line end in a header")
    return text


def _named(name: str) -> str:
    if not _FIELD_NAME.fullmatch(name):
        raise UnsafeHeader("not the name of a header")
    return name


def _folded(name: str, words: list[str]) -> bytes:
    lines = [f"{_named(name)}:"]
    for word in words:
        if len(lines[-1]) + 1 + len(word) > _LINE_SIGNS and lines[-1].strip() and word:
            lines.append("")
        lines[-1] += f" {word}"
    # An address may be UTF-8 where its relay speaks SMTPUTF8 (RFC 6532 §3.2).
    return ("\r\n".join(lines) + "\r\n").encode("utf-8", errors="replace")


def _encoded(text: str) -> Iterator[str]:
    """Give encoded words that never cut a character (RFC 2047 §5)."""
    octets = b""
    for sign in text:
        more = sign.encode("utf-8", errors="replace")
        if len(octets) + len(more) > _WORD_OCTETS:
            yield _word(octets)
            octets = b""
        octets += more
    yield _word(octets)


def _word(octets: bytes) -> str:
    return f"=?utf-8?b?{base64.b64encode(octets).decode('ascii')}?="
