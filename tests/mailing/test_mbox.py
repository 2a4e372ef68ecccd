"""Archives in one file are cut where a mail begins, and nowhere else."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailing import mbox

FIRST = b"From ada@example.org Mon Jan  4 10:00:00 2027\n"
SECOND = b"From bo@example.org Mon Jan  4 11:00 2027\n"


def cut(octets: bytes) -> list[tuple[bytes, bytes]]:
    """Cut an archive into (postmark, mail)."""
    return [(each.postmark, each.raw) for each in mbox.cut(io.BytesIO(octets))]


def test_an_archive_is_cut_at_its_postmarks() -> None:
    octets = FIRST + b"Subject: One\n\nHello\n\n" + SECOND + b"Subject: Two\n\nHi\n"

    assert cut(octets) == [
        (FIRST.rstrip(), b"Subject: One\n\nHello\n\n"),
        (SECOND.rstrip(), b"Subject: Two\n\nHi\n"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        b"From here it is ten minutes on foot.\n",
        b">From ada@example.org Mon Jan  4 10:00:00 2027\n",
        b"Quoted: From ada@example.org Mon Jan  4 10:00:00 2027\n",
    ],
)
def test_a_line_of_a_letter_is_no_postmark(line: bytes) -> None:
    assert len(cut(FIRST + b"Subject: One\n\nHello\n\n" + line + b"\nBye\n")) == 1


def test_a_postmark_stands_after_an_empty_line() -> None:
    assert len(cut(FIRST + b"Subject: One\n\nHello\n" + SECOND)) == 1
    assert len(cut(FIRST.replace(b"\n", b"\r\n") + b"S: 1\r\n\r\nHi\r\n\r\n" + SECOND)) == 2


def test_of_a_long_mail_the_beginning_is_kept_and_the_size_is_known() -> None:
    long = b"Subject: Long\n\n" + b"x" * (3 * mbox.MOST_OCTETS) + b"\n\n"

    found = list(mbox.cut(io.BytesIO(FIRST + long + SECOND + b"Subject: Two\n\nHi\n")))

    assert [len(each.raw) for each in found] == [mbox.MOST_OCTETS, 17]
    assert found[0].size_bytes == len(long)
    assert [each.ends_at for each in found] == [
        len(FIRST + long),
        len(FIRST + long + SECOND) + 17,
    ]


def test_no_cut_is_made_inside_a_line_that_is_read_in_pieces() -> None:
    line = b"\n\n" + b"y" * mbox.LONGEST_LINE + FIRST

    assert len(cut(FIRST + b"Subject: One\n" + line)) == 1


@pytest.mark.parametrize("octets", [b"", b"PK\x03\x04", b"Subject: a mail, no archive\n\nHi\n"])
def test_what_is_no_archive_is_refused(octets: bytes) -> None:
    with pytest.raises(mbox.NoArchive):
        cut(octets)


@given(st.binary(max_size=300))
def test_any_octets_after_a_postmark_make_at_least_one_mail_and_none_is_lost(rest: bytes) -> None:
    found = list(mbox.cut(io.BytesIO(FIRST + rest)))

    assert found[-1].ends_at == len(FIRST + rest)
    assert b"".join(each.raw for each in found) in FIRST + rest or len(found) > 1
