"""What somebody new in Slack is told: one message, three questions, one press each."""

from dataclasses import replace

from community.fields import FIELDS
from community.onboarding import Onboarding
from community.people import Reader
from community.subscriptions import Mode
from letters.actions import button
from letters.letter import House, Item, Letter, Menu, language
from texts import Language, say

NAMES: dict[Language, str] = {"en": "English", "nb": "Norsk (bokmål)"}
MAIL = {
    Mode.EACH: "onboarding.each",
    Mode.DAILY: "onboarding.digest",
    Mode.WEEKLY: "onboarding.weekly",
}


def welcome(view: Onboarding, to: Reader, house: House) -> Letter:
    """Greet somebody who is known in Slack from now on, and ask what is not known yet."""
    tongue = language(to)
    first = say(tongue, "You are linked: what you do here and by mail is one and the same.")
    asks = say(tongue, "One press for each question, and you are set.")
    return Letter(
        language=tongue,
        subject=say(tongue, "Welcome to {name}", name=house.name),
        paragraphs=(first, *_done(tongue)) if view.is_done else (first, asks),
        items=(_language(view, tongue), *_fields(view, tongue), *_mail(view, tongue)),
        why=say(tongue, "You get this once, because you are in the community."),
    )


def _done(tongue: Language) -> tuple[str, ...]:
    return (
        say(
            tongue,
            "All set. Open the Home tab above for what comes next for you. Type /postdoc meetups "
            "to see who meets, /postdoc people to find others of your field, and /postdoc help "
            "for everything.",
        ),
    )


def _language(view: Onboarding, tongue: Language) -> Item:
    title = say(tongue, "Which language do you want us to write in?")
    if view.has_language:
        return _answered(title, NAMES[tongue])
    offered = {"en": "onboarding.english", "nb": "onboarding.norwegian"}
    # Each by its own name, for who reads no other.
    pressed = (replace(button(tongue, offered[each], 0), label=NAMES[each]) for each in NAMES)
    return Item(title=title, buttons=tuple(pressed))


def _fields(view: Onboarding, tongue: Language) -> tuple[Item, ...]:
    title = say(tongue, "What do you do research in?")
    if view.fields:
        return (_answered(title, ", ".join(FIELDS[code].name(tongue) for code in view.fields)),)
    if not view.asks_fields:
        return ()
    choices = tuple((code, field.name(tongue)) for code, field in FIELDS.items())
    menu = Menu(action="onboarding.field", label=say(tongue, "Choose your field"), choices=choices)
    pressed = (button(tongue, "onboarding.set_fields", 0),)
    return (Item(title=title, buttons=pressed, menu=menu),)


def _mail(view: Onboarding, tongue: Language) -> tuple[Item, ...]:
    if not view.list_addresses:
        return ()
    of = ", ".join(view.list_addresses)
    title = say(tongue, "How much mail do you want from {lists}?", lists=of)
    if view.has_mode:
        pressed = MAIL.get(view.mode) if view.mode else None
        words = button(tongue, pressed, 0).label if pressed else say(tongue, "As you chose.")
        return (_answered(title, words),)
    return (Item(title=title, buttons=tuple(button(tongue, each, 0) for each in MAIL.values())),)


def _answered(title: str, answer: str) -> Item:
    return Item(title=f"✓ {title}", facts=(("", answer),))
