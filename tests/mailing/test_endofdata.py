import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailing.endofdata import EndOfData


def collected(wire: bytes, size: int) -> EndOfData:
    end = EndOfData(max_octets=1000)
    for at in range(0, len(wire), size):
        if end.feed(wire[at : at + size]):
            end.after = (end.after or b"") + wire[at + size :]
            return end
    return end


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 100])
@pytest.mark.parametrize(
    ("wire", "mail", "after"),
    [
        (b".\r\n", b"", b""),
        (b"\r\n.\r\n", b"\r\n", b""),
        (b"a\r\n.\r\nQUIT\r\n", b"a\r\n", b"QUIT\r\n"),
        (b"..\r\n.\r\n", b".\r\n", b""),
        (b"a\r\n..b\r\n...\r\n.\r\n", b"a\r\n.b\r\n..\r\n", b""),
        (b"a\n.\nb\n.\r\nc\r\n.\r\n", b"a\n.\nb\n.\r\nc\r\n", b""),
    ],
)
def test_the_end_is_found_however_it_is_cut(
    wire: bytes, mail: bytes, after: bytes, size: int
) -> None:
    end = collected(wire, size)

    assert (end.mail(), end.after) == (mail, after)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 6])
def test_a_mail_of_just_the_limit_is_taken_however_it_is_cut(size: int) -> None:
    ends = [EndOfData(max_octets=octets) for octets in (3, 2)]
    for end in ends:
        for at in range(0, 6, size):
            end.feed(b"a\r\n.\r\n"[at : at + size])

    assert [end.is_too_big for end in ends] == [False, True]
    assert ends[0].mail() == b"a\r\n"


def test_nothing_is_kept_when_the_mail_is_too_big() -> None:
    end = EndOfData(max_octets=10)
    end.feed(b"123456\r\n")
    end.feed(b"123456\r\n")

    assert end.feed(b".\r\n") is True
    assert (end.is_too_big, end.mail()) == (True, b"")


@given(st.lists(st.text("a.\r\n", max_size=6).map(str.encode), max_size=8), st.integers(1, 9))
def test_doubled_dots_come_out_single(lines: list[bytes], size: int) -> None:
    mail = b"".join(line.replace(b"\r", b"").replace(b"\n", b"") + b"\r\n" for line in lines)
    stuffed = b"".join(
        (b"." if line.startswith(b".") else b"") + line for line in mail.splitlines(keepends=True)
    )

    end = collected(stuffed + b".\r\nrest", size)

    assert (end.mail(), end.after) == (mail, b"rest")
