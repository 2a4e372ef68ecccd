"""The lists behind the buttons of the Home tab: each a modal that is shown anew after a press."""

from typing import Final

from bot import home_seen
from bot.blocks import answers, home, kit
from bot.blocks.kit import Json
from bot.listings import LISTINGS
from bot.metadata import chosen, kept, of_older_version
from bot.turns import Turn

#: How Slack tells these modals from others.
NAME: Final = "home.show"
NEXT: Final = "next"


async def show(turn: Turn) -> None:
    """Open the list that the pressed button names."""
    noun = chosen(turn.body["actions"][0])
    if noun != NEXT and noun not in LISTINGS:
        raise of_older_version()
    await turn.open(await _view(turn, noun, note=""))


def is_one(view: Json | None) -> bool:
    """Say whether a view is such a list."""
    return (view or {}).get("callback_id") == NAME


async def show_again(turn: Turn, view: Json, *, done: str = "", refused: str = "") -> None:
    """Show the list in this view as it is after something was done in it, or refused."""
    shown = await _view(turn, str(kept(view).get("noun", NEXT)), note=done)
    if refused:
        shown["blocks"] = [kit.words(refused), *shown["blocks"]][: kit.VIEW_BLOCKS]
    await turn.show(view, shown)


async def _view(turn: Turn, noun: str, *, note: str) -> Json:
    if noun == NEXT:
        comes = await turn.ask(home_seen.next_for, turn.reader, now=turn.door.clock.now())
        marked = f"✓ {note}" if note else ""
        blocks = home.everything(turn.language, comes, turn.door.house, note=marked)
    else:
        blocks = (await LISTINGS[noun](turn, note)).blocks
    return answers.of_blocks(turn.language, NAME, blocks, kept={"noun": noun})
