"""What strangers wrote, made safe to look at."""

import pytest

from web.prose import Block, Piece, blocks, pieces, plain


def test_post_is_split_into_words_quotes_and_signature() -> None:
    text = "Yes.\r\n\r\n> > Shall we?\r\n> On Friday\r\n\r\nAda\r\n-- \r\nAda Holm\r\n"

    assert blocks(text) == [
        Block("words", "Yes."),
        Block("quote", "Shall we?\nOn Friday"),
        Block("words", "Ada"),
        Block("signature", "Ada Holm"),
    ]


def test_nothing_has_no_blocks() -> None:
    assert (blocks(""), blocks(" \n\n"), pieces("")) == ([], [], [])


@pytest.mark.parametrize(("lines", "is_long"), [(6, False), (7, True)])
def test_long_quote_is_better_folded(lines: int, is_long: bool) -> None:
    assert [block.is_long for block in blocks("> a\n" * lines)] == [is_long]


def test_address_is_followed_without_the_sentence_around_it() -> None:
    assert pieces("See (https://example.org/a?b=1&c), or http://x.no.") == [
        Piece("See ("),
        Piece("https://example.org/a?b=1&c", "https://example.org/a?b=1&c"),
        Piece("), or "),
        Piece("http://x.no", "http://x.no"),
        Piece("."),
    ]


@pytest.mark.parametrize(
    "text", ["javascript:alert(1)", "http://", "https://[::1", "data:text/html,x", "mailto:a@b.no"]
)
def test_what_is_no_web_address_stays_text(text: str) -> None:
    assert pieces(text) == [Piece(text)]


def test_plain_takes_out_what_cannot_be_seen_or_turns_the_reading_around() -> None:
    assert (
        plain("a\u202eb\u200bc\x00d\te\r\nf\u2066g\ufeff å 👩\u200d🔬")
        == "abcd\te\nfg å 👩\u200d🔬"
    )


def test_a_whole_mail_below_is_a_quote_behind_the_signature() -> None:
    text = "Yes.\n-- \nAda\n\n________________\nFra: Bo\nSendt: mandag\nEmne: Lunch\n\nShall we?\n"

    assert blocks(text) == [
        Block("words", "Yes."),
        Block("signature", "Ada"),
        Block("quote", "Fra: Bo\nSendt: mandag\nEmne: Lunch\n\nShall we?"),
    ]
