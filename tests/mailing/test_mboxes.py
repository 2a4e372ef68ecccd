"""Archives as one file."""

import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailing import mboxes
from mailing.mboxes import LONGEST_LINE, Mail, NoArchive

AT = datetime(2027, 1, 4, 8, 0, 5, tzinfo=UTC)
MOST = 10_000


def written(*mails: bytes, sender: str = "ada@example.org") -> bytes:
    file = io.BytesIO()
    for raw in mails:
        mboxes.write(file, raw, sender=sender, at=AT)
    return file.getvalue()


def read(octets: bytes, *, most: int = MOST) -> list[Mail]:
    return list(mboxes.read(io.BytesIO(octets), most_bytes=most))


def test_mail_is_written_with_its_line_and_its_own_from_quoted() -> None:
    assert written(b"Subject: x\r\n\r\nFrom here\r\n>From there\r\nfrom\r\n") == (
        b"From ada@example.org Mon Jan  4 08:00:05 2027\n"
        b"Subject: x\n\n>From here\n>>From there\nfrom\n\n"
    )


def test_mails_are_read_as_they_were_written() -> None:
    raws = [
        b"A: 1\r\n\r\nFrom a\r\n\r\nFrom b\r\n",
        b"B: 2\r\n\r\n>From c\r\n\r\n",
        b"C: 3\r\n\r\n",
    ]

    mails = read(written(*raws))

    assert [(mail.raw, mail.sender, mail.at) for mail in mails] == [
        (raw, "ada@example.org", AT) for raw in raws
    ]
    assert mails[-1].end == len(written(*raws))


@given(st.lists(st.lists(st.text(st.characters(codec="ascii", exclude_characters="\r\n\0")))))
def test_any_lines_come_back(bodies: list[list[str]]) -> None:
    raws = [b"X: y\r\n\r\n" + "".join(f"{line}\r\n" for line in lines).encode() for lines in bodies]

    assert [mail.raw for mail in read(written(*raws))] == raws


@pytest.mark.parametrize(
    ("line", "sender", "at"),
    [
        (b"From ada at example.org  Mon Jan  4 08:00:05 2027", "ada@example.org", AT),
        (b"From MAILER-DAEMON Mon Jan 04 08:00:05 2027", "", AT),
        (b"From a@b Mon Jan  4 08:00:05 UTC 2027\r", "a@b", AT),
        (b"From a@b Mon Jan 44 08:00:05 2027", "a@b", None),
        (b"From 18@xxx Mon Jan 04 08:00:05 +0000 2027", "18@xxx", AT),
        (b"From a@b Mon Jan  4 08:00:05 2027 +0100", "a@b", AT),
        (b"From - Mon Jan  4 08:00:05 MET DST 2027", "-", AT),
        (b"From somebody, some day", "", None),
    ],
)
def test_lines_of_other_programs_are_read(line: bytes, sender: str, at: datetime | None) -> None:
    (mail,) = read(line + b"\nA: 1\n\nHi\n")

    assert (mail.sender, mail.at, mail.raw) == (sender, at, b"A: 1\r\n\r\nHi\r\n")


def test_line_that_only_looks_like_a_beginning_is_of_the_mail() -> None:
    for line in (
        b"From all of us, thank you.",
        b"From here at 10:00 on Monday in 2027",
        b"Quoted: From ada@example.org Mon Jan  4 10:00:00 2027",
    ):
        (mail,) = read(written(b"A: 1\r\n\r\n")[:-1] + b"\n\n" + line + b"\n\nBye\n")

        assert mail.raw.endswith(line + b"\r\n\r\nBye\r\n")


def test_mail_begins_after_an_empty_line() -> None:
    second = b"From bo@b Mon Jan  4 11:00 2027\nB: 2\n\n"

    assert len(read(written(b"A: 1\r\n\r\nHello\r\n")[:-1] + second)) == 1
    windows = written(b"A: 1\r\n\r\nHello\r\n").replace(b"\n", b"\r\n")
    assert [mail.raw for mail in read(windows + second)] == [
        b"A: 1\r\n\r\nHello\r\n",
        b"B: 2\r\n",
    ]


def test_no_mail_begins_inside_a_line_that_is_read_in_pieces() -> None:
    first = written(b"A: 1\r\n\r\n")
    piece = b"y" * LONGEST_LINE

    for between in (b"", b"\n"):
        (mail,) = read(first + piece + between + first, most=10**6)

        assert mail.is_whole


@pytest.mark.parametrize("octets", [b"PK\x03\x04", b"Subject: a mail, no archive\n\nHi\n"])
def test_what_is_no_archive_is_refused(octets: bytes) -> None:
    with pytest.raises(NoArchive):
        read(octets)


def test_an_empty_file_is_an_archive_of_nothing() -> None:
    assert read(b"") == read(b"\n\r\n") == read(b"\xef\xbb\xbf") == []


def test_of_a_mail_that_is_too_long_the_beginning_is_kept() -> None:
    octets = written(b"A: 1\r\n\r\n" + b"x\r\n" * 9, b"B: 2\r\n\r\n")
    mails = read(octets, most=10)

    assert [(mail.raw, mail.is_whole) for mail in mails] == [
        (b"A: 1\r\n\r\nx\r\nx\r\n", False),
        (b"B: 2\r\n\r\n", True),
    ]
    assert [mail.end for mail in mails] == [octets.index(b"From", 5), len(octets)]


@given(st.binary())
def test_anything_can_be_read_and_no_octet_is_lost(octets: bytes) -> None:
    first = written(b"A: 1\r\n\r\n")
    mails = read(first + octets)

    assert mails[-1].end == len(first + octets)


def test_sender_cannot_write_lines_of_its_own() -> None:
    assert read(written(b"A: 1\r\n\r\n", sender="a\nFrom b@c"))[0].sender == "a_From_b@c"
