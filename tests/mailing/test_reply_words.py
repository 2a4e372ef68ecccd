"""What a moderator's answer says: only a plain word in its first line decides."""

import pytest

from mailing import reply_words
from mailing.reply_words import Answer


def _read(text: str) -> tuple[str, tuple[int, ...], bool, str]:
    answer = reply_words.read(text)
    return answer.verb, answer.numbers, answer.is_all, answer.reason


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("accept", ("accept", (), False, "")),
        ("Accept.", ("accept", (), False, "")),
        ("GODKJENN!", ("accept", (), False, "")),
        ("*accept* 2", ("accept", (2,), False, "")),
        ("accept 1 3", ("accept", (1, 3), False, "")),
        ("accept 1, 3 and 4", ("accept", (1, 3, 4), False, "")),
        ("godkjenn 1 og 2", ("accept", (1, 2), False, "")),
        ("discard 2-5", ("discard", (2, 3, 4, 5), False, "")),
        ("forkast alle", ("discard", (), True, "")),
        ("digest all", ("digest", (), True, "")),
        ("oppsamling 2", ("digest", (2,), False, "")),
        ("claim 1", ("claim", (1,), False, "")),
        ("ta 1", ("claim", (1,), False, "")),
        ("trust 1", ("trust", (1,), False, "")),
        ("return 2 Please add a date.", ("return", (2,), False, "Please add a date.")),
        ("return 2: Please add a date.", ("return", (2,), False, "Please add a date.")),
        ("returner Det mangler\nen dato.", ("return", (), False, "Det mangler\nen dato.")),
        ("return 3D printers are sold elsewhere.",
         ("return", (), False, "3D printers are sold elsewhere.")),
        ("accept 1\n\nMona\n\nOn Monday Samband wrote:\n> discard 2", ("accept", (1,), False, "")),
        ("accept 1\n-- \nMona Vik, discard 2", ("accept", (1,), False, "")),
    ],
)  # fmt: skip
def test_a_word_in_the_first_line_decides(
    text: str, found: tuple[str, tuple[int, ...], bool, str]
) -> None:
    assert _read(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I accept this, I think",
        "accept this one please",
        "accept? I am not sure",
        "Hi,\naccept 1",
        "discard 1 and tell her why",
        "ok with me, but ask Jon",
        "Automatic answer",
        "> accept 1",
        "On Monday Samband wrote:\n> accept 1",
    ],
)
def test_everything_else_decides_nothing(text: str) -> None:
    assert reply_words.read(text).verb == ""


def test_our_own_address_is_not_passed_on() -> None:
    text = "See reply+17-0a1b2c3d@lists.example.org for this."

    assert reply_words.read(text) == Answer(
        verb="", numbers=(), is_all=False, reason="", text="See […] for this."
    )


@pytest.mark.parametrize("text", ["accept " + "1 " * 10_000, "return " + "x" * 100_000, "-" * 9999])
def test_any_length_is_read_in_little(text: str) -> None:
    answer = reply_words.read(text)

    assert len(answer.numbers) <= reply_words.MOST
    assert len(answer.text) <= reply_words.MOST_SIGNS
    assert len(answer.reason) <= reply_words.MOST_SIGNS
