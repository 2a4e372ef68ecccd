import pytest

from mailing import gate, replies
from mailing.replies import Reply
from tests.mailing.mails import mail

FROM = b"From: kari@example.org\r\n"


@pytest.mark.parametrize("name", ["plain", "norwegian", "alternative", "signed", "listed", "html"])
def test_check_lets_mail_pass(name: str) -> None:
    assert gate.check(mail(name)) is None


@pytest.mark.parametrize(
    ("raw", "reply"),
    [
        (b"", replies.EMPTY),
        (b"\r\n\r\n", replies.EMPTY),
        (FROM + b"\r\na\nb\r\n", replies.STRAY_SIGN),
        (FROM + b"\r\na\rb\r\n", replies.STRAY_SIGN),
        (FROM + b"\r\na\0b\r\n", replies.STRAY_SIGN),
        (FROM + b"A: b\r\n" * 500 + b"\r\nx", replies.TOO_MANY_HEADERS),
        (FROM + b"A: " + b"b" * 16_384 + b"\r\n\r\nx", replies.HEADERS_TOO_LONG),
        (FROM + b"A: " + b"b" * 26_000_000, replies.HEADERS_TOO_LONG),
        (FROM + (b"A: " + b"b" * 16_000 + b"\r\n") * 17 + b"\r\nx", replies.HEADERS_TOO_LONG),
        (b"Received: by x; now\r\n" * 51 + b"\r\nx", replies.LOOPING),
    ],
    ids=range(10),
)
def test_check_refuses(raw: bytes, reply: Reply) -> None:
    assert gate.check(raw) == reply


def test_normalised_leaves_good_mail_alone() -> None:
    raw = mail("plain")

    assert gate.normalised(raw) is raw


def test_normalised_ends_every_line_alike() -> None:
    assert gate.normalised(b"a\nb\rc\r\nd\0e") == b"a\r\nb\r\nc\r\nde"
