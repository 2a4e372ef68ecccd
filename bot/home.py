"""App Home: published when a member opens it, and again after a press on it.

What changes later, by others or by time, `publishing.py` brings up to date.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from slack_sdk.errors import SlackApiError

from bot.blocks import home as blocks
from bot.blocks.home import Next
from bot.blocks.kit import Json
from bot.listings import my_pairs
from bot.pacing import read
from bot.turns import Turn
from community import directory, gathering_cards, holds, home_views, meetups, people
from community.people import Person, Reader, Role
from community.store import Session, calendar_of
from letters.letter import House
from texts import language_of

#: What is stuck becomes so without anybody's doing; coordinators see it within this.
LOOK_AGAIN: Final = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What the Home tab of one person is made of, and which it takes the place of."""

    reader: Reader
    comes: Next
    #: What Slack calls the tab that this one replaces.
    slack_hash: str
    #: When time alone makes it another.
    again_at: datetime


@dataclass(frozen=True, kw_only=True)
class Tab:
    """A Home tab as Slack gets it."""

    slack_id: str
    view: Json
    #: The SHA-256 of what it shows.
    content: str
    again_at: datetime


async def opened(turn: Turn) -> None:
    """Publish the Home tab of whoever opened it: known, not known yet, or a guest."""
    if turn.body["event"].get("tab", "home") == "home":
        await publish(turn)


async def publish(turn: Turn, *, note: str = "") -> None:
    """Publish the Home tab as things are now; `note` says what was just done."""
    if turn.is_guest:
        view = blocks.guest(turn.language)
        await turn.door.client.views_publish(user_id=turn.slack_id, view=view)
    elif turn.known is None:
        view = blocks.stranger(turn.language, name=turn.door.house.name)
        await turn.door.client.views_publish(user_id=turn.slack_id, view=view)
    else:
        await _publish(turn, turn.known.person_id, note=note)


async def _publish(turn: Turn, person_id: int, *, note: str) -> None:
    store, now = turn.door.store, turn.door.clock.now()
    # Before it is read: from here on, whatever changes is noted for this tab too.
    await store.run(home_views.opened, person_id, now=now)
    seen = await store.read(of_person, person_id, now=now)
    if seen is None:
        return
    tab = drawn(seen, turn.door.house)
    view = drawn(seen, turn.door.house, note=note).view if note else tab.view
    try:
        answer = await turn.door.client.views_publish(user_id=turn.slack_id, view=view)
    except SlackApiError as error:
        status, _, seconds = read(error)
        await store.run(home_views.mark_late, person_id, seconds=seconds, now=now)
        if status != 429:
            raise
        return  # it was done all the same (M2), and the tab follows
    await store.run(
        home_views.shown_at_once,
        person_id,
        before=seen.slack_hash,
        content=tab.content,
        slack_hash=str(answer["view"].get("hash", "")),
        again_at=tab.again_at,
        now=now,
    )


def is_home(body: Json) -> bool:
    """Say whether something was pressed on a Home tab."""
    return (body.get("view") or {}).get("type") == "home"


def drawn(seen: Seen, house: House, *, note: str = "") -> Tab:
    """Return the Home tab of a person; `note` is what was just done."""
    reader = seen.reader
    view = blocks.view(language_of(reader.language), seen.comes, reader, house, note=note)
    written = json.dumps(view, sort_keys=True, separators=(",", ":"))
    return Tab(
        slack_id=reader.slack_id or "",
        view=view,
        content=hashlib.sha256(written.encode()).hexdigest(),
        again_at=seen.again_at,
    )


def of_person(session: Session, person_id: int, *, now: datetime) -> Seen | None:
    """Return what the Home tab of one person shows, from one snapshot; None if they are gone."""
    person = session.get(Person, person_id)
    if person is None or person.state != "active" or person.slack_id is None:
        return None
    reader = people.reader(session, person_id)
    comes = next_for(session, reader, now=now)
    return Seen(
        reader=reader,
        comes=comes,
        slack_hash=home_views.hash_of(session, person_id),
        again_at=min(at for at in _moments(session, comes, now=now) if at > now),
    )


def next_for(session: Session, reader: Reader, *, now: datetime) -> Next:
    """Return what comes next for one person, and what they can set."""
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
        coordinates=bool(reader.roles & {Role.COORDINATOR, Role.ADMIN}),
    )


def _moments(session: Session, comes: Next, *, now: datetime) -> Iterator[datetime]:
    """Yield the moments at which the tab becomes another by itself: the next midnight at last."""
    calendar = calendar_of(session)
    tomorrow = calendar.local(now).date() + timedelta(days=1)
    yield calendar.at_local(tomorrow, datetime.min.time())
    for meetup in comes.meetups:
        yield from (meetup.starts_at, meetup.ends_at)
    for gathering in comes.gatherings:
        yield from (gathering.starts_at, gathering.ends_at)
    for pair in comes.pairs:
        yield from (at for _, at in pair.times)
        if pair.meeting is not None:
            yield from (pair.meeting.starts_at, pair.meeting.ends_at)
    if comes.coordinates:
        yield now + LOOK_AGAIN
