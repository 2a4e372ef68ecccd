"""What is due, in Slack: when, for whom and why, for coordinators."""

from collections.abc import Sequence

from bot.blocks import items
from bot.blocks.items import Item
from bot.blocks.kit import Shown
from community.overview import DueItem
from letters.letter import House
from texts import Language, moment, say, say_many


def item(language: Language, due: DueItem, house: House) -> Item:
    """Return one thing that waits for its moment."""
    whom = due.whom
    if due.people > 1:
        whom = say_many(language, "{n} person", "{n} people", due.people)
    when = moment(language, house.local(due.when)) if due.when else "–"
    why = say(language, due.why)
    # What has no name that coordinators know is called by what happens.
    return Item(title=due.title or why, lines=(when, whom, why if due.title else ""))


def listing(language: Language, due: Sequence[DueItem], house: House) -> Shown:
    """Return what is due, the next first."""
    return items.listing(
        language,
        say(language, "What is due"),
        [item(language, one, house) for one in due],
        empty=say(language, "Nothing is due."),
        most=20,
    )
