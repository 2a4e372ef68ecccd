"""Held posts in Slack: the moderators' queue."""

from collections.abc import Sequence

from bot.blocks import kit, letters
from bot.blocks.kit import Json, Shown
from community.holds import HeldPost
from community.people import Reader
from letters import posts as words_of
from letters.letter import House
from texts import Language, say, say_many

#: A held post takes about nine blocks, a message fifty.
MOST = 4


def listing(
    language: Language,
    held: Sequence[HeldPost],
    reader: Reader,
    house: House,
    *,
    count: int,
    note: str = "",
) -> Shown:
    """Return the posts that wait, the longest waiting first, each with its decisions."""
    title = say(language, "Held posts")
    blocks = [kit.words(f"✓ {note}")] if note else []
    if not held:
        nothing = say(language, "No post waits for a moderator.")
        return kit.message([*blocks, kit.header(title), kit.words(nothing)], note or nothing)
    for post in held[:MOST]:
        blocks += card(post, reader, house)
    left = count - MOST
    if left > 0:
        more = say_many(
            language,
            "{n} more waits; it comes up when these are decided.",
            "{n} more wait; they come up when these are decided.",
            left,
        )
        page = say(language, "All together: {url}", url=f"{house.public_url}/held")
        queue = kit.button(say(language, "Open the queue"), words_of.QUEUE, "0", style="primary")
        blocks += [kit.small(more), kit.linked(page), *kit.rows([queue])]
    return kit.message(blocks, note or title)


def card(post: HeldPost, reader: Reader, house: House) -> list[Json]:
    """Return one held post with its decisions."""
    blocks = letters.shown(words_of.hold(post, reader, house)).blocks
    return [*blocks[:-1], kit.divider()]
