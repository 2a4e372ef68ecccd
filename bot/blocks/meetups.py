"""Meetups in Slack: the list, the form, what is said when one is proposed."""

from collections.abc import Sequence
from datetime import datetime

from bot.blocks import answers, items, kit
from bot.blocks.items import Item
from bot.blocks.kit import Json, Shown
from bot.blocks.letters import pressable
from community.meetups import MeetupCard
from letters.actions import button
from letters.letter import House
from texts import Language, listed, say, say_many, span

MINUTES = (30, 45, 60, 90, 120, 180, 240)
SIZES = (2, 3, 4, 5, 6, 8, 10, 15, 20, 30)


def item(language: Language, card: MeetupCard, house: House, *, reader_id: int) -> Item:
    """Return a meetup with the one thing that the reader can do about it."""
    verb = "join"
    if card.host_id == reader_id:
        verb = "cancel"
    elif card.am_going:
        verb = "leave"
    is_full = verb == "join" and len(card.going) >= card.max_people
    pressed = pressable(language, button(language, f"meetup.{verb}", card.meetup_id))
    return Item(
        title=card.topic,
        lines=(
            span(language, house.local(card.starts_at), house.local(card.ends_at)),
            card.place,
            _going(language, card),
        ),
        buttons=() if is_full else (pressed,),
    )


def _going(language: Language, card: MeetupCard) -> str:
    count = f"{len(card.going)}/{card.max_people}"
    return f"{listed(language, list(card.going))} ({count})" if card.going else count


def listing(
    language: Language, cards: Sequence[MeetupCard], house: House, *, reader_id: int, note: str = ""
) -> Shown:
    """Return the meetups that are to come."""
    return items.listing(
        language,
        say(language, "Meetups"),
        [item(language, card, house, reader_id=reader_id) for card in cards],
        empty=say(language, "No meetup is planned. Propose one: it takes half a minute."),
        note=note,
        below=[propose_button(language)],
    )


def propose_button(language: Language) -> Json:
    """Return the button that opens the form."""
    return kit.button(say(language, "Propose a meetup"), "meetup.propose")


def form(
    language: Language, *, topic: str = "", place: str = "", starts_at: datetime | None = None
) -> Json:
    """Return the form of a meetup, filled in as far as we know."""
    lengths = [(str(n), say_many(language, "{n} minute", "{n} minutes", n)) for n in MINUTES]
    sizes = [(str(n), say_many(language, "{n} person", "{n} people", n)) for n in SIZES]
    return kit.modal(
        "meetup.propose",
        say(language, "Propose a meetup"),
        [
            kit.asked(
                "topic",
                say(language, "What"),
                kit.line(topic, most=120, example=say(language, "Lunch")),
            ),
            kit.asked(
                "place",
                say(language, "Where"),
                kit.line(place, most=200, example=say(language, "A room, a café or a link")),
            ),
            kit.asked("starts_at", say(language, "When"), kit.moment(starts_at)),
            kit.asked("minutes", say(language, "How long"), kit.menu("minutes", lengths, "60")),
            kit.asked(
                "max_people",
                say(language, "For how many, with you"),
                kit.menu("max_people", sizes, "5"),
            ),
            kit.small(
                say(language, "People of the same or a related field hear of it, each only once.")
            ),
        ],
        submit=say(language, "Propose"),
        close=say(language, "Close"),
    )


def proposed(language: Language, card: MeetupCard, house: House) -> Shown:
    """Say that a meetup is proposed and what happens now."""
    words = say(
        language,
        "Proposed. People of the same or a related field hear of it now, and an invitation for "
        "your calendar comes by e-mail.",
    )
    shown = items.blocks([item(language, card, house, reader_id=card.host_id)])
    return kit.message([kit.words(f"✓ {words}"), *shown], words)


def proposed_view(language: Language, card: MeetupCard, house: House) -> Json:
    """Return what takes the form's place."""
    shown = proposed(language, card, house)
    title = items.bold(card.topic)
    return answers.closing(language, shown.text, title, *_facts(language, card, house))


def _facts(language: Language, card: MeetupCard, house: House) -> list[Json]:
    when = span(language, house.local(card.starts_at), house.local(card.ends_at))
    return kit.facts([(say(language, "When"), when), (say(language, "Where"), card.place)])
