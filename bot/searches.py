"""Searching the posts of one's lists: typed, or asked for in a form."""

from bot.blocks import actions as filled_in
from bot.blocks import searches as blocks
from bot.blocks.kit import Json, Shown
from bot.turns import Turn
from community import queries, searches


async def find(turn: Turn, rest: str) -> None:
    """Show what was found, or ask what to look for."""
    if not rest:
        await turn.open(blocks.form(turn.language))
        return
    await turn.tell(await _found(turn, rest))


async def form(turn: Turn) -> Json:
    """Make the form that asks what to look for."""
    return blocks.form(turn.language)


async def send(turn: Turn) -> None:
    """Show what was found in place of the form."""
    asked = str(filled_in.filled(turn.body["view"]).get("query", ""))
    await turn.finish(blocks.found_view(turn.language, asked, await _found(turn, asked)))


async def _found(turn: Turn, asked: str) -> Shown:
    query, now = queries.read(asked), turn.door.clock.now()
    found = await turn.ask(searches.find, query, reader=turn.reader, now=now)
    return blocks.found(turn.language, asked, found, turn.door.house)
