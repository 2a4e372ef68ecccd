import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailing import bounces
from mailing.bounces import Report
from tests.mailing.mails import ODD, mail


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
        ("bounce-several", Report(action="failed", status="5.2.2", diagnostic="")),
    ],
)
def test_read_reads_reports(name: str, report: Report) -> None:
    assert bounces.read(mail(name)) == report


@pytest.mark.parametrize("name", ["plain", "away", "answer-google", *(f"odd/{x}" for x in ODD)])
def test_read_takes_nothing_else_for_a_report(name: str) -> None:
    assert bounces.read(mail(name)) is None


pieces = st.sampled_from(
    [b"Action: failed", b"Status: 5.1.1", b"Action:", b"Diagnostic-Code: ;;", b"\r\n", b"\r\n\r\n",
     b"Status: 5.\xff", b"\n", b"\r", b"\0", b":"]
)  # fmt: skip


@given(st.lists(pieces, max_size=30).map(b"".join))
def test_read_never_raises(content: bytes) -> None:
    bounces.read(b"Content-Type: message/delivery-status\r\n\r\n" + content)
