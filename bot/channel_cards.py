"""Presses on cards in a moderators' channel: they are everybody's, so nobody's own words go there.

The outbox brings such a card up to date for everybody, in the second in which something changed.
"""

from bot.turns import Turn
from community import channel_cards


async def is_one(turn: Turn, channel: str, ts: str) -> bool:
    """Say whether a message is a card in a moderators' channel."""
    return await turn.ask(channel_cards.stands_at, f"{channel}:{ts}") is not None


async def refresh(turn: Turn) -> None:
    """Have the pressed card brought up to date, if it is one: a press was refused, so it is old."""
    message = turn.body.get("message")
    if message is not None and await is_one(turn, turn.body["channel"]["id"], message["ts"]):
        reference = f"{turn.body['channel']['id']}:{message['ts']}"
        await turn.door.store.run(channel_cards.refresh, reference, now=turn.door.clock.now())
