from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.causes import Cause, Report, cause_of
from mailing import bounces
from mailing.bounces import UNREADABLE, Complaint
from tests.mailing.mails import ODD, mail
from tests.mailing.returned_shapes import SHAPES, holding, report


@pytest.mark.parametrize(
    ("name", "report"),
    [
        (
            "bounce-unknown",
            Report(
                action="failed",
                status="5.1.1",
                diagnostic="550 5.1.1 <kari@example.org>: Recipient address rejected: "
                "User unknown in virtual mailbox table",
            ),
        ),
        (
            "bounce-delayed",
            Report(
                action="delayed",
                status="4.4.1",
                diagnostic="connect to mx.example.org: Connection timed out",
            ),
        ),
        (
            "bounce-exchange",  # 5.0.0 says nothing, the words do
            Report(
                action="failed",
                status="5.7.509",
                diagnostic="550 5.7.509 Access denied, sending domain does not pass DMARC",
            ),
        ),
        ("bounce-several", Report(action="relayed", status="2.1.9", diagnostic="")),
        (
            "returned/utf8-unknown",  # RFC 6533, which flufl.bounce does not read
            Report(
                action="failed",
                status="5.1.1",
                diagnostic="550 5.1.1 <kåre@example.org>: Brukeren finnes ikke",
            ),
        ),
        (
            "returned/m365-full-nb",  # a semicolon in the words themselves
            Report(
                action="failed",
                status="5.2.2",
                diagnostic="554 5.2.2 mailbox full; "
                "STOREDRV.Deliver.Exception:QuotaExceededException",
            ),
        ),
        (
            "returned/qmail-unknown",  # no standard; the copy of our mail says other things
            Report(
                action="failed",
                status="5.1.1",
                diagnostic="Sorry, no mailbox here by that name. (#5.1.1)",
            ),
        ),
        (
            "returned/exim-old",
            Report(
                action="failed",
                status="5.1.1",
                diagnostic="host mail.example.org [192.0.2.25]: 550 5.1.1 No such user here",
            ),
        ),
        ("returned/complaint", Report(action="complaint", status="", diagnostic="abuse")),
        ("returned/not-spam", Report(action="feedback", status="", diagnostic="not-spam")),
    ],
)
def test_read_reads_reports(name: str, report: Report) -> None:
    found = bounces.read(mail(name))

    assert found is not None
    assert replace(found, about="") == report


@pytest.mark.parametrize(
    ("name", "about"),
    [
        ("bounce-exchange", "kari@example.org"),
        ("bounce-several", "a@example.org"),
        ("returned/utf8-unknown", "kåre@example.org"),
        ("returned/qmail-unknown", ""),
        ("returned/complaint", ""),
    ],
)
def test_a_report_says_whom_it_is_about(name: str, about: str) -> None:
    found = bounces.read(mail(name))

    assert found is not None
    assert found.about == about


@pytest.mark.parametrize("named", ["rfc822; <Kari@Example.ORG>", "rfc822;kari@example.org"])
def test_whom_a_report_is_about_is_written_as_we_write_it(named: str) -> None:
    raw = report().replace(b"rfc822; kari@example.org", named.encode()).replace(b"\n", b"\r\n")

    found = bounces.read(raw)

    assert found is not None
    assert found.about == "kari@example.org"


@pytest.mark.parametrize("between", ["\r\n", "\r\n\r\n", " \t\r\n"])
def test_a_report_is_read_however_many_empty_lines_part_its_blocks(between: str) -> None:
    raw = (
        "From: MAILER-DAEMON@mx.example.org\r\n"
        "Content-Type: message/delivery-status\r\n\r\n"
        f"Reporting-MTA: dns; mx.example.org\r\n{between}"
        "Final-Recipient: rfc822; kari@example.org\r\nAction: failed\r\n"
        f"Status: 5.1.1\r\nDiagnostic-Code: smtp; 550 gone\r\n{between}"
    )

    report = bounces.read(raw.encode())

    assert report == Report(
        action="failed", status="5.1.1", diagnostic="550 gone", about="kari@example.org"
    )


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("postfix-unknown", Cause.GONE),
        ("postfix-blocklisted", Cause.CONTENT),
        ("postfix-delayed", Cause.PASSING),
        ("postfix-expired", Cause.SOFT),
        ("m365-unknown-nb", Cause.GONE),
        ("m365-edge", Cause.GONE),
        ("m365-full-nb", Cause.SOFT),
        ("gmail-unknown", Cause.GONE),
        ("gmail-dmarc", Cause.CONTENT),
        ("gmail-busy", Cause.SOFT),
        ("qmail-unknown", Cause.GONE),
        ("exim-unknown", Cause.GONE),
        ("exim-old", Cause.GONE),
        ("utf8-unknown", Cause.GONE),
        ("complaint", Cause.COMPLAINT),
        ("not-spam", Cause.PASSING),
        ("unreadable", Cause.UNKNOWN),
    ],
)
def test_what_hosts_send_means_what_it_says(name: str, cause: Cause) -> None:
    report = bounces.read(mail(f"returned/{name}"), sender="")

    assert report is not None
    assert cause_of(report) is cause


@pytest.mark.parametrize("name", ["absence-nb", "absence-nb-bare", "absence-en"])
@pytest.mark.parametrize("sender", ["", "kari@example.org"])
def test_absence_notes_are_no_reports(name: str, sender: str) -> None:
    assert bounces.read(mail(f"returned/{name}"), sender=sender) is None


def test_what_a_person_answers_is_no_report() -> None:
    assert bounces.read(mail("returned/person"), sender="kari@example.org") is None


@pytest.mark.parametrize("name", ["plain", "away", "answer-google", *(f"odd/{x}" for x in ODD)])
def test_read_takes_nothing_else_for_a_report(name: str) -> None:
    assert bounces.read(mail(name), sender="kari@example.org") is None


def test_what_nobody_can_read_is_kept_when_a_machine_sent_it() -> None:
    assert bounces.read(mail("plain"), sender="") == UNREADABLE


pieces = st.sampled_from(
    [b"Action: failed", b"Status: 5.1.1", b"Action:", b"Diagnostic-Code: ;;", b"\r\n", b"\r\n\r\n",
     b"Status: 5.\xff", b"\n", b"\r", b"\0", b":"]
)  # fmt: skip


types = st.sampled_from(
    [b"message/delivery-status", b"message/feedback-report", b"text/plain", b"multipart/report"]
)


@given(types, st.lists(pieces, max_size=30).map(b"".join))
def test_read_never_raises(content_type: bytes, content: bytes) -> None:
    bounces.read(b"Content-Type: " + content_type + b"\r\n\r\n" + content)


WAY_OUT = "WyJtYWlsaW5nX2xpc3QubGVhdmUiLDEsMl0.abcdefghijklmnopqrstuvwxyz1"


def complaint(kind: str, inside: str, link: str) -> bytes:
    return (
        "From: fbl@example.net\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nA complaint.\r\n"
        f"--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: {kind}\r\n"
        "User-Agent: x/1\r\nVersion: 1\r\n\r\n"
        f"--b\r\nContent-Type: {inside}\r\n\r\nSubject: Lunch\r\n"
        f"List-Unsubscribe: <{link}>\r\n\r\nredacted\r\n--b--\r\n"
    ).encode()


LINK = f"https://samband.example.org/mailing_lists/{WAY_OUT}/leave"


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (complaint("abuse", "message/rfc822", LINK), Complaint(way_out=WAY_OUT)),
        (complaint("opt-out", "text/rfc822-headers", LINK), Complaint(way_out=WAY_OUT)),
        (complaint("not-spam", "message/rfc822", LINK), None),
        (complaint("abuse", "text/plain", LINK), None),
        (complaint("abuse", "message/rfc822", "mailto:leave@example.org"), None),
        (
            complaint("abuse", "message/rfc822", LINK).replace(b"message/feedback-", b"message/x-"),
            None,
        ),
        (  # Outlook's loop without a report
            complaint("abuse", "message/rfc822", LINK)
            .replace(b"message/feedback-report", b"text/x-nothing")
            .replace(
                b"From: fbl", b"Subject: complaint about message from 192.0.2.2\r\nFrom: staff"
            ),
            Complaint(way_out=WAY_OUT),
        ),
        (b"", None),
    ],
)
def test_a_complaint_is_told_apart_by_the_way_out_of_the_mail_in_it(
    raw: bytes, found: Complaint | None
) -> None:
    assert bounces.complained(raw) == found


def test_each_shape_is_what_it_says_and_nobody_is_blamed_for_less() -> None:
    made = {}
    for name, (raw, _) in SHAPES.items():
        found = bounces.read(raw.replace(b"\n", b"\r\n"), sender="")
        made[name] = None if found is None else cause_of(found)

    assert made == {name: cause for name, (_, cause) in SHAPES.items()}


def test_what_a_person_sends_on_is_no_report() -> None:
    for as_type in ("message/rfc822", "message/delivery-status"):
        raw = holding(report(), as_type=as_type).replace(b"\n", b"\r\n")

        assert bounces.read(raw, sender="kari@example.org") is None
