import pytest

from mailing import headers, parts
from mailing.parts import Part, TooComplex
from tests.mailing.mails import mail


def tree(raw: bytes) -> list[Part]:
    return list(parts.walk(headers.part(raw)))


def test_walk_gives_parts_in_reading_order() -> None:
    assert [(part.depth, part.content_type) for part in tree(mail("alternative"))] == [
        (0, "multipart/mixed"),
        (1, "multipart/alternative"),
        (2, "text/plain"),
        (2, "text/html"),
        (1, "application/pdf"),
    ]


def test_walk_does_not_look_into_forwarded_mail() -> None:
    assert [part.content_type for part in tree(mail("odd/32-forwarded"))] == [
        "multipart/mixed",
        "text/plain",
        "message/rfc822",
    ]


def test_walk_tells_boundaries_apart_that_begin_alike() -> None:
    raw = (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        b"--b\r\n\r\none\r\n--bb\r\ntwo\r\n--b \t\r\n\r\nthree\r\n--b--\r\nepilogue"
    )

    assert [part.parted.body for part in tree(raw)[1:]] == [b"one\r\n--bb\r\ntwo", b"three"]


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (b'attachment; filename="poster.pdf"', "poster.pdf"),
        (b'attachment; filename="../../etc/passwd"', "passwd"),
        (b'attachment; filename="C:\\\\x\\\\poster.pdf"', "poster.pdf"),
        (b"attachment; filename*=utf-8'nb'pl%C3%A5kat.pdf", "plåkat.pdf"),
        (b"attachment; filename*0*=utf-8''pl%C3; filename*1*=%A5kat.pdf", "plåkat.pdf"),
        (b'attachment; filename="=?utf-8?q?pl=C3=A5kat=2Epdf?="', "plåkat.pdf"),
        (b"attachment; filename=" + b"x" * 400, "x" * 150),
        # The rules go by the ending; programs save it under the name in pieces.
        (b"attachment; filename=" + b"x" * 400 + b".exe", "x" * 146 + ".exe"),
        (b"attachment; filename=a.txt; filename*=utf-8''a.exe", "a.exe"),
        ('attachment; filename="\U0001f389 fest.docx"'.encode(), "\U0001f389 fest.docx"),
        (b"attachment; filename*=utf-8''..%2F..%2Fa.exe", "a.exe"),
        (b"attachment", ""),
        (b'attachment; filename="a\xe2\x80\xaefdp.exe"', "afdp.exe"),
    ],
)
def test_file_name_is_for_showing(value: bytes, name: str) -> None:
    (part,) = tree(b"Content-Disposition: " + value + b"\r\n\r\nx")

    assert part.file_name == name
    assert part.is_attached is True


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (b"TEXT/HTML; charset=x", "text/html"),
        (b"nonsense", "text/plain"),
        (b"", "text/plain"),
        (b"text/html text/plain", "text/plain"),
    ],
)
def test_content_type_is_one_that_exists(value: bytes, kind: str) -> None:
    assert tree(b"Content-Type: " + value + b"\r\n\r\nx")[0].content_type == kind


def test_walk_stops_where_a_level_costs_too_much() -> None:
    opened = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (level, level)
        for level in range(20)
    )

    with pytest.raises(TooComplex):
        tree(opened + b"\r\n" + b"x" * 11_000_000)
