"""Calendar parts of mails: read an invitation for showing, and write the answer a reader sends.

Pure. Source: RFC 5546 (REQUEST, CANCEL, REPLY), RFC 6047 (how they travel in mail).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Literal

import icalendar

Answer = Literal["ACCEPTED", "DECLINED", "TENTATIVE"]

WORDS = {"ACCEPTED": "Accepted", "DECLINED": "Declined", "TENTATIVE": "Tentative"}


@dataclass(frozen=True, kw_only=True)
class Attendee:
    """Somebody invited, and what they have answered so far."""

    name: str
    address: str
    partstat: str


@dataclass(frozen=True, kw_only=True)
class Invite:
    """One event of a calendar part; moments are aware, a whole day is its midnight in UTC."""

    method: str
    uid: str
    sequence: int
    summary: str
    starts_at: datetime | None
    ends_at: datetime | None
    place: str
    organizer: str
    attendees: tuple[Attendee, ...]


def read_invites(raw: bytes) -> tuple[Invite, ...]:
    """Return the events of an iCalendar file; none when it cannot be read."""
    try:
        calendar = icalendar.Calendar.from_ical(raw)
        method = str(calendar.get("METHOD", "")).upper()
        return tuple(_invite(event, method) for event in calendar.walk("VEVENT"))
    except Exception:
        return ()


def _invite(event: icalendar.Component, method: str) -> Invite:
    found = event.get("ATTENDEE", [])
    attendees = found if isinstance(found, list) else [found]
    return Invite(
        method=method,
        uid=str(event.get("UID", "")),
        sequence=int(event.get("SEQUENCE", 0)),
        summary=str(event.get("SUMMARY", "")),
        starts_at=_moment(event, "DTSTART"),
        ends_at=_moment(event, "DTEND"),
        place=str(event.get("LOCATION", "")),
        organizer=_address(event.get("ORGANIZER", "")),
        attendees=tuple(_attendee(one) for one in attendees),
    )


def _moment(event: icalendar.Component, name: str) -> datetime | None:
    if name not in event:
        return None
    value = event.decoded(name)
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    return None


def _attendee(value: object) -> Attendee:
    params = getattr(value, "params", {})
    return Attendee(
        name=str(params.get("CN", "")),
        address=_address(value),
        partstat=str(params.get("PARTSTAT", "NEEDS-ACTION")),
    )


def _address(value: object) -> str:
    text = str(value)
    return text[7:] if text.lower().startswith("mailto:") else text


def answer_mail(invite: Invite, *, address: str, name: str, answer: Answer, now: datetime) -> bytes:
    """Return the mail by which a reader's calendar program answers an invitation."""
    message = EmailMessage()
    message["From"] = Address(display_name=name, addr_spec=address)
    message["To"] = invite.organizer
    message["Subject"] = f"{WORDS[answer]}: {invite.summary}".replace("\r", "").replace("\n", " ")
    message["Date"] = format_datetime(now)
    facts = f"{invite.uid} {invite.sequence} {address} {answer} {now.isoformat()}"
    mark = hashlib.sha256(facts.encode()).hexdigest()[:24]
    message["Message-ID"] = f"<answer-{mark}@sandbox.example.org>"
    message.set_content(f"{name} has answered: {WORDS[answer].lower()}.\n")
    message.add_alternative(
        _reply(invite, address=address, name=name, answer=answer, now=now),
        maintype="text",
        subtype="calendar",
        params={"method": "REPLY", "charset": "utf-8"},
    )
    return message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _reply(invite: Invite, *, address: str, name: str, answer: Answer, now: datetime) -> bytes:
    calendar = icalendar.Calendar()
    calendar.add("PRODID", "-//Samband//sandbox//EN")
    calendar.add("VERSION", "2.0")
    calendar.add("METHOD", "REPLY")
    event = icalendar.Event()
    event.add("UID", invite.uid)
    event.add("SEQUENCE", invite.sequence)
    event.add("DTSTAMP", now.astimezone(UTC))
    if invite.starts_at is not None:
        event.add("DTSTART", invite.starts_at.astimezone(UTC))
    event.add("SUMMARY", invite.summary)
    event.add("ORGANIZER", icalendar.vCalAddress(f"mailto:{invite.organizer}"))
    attendee = icalendar.vCalAddress(f"mailto:{address}")
    attendee.params["PARTSTAT"] = icalendar.vText(answer)
    attendee.params["CN"] = icalendar.vText(name)
    # RFC 5546 3.2.3: a REPLY names exactly one attendee, the one who answers.
    event.add("ATTENDEE", attendee, encode=False)
    calendar.add_component(event)
    return bytes(calendar.to_ical())
