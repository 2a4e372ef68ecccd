"""What strangers wrote, made safe to look at: text in blocks, links that say where they go.

Pure. Markup is the templates' business; here text stays text.
"""

import re
from dataclasses import dataclass
from itertools import groupby
from typing import Literal
from urllib.parse import urlsplit

from community.quotes import mail_below

#: Turn the direction of reading around, or are not seen at all (threat 33).
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e"
                    "\u2060-\u2069\ufeff]")  # fmt: skip
LINK = re.compile(r"https?://[^\s<>\"“”]+")
#: What ends a sentence and not an address.
AFTER = ".,;:!?)]}’'"
LONG_QUOTE_LINES = 6


@dataclass(frozen=True)
class Block:
    """Some lines of a post: its own words, a quote of somebody, or a signature."""

    kind: Literal["words", "quote", "signature"]
    text: str

    @property
    def is_long(self) -> bool:
        """Say whether it is better folded."""
        return self.kind != "words" and self.text.count("\n") >= LONG_QUOTE_LINES


@dataclass(frozen=True)
class Piece:
    """Some words, or an address that can be followed."""

    text: str
    href: str | None = None


def plain(text: str) -> str:
    """Return a text without characters that cannot be seen or that turn the reading around."""
    return UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def blocks(text: str) -> list[Block]:
    """Split a post into its words, quotes, signature and the mail below; empty ones left out."""
    lines = plain(text).split("\n")
    end = mail_below(lines)
    body, mark, signature = "\n".join(lines[:end]).partition("\n-- \n")
    below = "" if end is None else "\n".join(lines[end:])
    made = []
    for is_quote, some in groupby(body.split("\n"), lambda line: line.startswith(">")):
        words = "\n".join(re.sub(r"^(> ?)+", "", line) if is_quote else line for line in some)
        if words.strip():
            made.append(Block("quote" if is_quote else "words", words.strip("\n")))
    if mark and signature.strip():
        made.append(Block("signature", signature.strip("\n")))
    if below.strip("_ \n"):
        made.append(Block("quote", below.lstrip("_ ").strip("\n")))
    return made


def pieces(text: str) -> list[Piece]:
    """Split a text into words and the http addresses in it."""
    made, at = [], 0
    for match in LINK.finditer(text):
        address = match.group().rstrip(AFTER)
        if not _is_whole(address):
            continue
        made += [Piece(text[at : match.start()]), Piece(address, address)]
        at = match.start() + len(address)
    return [piece for piece in (*made, Piece(text[at:])) if piece.text]


def _is_whole(address: str) -> bool:
    try:
        return bool(urlsplit(address).hostname)
    except ValueError:  # half an IPv6 address
        return False
