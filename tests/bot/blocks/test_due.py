"""What is due, in Slack: what is alike is one line, what has a name stands by itself."""

from datetime import timedelta

from bot.blocks import due
from community.overview import DueItem
from sandbox.records import Message
from tests.bot.reading import words
from tests.builders import NEXT_WEEK, a_house

WHY = "If no moderator has decided by then, the list's rule does."


def waiting(after_minutes: int, *, title: str = "", why: str = WHY) -> DueItem:
    when = NEXT_WEEK + timedelta(minutes=after_minutes)
    return DueItem(ref="step:1", when=when, what="post.expire", title=title, why=why)


def test_what_is_alike_is_one_line_and_what_has_a_name_is_not() -> None:
    rows = [
        waiting(0),
        waiting(1),
        waiting(2),
        waiting(3, title="Lunch"),
        waiting(4, title="Lunch"),
    ]

    blocks = due.listing("en", rows, a_house()).blocks
    shown = words(Message(channel="C1", ts="1", user="U1", text="", blocks=blocks))

    assert [line for line in shown if line.startswith(("Lunch", WHY))] == [WHY, "Lunch", "Lunch"]
    assert sum("(3 of them from then on)" in line for line in shown) == 1
