"""Gatherings in Slack: the list, and the form for coordinators."""

from collections.abc import Sequence

from bot.blocks import answers, items, kit
from bot.blocks.items import Item
from bot.blocks.kit import Json, Shown
from bot.blocks.letters import pressable
from community.audiences import Audience
from community.gathering_cards import GatheringCard
from letters.actions import button
from letters.letter import House
from texts import N_, Language, say, say_many, span

MINUTES = (60, 90, 120, 180, 240, 360, 480)
AUDIENCES = {
    Audience.ALL: N_("Everybody in the community"),
    Audience.POSTDOCS: N_("Postdocs"),
    Audience.MENTORS: N_("Mentors"),
}


def item(
    language: Language, card: GatheringCard, house: House, *, coordinates: bool = False
) -> Item:
    """Return a gathering with what the reader can do about it."""
    verbs = ["release"] if card.am_registered else ["register"] if card.may_register else []
    verbs += ["cancel"] if coordinates else []
    taken = say(language, "{taken} of {capacity} taken", taken=card.taken, capacity=card.capacity)
    mine = say(language, "You have a place.") if card.am_registered else ""
    return Item(
        title=card.title,
        lines=(
            span(language, house.local(card.starts_at), house.local(card.ends_at)),
            card.place,
            taken,
            mine,
        ),
        buttons=tuple(
            pressable(language, button(language, f"gathering.{verb}", card.gathering_id))
            for verb in verbs
        ),
    )


def listing(
    language: Language,
    cards: Sequence[GatheringCard],
    house: House,
    *,
    coordinates: bool,
    note: str = "",
) -> Shown:
    """Return the gatherings that are to come."""
    return items.listing(
        language,
        say(language, "Gatherings"),
        [item(language, card, house, coordinates=coordinates) for card in cards],
        empty=say(language, "No gathering is planned at the moment. You will hear of the next."),
        note=note,
        below=[kit.button(say(language, "New gathering"), "gathering.publish")]
        if coordinates
        else [],
    )


def audience_menu(language: Language) -> Json:
    """Return the menu of groups that can be invited or written to."""
    choices = [(str(one), say(language, label)) for one, label in AUDIENCES.items()]
    return kit.menu("audience", choices, str(Audience.POSTDOCS))


def form(language: Language) -> Json:
    """Return the form of a gathering."""
    lengths = [(str(n), say_many(language, "{n} minute", "{n} minutes", n)) for n in MINUTES]
    number: Json = {"type": "number_input", "is_decimal_allowed": False}
    number |= {"min_value": "1", "max_value": "1000"}
    return kit.modal(
        "gathering.publish",
        say(language, "New gathering"),
        [
            kit.asked("title", say(language, "Title"), kit.line(most=150)),
            kit.asked("place", say(language, "Where"), kit.line(most=200)),
            kit.asked("starts_at", say(language, "When"), kit.moment()),
            kit.asked("minutes", say(language, "How long"), kit.menu("minutes", lengths, "120")),
            kit.asked("capacity", say(language, "Places"), number),
            kit.asked("audience", say(language, "For whom"), audience_menu(language)),
            kit.asked("description", say(language, "What it is about"), kit.text(), optional=True),
            kit.small(
                say(
                    language,
                    "Everybody it is for is invited at once. Those who register are reminded three "
                    "working days and one working day before.",
                )
            ),
        ],
        submit=say(language, "Invite"),
        close=say(language, "Close"),
    )


def published(language: Language, card: GatheringCard, house: House) -> Json:
    """Return what takes the form's place."""
    when = span(language, house.local(card.starts_at), house.local(card.ends_at))
    facts = [
        (say(language, "When"), when),
        (say(language, "Where"), card.place),
        (say(language, "For whom"), say(language, AUDIENCES[card.audience])),
    ]
    words = say(language, "Published. The invitations are on their way.")
    return answers.closing(language, words, items.bold(card.title), *kit.facts(facts))
