from dataclasses import replace
from datetime import UTC, datetime, timedelta

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters.letter import Invitation
from mailing import invitations
from mailing.addresses import NotAnAddress

NOON = datetime(2027, 2, 4, 11, tzinfo=UTC)
LUNCH = Invitation(
    method="REQUEST",
    uid="meetup-17@lists.example.org",
    sequence=2,
    starts_at=NOON,
    ends_at=NOON + timedelta(hours=1),
    summary="Lunch; machine learning, sea",
    place="Hangaren, Gløshaugen",
    description="Bring sandwiches.\nAmira",
    organizer_name="Samband",
    organizer_address="reply+t0ken@lists.example.org",
    attendee_name="Bjørn Åsen",
    attendee_address="bjorn@example.org",
    stamped_at=datetime(2027, 2, 1, 9, tzinfo=UTC),
)


def lines(octets: bytes) -> list[str]:
    assert octets.endswith(b"\r\n")
    assert octets.count(b"\n") == octets.count(b"\r\n") == octets.count(b"\r")
    assert all(len(line) <= 75 for line in octets.split(b"\r\n"))
    return octets.decode().replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


def test_request_says_all_that_a_calendar_asks_for() -> None:
    assert lines(invitations.request(LUNCH)) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Samband//Samband//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:REQUEST",
        "BEGIN:VEVENT",
        r"SUMMARY:Lunch\; machine learning\, sea",
        "DTSTART:20270204T110000Z",
        "DTEND:20270204T120000Z",
        "DTSTAMP:20270201T090000Z",
        "UID:meetup-17@lists.example.org",
        "SEQUENCE:2",
        'ATTENDEE;CN="Bjørn Åsen";CUTYPE=INDIVIDUAL;PARTSTAT=NEEDS-ACTION;'
        "ROLE=REQ-PARTICIPANT;RSVP=TRUE:mailto:bjorn@example.org",
        r"DESCRIPTION:Bring sandwiches.\nAmira",
        r"LOCATION:Hangaren\, Gløshaugen",
        "ORGANIZER;CN=Samband:mailto:reply+t0ken@lists.example.org",
        "STATUS:CONFIRMED",
        "TRANSP:OPAQUE",
        "END:VEVENT",
        "END:VCALENDAR",
    ]


def test_cancel_keeps_the_uid_and_says_that_it_is_off() -> None:
    off = lines(invitations.written(replace(LUNCH, method="CANCEL", sequence=3)))

    assert {"METHOD:CANCEL", "STATUS:CANCELLED", "SEQUENCE:3"} <= set(off)
    assert "UID:meetup-17@lists.example.org" in off


hostile = st.text(st.sampled_from('a;:,"\\^\r\n\0\x85\u2028ø ='), max_size=30).map(
    lambda text: f"{text}\r\nATTACH:x\nBEGIN:VALARM{text}"
)


@given(hostile, hostile)
def test_no_text_becomes_a_property(first: str, second: str) -> None:
    octets = invitations.request(
        replace(
            LUNCH,
            uid=first,
            summary=first,
            place=second,
            description=second,
            organizer_name=first,
            attendee_name=second,
        )
    )
    names = [line.split(":")[0].split(";")[0] for line in lines(octets)]
    (event,) = icalendar.Calendar.from_ical(octets).walk("VEVENT")

    assert sorted(names) == sorted(
        ["BEGIN", "VERSION", "PRODID", "CALSCALE", "METHOD", "BEGIN", "SUMMARY", "DTSTART", "DTEND",
         "DTSTAMP", "UID", "SEQUENCE", "ATTENDEE", "DESCRIPTION", "LOCATION", "ORGANIZER",
         "STATUS", "TRANSP", "END", "END"]
    )  # fmt: skip
    assert event["ORGANIZER"] == "mailto:reply+t0ken@lists.example.org"


def test_request_takes_addresses_only() -> None:
    with pytest.raises(NotAnAddress):
        invitations.request(replace(LUNCH, attendee_address="x\r\nATTACH:x"))
