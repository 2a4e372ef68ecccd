"""App Home: published when a member opens it, and again after a press on it."""

from datetime import datetime

from bot.blocks import home as blocks
from bot.blocks.home import Next
from bot.blocks.kit import Json
from bot.listings import coordinates, my_pairs
from bot.turns import Turn
from community import directory, gathering_cards, holds, meetups
from community.people import Reader, Role
from community.store import Session


async def opened(turn: Turn) -> None:
    """Publish the Home tab of whoever opened it: known, not known yet, or a guest."""
    if turn.body["event"].get("tab", "home") == "home":
        await publish(turn)


async def publish(turn: Turn, *, note: str = "") -> None:
    """Publish the Home tab as things are now; `note` says what was just done."""
    if turn.is_guest:
        view = blocks.guest(turn.language)
    elif turn.known is None:
        view = blocks.stranger(turn.language, name=turn.door.house.name)
    else:
        comes = await turn.ask(
            next_for, turn.known, now=turn.door.clock.now(), coordinates=coordinates(turn)
        )
        view = blocks.view(turn.language, comes, turn.known, turn.door.house, note=note)
    await turn.door.client.views_publish(user_id=turn.slack_id, view=view)


def is_home(body: Json) -> bool:
    """Say whether something was pressed on a Home tab."""
    return (body.get("view") or {}).get("type") == "home"


def next_for(session: Session, reader: Reader, *, now: datetime, coordinates: bool) -> Next:
    """Return what the Home tab of one person is made of, from one snapshot."""
    me = reader.person_id
    moderates = reader.roles & {Role.MODERATOR, Role.ADMIN}
    joined = meetups.upcoming(session, reader_id=me, now=now)
    registered = gathering_cards.upcoming(session, reader_id=me, now=now)
    return Next(
        meetups=[card for card in joined if card.am_going],
        gatherings=[card for card in registered if card.am_registered],
        pairs=my_pairs(session, me),
        held=holds.first(session, blocks.MOST_HELD) if moderates else [],
        held_count=holds.count(session) if moderates else 0,
        choices=directory.choices(session, me, now=now),
        coordinates=coordinates,
    )
