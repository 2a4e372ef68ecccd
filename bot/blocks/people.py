"""What a person can set in Slack: the language, and which automatic messages come."""

from collections.abc import Sequence

from bot.blocks import items, kit
from bot.blocks.items import Item
from bot.blocks.kit import Json, Shown
from community.people import Category
from texts import N_, Language, say

CATEGORIES = {
    Category.MEETUP: N_("New meetups in my field"),
    Category.MENTORSHIP: N_("Nudges about mentoring"),
    Category.GATHERING: N_("Invitations to gatherings"),
    Category.ANNOUNCEMENT: N_("Announcements"),
}
#: Each language by its own name.
LANGUAGE_NAMES: dict[Language, str] = {"en": "English", "nb": "Norsk (bokmål)"}


def language_menu(language: Language) -> Json:
    """Return the menu of languages."""
    return kit.menu("person.speak", LANGUAGE_NAMES.items(), language)


def languages(language: Language, *, note: str = "") -> Shown:
    """Return the choice of language."""
    title = say(language, "Language")
    words = note or say(language, "In which language shall we write to you?")
    return kit.message([kit.words(words, language_menu(language))], note or title)


def category_item(language: Language, category: Category, *, comes: bool) -> Item:
    """Return one kind of automatic message with stopping or starting it."""
    if comes:
        pressed = kit.button(say(language, "Stop"), "person.mute", category)
        words = say(language, "These come.")
    else:
        pressed = kit.button(say(language, "Start again"), "person.unmute", category)
        words = say(language, "You have stopped these.")
    return Item(title=say(language, CATEGORIES[category]), lines=(words,), buttons=(pressed,))


def categories(
    language: Language, chosen: Sequence[tuple[Category, bool]], *, note: str = ""
) -> Shown:
    """Return every kind of automatic message and whether it comes."""
    return items.listing(
        language,
        say(language, "What we tell you"),
        [category_item(language, category, comes=comes) for category, comes in chosen],
        empty="–",
        note=note,
    )
