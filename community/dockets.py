"""Dockets: the posts that wait, in one mail to one moderator, numbered; one a working day at most.

When it goes (docs/decisions): in the morning, if something is new to the moderator or ends before
the next morning; during the day, to who has no Slack, for the first post that comes. When Slack
shows nothing, at once (M5). What a moderator answers is in docket_replies.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from sqlalchemy import ForeignKey, Select, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from community import holds, join_cards, outbox, people
from community.asking import CARD
from community.channel_cards import ChannelCard
from community.due import Work
from community.holds import IS_WAITING, HeldPost
from community.outbox import Channel, Notice
from community.people import Person, Role
from community.posts import Post
from community.store import Base, calendar_of

#: So many posts are in one mail; the rest are on the page.
MOST: Final = 20
MORNING: Final = time(8, 15)
#: What waits is said to moderators by day; later it is for the morning.
EVENING: Final = time(16)
#: An answer to an older mail decides nothing, and its rows are forgotten.
GOOD_FOR: Final = timedelta(days=30)
#: Slack was silent: so long no second mail says so.
SILENCE: Final = timedelta(hours=4)
#: What Slack has not shown so far back is looked at no more.
LOOKED_AT: Final = timedelta(hours=1)
ASK: Final = "docket.ask"


class Docket(Base):
    """The held posts in one mail to one moderator."""

    __tablename__ = "docket"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    made_at: Mapped[datetime]


class DocketPost(Base):
    """One post of a docket, under its number."""

    __tablename__ = "docket_post"

    docket_id: Mapped[int] = mapped_column(
        ForeignKey("docket.id", ondelete="CASCADE"), primary_key=True
    )
    #: From 1, in order of arrival.
    number: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), index=True)


@dataclass(frozen=True, kw_only=True)
class DocketIssue:
    """A docket as its moderator reads it."""

    docket_id: int
    #: What still waits, by number.
    posts: dict[int, HeldPost]
    #: How many wait besides.
    more: int
    #: How many people wait to join a list.
    to_join: int


def issue(session: Session, docket_id: int) -> DocketIssue:
    """Return a docket with those of its posts that wait at this moment."""
    numbers = numbers_of(session, docket_id)
    cards = {card.post_id: card for card in holds.some(session, list(numbers.values()))}
    waiting = {
        number: cards[post_id]
        for number, post_id in numbers.items()
        if cards[post_id].state in ("held", "quarantined")
    }
    more = holds.count(session) - len(waiting)
    to_join = join_cards.count(session)
    return DocketIssue(docket_id=docket_id, posts=waiting, more=more, to_join=to_join)


def numbers_of(session: Session, docket_id: int) -> dict[int, int]:
    """Return which number of a docket is which post."""
    query = (
        select(DocketPost.number, DocketPost.post_id)
        .where(DocketPost.docket_id == docket_id)
        .order_by(DocketPost.number)
    )
    return dict(session.execute(query).all())


def waiting(session: Session, docket_id: int) -> list[int]:
    """Return which posts of a docket still wait."""
    query = select(Post.id).join(DocketPost, DocketPost.post_id == Post.id)
    found = query.where(DocketPost.docket_id == docket_id, IS_WAITING)
    return list(session.scalars(found.order_by(Post.id)))


def make_for_the_day(session: Session, *, today: date, now: datetime) -> int:
    """Make the morning's dockets of a working day; return how many.

    For each moderator to whom something is new, and for all when something ends before the next.
    """
    calendar = calendar_of(session)
    if not calendar.is_working_day(today):
        return 0
    following = calendar.next_working_day_at(now, MORNING)
    ends_soon = select(Post.id).where(IS_WAITING, Post.deadline_at < following).limit(1)
    is_pressing = session.scalar(ends_soon) is not None
    everybody = list(session.scalars(people.with_role(Role.MODERATOR).order_by(Person.id)))
    return sum(
        _make(session, person_id, now=now)
        for person_id in everybody
        if not _has_one(session, person_id, now=now)
        and (is_pressing or _has_new(session, person_id))
    )


def ask(session: Session, list_id: int, *, detail: str, due_at: datetime, now: datetime) -> None:
    """Write to moderators without Slack that something waits, once a working day; a step."""
    calendar = calendar_of(session)
    local = calendar.local(now)
    if not calendar.is_working_day(local.date()) or not MORNING <= local.time() < EVENING:
        return  # the morning says it
    without = people.with_role(Role.MODERATOR).where(Person.slack_id.is_(None))
    for person_id in list(session.scalars(without.order_by(Person.id))):
        if not _has_one(session, person_id, now=now) and _has_new(session, person_id):
            _make(session, person_id, now=now)


def look(session: Session, list_id: int, *, detail: str, due_at: datetime, now: datetime) -> None:
    """Write to moderators whom Slack has shown nothing in time of what waits (M5); a step."""
    for person_id in _unshown(session, now=now):
        since = _last_at(session, person_id)
        if (since is None or since < now - SILENCE) and _has_new(session, person_id):
            _make(session, person_id, now=now)


def _unshown(session: Session, *, now: datetime) -> list[int]:
    """Return the moderators for whom a post that waits has no card, in person or in a channel."""
    in_person = (
        select(Notice.person_id)
        .join(Post, Post.id == Notice.object_id)
        .where(
            Notice.kind == CARD,
            Notice.channel == Channel.SLACK.value,
            Notice.replaces_id.is_(None),
            Notice.state != Work.DONE.value,
            Notice.state != Work.CANCELLED.value,
            Notice.due_at > now - LOOKED_AT,
            Post.state.in_(("held", "quarantined")),
        )
    )
    nowhere = (
        select(ChannelCard.id)
        .join(Post, Post.id == ChannelCard.object_id)
        .where(
            ChannelCard.kind == CARD,
            ChannelCard.reference.is_(None),
            ChannelCard.state != Work.CANCELLED.value,
            ChannelCard.due_at > now - LOOKED_AT,
            Post.state.in_(("held", "quarantined")),
        )
    )
    late = set(session.scalars(in_person))
    if session.scalar(nowhere.limit(1)) is not None:
        linked = people.with_role(Role.MODERATOR).where(Person.slack_id.is_not(None))
        late |= set(session.scalars(linked))
    return sorted(late)


def forget_old(session: Session, *, now: datetime) -> None:
    """Forget dockets that can be answered no more."""
    session.execute(delete(Docket).where(Docket.made_at < now - GOOD_FOR))


def _has_one(session: Session, person_id: int, *, now: datetime) -> bool:
    """Say whether a moderator has had a docket today."""
    calendar, last = calendar_of(session), _last_at(session, person_id)
    return last is not None and calendar.local(last).date() == calendar.local(now).date()


def _last_at(session: Session, person_id: int) -> datetime | None:
    query = select(Docket.made_at).where(Docket.person_id == person_id)
    return session.scalar(query.order_by(Docket.id.desc()).limit(1))


def _has_new(session: Session, person_id: int) -> bool:
    """Say whether a post waits that was in no docket of this moderator."""
    return session.scalar(_unseen(person_id).limit(1)) is not None


def _unseen(person_id: int) -> Select[int]:
    known = (
        select(DocketPost.post_id)
        .join(Docket, Docket.id == DocketPost.docket_id)
        .where(Docket.person_id == person_id)
    )
    return select(Post.id).where(IS_WAITING, Post.id.not_in(known))


def _make(session: Session, person_id: int, *, now: datetime) -> int:
    """Make a docket of the posts that wait longest, what is new before the rest."""
    fresh = list(session.scalars(_unseen(person_id).order_by(Post.id).limit(MOST)))
    oldest = select(Post.id).where(IS_WAITING).order_by(Post.id).limit(MOST)
    chosen = _some(fresh, session.scalars(oldest))
    if not chosen:
        return 0
    docket = Docket(person_id=person_id, made_at=now)
    session.add(docket)
    session.flush()
    session.add_all(
        DocketPost(docket_id=docket.id, number=number, post_id=post_id)
        for number, post_id in enumerate(chosen, 1)
    )
    outbox.put(session, ASK, docket.id, person_id, channel=Channel.MAIL, now=now)
    return 1


def _some(fresh: list[int], waiting: Iterable[int]) -> list[int]:
    known = [post_id for post_id in waiting if post_id not in fresh]
    return sorted((fresh + known)[:MOST])
