"""Choosing the channel in which the moderators of a list decide."""

from bot.blocks import moderators_channels as blocks
from bot.blocks.kit import Json
from bot.channel_sender import ChannelSender
from bot.metadata import number
from bot.turns import Turn
from community import lists, moderators_channels, people
from community.errors import Refusal
from community.moderators_channels import Trouble
from community.people import Role
from community.setbacks import Undelivered


async def form(turn: Turn) -> Json:
    """Make the form, for a coordinator."""
    await turn.ask(people.require, turn.reader.person_id, Role.COORDINATOR)
    known = await turn.ask(lists.all_lists)
    if not known:
        raise Refusal("There is no list yet. Make one: samband list create ADDRESS")
    return blocks.form(turn.language, known)


async def send(turn: Turn) -> None:
    """Have the cards of a list stand in the chosen channel, if we can write there."""
    values = turn.body["view"]["state"]["values"]
    list_id = number(values[blocks.LIST][blocks.LIST]["selected_option"]["value"])
    channel = str(values[blocks.CHANNEL][blocks.CHANNEL].get("selected_conversation") or "")
    trouble, reason = await _seen(turn, channel) if channel else (Trouble.NONE, "")
    a_list = await turn.act(
        moderators_channels.choose,
        list_id,
        channel,
        trouble=trouble,
        reason=reason,
        by=turn.reader.person_id,
        now=turn.door.clock.now(),
    )
    shown = (turn.language, a_list.address)
    await turn.finish(blocks.chosen(*shown, trouble=trouble, has_channel=bool(channel)))


async def _seen(turn: Turn, channel: str) -> tuple[Trouble, str]:
    """Look at the channel; refuse one in which we are not."""
    try:
        seen = await ChannelSender(turn.door.client, turn.door.clock).look(channel)
    except Undelivered as undelivered:
        if not undelivered.permanent:
            raise
        seen = (Trouble.CLOSED, "")
    if seen[0] is Trouble.CLOSED:
        raise Refusal("Invite the app to this channel first: type /invite @Samband in it.")
    return seen
