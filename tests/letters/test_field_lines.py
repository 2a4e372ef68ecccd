import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters import field_lines
from letters.field_lines import UnsafeHeader
from mailing import addresses, decoding, headers

KARI = addresses.parse("kari@example.org")


def test_line_is_plain_where_it_can_be() -> None:
    assert field_lines.line("Subject", "Lunch on Thursday") == b"Subject: Lunch on Thursday\r\n"


def test_line_is_folded_at_its_blanks() -> None:
    assert field_lines.line("Subject", "word " * 30) == (
        b"Subject: "
        + b" ".join([b"word"] * 13)
        + b"\r\n "
        + b" ".join([b"word"] * 15)
        + b"\r\n word word \r\n"
    )


def test_line_encodes_what_would_be_decoded() -> None:
    made = field_lines.line("Subject", "=?utf-8?q?=0ABcc=3A?=")

    assert b"=?utf-8?q?" not in made
    assert decoding.header(headers.part(made).fields[0].value) == "=?utf-8?q?=0ABcc=3A?="


@given(st.text(st.characters(exclude_categories=["C", "Z"]) | st.just(" "), max_size=200))
def test_line_says_what_it_was_given(text: str) -> None:
    made = field_lines.line("Subject", text)

    assert decoding.header(headers.part(made).fields[0].value) == decoding.plain(text)
    assert all(len(each) <= 78 or b" " not in each[1:] for each in made.split(b"\r\n"))


@pytest.mark.parametrize("sign", ["\r", "\n", "\r\n", "\0", "\x85", "\u2028", "\u2029", "\v", "\f"])
def test_nothing_ends_a_line_early(sign: str) -> None:
    with pytest.raises(UnsafeHeader):
        field_lines.line("Subject", f"a{sign}Bcc: x@evil.example")
    with pytest.raises(UnsafeHeader):
        field_lines.mailbox("To", f"a{sign}Bcc: x@evil.example", KARI)
    with pytest.raises(UnsafeHeader):
        field_lines.urls("List-Help", f"https://example.org/{sign}")


def test_mailbox_quotes_and_encodes_the_name() -> None:
    assert field_lines.mailbox("To", 'Kari "K" N', KARI) == (
        b'To: "Kari \\"K\\" N" <kari@example.org>\r\n'
    )
    assert field_lines.mailbox("To", "Bjørn", KARI) == (
        b"To: =?utf-8?b?QmrDuHJu?= <kari@example.org>\r\n"
    )
    assert field_lines.mailbox("To", "", KARI) == b"To: <kari@example.org>\r\n"


def test_urls_are_folded_between_and_never_inside() -> None:
    long = "https://example.org/" + "x" * 300

    assert field_lines.urls("List-Unsubscribe", long, "mailto:x@example.org") == (
        f"List-Unsubscribe: <{long}>,\r\n <mailto:x@example.org>\r\n".encode()
    )


@pytest.mark.parametrize(
    "url",
    ["", "javascript:x", "https://a b", "https://a>b", "https://blåbær.no", "https:" + "x" * 960],
)
def test_urls_must_be_urls(url: str) -> None:
    with pytest.raises(UnsafeHeader):
        field_lines.urls("List-Help", url)
