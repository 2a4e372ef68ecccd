"""Odd mails are shown; none raises."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.invites import Attendee, answer_mail, read_invites
from sandbox.reading import Attached, read

INVITATION = b"""BEGIN:VCALENDAR\r
VERSION:2.0\r
METHOD:REQUEST\r
BEGIN:VEVENT\r
UID:meetup-17@example.org\r
SEQUENCE:2\r
DTSTAMP:20270201T090000Z\r
DTSTART;TZID=Europe/Oslo:20270203T120000\r
DTEND:20270203T120000Z\r
SUMMARY:Lunch\\, informal\r
LOCATION:Kafe Sito\r
ORGANIZER;CN=Samband:mailto:reply+x@example.org\r
ATTENDEE;CN=Ada Berg;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:ada@example.org\r
END:VEVENT\r
END:VCALENDAR\r
"""


def whole() -> bytes:
    message = EmailMessage()
    message["From"] = "Samband <post@example.org>"
    message["To"] = "Åse Øye <ada@example.org>"
    message["Subject"] = "Lønsj på onsdag – blir du med?"
    message["Date"] = "Mon, 01 Feb 2027 10:00:00 +0100"
    message["List-Id"] = "Postdocs <postdocs.example.org>"
    message["List-Unsubscribe"] = "<https://example.org/u/1>, <mailto:leave@example.org>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content("Hei!\nhttps://example.org/meetups/1/join\n")
    message.add_alternative(
        '<p onclick="x()" style="color:red;position:fixed">Hei <script>alert(1)</script>'
        '<a href="javascript:x()">a</a><a href="https://example.org/b?x=1&amp;y=2">b</a></p>',
        subtype="html",
    )
    message.add_alternative(
        INVITATION, maintype="text", subtype="calendar", params={"method": "REQUEST"}
    )
    message.add_attachment(INVITATION, maintype="application", subtype="ics", filename="lunsj.ics")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="kårt.pdf")
    return message.as_bytes()


def test_whole_mail_is_read() -> None:
    mail = read(whole())

    assert mail.subject == "Lønsj på onsdag – blir du med?"
    assert mail.to == "Åse Øye <ada@example.org>"
    assert mail.sent_at == datetime(2027, 2, 1, 9, 0, tzinfo=UTC)
    assert mail.text.startswith("Hei!")
    assert mail.one_click == "https://example.org/u/1"
    assert mail.list_headers[0] == ("List-Id", "Postdocs <postdocs.example.org>")
    assert mail.links == ("https://example.org/meetups/1/join", "https://example.org/b?x=1&y=2")
    assert [one.name for one in mail.attachments] == ["lunsj.ics", "kårt.pdf"]
    assert mail.broken is None


def test_html_keeps_words_and_loses_what_acts() -> None:
    html = read(whole()).html

    assert 'style="color:red"' in html.replace(" ", "").replace("style=", " style=")
    assert "https://example.org/b" in html
    for gone in ("script", "onclick", "javascript", "position", "alert"):
        assert gone not in html


def test_style_blocks_are_kept_for_narrow_screens_and_titles_are_not() -> None:
    raw = (
        b"Content-Type: text/html\r\n\r\n<title>Gone</title>"
        b"<style>@media (max-width: 9px) { p { margin: 0 } }</style><p class=x>Hei</p>"
    )

    assert read(raw).html == (
        '<style>@media (max-width: 9px) { p { margin: 0 } }</style><p class="x">Hei</p>'
    )


def test_invitation_is_read_once_with_its_facts() -> None:
    (invite,) = read(whole()).invites

    assert (invite.method, invite.uid, invite.sequence) == ("REQUEST", "meetup-17@example.org", 2)
    assert invite.starts_at is not None
    assert invite.starts_at.astimezone(UTC) == datetime(2027, 2, 3, 11, 0, tzinfo=UTC)
    assert (invite.summary, invite.place) == ("Lunch, informal", "Kafe Sito")
    assert invite.attendees == (
        Attendee(name="Ada Berg", address="ada@example.org", partstat="NEEDS-ACTION"),
    )


def test_answer_names_one_attendee_and_goes_to_the_organizer() -> None:
    (invite,) = read_invites(INVITATION)
    now = datetime(2027, 2, 1, 9, 30, tzinfo=UTC)

    raw = answer_mail(
        invite, address="ada@example.org", name="Åse Berg", answer="ACCEPTED", now=now
    )
    mail = read(raw)

    assert (mail.to, mail.subject) == ("reply+x@example.org", "Accepted: Lunch, informal")
    (reply,) = mail.invites
    assert (reply.method, reply.uid, reply.sequence) == ("REPLY", invite.uid, 2)
    assert [(one.address, one.partstat) for one in reply.attendees] == [
        ("ada@example.org", "ACCEPTED")
    ]
    assert b"\n" not in raw.replace(b"\r\n", b"")


def nested(depth: int) -> bytes:
    head, tail = b"", b""
    for level in range(depth):
        name = f"b{level}".encode()
        head += b"Content-Type: multipart/mixed; boundary=" + name + b"\r\n\r\n--" + name + b"\r\n"
        tail = b"\r\n--" + name + b"--\r\n" + tail
    return head + b"Content-Type: text/plain\r\n\r\ndeep" + tail


@pytest.mark.parametrize(
    ("raw", "subject", "text"),
    [
        (b"", "", ""),
        (b"\r\n", "", ""),
        (b"Subject: x", "x", ""),
        (b"no header at all\r\n\r\nbody", "", "no header at all\r\n\r\nbody"),
        (b"Subject: =?utf-8?b?!!!?=\r\n\r\nx", "=?utf-8?b?!!!?=", "x"),
        (b"Subject: =?nonsense?q?a=E6?=\r\n\r\nx", "aæ", "x"),
        (b"Subject: \xff\xfe\r\n\r\nx", "\ufffd\ufffd", "x"),
        (b"Subject: a\r\n b\x00c\r\n\r\nx", "a b c", "x"),
        (b"Content-Type: text/plain; charset=klingon\r\n\r\n\xe6", "", "æ"),
        (b"Content-Type: text/plain; charset=\xff\r\n\r\nx", "", "x"),
        (b"Content-Transfer-Encoding: base64\r\n\r\n!!!", "", ""),
        (b"Date: yesterday\r\n\r\nx", "", "x"),
        (b"Date: Mon, 99 Feb 99999 10:00:00 +9999\r\n\r\nx", "", "x"),
        (nested(25), "", "deep"),
    ],
)
def test_odd_mail_is_shown_as_well_as_can_be(raw: bytes, subject: str, text: str) -> None:
    mail = read(raw)

    assert mail.subject == subject
    assert mail.text.rstrip("\r\n") == text


def test_deepest_nesting_is_shown_as_source() -> None:
    assert read(nested(3000)).broken == "RecursionError"


def test_unknown_parts_are_listed_as_attachments() -> None:
    raw = b"Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBO"

    assert read(raw).attachments == (Attached(name="unnamed", kind="image/png", size_bytes=3),)


@pytest.mark.parametrize(
    "raw", [b"", b"BEGIN:VCALENDAR", b"\xff", INVITATION[:200], b"X:Y\r\n" * 9]
)
def test_broken_calendar_gives_nothing(raw: bytes) -> None:
    assert read_invites(raw) == ()


@given(st.binary(max_size=400))
def test_any_bytes_are_shown(raw: bytes) -> None:
    inside = b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n" + raw
    named = b"Content-Type: text/calendar\r\nSubject: " + raw

    assert [read(each).broken for each in (raw, inside, named)] == [None] * 3
