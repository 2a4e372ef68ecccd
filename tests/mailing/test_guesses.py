"""flufl.bounce is asked for its verdict alone, and nothing that it does reaches us."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.causes import Report
from mailing import gate, guesses, headers
from tests.mailing.mails import ODD, mail


def guess(raw: bytes) -> Report | None:
    return guesses.guess(headers.part(gate.normalised(raw)))


def test_a_forged_text_names_nobody() -> None:
    forged = mail("returned/qmail-unknown").replace(b"<kari@example.org>:", b"<ola@example.org>:")

    assert guess(forged) == guess(mail("returned/qmail-unknown"))


def test_a_report_without_words_is_permanent_without_a_number() -> None:
    raw = mail("returned/qmail-unknown").replace(b" (#5.1.1)", b"")

    assert guess(raw) == Report(
        action="failed",
        status="5.0.0",
        diagnostic="Hi. This is the qmail-send program at mx.example.org. I'm afraid I wasn't able "
        "to deliver your message to the following addresses. This is a permanent error; I've given "
        "up. Sorry it didn't work out. <kari@example.org>: Sorry, no mailbox here by that name.",
    )


@pytest.mark.parametrize("name", ["plain", *(f"odd/{each}" for each in ODD)])
def test_other_mail_is_no_report(name: str) -> None:
    assert guess(mail(name)) is None


@given(st.binary(max_size=300))
def test_guess_never_raises(raw: bytes) -> None:
    guess(b"From: <>\r\nSubject: failure notice\r\n\r\n" + raw)
    guess(raw)


def test_a_line_without_end_is_cut_before_anybody_looks_at_it() -> None:
    # flufl.bounce takes four seconds for 16 KB of one sign in one line.
    raw = b"From: MAILER-DAEMON@mx.example.org\r\nSubject: failure notice\r\n\r\n"
    raw += b"did not reach the following recipient(s):\r\n" + b"-" * 20_000

    assert guess(raw) is None


def test_signs_that_nobody_sees_are_not_kept() -> None:
    raw = (
        b"From: MAILER-DAEMON@mx.example.org\r\nContent-Type: text/plain; charset=utf-8\r\n"
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\n550 5.1.1 User=00 un=E2=80=AEknown\r\n"
    )

    assert guess(raw) == Report(
        action="failed", status="5.1.1", diagnostic="550 5.1.1 User unknown"
    )
