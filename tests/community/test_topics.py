"""Marks in subjects: which topic a mail says that it is about."""

import re
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community import topics, wordings
from community.topics import LABELS, Topic
from texts import Language, say

ALL_LABELS = [(label, topic) for topic, labels in LABELS.items() for label in labels]
BEFORE = ("", "Re: ", "SV: ", "VS:", "Fwd: ", "Re[2]: ", "[postdocs] ", "[ext][postdocs]", " ")
#: What stands in brackets and is no label.
UNKNOWN = st.text(st.characters(exclude_characters="[]"), min_size=1, max_size=40).filter(
    lambda words: topics.named(words) is None
)


def nfd(words: str) -> str:
    """Write letters and their accents apart, as some programs do."""
    return unicodedata.normalize("NFD", words)


def test_marks_are_read_wherever_they_stand_in_front_in_any_case_and_form() -> None:
    read = {
        "[job] A position in Tromsø": Topic.JOB,
        "[JOBB] En stilling": Topic.JOB,
        "Re: SV: [postdocs] [Arrangement] Seminar": Topic.EVENT,
        "[postdocs] Re: [funding] ERC": Topic.FUNDING,
        "[Spørsmål] Skatt?": Topic.QUESTION,
        nfd("[SPØRSMÅL] Skatt?"): Topic.QUESTION,
        "[ social ] Quiz": Topic.SOCIAL,
        "[event][job] Career day": Topic.EVENT,
        "[urgent] [question] Tax": Topic.QUESTION,
        "[job]": Topic.JOB,
        "A position [job]": None,
        "Job: a position": None,
        "[jobless] growth": None,
        "[] [job] empty brackets end what stands in front": None,
        "job": None,
        "": None,
    }

    assert {subject: topics.read(subject) for subject in read} == read


def test_every_topic_has_a_name_and_marks_of_its_own() -> None:
    assert set(topics.NAMES) == set(LABELS) == set(Topic)
    assert len({label for label, _ in ALL_LABELS}) == len(ALL_LABELS)
    assert [topics.label(topic, "en") for topic in Topic] == [f"[{topic}]" for topic in Topic]
    assert [topics.label(topic, "nb") for topic in Topic] == [
        "[arrangement]",
        "[jobb]",
        "[midler]",
        "[spørsmål]",
        "[sosialt]",
    ]


@pytest.mark.parametrize("language", ["en", "nb"])
def test_whoever_writes_as_the_rules_say_is_understood(language: Language) -> None:
    for words in (topics.LAW, topics.INSTEAD):
        named = re.findall(r"\[[^\]]+\]", say(language, words))

        assert named == [topics.label(topic, language) for topic in Topic]
        assert [topics.read(f"{label} x") for label in named] == list(Topic)


@given(
    st.lists(st.sampled_from(BEFORE), max_size=5),
    st.sampled_from(ALL_LABELS),
    st.sampled_from((str.upper, str.lower, str.title, nfd)),
    st.text(max_size=40),
)
def test_a_mark_is_found_behind_whatever_programs_put_in_front(
    before: list[str],
    marked: tuple[str, Topic],
    write: Callable[[str], str],
    rest: str,
) -> None:
    label, topic = marked
    assert topics.read("".join(before) + f"[{write(label)}] {rest}") is topic


@given(UNKNOWN, st.sampled_from(ALL_LABELS))
def test_unknown_brackets_say_nothing_and_the_first_known_mark_wins(
    unknown: str, marked: tuple[str, Topic]
) -> None:
    label, topic = marked

    assert topics.read(f"[{unknown}]") is None
    assert topics.read(f"[{unknown}] [{label}] [event] [social] x") is topic


@given(st.text(max_size=300))
def test_any_subject_is_read_and_no_mark_is_left_in_what_is_bare(subject: str) -> None:
    topics.read(subject)

    assert topics.read(wordings.bare_of_marks(subject)) is None
