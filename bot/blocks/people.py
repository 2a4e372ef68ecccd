"""What a person can set in Slack: the language, and by which way automatic messages come."""

from collections.abc import Sequence

from bot.blocks import items, kit
from bot.blocks.items import Item
from bot.blocks.kit import Json, Shown
from community.people import Category
from community.quiet_hours import QuietHours
from community.ways import Way
from letters.actions import ACTIONS
from letters.quiet_hours import sentence
from letters.ways import CATEGORIES, COMES, STOPPED, WAYS
from texts import Language, say

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


def category_item(language: Language, category: Category, way: Way) -> Item:
    """Return one kind of automatic message with the menu of the ways by which it may come."""
    ways = [(f"{category}-{each}", say(language, words)) for each, words in WAYS.items()]
    menu = kit.menu("person.choose_way", ways, f"{category}-{way}")
    words = STOPPED[category] if way is Way.NONE else COMES[way]
    return Item(
        title=say(language, CATEGORIES[category]), lines=(say(language, words),), buttons=(menu,)
    )


def hours_item(language: Language, hours: QuietHours | None) -> Item:
    """Return when messages may come, with choosing it and with any hour."""
    names = ("person.choose_hours", "person.any_hour")[: 1 if hours is None else 2]
    buttons = (kit.button(say(language, ACTIONS[name].label), name, "0") for name in names)
    return Item(
        title=say(language, "Quiet hours"), lines=(sentence(language, hours),), buttons=(*buttons,)
    )


def categories(
    language: Language,
    chosen: Sequence[tuple[Category, Way]],
    *,
    hours: QuietHours | None = None,
    note: str = "",
) -> Shown:
    """Return every kind of automatic message, by which way it comes, and when it may."""
    return items.listing(
        language,
        say(language, "What we tell you"),
        [
            *(category_item(language, category, way) for category, way in chosen),
            hours_item(language, hours),
        ],
        empty="–",
        note=note,
    )
