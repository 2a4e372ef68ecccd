"""What somebody types to search."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community import queries
from community.errors import Refusal
from community.queries import Query
from community.topics import Topic


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", Query()),
        ("lunsj Møter", Query(phrases=(("lunsj",), ("mot",)))),
        ('"open position" uib', Query(phrases=(("open", "position"), ("uib",)))),
        ("“åpen stilling”", Query(phrases=(("apen", "stil"),))),
        ('"never closed', Query(phrases=(("nev", "clo"),))),
        ("from:ada", Query(authors=(("ada",),))),
        ('fra:"Ada Holm" lunch', Query(phrases=(("lunch",),), authors=(("ada", "holm"),))),
        ("from:Ada.Holm@example.org", Query(emails=("ada.holm@example.org",))),
        ("fra:<ada@uib.no>", Query(emails=("ada@uib.no",))),
        ("from:ada@", Query(authors=(("ada",),))),
        ("ada@uib.no,", Query(addresses=(("ada@uib.no", ("ada", "uib", "no")),))),
        ("list:Postdocs", Query(list_name="postdocs")),
        ("before:2026 etter:2025-03", Query(before=date(2026, 1, 1), after=date(2025, 3, 1))),
        ("FØR:31.12.2026", Query(before=date(2026, 12, 31))),
        ("topic:Jobs uib", Query(topic=Topic.JOB, phrases=(("uib",),))),
        ("tema:spørsmål", Query(topic=Topic.QUESTION)),
        ("kl:12", Query(phrases=(("kl", "12"),))),
        ("c++ : -- * (x OR y)", Query(phrases=(("c",), ("x",), ("or",), ("y",)))),
        ("from:", Query(phrases=(("from",),))),
    ],
)
def test_what_is_typed_is_read(typed: str, meant: Query) -> None:
    assert queries.read(typed) == meant


@pytest.mark.parametrize("day", ["yesterday", "2026-13-01", "30.2.2026", "0000", "9999-12-31", "1"])
def test_day_that_is_none_is_refused(day: str) -> None:
    with pytest.raises(Refusal) as no:
        queries.read(f"lunch after:{day}")

    assert no.value.facts == {"value": day}


def test_signs_without_a_word_are_refused_and_nothing_is_not() -> None:
    for typed in ("%", "_", "!!!", '"', "from:@", "\0 \u200b \ud83d", "x" * 41, "\U0001f600"):
        with pytest.raises(Refusal) as no:
            queries.read(typed)
        assert str(no.value) == "There is no word in that to look for."
    assert queries.read(" \n").is_empty


def test_topic_that_is_none_is_refused_with_those_there_are() -> None:
    with pytest.raises(Refusal) as no:
        queries.read("topic:cats")

    assert str(no.value) == (
        "“cats” is no topic. There is: event/arrangement, job/jobb, funding/midler, "
        "question/spørsmål, social/sosialt."
    )


@given(st.text(max_size=400))
def test_anything_can_be_typed(text: str) -> None:
    try:
        query = queries.read(text)
    except Refusal:
        return

    assert all(stem.isalnum() for phrase in query.phrases + query.authors for stem in phrase)
