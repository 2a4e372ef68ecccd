"""Meetups as they are typed: in one line, or by a form that has what was typed so far."""

from bot import messages, typed
from bot.blocks import meetups as blocks
from bot.blocks.kit import Json
from bot.turns import Turn
from community import meetups


async def propose(turn: Turn, rest: str) -> None:
    """Propose a meetup; open the form where something is missing."""
    given = typed.meetup(rest, turn.door.house.calendar)
    if not given.topic or not given.place or given.starts_at is None:
        view = blocks.form(
            turn.language, topic=given.topic, place=given.place, starts_at=given.starts_at
        )
        await turn.open(view)
        return
    made = await turn.act(
        meetups.propose,
        topic=given.topic,
        place=given.place,
        starts_at=given.starts_at,
        by=turn.reader.person_id,
        now=turn.door.clock.now(),
    )
    card = await turn.ask(meetups.card, made.id, reader_id=turn.reader.person_id)
    await turn.tell(blocks.proposed(turn.language, card, turn.door.house))


async def from_message(turn: Turn) -> Json:
    """Make the form with the beginning of a message of Slack as what the meetup is about."""
    message = await messages.taken(turn)
    return blocks.form(turn.language, topic=" ".join(message.text.split()))
