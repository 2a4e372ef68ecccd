"""Texts as `format=flowed` brings them, and as their readers mean them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailing import flowed


@pytest.mark.parametrize(
    ("came", "read"),
    [
        ("", ""),
        ("One \ntwo \nthree\nfour\n", "One two three\nfour\n"),
        ("One \n\ntwo", "One\n\ntwo"),
        (
            "> a \n> b\nmine \nis this\n>> deep \n>> er\n> c ",
            "> a b\nmine is this\n>> deep er\n> c",
        ),
        ("> a \nmine", "> a\nmine"),
        ("Hi \n-- \nÅse \nPostdoc", "Hi\n-- \nÅse Postdoc"),
        (" From here\n >not a quote\n  indented", "From here\n>not a quote\n indented"),
        (">\n> \nx", ">\n>\nx"),
        ("Yes. \nAda wrote:\n> Tea?", "Yes.\nAda wrote:\n> Tea?"),
        ("Yes. \nAda wrote:\n\n> Tea?", "Yes.\nAda wrote:\n\n> Tea?"),
        ("We \nneed:\ntea", "We need:\ntea"),
    ],
)
def test_lines_that_flow_are_joined(came: str, read: str) -> None:
    assert flowed.joined(came, drops_blanks=False) == read


def test_a_blank_that_is_no_own_one_goes() -> None:
    assert flowed.joined("blå \nbær  \nog 張 \n偉", drops_blanks=True) == "blåbær og 張偉"


@given(st.text(alphabet="a> -\n", max_size=60), st.booleans())
def test_nothing_but_blanks_and_ends_of_lines_is_lost(text: str, drops: bool) -> None:
    def signs(words: str) -> str:
        return words.replace(" ", "").replace("\n", "").replace(">", "")

    assert signs(flowed.joined(text, drops_blanks=drops)) == signs(text)
