"""The Home tab: what comes next for me, what I am in, and what I can set."""

from bot.blocks import answers, home_next, home_sections, kit
from bot.blocks.home_next import Next
from bot.blocks.kit import Json
from letters.letter import House
from texts import Language, say


def view(language: Language, comes: Next, house: House, *, note: str = "") -> Json:
    """Return the Home tab of somebody we know; `note` says what was just done."""
    parts = home_sections
    return kit.home(
        [
            *([kit.words(note), kit.divider()] if note else []),
            kit.header(say(language, "Next for you")),
            *home_next.blocks(language, comes, house),
            *parts.queue(language, comes, house),
            *(parts.attention(language, comes.attention, house) if comes.attention else []),
            *parts.my_lists(language, comes, house),
            *parts.my_meetups(language, comes, house),
            *parts.my_pairs(language, comes, house),
            *parts.my_gatherings(language, comes, house),
            *parts.my_settings(language, comes),
        ]
    )


def everything(language: Language, comes: Next, house: House, *, note: str = "") -> list[Json]:
    """Return everything that waits for one person."""
    top = [kit.words(note)] if note else []
    return [*top, *home_next.every(language, comes, house)]


def stranger(language: Language, *, name: str) -> Json:
    """Return the Home tab of somebody we do not know yet."""
    return kit.home(answers.way_in_blocks(language, name=name))


def guest(language: Language) -> Json:
    """Return the Home tab of a guest."""
    return kit.home([kit.words(answers.guest(language))])
