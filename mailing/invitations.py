"""Invitations to people's calendars (iTIP over mail: RFC 5546, RFC 6047).

Times are UTC, so no zone table is needed; there is no alarm, because readers have their own
settings. icalendar takes 0.1 s to import and is imported when the first invitation is written.
"""

import re
from datetime import UTC

from letters.letter import Invitation
from mailing import addresses

_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]+")


def request(invitation: Invitation) -> bytes:
    """Write an invitation, or its change: same UID, higher sequence (RFC 5546 §3.2.2).

    Raises: NotAnAddress.
    """
    return _written(invitation, "REQUEST")


def cancel(invitation: Invitation) -> bytes:
    """Write a cancellation; its sequence must be above the last, or Outlook ignores it.

    Raises: NotAnAddress.
    Source: RFC 5546 §3.2.5.
    """
    return _written(invitation, "CANCEL")


def written(invitation: Invitation) -> bytes:
    """Write what the invitation's own method says.

    Raises: NotAnAddress.
    """
    return cancel(invitation) if invitation.method == "CANCEL" else request(invitation)


def _written(invitation: Invitation, method: str) -> bytes:
    from icalendar import Calendar, Event, vCalAddress, vText  # see the module's docstring

    event = Event()
    event.add("uid", _line(invitation.uid))
    event.add("sequence", invitation.sequence)
    event.add("dtstamp", invitation.stamped_at.astimezone(UTC))
    event.add("dtstart", invitation.starts_at.astimezone(UTC))
    event.add("dtend", invitation.ends_at.astimezone(UTC))
    event.add("summary", _line(invitation.summary))
    if invitation.place:
        event.add("location", _line(invitation.place))
    if invitation.description:
        event.add("description", _CONTROLS.sub(" ", invitation.description))
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    event.add("transp", "OPAQUE")

    organizer = vCalAddress(f"mailto:{addresses.parse(invitation.organizer_address)}")
    organizer.params["CN"] = vText(_name(invitation.organizer_name))
    event.add("organizer", organizer, encode=False)
    attendee = vCalAddress(f"mailto:{addresses.parse(invitation.attendee_address)}")
    attendee.params["CN"] = vText(_name(invitation.attendee_name))
    attendee.params["CUTYPE"] = vText("INDIVIDUAL")
    attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
    attendee.params["PARTSTAT"] = vText("NEEDS-ACTION")
    attendee.params["RSVP"] = vText("FALSE" if method == "CANCEL" else "TRUE")
    event.add("attendee", attendee, encode=False)

    calendar = Calendar()
    calendar.add("prodid", "-//Samband//Samband//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    calendar.add_component(event)
    octets: bytes = calendar.to_ical()
    return octets


def _line(text: str) -> str:
    return " ".join(_CONTROLS.sub(" ", text).split())


def _name(text: str) -> str:
    # A parameter cannot hold a double quote at all (RFC 5545 §3.2).
    return _line(text).replace('"', "'")
