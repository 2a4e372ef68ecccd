"""What is said to the author of a post that is about to go out."""

from dataclasses import replace
from typing import Final

from community.fields import spoken
from community.outbox import Notice
from community.people import Reader
from community.topics import INSTEAD
from community.withdrawals import Outbound
from letters import meters
from letters.actions import button
from letters.letter import House, Letter, language, named
from letters.posts import fate
from texts import N_, Language, clock_time, say

#: What became of a post that was on its way, by its state; its page tells of all others.
BECAME: Final = {
    "released": N_("Your post has gone out: {subject}"),
    "withdrawn": N_("You took your post back: {subject}"),
    "held": N_("A moderator has stopped your post, to look at it first: {subject}"),
}


def on_its_way(post: Outbound, notice: Notice, to: Reader, house: House) -> Letter | None:
    """Tell the author when a post goes out, and offer to take it back until then.

    Who has given no topic learns once how to, also where the post has gone out already. What stands
    in Slack says afterwards what has become of the post, and offers nothing any more.
    """
    is_told = notice.replaces_id is not None or post.asks_topic
    if post.leaves_at is None and not is_told:
        return None
    letter = card(post, to, house)
    tongue = letter.language
    if post.leaves_at is None:
        letter = replace(letter, why=_why(tongue, post, notice))
    asked = (f"{say(tongue, 'Another time')}: {say(tongue, INSTEAD)}",) if post.asks_topic else ()
    where = fate(tongue, post.post_id, house)
    return replace(letter, paragraphs=(*letter.paragraphs, *asked, where))


def _why(tongue: Language, post: Outbound, notice: Notice) -> str:
    if notice.replaces_id is None:
        return say(
            tongue, "You get this once, because you wrote to {list}.", list=post.list_address
        )
    return say(tongue, "You get this because you wrote to {list}.", list=post.list_address)


def card(post: Outbound, to: Reader, house: House) -> Letter:
    """Show its author a post that is on its way, or was, with what can still be done about it."""
    tongue = language(to)
    subject = named(tongue, post.subject)
    facts = [(say(tongue, "List"), post.list_address), (say(tongue, "Subject"), subject)]
    if post.leaves_at is None:
        words = BECAME.get(post.state, N_("Your post: {subject}"))
        became = say(tongue, words, subject=subject)
        return Letter(language=tongue, subject=became, facts=tuple(facts), why="")
    time = clock_time(tongue, house.local(post.leaves_at))
    return Letter(
        language=tongue,
        subject=say(tongue, "On its way at {time}: {subject}", time=time, subject=subject),
        paragraphs=(_whither(tongue, post, time), *_left(tongue, post)),
        facts=tuple(facts),
        buttons=(button(tongue, "post.withdraw", post.post_id),),
        why=say(tongue, "You get this because you wrote to {list}.", list=post.list_address),
    )


def _whither(tongue: Language, post: Outbound, time: str) -> str:
    if post.fields:
        return say(
            tongue,
            "Your post goes out at {time} to people of these fields and related ones, and to "
            "nobody else: {fields}.",
            time=time,
            fields=spoken(post.fields, tongue),
        )
    if not post.is_contained:
        return say(tongue, "Your post goes out to the list at {time}.", time=time)
    return say(
        tongue,
        "Your answer goes out at {time} to those who write in the thread or follow it; the others "
        "get a line in their digest. For all, begin a new thread.",
        time=time,
    )


def _left(tongue: Language, post: Outbound) -> tuple[str, ...]:
    return () if post.meter is None else (meters.left(tongue, post.meter),)
