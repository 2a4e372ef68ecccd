"""What the Home tab of one person shows, read from one snapshot, and when time alone changes it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as hour
from typing import Final

from bot.blocks import home_sections
from bot.blocks.home_next import MOST_OF_ALL, SOON, Next
from community import (
    attention,
    directory,
    gathering_cards,
    holds,
    home_views,
    join_cards,
    meetups,
    people,
    progress,
    stays,
    suppressions,
)
from community.people import Person, Reader
from community.store import Session, calendar_of
from community.threads import moderates

#: What is stuck becomes so without anybody's doing; coordinators see it within this.
LOOK_AGAIN: Final = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What a Home tab is made of, and which it takes the place of."""

    comes: Next
    #: What Slack calls the tab that this one replaces.
    slack_hash: str
    #: When time alone makes it another.
    again_at: datetime


def of_person(session: Session, person_id: int, *, now: datetime) -> Seen | None:
    """Return what the Home tab of one person shows; None if they are gone, or not in Slack."""
    person = session.get(Person, person_id)
    if person is None or person.state != "active" or person.slack_id is None:
        return None
    comes = next_for(session, people.reader(session, person_id), now=now)
    return Seen(
        comes=comes,
        slack_hash=home_views.hash_of(session, person_id),
        again_at=min(at for at in _moments(session, comes) if at > now),
    )


def next_for(session: Session, reader: Reader, *, now: datetime) -> Next:
    """Return what comes next for one person, and what they can set."""
    me, decides = reader.person_id, moderates(reader)
    stay = stays.ending(session, me)
    joiners = join_cards.page(session, limit=MOST_OF_ALL) if decides else None
    return Next(
        reader=reader,
        now=now,
        meetups=meetups.upcoming(session, reader_id=me, now=now),
        gatherings=gathering_cards.upcoming(session, reader_id=me, now=now),
        pairs=progress.of_person(session, me),
        choices=directory.choices(session, me, now=now),
        addresses=suppressions.of_person(session, me),
        last_day=stay.last if stay else None,
        held=holds.first(session, home_sections.MOST_HELD) if decides else (),
        held_count=holds.count(session) if decides else 0,
        joiners=joiners.cards if joiners else (),
        joiners_count=joiners.count if joiners else 0,
        attention=attention.needed(session, now=now) if people.coordinates(reader) else None,
    )


def _moments(session: Session, comes: Next) -> Iterator[datetime]:
    """Yield the moments at which the tab becomes another by itself: the next midnight at last."""
    calendar = calendar_of(session)
    tomorrow = calendar.local(comes.now).date() + timedelta(days=1)
    yield calendar.at_local(tomorrow, hour.min)
    for meetup in comes.meetups:
        yield from (meetup.starts_at - SOON, meetup.starts_at)
    for gathering in comes.gatherings:
        yield from (gathering.starts_at - SOON, gathering.starts_at)
    for pair in comes.pairs:
        yield from (at for _, at in pair.times)
        if pair.meeting is not None:
            starts_at, ends_at = pair.meeting.starts_at, pair.meeting.ends_at
            yield from (starts_at - SOON, starts_at, ends_at)
    for one in comes.choices.lists:
        if one.chosen is not None and one.chosen.paused_until is not None:
            yield one.chosen.paused_until
    if comes.attention is not None:
        yield comes.now + LOOK_AGAIN
