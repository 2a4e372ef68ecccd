import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailing import calendar_answers, invitations
from mailing.calendar_answers import CalendarAnswer
from tests.mailing.mails import ODD, mail
from tests.mailing.test_invitations import LUNCH


@pytest.mark.parametrize(
    ("name", "attendee", "partstat"),
    [
        ("answer-google", "Kari@example.org", "ACCEPTED"),
        ("answer-outlook", "ola@example.org", "DECLINED"),
        ("answer-resource", "room5@example.org", "ACCEPTED"),
    ],
)
def test_read_reads_calendars(name: str, attendee: str, partstat: str) -> None:
    assert calendar_answers.read(mail(name)) == CalendarAnswer(
        uid="meetup-17@lists.example.org",
        attendee=attendee,
        partstat=partstat,
    )


def test_read_takes_our_own_invitation_for_none() -> None:
    raw = b"Content-Type: text/calendar; method=REQUEST\r\n\r\n" + invitations.request(LUNCH)

    assert calendar_answers.read(raw) is None


@pytest.mark.parametrize("name", ["plain", "alternative", *(f"odd/{x}" for x in ODD)])
def test_read_finds_none_in_other_mail(name: str) -> None:
    assert calendar_answers.read(mail(name)) is None


pieces = st.sampled_from(
    [b"METHOD:REPLY", b"BEGIN:VEVENT", b"UID:x", b"ATTENDEE;PARTSTAT=X:mailto:", b"SEQUENCE:99x",
     b"DTSTAMP:20279999T999999Z", b"\r\n", b"\r\n ", b"\n", b'ATTENDEE;CN="', b"\xff"]
)  # fmt: skip


@given(st.lists(pieces, max_size=40).map(b"".join))
def test_read_never_raises(content: bytes) -> None:
    calendar_answers.read(b"Content-Type: text/calendar\r\n\r\nMETHOD:REPLY\r\n" + content)
