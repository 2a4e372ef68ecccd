"""Reads what people's calendars answer to an invitation (iTIP over mail: RFC 5546, RFC 6047).

Reads any bytes; run in the mail reader's own process (`parser.py`). `invitations.py` writes them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailing import addresses, decoding, gate, headers, mailboxes, parts
from mailing.headers import Parted

MAX_REPLY_OCTETS = 64 * 1024
_MAX_LINES = 2000

_LINE = re.compile(r'([A-Za-z0-9-]{1,60})((?:;[A-Za-z0-9-]{1,60}=(?:"[^"]*"|[^";:,]*))*):(.*)')
_PARAMETER = re.compile(r';([A-Za-z0-9-]{1,60})=(?:"([^"]*)"|([^";:,]*))')

# For answers that name nobody: resource mailboxes leave ATTENDEE out, and say it in the subject.
_SUBJECTS = {
    "ACCEPTED": ("accepted", "godtatt", "akseptert", "accepteret", "accepterat", "zugesagt"),
    "DECLINED": ("declined", "avslått", "avvist", "afvist", "avböjt", "nekad", "abgelehnt"),
    "TENTATIVE": ("tentative", "foreløpig", "preliminärt", "mit vorbehalt"),
}


@dataclass(frozen=True, kw_only=True)
class CalendarAnswer:
    """What a person's calendar answered to an invitation."""

    uid: str
    #: Who answers, as stated: may be another address than the invited one. Empty if unreadable.
    attendee: str
    #: ACCEPTED, DECLINED, TENTATIVE, NEEDS-ACTION or DELEGATED (RFC 5545 §3.2.12).
    partstat: str


def read(raw: bytes) -> CalendarAnswer | None:
    """Read a calendar's answer out of a mail; None if there is none. Never raises.

    ORGANIZER is not asked for: Exchange leaves it out. Without ATTENDEE the answer is the sender's.
    """
    parted = headers.part(gate.normalised(raw))
    try:
        text = next((text for text in _calendars(parted) if _method(text) == "REPLY"), None)
    except parts.TooComplex:
        return None
    return None if text is None else _answer(text, parted)


def _calendars(parted: Parted) -> Iterator[list[str]]:
    for part in parts.walk(parted):
        if part.content_type in ("text/calendar", "application/ics"):
            octets = part.octets(limit=2 * MAX_REPLY_OCTETS)[:MAX_REPLY_OCTETS]
            text = decoding.text_of(octets, part.parameter("charset") or "utf-8").text
            plain = text.replace("\r\n", "\n").replace("\r", "\n")
            # RFC 5545 §3.1: a line that begins with a blank goes on with the one before.
            yield plain.replace("\n ", "").replace("\n\t", "").split("\n")[:_MAX_LINES]


def _method(lines: list[str]) -> str:
    stated = (line.partition(":")[2] for line in lines if line.upper().startswith("METHOD:"))
    return next(stated, "").strip().upper()


def _answer(lines: list[str], parted: Parted) -> CalendarAnswer | None:
    found: dict[str, re.Match[str]] = {}
    is_in_event = False
    for line in lines:
        if line.strip().upper() in ("BEGIN:VEVENT", "END:VEVENT"):
            is_in_event = not found and line.strip().upper().startswith("BEGIN")
        elif is_in_event and (match := _LINE.fullmatch(line)):
            found.setdefault(match.group(1).upper(), match)
    uid = found["UID"].group(3).strip()[:255] if "UID" in found else ""
    attendee = found.get("ATTENDEE")
    partstat = _partstat(attendee, parted)
    if not uid or partstat is None:
        return None
    return CalendarAnswer(
        uid=decoding.plain(uid),
        attendee=_who(attendee, parted),
        partstat=partstat,
    )


def _partstat(attendee: re.Match[str] | None, parted: Parted) -> str | None:
    if attendee is not None:
        for name, quoted, plain in _PARAMETER.findall(attendee.group(2)):
            if name.upper() == "PARTSTAT":
                return decoding.plain((quoted or plain).upper())[:30] or None
        return None
    subject = decoding.header(parted.first("subject") or b"").casefold()
    for partstat, words in _SUBJECTS.items():
        if subject.startswith(words):
            return partstat
    return None


def _who(attendee: re.Match[str] | None, parted: Parted) -> str:
    stated = attendee.group(3).strip() if attendee is not None else ""
    if stated[:7].casefold() == "mailto:":
        stated = stated[7:]
    try:
        return str(addresses.parse(stated))
    except addresses.NotAnAddress:
        boxes = mailboxes.read(parted.first("from") or b"")
        return boxes[0].address if len(boxes) == 1 else ""
