"""Finding people: `/postdoc whois ada`, `/postdoc people physics`, and turning their pages."""

import re
from typing import Final

from bot.blocks import actions as filled_in
from bot.blocks import introductions as blocks
from bot.blocks.kit import Json, Shown
from bot.metadata import chosen, number
from bot.turns import Turn
from community import field_tags, introductions
from community.errors import Refusal

#: Slack writes `<@U1|ada>` where somebody is named with an @.
NAMED: Final = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>", re.ASCII)


async def whois(turn: Turn, rest: str) -> None:
    """Show who somebody is, by name or as a Slack user, or ask for the name."""
    named = NAMED.search(str(turn.body.get("text") or ""))
    if named is not None:
        me = turn.reader.person_id
        found = await turn.ask(introductions.by_slack, named[1], by=me)
        await turn.tell(blocks.found(turn.language, rest, found))
    elif rest:
        await turn.tell(await _found(turn, rest))
    else:
        await turn.open(blocks.form(turn.language))


async def people(turn: Turn, rest: str) -> None:
    """Show the people of a field and the related ones; without one those of one's own."""
    codes: tuple[str, ...] = ()
    if rest:
        tag = rest.strip().replace(" ", "-")
        codes = field_tags.codes(tag)
        if not codes:
            near = ", ".join(field_tags.near(tag)) or "physics, chemistry"
            raise Refusal("“{field}” is no field. Try: {near}.", field=rest, near=near)
    await turn.tell(await _page(turn, codes))


async def choose_field(turn: Turn) -> None:
    """Show the people of the field that was chosen in the menu."""
    await turn.tell(await _page(turn, (chosen(turn.body["actions"][0]),)), instead=True)


async def turn_page(turn: Turn) -> None:
    """Show another page of the same people."""
    page, _, codes = chosen(turn.body["actions"][0]).partition(":")
    shown = await _page(turn, tuple(codes.split("+")), at=number(page))
    await turn.tell(shown, instead=True)


async def form(turn: Turn) -> Json:
    """Make the form that asks for a name."""
    return blocks.form(turn.language)


async def send(turn: Turn) -> None:
    """Show whom the form found, below it."""
    asked = str(filled_in.filled(turn.body["view"]).get("name", ""))
    await turn.finish(blocks.found_view(turn.language, asked, await _found(turn, asked)))


async def _found(turn: Turn, words: str) -> Shown:
    found = await turn.ask(introductions.find, words, by=turn.reader.person_id)
    return blocks.found(turn.language, words, found)


async def _page(turn: Turn, codes: tuple[str, ...], *, at: int = 1) -> Shown:
    me = turn.reader.person_id
    shown = await turn.ask(introductions.of_fields, codes, number=at, by=me)
    return blocks.page(turn.language, shown)
