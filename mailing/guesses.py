"""Guesses what a report in plain words says, by flufl.bounce: it knows the words of many programs.

Only its verdict is taken, failed or delayed, never the addresses that it finds (anybody can write
those). It raises on odd mails and is slow on long ones, so it gets a short piece of the mail and
nothing that it does reaches the caller. Number and words we read from the text ourselves.
"""

import email
import logging
import re

from flufl.bounce import all_failures

from community.causes import STATUS, Report
from mailing import decoding, parts
from mailing.headers import Parted

MAX_GUESSED_OCTETS = 16 * 1024
MAX_HEADER_OCTETS = 4 * 1024
#: Its patterns take time by the square of a line: 16 KB of one sign cost it four seconds.
MAX_LINE_OCTETS = 500
MAX_LINES = 300
MAX_DIAGNOSTIC_SIGNS = 500

# It logs what it stumbles over, which is people's mail.
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)

#: Where the report ends and our own mail begins: qmail, Exim, and the like.
_COPY = re.compile(
    # For good (`*+`), or a line of such signs alone takes time by its square.
    r"^[ >-]*+(below this line is a copy|this is a copy of (the|your) message|return-path:"
    r"|received:|message-id:|(the headers? of )?(the |your )?original message"
    r"|message headers follow"
    r"|.*the body of the message is \d+ char)",
    re.I | re.M,
)
_WAITS = re.compile(
    r"\b(delay(ed)?|warning|deferred|still|will (be retried|keep trying)|forsinket|venter)\b", re.I
)
#: An answer for good, among those that tell something; `554 4.4.7` is one too.
_CODE = re.compile(r"(?<![\d.])(5\d\d[\s-](?!\d(?!\.\d))|#?5\.\d{1,3}\.\d{1,3}(?!\.?\d))")
_TELLING = re.compile(r"(?<![\d.])([45]\d\d[\s-](?!\d(?!\.\d))|#?[45]\.\d{1,3}\.\d{1,3}(?!\.?\d))")


def guess(parted: Parted) -> Report | None:
    """Say what a report in plain words means; None if it is not known to be one. Never raises."""
    words = words_of(parted)
    verdict = _verdict(parted) or _told(parted, words)
    if verdict is None:
        return None
    stated = STATUS.search(words)
    status = stated.group(1) if stated else ("5.0.0" if verdict == "failed" else "4.0.0")
    return Report(action=verdict, status=status, diagnostic=words)


def _verdict(parted: Parted) -> str | None:
    """Ask flufl.bounce about the beginning of a mail, written anew without what it trips over."""
    fields = b"".join(field.raw for field in parted.fields if len(field.raw) <= MAX_HEADER_OCTETS)
    lines = parted.body[:MAX_GUESSED_OCTETS].split(b"\r\n")[:MAX_LINES]
    body = b"\r\n".join(line[:MAX_LINE_OCTETS] for line in lines)
    short = fields[:MAX_GUESSED_OCTETS] + b"\r\n" + body
    try:
        temporary, permanent = all_failures(email.message_from_bytes(short))
    except Exception:  # whatever it is, the report stays unread and is shown to people
        return None
    if permanent:
        return "failed"
    return "delayed" if temporary else None


def _told(parted: Parted, words: str) -> str | None:
    """Judge by the answer that is quoted in a report of a kind that flufl.bounce does not know."""
    if _TELLING.search(words) is None:
        return None
    subject = decoding.header(parted.first("subject") or b"")
    if _WAITS.search(subject) or _WAITS.search(words) or _CODE.search(words) is None:
        return "delayed"
    return "failed"


def words_of(parted: Parted) -> str:
    """Return the line in which the far host says why, and what follows it."""
    try:
        texts = [part for part in parts.walk(parted) if part.content_type == "text/plain"]
    except parts.TooComplex:
        return ""
    if not texts:
        return ""
    octets = texts[0].octets(limit=MAX_GUESSED_OCTETS)
    found = decoding.text_of(octets, texts[0].parameter("charset") or "utf-8").text
    text = decoding.lines(found)  # no database takes a NUL
    copy = _COPY.search(text)
    text = text[: copy.start()] if copy else text
    telling = _TELLING.search(text)
    if telling is None:
        return " ".join(text.split())[:MAX_DIAGNOSTIC_SIGNS]
    start = text.rfind("\n", 0, telling.start()) + 1
    paragraph = re.split(r"\r?\n\s*\r?\n", text[start:], maxsplit=1)[0]
    return " ".join(paragraph.split())[:MAX_DIAGNOSTIC_SIGNS]
