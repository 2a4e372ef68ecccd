"""How the posts of a list come, in words: for pages and chat."""

from community.deliveries import VERBS, Chosen, Format
from community.subscriptions import Mode
from community.topics import NAMES
from letters.actions import ACTIONS
from letters.letter import House
from letters.list_actions import TOPIC_MODES
from texts import N_, Language, moment, say

FORMATS = {
    Format.HTML: N_("With headings and links"),
    Format.PLAIN: N_("As plain text"),
    Format.MIME: N_("As the mails that came, in one"),
}


def mode(language: Language, way: Mode) -> str:
    """Name a way in which the posts of a list come."""
    return say(language, ACTIONS[f"mailing_list.{VERBS[way]}"].label)


def how(language: Language, chosen: Chosen | None, house: House) -> str:
    """Say how the posts of a list come to a person now."""
    if chosen is None:
        return say(language, "You are not on it.")
    words = mode(language, chosen.mode)
    also = _topics(language, chosen)
    if chosen.paused_until is not None:
        until = moment(language, house.local(chosen.paused_until), year=True)
        return say(language, "Paused until {until}, then: {mode}.", until=until, mode=words) + also
    return say(language, "How it comes: {mode}.", mode=words) + also


def besides(language: Language, chosen: Chosen, house: House) -> str:
    """Say what a menu of the ways does not say that stands beside: the pause, and the topics."""
    also = _topics(language, chosen).strip()
    return also if chosen.paused_until is None else how(language, chosen, house)


def _topics(language: Language, chosen: Chosen) -> str:
    """Say which topics come otherwise; nothing where none does, or nothing comes at all."""
    if chosen.mode is Mode.NONE or not chosen.topics:
        return ""
    told = (
        f"{say(language, name)}: {say(language, TOPIC_MODES[chosen.topics[topic]])}"
        for topic, name in NAMES.items()
        if topic in chosen.topics
    )
    return " " + say(language, "Otherwise: {topics}.", topics="; ".join(told))
