"""What a person can set in Slack: the language, and by which way automatic messages come."""

from collections.abc import Sequence

from bot.blocks import items, kit
from bot.blocks.items import Item
from bot.blocks.kit import Json, Shown
from community.people import Category
from community.ways import Way
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


def categories(
    language: Language, chosen: Sequence[tuple[Category, Way]], *, note: str = ""
) -> Shown:
    """Return every kind of automatic message and by which way it comes."""
    return items.listing(
        language,
        say(language, "What we tell you"),
        [category_item(language, category, way) for category, way in chosen],
        empty="–",
        note=note,
    )
