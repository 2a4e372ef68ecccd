"""Threads in Slack: a moderator closes one, or opens it again, where it stands."""

from dataclasses import replace

from bot.blocks import threads
from community.recent_threads import RecentThread
from tests.bot.blocks.worst import Worst
from tests.builders import a_house


def labels(thread: RecentThread, *, moderates: bool) -> list[str]:
    shown = threads.item("en", thread, a_house(), moderates=moderates)
    return [button["text"]["text"] for button in shown.buttons]


def test_only_a_moderator_sees_how_to_close_a_thread_and_open_it_again() -> None:
    closed = Worst(many=1).of(RecentThread)
    open_one = replace(closed, is_closed=False)

    assert labels(open_one, moderates=True)[-1] == "Close the thread"
    assert labels(closed, moderates=True)[-1] == "Open the thread again"
    assert "Close the thread" not in labels(open_one, moderates=False)
