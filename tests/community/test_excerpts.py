"""The words around what was found."""

from hypothesis import given
from hypothesis import strategies as st

from community import excerpts
from community.excerpts import Piece


def test_found_words_are_told_apart_and_quotes_left_out() -> None:
    text = "Hi,\nthe Møter are <b>here</b>.\n> old møte\nBye"

    assert excerpts.excerpt(text, frozenset({"mot"})) == (
        Piece("Hi, the "),
        Piece("Møter", is_hit=True),
        Piece(" are <b>here</b>. Bye"),
    )


def test_excerpt_of_a_long_post_is_where_most_of_the_words_are() -> None:
    filler = "nothing to see " * 40
    text = f"lunch {filler} lunch and seminar {filler}"

    shown = excerpts.excerpt(text, frozenset({"lunch", "seminar"}))

    assert [piece.text for piece in shown if piece.is_hit] == ["lunch", "seminar"]
    assert (shown[0].text, shown[-1].text) == ("… ", " …")
    assert len("".join(piece.text for piece in shown)) <= excerpts.LENGTH + 4


def test_excerpt_without_a_hit_is_the_beginning() -> None:
    assert excerpts.excerpt("Only filters", frozenset()) == (Piece("Only filters"),)


@given(st.text(), st.sets(st.sampled_from(["a", "lunch", "1"])))
def test_pieces_together_are_words_of_the_text(text: str, wanted: set[str]) -> None:
    shown = excerpts.excerpt(text, frozenset(wanted))

    inner = [piece for piece in shown if piece.text not in ("… ", " …")]
    assert "".join(piece.text for piece in inner) in excerpts.own_words(text)
