from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from community.errors import Refusal
from texts import N_, Language, local, say, say_many
from texts.words import placeholders

OSLO = ZoneInfo("Europe/Oslo")
FIRST_OF_DECEMBER = datetime(2026, 12, 1, 10, 0, tzinfo=OSLO)


def test_say_fills_each_placeholder_with_its_fact() -> None:
    said = say("en", "{who} joins {what}.", who="Ada", what="the lunch")

    assert said == "Ada joins the lunch."


def test_say_leaves_braces_in_facts_and_doubled_braces_alone() -> None:
    said = say("nb", "{{x}} {subject}", subject="{0} {subject} {who.__class__} %s %(a)s")

    assert said == "{x} {0} {subject} {who.__class__} %s %(a)s"


def test_say_takes_facts_by_any_name() -> None:
    said = say("en", "{language} and {message}", language="nb", message="hello")

    assert said == "nb and hello"


@pytest.mark.parametrize(
    ("fact", "en", "nb"),
    [
        (FIRST_OF_DECEMBER, "Tue 1 Dec, 10:00", "tir. 1. des. kl. 10.00"),
        (FIRST_OF_DECEMBER.date(), "Tue 1 Dec", "tir. 1. des."),
        (time(9, 5), "09:05", "09.05"),
        (3, "3", "3"),
        (0.5, "0.5", "0,5"),
        (("A", "B", "C"), "A, B and C", "A, B og C"),
        (["A", "B"], "A and B", "A og B"),
        (Refusal("No."), "No.", "No."),
    ],
)
def test_say_writes_facts_as_the_language_does(fact: object, en: str, nb: str) -> None:
    assert [say(language, "{fact}", fact=fact) for language in ("en", "nb")] == [en, nb]


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "It closes Tue 1 Dec. Come."), ("nb", "It closes tir. 1. des. Come.")],
)
def test_say_ends_a_sentence_with_one_full_stop_when_a_day_stands_last(
    language: Language, said: str
) -> None:
    assert say(language, "It closes {day}. Come.", day=date(2026, 12, 1)) == said


def test_say_keeps_the_full_stop_after_other_facts() -> None:
    assert say("nb", "{day}: {name}.", day=date(2026, 12, 1), name="A.") == "tir. 1. des.: A.."


def test_say_refuses_a_placeholder_without_a_fact() -> None:
    with pytest.raises(KeyError, match="who"):
        say("en", "{who} joins.")


@pytest.mark.parametrize("fact", [None, True])
def test_say_refuses_facts_that_have_no_words(fact: object) -> None:
    with pytest.raises(TypeError, match="cannot be said"):
        say("en", "{fact}", fact=fact)


@pytest.mark.parametrize("message", ["{}", "{0}", "{a.b}", "{a!r}", "{a:>3}"])
def test_say_refuses_placeholders_that_are_more_than_a_name(message: str) -> None:
    with pytest.raises(ValueError, match="a name in braces"):
        say("en", message, a="x")


@pytest.mark.parametrize(("n", "said"), [(0, "0 seats"), (1, "a seat"), (12000, "12,000 seats")])
def test_say_many_takes_the_form_for_n(n: int, said: str) -> None:
    assert say_many("en", "a seat", "{n} seats", n) == said


def test_a_number_goes_with_one_or_many_of_what_it_counts() -> None:
    message = "{a:day|days}, {b:mail a week|mails a week}, {c:post|posts}"

    assert say("en", message, a=1, b=1.5, c=0) == "1 day, 1.5 mails a week, 0 posts"
    assert placeholders(message) == {"a", "b", "c"}


def test_say_many_fills_in_other_facts() -> None:
    assert say_many("nb", "{n} in {what}", "{n} in {what}", 2, what="Ås") == "2 in Ås"


def test_mark_returns_the_message_itself() -> None:
    assert N_("A message.") == "A message."


def test_local_moves_moments_to_the_zone_and_leaves_other_facts() -> None:
    facts = {"at": datetime(2026, 12, 1, 9, 0, tzinfo=UTC), "on": date(2026, 12, 1), "n": 1}

    said = say("en", "{at}; {on}; {n}", **local(facts, OSLO))

    assert said == "Tue 1 Dec, 10:00; Tue 1 Dec; 1"


def test_placeholders_are_the_names_a_message_needs() -> None:
    assert placeholders("{{no}} {who} joins {what}, says {who}") == {"who", "what"}
