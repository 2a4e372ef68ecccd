"""From, To and Cc: names and addresses out of what people's programs write there.

A reader of its own, because the standard library's can be talked into another address than the one
people see (CVE-2023-27043), and takes seconds for a long row of commas.
"""

import re
from dataclasses import dataclass

from mailing import addresses, decoding

MAX_MAILBOXES = 200

_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|\\(.)|([(),:;<>])|([^"\\(),:;<>]+)|(")', re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Mailbox:
    """A person as a header names them."""

    #: What the program shows; empty if there is none.
    name: str
    #: The address, or empty if what stands there is none, or more than one.
    address: str


class _Builder:
    """Collects one mailbox until its comma."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.angles: list[str] = []
        self.in_angle = False
        self.is_odd = False

    def put(self, text: str) -> None:
        if self.in_angle:
            self.angles[-1] += text
        elif self.angles and text.strip():
            self.is_odd = True  # `<a@b> c@d`: which of the two would a person see?
        else:
            self.words.append(text)

    def sign(self, sign: str) -> None:
        if sign == "<":
            self.is_odd |= self.in_angle or bool(self.angles)
            self.angles.append("")
            self.in_angle = True
        elif sign == ">":
            self.is_odd |= not self.in_angle
            self.in_angle = False

    def mailbox(self) -> Mailbox | None:
        words = "".join(self.words)
        if not self.angles and not words.strip():
            return None
        address = self.angles[0] if self.angles else words
        name = words if self.angles else ""
        if self.is_odd or self.in_angle or len(self.angles) > 1:
            return Mailbox(name=_shown(words), address="")
        try:
            return Mailbox(name=_shown(name), address=str(addresses.parse(address.strip())))
        except addresses.NotAnAddress:
            return Mailbox(name=_shown(words), address="")


def _shown(name: str) -> str:
    return decoding.header(name.encode("utf-8", errors="replace"))[:200]


class _Reader:
    """Reads a header's value sign by sign into mailboxes."""

    def __init__(self) -> None:
        self.found: list[Mailbox] = []
        self.builder = _Builder()
        self.comment_depth = 0

    def take(self, sign: str, text: str) -> None:
        if sign in ("(", ")"):
            self._comment(sign)
        elif self.comment_depth:
            return
        elif sign in (",", ";") and not self.builder.in_angle:
            self.finish()
        elif sign == ":" and not self.builder.angles:
            self.builder = _Builder()  # what stood there was the name of a group
        elif sign in ("<", ">"):
            self.builder.sign(sign)
        else:
            self.builder.put(text or sign)

    def _comment(self, sign: str) -> None:
        if sign == "(":
            self.comment_depth += 1
            return
        self.builder.is_odd |= self.comment_depth == 0  # a@good)b@evil
        self.comment_depth = max(0, self.comment_depth - 1)

    def finish(self) -> None:
        mailbox = self.builder.mailbox()
        if mailbox is not None:
            self.found.append(mailbox)
        self.builder = _Builder()


def read(value: bytes) -> tuple[Mailbox, ...]:
    """Read the mailboxes of a header, in order, at most MAX_MAILBOXES; never raises.

    Encoded words are decoded after the commas and angles are read, so that no encoded sign can
    make a mailbox (RFC 2047 §5).
    """
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        text = value.decode("latin-1")
    reader = _Reader()
    for match in _TOKEN.finditer(text):
        words = match.group(1) or match.group(2) or match.group(4) or match.group(5) or ""
        reader.take(match.group(3) or "", words)
        if len(reader.found) >= MAX_MAILBOXES:
            return tuple(reader.found)
    reader.builder.is_odd |= reader.comment_depth > 0
    reader.finish()
    return tuple(reader.found)
