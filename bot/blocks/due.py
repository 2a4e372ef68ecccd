"""What is due, in Slack: when, for whom and why, for coordinators."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter

from bot.blocks import items
from bot.blocks.items import Item
from bot.blocks.kit import Shown
from community.overview import DueItem
from letters.letter import House
from texts import Language, moment, say, say_many


def item(language: Language, due: DueItem, house: House, *, alike: int = 1) -> Item:
    """Return one thing that waits for its moment, or the first of several that are alike."""
    whom = due.whom
    if due.people > 1:
        whom = say_many(language, "{n} person", "{n} people", due.people)
    when = moment(language, house.local(due.when)) if due.when else "–"
    if alike > 1:
        when = say(language, "{when} ({n} of them from then on)", when=when, n=str(alike))
    why = say(language, due.why)
    # What has no name that coordinators know is called by what happens.
    return Item(title=due.title or why, lines=(when, whom, why if due.title else ""))


def _together(due: Sequence[DueItem]) -> Iterator[tuple[DueItem, int]]:
    """Yield what is due with how many are alike: without a name, for the same reason, in a row."""
    same = attrgetter("title", "why", "whom", "people")
    for (title, *_), alike in groupby(due, same):
        found = list(alike)
        if title:
            yield from ((one, 1) for one in found)
        else:
            yield found[0], len(found)


def listing(language: Language, due: Sequence[DueItem], house: House) -> Shown:
    """Return what is due, the next first."""
    return items.listing(
        language,
        say(language, "What is due"),
        [item(language, one, house, alike=alike) for one, alike in _together(due)],
        empty=say(language, "Nothing is due."),
        most=20,
    )
