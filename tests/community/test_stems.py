"""Words as the search knows them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community import stems

ALIKE = (
    "møte møter møtet møtene møtes MØTE mote moete",
    "forskning forskningen forskninger forskningens",
    "forsker forskere forskerne forskeren forskerens",
    "study studies studied studie studier studiet studiene",
    "plan plans planned planning",
    "kurs kurset kursene",
    "course courses",
    "class classes",
    "søknad søknaden søknader soknad soeknad",
    "årsmøte aarsmøte arsmøtet Årsmøter",
    "lære læren laere",
    "grunn grunnen",
    "policy policies",
    "café cafés cafe",
    "hus huset",
    "month months monthly",
)


@pytest.mark.parametrize("words", ALIKE)
def test_forms_of_a_word_have_one_stem(words: str) -> None:
    assert len({stems.stem(word) for word in words.split()}) == 1


def test_other_words_have_other_stems() -> None:
    words = "data date lunch lunsj meet mentor year yearly uio uib mat mate 2026"

    found = [stems.stem(word) for word in words.split()]

    assert " ".join(found) == "data dat lunch lunsj meet mentor year year uio uib mat mat 2026"


def test_text_becomes_its_stems_in_order_and_knows_where_they_were() -> None:
    text = "Møtet: 3 postdocs_med <b>café</b>"

    assert stems.of(text) == ["mot", "3", "postdoc", "med", "b", "caf", "b"]
    assert [(text[a:b], found) for a, b, found in stems.places(text)][:2] == [
        ("Møtet", "mot"),
        ("3", "3"),
    ]


def test_word_longer_than_anybody_means_is_left_out() -> None:
    assert stems.of("a" * 41 + " ja " + "b" * 40) == ["ja", "b" * 39]


def test_a_text_has_the_same_stems_however_often_it_comes() -> None:
    often = [stems.of("Plan: planning_plans, møtet.\u2028" + "ja-" * 40) for _ in range(3)]

    assert often == [["plan", "plan", "plan", "mot", *["ja"] * 40]] * 3


@given(st.text())
def test_stems_stand_in_a_text_where_they_were_found(text: str) -> None:
    assert stems.of(text) == [found for _, _, found in stems.places(text)]


@given(st.text())
def test_any_text_becomes_words_of_letters_and_digits(text: str) -> None:
    assert all(word and word.isalnum() for word in stems.of(text))
