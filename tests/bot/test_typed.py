"""What was typed, read: words, marks of Slack, days and times."""

from datetime import UTC, datetime

import pytest

from bot import typed
from community.calendar import Calendar
from community.errors import Refusal


@pytest.mark.parametrize(
    ("text", "word", "rest"),
    [
        ("", "", ""),
        ("  Meetup   Lunch ", "meetup", "Lunch"),
        ("ask <@U1|ada> in <#C1|general>", "ask", "@ada in #general"),
        ("see <https://a.example/x|a> &amp; b", "see", "https://a.example/x & b"),
        ("<@U1>", "@u1", ""),
    ],
)
def test_read_gives_the_word_and_what_people_see(text: str, word: str, rest: str) -> None:
    assert typed.read(text) == typed.Typed(word, rest)


@pytest.mark.parametrize(
    "text",
    [
        "2027-02-03 12:00",
        "2027-02-03 kl. 12.00",
        "3.2.2027 12.00",
        "03.02.2027 12:00",
        "12:00 on 2027-02-03",
    ],
)
def test_moment_reads_days_and_times_as_people_write_them(text: str) -> None:
    assert typed.moment(text, Calendar()) == datetime(2027, 2, 3, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["tomorrow", "2027-02-30 12:00", "2027-02-03", "12:00", "2027-02-03 25:00", "٢٠٢٧-٠٢-٠٣ ١٢:٠٠"],
)
def test_moment_refuses_what_it_cannot_read(text: str) -> None:
    with pytest.raises(Refusal, match="is no day and time"):
        typed.moment(text, Calendar())


@pytest.mark.parametrize(
    ("rest", "topic", "place", "has_moment"),
    [
        ("", "", "", False),
        ("Lunch", "Lunch", "", False),
        ("Lunch | Hangaren", "Lunch", "Hangaren", False),
        ("Lunch | Hangaren | 2027-02-03 12:00 | more", "Lunch", "Hangaren", True),
    ],
)
def test_meetup_reads_the_parts_between_bars(
    rest: str, topic: str, place: str, has_moment: bool
) -> None:
    given = typed.meetup(rest, Calendar())

    assert (given.topic, given.place) == (topic, place)
    assert (given.starts_at is not None) == has_moment


def test_nearest_finds_the_word_that_was_meant() -> None:
    words = ["meetup", "meetups", "help"]

    assert [typed.nearest(word, words) for word in ("meetpu", "hlep", "xyzzy")] == [
        "meetup",
        "help",
        None,
    ]
