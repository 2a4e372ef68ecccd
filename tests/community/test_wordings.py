"""Wishes, thanks and quotes are told from posts, in both languages; what is in doubt is a post."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.cases import StrayWish
from community.wordings import bare_of_marks, is_thanks, lines, wish_of

QUOTE = "\n\nOn Mon, 1 Feb 2027, Ada Holm wrote:\n> Lunch on Thursday?\n> Who comes?\n"

LONG = (
    "How do I get rid of newsletters that have none? They come daily from three publishers and "
    "their links lead nowhere, and I am at a loss what to do now."
)


@pytest.mark.parametrize(
    ("subject", "text", "wish"),
    [
        ("unsubscribe", "", StrayWish.LEAVE),
        ("Unsubscribe me please", "", StrayWish.LEAVE),
        ("", "Please remove me from this list.", StrayWish.LEAVE),
        ("Re: [postdocs] Lunch", "unsubscribe" + QUOTE, StrayWish.LEAVE),
        ("Re: [postdocs] Lunch", "Please take me off this list, thanks" + QUOTE, StrayWish.LEAVE),
        ("Avmelding", "Hei,\n\njeg ønsker avmelding fra listen.\n\nmvh", StrayWish.LEAVE),
        ("SV: Lunsj", "Kan dere melde meg av?", StrayWish.LEAVE),
        ("SV: Lunsj", "Vennligst meld meg av denne listen!", StrayWish.LEAVE),
        ("Meld meg på", "", StrayWish.JOIN),
        ("subscribe", "subscribe", StrayWish.JOIN),
        ("subscribe", "-- \nAda Holm\nDepartment of Physics", StrayWish.JOIN),
        ("help", "", StrayWish.HELP),
        ("Hjelp", "hjelp", StrayWish.HELP),
        # What is a post.
        ("Help", "Does anybody know how to fill in tax form RF-1030?", StrayWish.NONE),
        ("Broken centrifuge", "Help!", StrayWish.NONE),
        ("Unsubscribe links", LONG, StrayWish.NONE),
        ("Who joins us for lunch?", "Join us at noon.", StrayWish.NONE),
        ("Fjern gamle prøver", "Fjern gamle prøver fra fryseren innen fredag.", StrayWish.NONE),
        ("Lunch", "", StrayWish.NONE),
        ("", "", StrayWish.NONE),
        ("unsubscribe", "x" * 3_000, StrayWish.NONE),
    ],
)  # fmt: skip
def test_a_wish_is_what_a_mail_asks_and_nothing_else(
    subject: str, text: str, wish: StrayWish
) -> None:
    assert wish_of(subject, text) is wish


@pytest.mark.parametrize(
    "text",
    [
        "Thanks!",
        "Thank you so much for sharing this!" + QUOTE,
        "+1",
        "👍",
        "Me too.\n\nBest regards,\nAda",
        "I agree",
        "Congratulations, well done!",
        "Tusen takk!" + QUOTE,
        "Enig 👍",
        "Takk for tipset!\n\nmvh Ada Holm",
        "Gratulerer så mye!",
        "Jeg også",
        "Thanks\n\n-- \nAda Holm\nDepartment of Physics, room 212",
    ],
)
def test_thanks_and_me_too_are_told(text: str) -> None:
    assert is_thanks(text, "Ada Holm") is True


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Thanks, I will come.",
        "Thanks! Where is it?",
        "Takk, men jeg kan ikke.",
        "Me too, but only after three.",
        "No thanks, it is on Friday.",
        "Yes",
        "Great",
        "Thanks Bo",
        "thanks " * 30,
        "Thanks" + " x" * 2_000,
    ],
)
def test_what_says_more_than_thanks_is_a_post(text: str) -> None:
    assert is_thanks(text, "Ada Holm") is False


def test_lines_are_counted_apart_without_empty_ones() -> None:
    assert lines("Hi\n\n> a\n>\n> > b\n\nBye\n") == (2, 3)
    assert lines("") == (0, 0)


@pytest.mark.parametrize(
    ("subject", "bare"),
    [
        ("Lunch", "Lunch"),
        ("SV: VS: Re: [postdocs] Lunch", "Lunch"),
        ("Re:", ""),
        ("[postdocs]", ""),
        ("  ", ""),
        ("Reply: yes", "Reply: yes"),
    ],
)
def test_marks_in_front_are_no_subject(subject: str, bare: str) -> None:
    assert bare_of_marks(subject) == bare


@given(st.text(), st.text(), st.text())
def test_any_text_can_be_read(subject: str, text: str, name: str) -> None:
    assert wish_of(subject, text) in StrayWish
    assert is_thanks(text, name) in (True, False)
    assert min(lines(text)) >= 0
