import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailing import decoding
from mailing.decoding import Decoded


@pytest.mark.parametrize(
    ("octets", "charset", "decoded"),
    [
        (b"bl\xe5", "ISO-8859-1", Decoded(text="blå", is_guessed=False)),
        (b"bl\xc3\xa5", '"UTF-8"', Decoded(text="blå", is_guessed=False)),
        (b"bl\xc3\xa5", None, Decoded(text="blå", is_guessed=False)),
        (b"bl\xe5", "us-ascii", Decoded(text="blå", is_guessed=False)),
        (b"bl\xe5", "utf-8", Decoded(text="blå", is_guessed=True)),
        (b"bl\xc3\xa5 \xe5", "utf-8", Decoded(text="blå \ufffd", is_guessed=False)),
        (b"it\x92s", "iso-8859-1", Decoded(text="it’s", is_guessed=False)),
        (b"it\x92s \x81", None, Decoded(text="it’s \ufffd", is_guessed=False)),
        ("朱镕基".encode("gbk"), "gb2312", Decoded(text="朱镕基", is_guessed=False)),
        ("똠방".encode("cp949"), "ks_c_5601-1987", Decoded(text="똠방", is_guessed=False)),
        ("①髙橋".encode("cp932"), "Shift_JIS", Decoded(text="①髙橋", is_guessed=False)),
        ("שלום".encode("iso-8859-8"), "iso-8859-8-i", Decoded(text="שלום", is_guessed=False)),
        (b"bl\xe5", "x-klingon", Decoded(text="blå", is_guessed=True)),
        (b"+ADw-", "utf-7", Decoded(text="+ADw-", is_guessed=True)),
        (b"x", "iso-8859-12", Decoded(text="x", is_guessed=True)),
        (b"\\x3c", "unicode_escape", Decoded(text="\\x3c", is_guessed=True)),
    ],
)
def test_text_of_takes_what_mail_is_written_in(
    octets: bytes, charset: str | None, decoded: Decoded
) -> None:
    assert decoding.text_of(octets, charset) == decoded


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b"plain", "plain"),
        (b"=?utf-8?q?bl=C3=A5?=", "blå"),
        (b"=?UTF-8*nb?B?YmzDpQ==?=", "blå"),
        (b"=?utf-8?q?a?= =?utf-8?q?b?= c =?utf-8?q?d?=", "ab c d"),
        (b"=?utf-8?q?a_b?=", "a b"),
        (b"=?utf-8?q?=C3?=\t=?utf-8?q?=A5?=", "å"),
        (b"=?iso-8859-1?q?=E5?= =?utf-8?q?=C3=A6?=", "åæ"),
        (b"=?utf-8?x?a?=", "=?utf-8?x?a?="),
        (b"=?utf-8?b?!!!?=", ""),
        (b"a\x00b\x07c", "abc"),
        (b"a  \t b", "a b"),
        (b"=?utf-8?q?a?= " * 400, "a" * 400),
    ],
)
def test_header_decodes_words(value: bytes, text: str) -> None:
    assert decoding.header(value) == text or len(value) > decoding.MAX_DECODED_OCTETS


@given(st.binary(max_size=200))
def test_base64_of_never_raises(octets: bytes) -> None:
    decoding.base64_of(octets)
    decoding.quoted_printable_of(octets)
    decoding.header(octets)


@given(st.binary(max_size=200))
def test_base64_of_reads_what_was_written(octets: bytes) -> None:
    import base64

    assert decoding.base64_of(base64.encodebytes(octets)) == octets


UNSEEN = "\u200b\u00ad\u061c\u180e\u2060\u200e\u202e\u2066\ufeff\x80\x9f\x00\x0b\x7f"


@given(st.text(st.sampled_from("aæ –\u200d\ud800\t\n\r" + UNSEEN)))
def test_lines_leave_nothing_that_is_not_seen(text: str) -> None:
    ended = text.replace("\r\n", "\n").replace("\r", "\n")

    assert decoding.lines(text) == "".join(sign for sign in ended if sign in "aæ –\u200d\ud800\t\n")
