"""The first page: what this is, for everybody; what is next, for who is signed in."""

from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from community import (
    gathering_cards,
    holds,
    join_cards,
    lists,
    meetups,
    progress,
    subscriptions,
)
from community.gathering_cards import GatheringCard
from community.lists import MailingList
from community.meetups import MeetupCard
from community.people import Reader
from community.progress import Progress
from community.store import Session
from community.threads import moderates
from letters.points import POINTS
from web.asking import Ask


@dataclass(frozen=True, kw_only=True)
class Next:
    """What one person can look forward to, or has to do."""

    meetups: tuple[MeetupCard, ...]
    open_meetups: int
    gatherings: tuple[GatheringCard, ...]
    open_gatherings: int
    pairs: tuple[Progress, ...]
    held: int
    may_propose: bool
    #: How many people wait to join a list.
    to_join: int
    lists: tuple[MailingList, ...]


async def show(ask: Ask) -> Response:
    """Show the first page."""
    if ask.visit is None:
        return ask.page("welcome.html", lists=await ask.read(lists.open_lists, now=ask.now))
    return ask.page("home.html", next=await ask.read(next_for, ask.me, now=ask.now))


async def expectation_meeting(ask: Ask) -> Response:
    """Show the ten points of a pair's first meeting, to print and take along."""
    return ask.page("expectation_meeting.html", points=POINTS)


def next_for(session: Session, me: Reader, *, now: datetime) -> Next:
    """Return what is next for one person."""
    all_meetups = meetups.upcoming(session, reader_id=me.person_id, now=now)
    all_gatherings = gathering_cards.upcoming(session, reader_id=me.person_id, now=now)
    return Next(
        meetups=tuple(card for card in all_meetups if card.am_going),
        may_propose=meetups.may_propose(me.roles),
        open_meetups=sum(not card.am_going for card in all_meetups),
        gatherings=tuple(card for card in all_gatherings if card.am_registered),
        open_gatherings=sum(card.may_register for card in all_gatherings),
        pairs=tuple(progress.of_person(session, me.person_id)),
        held=holds.count(session) if moderates(me) else 0,
        to_join=join_cards.count(session) if moderates(me) else 0,
        lists=tuple(subscriptions.of_person(session, me.person_id)),
    )
