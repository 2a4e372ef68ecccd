"""Threads in Slack: what is written on one's lists, to answer, follow, mute or read on."""

from collections.abc import Sequence
from typing import Final

from bot.blocks import items, kit
from bot.blocks.items import Item
from bot.blocks.kit import Json, Shown
from bot.blocks.letters import pressable
from community.recent_threads import RecentThread
from letters.actions import button
from letters.letter import House
from texts import N_, Language, moment, say, say_many

MOST: Final = 8
#: What somebody has chosen about a thread, in words, and what can be chosen then.
CHOSEN: Final[dict[bool | None, tuple[str, tuple[str, ...]]]] = {
    True: (N_("You follow it"), ("mute",)),
    False: (N_("Muted"), ("follow",)),
    None: ("", ("follow", "mute")),
}


def item(
    language: Language, thread: RecentThread, house: House, *, moderates: bool = False
) -> Item:
    """Return a thread with who began it, how far it is, and what one can do with it.

    `moderates`: whether to show a moderator's button; the act checks again.
    """
    line = thread.line
    words, verbs = CHOSEN[thread.follows]
    if moderates:
        verbs = (*verbs, "reopen" if thread.is_closed else "close")
    choices = [button(language, f"thread.{verb}", line.thread_id) for verb in verbs]
    about = (
        line.author,
        say_many(language, "{n} post", "{n} posts", line.posts),
        thread.list_name,
        moment(language, house.local(line.last_at)),
    )
    states = (
        say(language, words) if words else "",
        say(language, "Closed: it takes no more answers") if thread.is_closed else "",
    )
    return Item(
        title=line.subject or say(language, "(no subject)"),
        lines=(" · ".join(about), " · ".join(filter(None, states))),
        buttons=(
            kit.way(
                say(language, "Read"),
                "thread.read",
                f"{house.public_url}/threads/{line.thread_id}",
            ),
            *_answer(language, thread),
            *(pressable(language, choice) for choice in choices),
        ),
    )


def _answer(language: Language, thread: RecentThread) -> tuple[Json, ...]:
    if thread.is_closed or thread.line.posts == thread.line.waiting:  # nobody has it yet
        return ()
    return (kit.button(say(language, "Answer"), "thread.answer", str(thread.line.thread_id)),)


def listing(
    language: Language,
    threads: Sequence[RecentThread],
    house: House,
    *,
    moderates: bool = False,
    note: str = "",
) -> Shown:
    """Return the threads in which something was written last."""
    return items.listing(
        language,
        say(language, "Threads"),
        [item(language, thread, house, moderates=moderates) for thread in threads],
        empty=say(language, "Nothing has been written on your lists yet."),
        note=note,
        below=[kit.button(say(language, "Write to the list"), "post.compose", style="primary")],
    )
