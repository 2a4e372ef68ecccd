"""What a moderator's answer says: only a plain word in its first line decides."""

import pytest

from mailing import reply_words
from mailing.reply_words import Answer

Read = tuple[str, tuple[int, ...], bool, str]


def _read(text: str) -> list[Read]:
    return [
        (each.verb, each.numbers, each.is_all, each.reason) for each in reply_words.read(text).said
    ]


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
        ("1 ok", ("accept", (1,), False, "")),
        ("1: ok!", ("accept", (1,), False, "")),
        ("1-3 og 5 godkjent.", ("accept", (1, 2, 3, 5), False, "")),
        ("2) return: too long, please cut it", ("return", (2,), False, "too long, please cut it")),
    ],
)  # fmt: skip
def test_a_word_in_the_first_line_decides(text: str, found: Read) -> None:
    assert _read(text) == [found]


def test_one_answer_may_decide_in_several_ways() -> None:
    accepted, returned = ("accept", (1,), False, ""), ("return", (2,), False, "too long")
    texts = (
        "1 ok, 2 return too long",
        "1 ok; 2: return too long",
        "accept 1, return 2 too long",
        "1 ok\n2 return too long",
        "ok 1\n\nreturn 2 too long",
        "return 2\ntoo long\nok 1",
    )

    found = [sorted(_read(text)) for text in texts]

    assert found == [[accepted, returned]] * len(texts)
    assert _read("1 3 ok og 2 slett, 4 ta") == [
        ("accept", (1, 3), False, ""),
        ("discard", (2,), False, ""),
        ("claim", (4,), False, ""),
    ]


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
        "Alt ok",
        "1 ok, 1 discard",
        "accept 1\nreturn 1 too long",
        "accept all\ndiscard 2",
        "accept 1, discard",
        "2 return too long, 1 ok",
        "return 2 too long, accept 1",
        "accept 1 3 discard",
        "1 looks ok",
        "12 people ok",
        "1 ok, 2 I do not know",
    ],
)
def test_everything_else_decides_nothing(text: str) -> None:
    assert _read(text) == []


def test_our_own_address_is_not_passed_on() -> None:
    text = "See reply+17-0a1b2c3d@lists.example.org for this."

    assert reply_words.read(text) == Answer(said=(), text="See […] for this.")


@pytest.mark.parametrize("text", ["accept " + "1 " * 10_000, "return " + "x" * 100_000, "-" * 9999])
def test_any_length_is_read_in_little(text: str) -> None:
    answer = reply_words.read(text)

    assert all(len(each.numbers) <= reply_words.MOST for each in answer.said)
    assert len(answer.text) <= reply_words.MOST_SIGNS
    assert all(len(each.reason) <= reply_words.MOST_SIGNS for each in answer.said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        *((text, ("accept", "")) for text in ("yes", "Yes!", "JA.", "Godkjenn", "ok", "ja takk")),
        ("Yes\n\nMona", ("accept", "")),
        ("*Approve*\n\nShe is in our group.\n\nOn Monday Samband wrote:\n> no", ("accept", "")),
        ("no", ("decline", "")),
        ("Slipp inn", ("accept", "")),
        ("si nei: bare ansatte", ("decline", "bare ansatte")),
        ("Nei takk.", ("decline", "")),
        ("No, only staff of ours.", ("decline", "only staff of ours.")),
        ("nei: bare ansatte\nSpør fakultetet.", ("decline", "bare ansatte\nSpør fakultetet.")),
        ("No\n\nOnly staff.\n\nMona Vik", ("decline", "Only staff.")),
        ("reject not from here", ("decline", "not from here")),
        ("Avslå – bare ansatte", ("decline", "– bare ansatte")),
        ("no – only staff", ("decline", "only staff")),
    ],
)
def test_a_yes_or_a_no_in_the_first_line_decides_about_one_person(
    text: str, said: tuple[str, str]
) -> None:
    answer = reply_words.read_about_one(text, name="Mona Vik")

    assert [(each.verb, each.reason) for each in answer.said] == [said]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "No problem, let her in",
        "no idea who this is",
        "Nobody knows him",
        "nei hun er ok",
        "Yes, but ask Jon first",
        "yes\nno",
        "no\nYes!",
        "Hi,\nyes",
        "Jan knows her",
        "I approve",
        "Rejection is hard",
        "> yes",
    ],
)
def test_what_is_no_plain_yes_or_no_decides_about_nobody(text: str) -> None:
    assert reply_words.read_about_one(text).said == ()


@pytest.mark.parametrize("text", ["no" + " " * 100_000 + "x", "reject " + "x" * 100_000, "no," * 9])
def test_a_yes_or_a_no_of_any_length_is_read_in_little(text: str) -> None:
    answer = reply_words.read_about_one(text)

    assert len(answer.text) <= reply_words.MOST_SIGNS
    assert all(len(each.reason) <= reply_words.MOST_SIGNS for each in answer.said)


def test_a_reason_ends_above_what_gmail_quotes() -> None:
    above = "On Mon, Feb 1, 2027 at 8:15 AM <reply+docket-1-0a2b@lists.example.org\n> wrote:"

    found = _read(f"return 1 too long\n\n{above}\n\n> 1. Lunch")

    assert found == [("return", (1,), False, "too long")]
