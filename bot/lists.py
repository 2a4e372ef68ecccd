"""Mailing lists as they are typed: join or leave one, choose how its posts come, read its rules."""

from typing import Final

from bot.blocks import lists as blocks
from bot.listings import LISTINGS
from bot.turns import Turn
from community import directory, meters
from community.deliveries import VERBS
from community.errors import Refusal
from letters.actions import ACTIONS

#: What can be done with a list by typing; pausing asks until when, in the list itself.
LIST_VERBS: Final = ("join", "leave", "resume", *VERBS.values())


async def choose(turn: Turn, rest: str) -> None:
    """Do with a list what was typed (`digest postdocs`), or show the lists."""
    verb, _, name = rest.partition(" ")
    if verb not in LIST_VERBS:
        await turn.tell(await LISTINGS["mailing_list"](turn, ""))
        return
    choices = await turn.ask(directory.choices, turn.reader.person_id, now=turn.door.clock.now())
    named = {one.mailing_list.name: one.mailing_list.id for one in choices.lists}
    named |= {one.mailing_list.address: one.mailing_list.id for one in choices.lists}
    list_id = named.get(name.strip().lower())
    if list_id is None and len(choices.lists) == 1 and not name.strip():
        list_id = choices.lists[0].mailing_list.id
    if list_id is None:
        known = ", ".join(one.mailing_list.name for one in choices.lists) or "–"
        raise Refusal("There is no list “{name}”. There is: {known}.", name=name, known=known)
    action = ACTIONS[f"mailing_list.{verb}"]
    await turn.act(action.act, list_id, by=turn.reader.person_id, now=turn.door.clock.now())
    await turn.tell(await LISTINGS["mailing_list"](turn, turn.say(action.done)))


async def rules(turn: Turn, rest: str) -> None:
    """Show the posting rules of the lists."""
    ruled = await turn.ask(meters.of_lists, now=turn.door.clock.now())
    await turn.tell(blocks.rules(turn.language, ruled))
