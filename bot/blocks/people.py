"""What a person can set in Slack: the language, and which automatic messages come."""

from collections.abc import Sequence

from bot.blocks import items, kit
from bot.blocks.items import Item
from bot.blocks.kit import Json, Shown
from community.people import Topic
from texts import N_, Language, say

TOPICS = {
    Topic.MEETUP: N_("New meetups in my field"),
    Topic.MENTORSHIP: N_("Nudges about mentoring"),
    Topic.GATHERING: N_("Invitations to gatherings"),
    Topic.ANNOUNCEMENT: N_("Announcements"),
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


def topic_item(language: Language, topic: Topic, *, comes: bool) -> Item:
    """Return one kind of automatic message with stopping or starting it."""
    if comes:
        pressed = kit.button(say(language, "Stop"), "person.mute", topic)
        words = say(language, "These come.")
    else:
        pressed = kit.button(say(language, "Start again"), "person.unmute", topic)
        words = say(language, "You have stopped these.")
    return Item(title=say(language, TOPICS[topic]), lines=(words,), buttons=(pressed,))


def topics(language: Language, chosen: Sequence[tuple[Topic, bool]], *, note: str = "") -> Shown:
    """Return every kind of automatic message and whether it comes."""
    return items.listing(
        language,
        say(language, "What we tell you"),
        [topic_item(language, topic, comes=comes) for topic, comes in chosen],
        empty="–",
        note=note,
    )
