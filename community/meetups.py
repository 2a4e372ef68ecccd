"""Informal meetups: somebody proposes, people of the same or a related field hear of it and join.

Everybody who goes has it in the calendar: an invitation on joining, a new one when something moves,
a cancellation on leaving.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, exists, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from community import lifecycle, outbox, people, steps
from community.errors import Over, Refusal
from community.outbox import Channel
from community.people import Person, Role
from community.store import Base

#: Who can propose one.
PROPOSING = (Role.MEMBER, Role.COORDINATOR)
MOST_PEOPLE = 30
LONGEST_MINUTES = 8 * 60


class Meetup(Base):
    """A small informal gathering that one person hosts."""

    __tablename__ = "meetup"
    __table_args__ = (
        CheckConstraint(lifecycle.allowed("meetup"), name="state"),
        CheckConstraint("max_people >= 2", name="max_people"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    host_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    topic: Mapped[str]
    place: Mapped[str]
    starts_at: Mapped[datetime]
    minutes: Mapped[int]
    #: With the host.
    max_people: Mapped[int]
    #: iTIP SEQUENCE: rises with every change of time, place or state (RFC 5546 §2.1.4).
    sequence: Mapped[int] = mapped_column(default=0)

    @property
    def ends_at(self) -> datetime:
        """When it is over."""
        return self.starts_at + timedelta(minutes=self.minutes)


class Rsvp(Base):
    """A person's word about one meetup."""

    __tablename__ = "rsvp"
    __table_args__ = (
        CheckConstraint(lifecycle.allowed("rsvp"), name="state"),
        UniqueConstraint("meetup_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    meetup_id: Mapped[int] = mapped_column(ForeignKey("meetup.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)


@dataclass(frozen=True, kw_only=True)
class MeetupCard:
    """A meetup as one person sees it."""

    meetup_id: int
    state: str
    topic: str
    place: str
    starts_at: datetime
    ends_at: datetime
    host_id: int
    host_name: str
    host_fields: tuple[str, ...]
    going: tuple[str, ...]
    max_people: int
    sequence: int
    #: Whether the reader goes.
    am_going: bool


def may_propose(roles: Collection[Role]) -> bool:
    """Say whether who has these roles can propose a meetup."""
    return not {*PROPOSING, Role.ADMIN}.isdisjoint(roles)


def propose(  # noqa: PLR0913 - what a meetup is made of
    session: Session,
    *,
    topic: str,
    place: str,
    starts_at: datetime,
    minutes: int = 60,
    max_people: int = 5,
    by: int,
    now: datetime,
) -> Meetup:
    """Propose a meetup: the host goes, and people of the same or a related field hear of it.

    Raises:
        Refusal: not a member; no topic or place; in the past; too long or for too few or many.
    """
    people.require(session, by, *PROPOSING)
    _check(topic=topic, place=place, starts_at=starts_at, minutes=minutes, now=now)
    if not 2 <= max_people <= MOST_PEOPLE:
        raise Refusal("A meetup is for 2 to {most} people.", most=MOST_PEOPLE)
    meetup = Meetup(
        host_id=by,
        topic=topic.strip(),
        place=place.strip(),
        starts_at=starts_at,
        minutes=minutes,
        max_people=max_people,
        sequence=0,
    )
    lifecycle.advance(session, meetup, "propose", by=by, now=now)
    _come(session, meetup, by=by, now=now)
    related = people.in_related_fields(people.fields(session, by)).where(Person.id != by)
    outbox.put_to_all(session, "meetup.propose", meetup.id, related, now=now)
    steps.plan(session, "meetup.end", meetup.id, due_at=meetup.ends_at)
    return meetup


def join(session: Session, meetup_id: int, *, by: int, now: datetime) -> Meetup:
    """Let the acting person come; joining twice changes nothing.

    Raises:
        Refusal: cancelled or over; not of the community; full.
    """
    meetup = _open(session, meetup_id, now=now)
    if _rsvp(session, meetup_id, by, state="going") is not None:
        return meetup
    people.require(session, by, *people.INSIDE)
    if len(_going(session, meetup_id)) >= meetup.max_people:
        raise Refusal(
            "“{topic}” is full ({most} people). Propose one of your own: /postdoc meetup",
            topic=meetup.topic,
            most=meetup.max_people,
        )
    _come(session, meetup, by=by, now=now)
    _change_card(session, meetup, "join", by=by, now=now)
    outbox.put(session, "meetup.join", meetup_id, meetup.host_id, detail=str(by), now=now)
    return meetup


def leave(session: Session, meetup_id: int, *, by: int, now: datetime) -> Meetup:
    """Take the acting person's word back, and the meetup out of the calendar.

    Raises:
        Refusal: the host cannot leave, only cancel.
    """
    meetup = _open(session, meetup_id, now=now)
    if by == meetup.host_id:
        raise Refusal("You host this meetup. Cancel it instead; everybody who comes is told.")
    rsvp = _rsvp(session, meetup_id, by, state="going")
    if rsvp is None:
        return meetup
    lifecycle.advance(session, rsvp, "leave", by=by, now=now)
    meetup.sequence += 1
    detail = str(meetup.sequence)
    mail = Channel.MAIL
    outbox.put(session, "meetup.uninvite", meetup_id, by, detail=detail, channel=mail, now=now)
    _change_card(session, meetup, "leave", by=by, now=now)
    leaver = f"{by}-{detail}"
    outbox.put(session, "meetup.leave", meetup_id, meetup.host_id, detail=leaver, now=now)
    return meetup


def cancel(session: Session, meetup_id: int, *, by: int, now: datetime) -> Meetup:
    """Call a meetup off; everybody who comes is told and finds it gone from the calendar.

    Raises:
        Refusal: neither the host nor a coordinator; over or cancelled already.
    """
    meetup = _open(session, meetup_id, now=now)
    if by != meetup.host_id:
        people.require(session, by, Role.COORDINATOR)
    lifecycle.advance(session, meetup, "cancel", by=by, now=now)
    meetup.sequence += 1
    steps.cancel(session, "meetup.end", meetup_id, now=now, why="cancelled")
    going = _going(session, meetup_id)
    mail = Channel.MAIL
    outbox.put(session, "meetup.cancel", meetup_id, *going, channel=mail, now=now)
    outbox.put_instead(session, "meetup.propose", meetup_id, detail="cancelled", now=now)
    return meetup


def end(session: Session, meetup_id: int, *, detail: str, due_at: datetime, now: datetime) -> None:
    """Close a meetup whose time is over."""
    meetup = session.get_one(Meetup, meetup_id, with_for_update=True)
    if lifecycle.can(meetup, "end"):
        lifecycle.advance(session, meetup, "end", by=None, now=now)


def card(session: Session, meetup_id: int, *, reader_id: int) -> MeetupCard:
    """Return a meetup as one person sees it."""
    meetup = session.get(Meetup, meetup_id)
    if meetup is None:
        raise Refusal("There is no such meetup.")
    return _cards(session, [meetup], reader_id=reader_id)[0]


def require_seen(session: Session, meetup_id: int, *, by: int) -> None:
    """Raise Refusal unless this person is of the community, or has given a word about it."""
    if _rsvp(session, meetup_id, by) is None:
        people.require(session, by, *people.INSIDE)


def upcoming(session: Session, *, reader_id: int, now: datetime) -> list[MeetupCard]:
    """Return the open meetups that are still to come, the next one first.

    Who is not of the community sees those that they go to.
    """
    is_inside = exists(people.with_role(*people.INSIDE).where(Person.id == reader_id))
    mine = select(Rsvp.meetup_id).where(Rsvp.person_id == reader_id, Rsvp.state == "going")
    is_seen = or_(is_inside, Meetup.id.in_(mine))
    query = select(Meetup).where(Meetup.state == "open", Meetup.starts_at > now, is_seen)
    found = session.scalars(query.order_by(Meetup.starts_at, Meetup.id).limit(20)).all()
    return _cards(session, found, reader_id=reader_id) if found else []


def _cards(session: Session, found: Sequence[Meetup], *, reader_id: int) -> list[MeetupCard]:
    """Return meetups as one person sees them: three questions, however many they are."""
    going: dict[int, dict[int, str]] = {meetup.id: {} for meetup in found}
    coming = (
        select(Rsvp.meetup_id, Person.id, Person.name)
        .join(Person, Rsvp.person_id == Person.id)
        .where(Rsvp.meetup_id.in_(going), Rsvp.state == "going", Person.state == "active")
        .order_by(Rsvp.id)
    )
    for meetup_id, person_id, name in session.execute(coming):
        going[meetup_id][person_id] = name
    hosts = {meetup.host_id for meetup in found}
    named = select(Person.id, Person.name).where(Person.id.in_(hosts))
    names = {person_id: name for person_id, name in session.execute(named)}  # noqa: C416 - rows
    fields = people.fields_of(session, hosts)
    return [
        MeetupCard(
            meetup_id=meetup.id,
            state=meetup.state,
            topic=meetup.topic,
            place=meetup.place,
            starts_at=meetup.starts_at,
            ends_at=meetup.ends_at,
            host_id=meetup.host_id,
            host_name=names[meetup.host_id],
            host_fields=fields[meetup.host_id],
            going=tuple(going[meetup.id].values()),
            max_people=meetup.max_people,
            sequence=meetup.sequence,
            am_going=reader_id in going[meetup.id],
        )
        for meetup in found
    ]


def _check(*, topic: str, place: str, starts_at: datetime, minutes: int, now: datetime) -> None:
    if not topic.strip():
        raise Refusal("Say in a few words what it is about, such as “Lunch” or “Grant writing”.")
    if not place.strip():
        raise Refusal("Say where you meet, such as “Hangaren” or a link.")
    if starts_at <= now:
        raise Over
    if not 15 <= minutes <= LONGEST_MINUTES:
        raise Refusal("A meetup lasts from 15 minutes to {hours} hours.", hours=8)


def _open(session: Session, meetup_id: int, *, now: datetime) -> Meetup:
    meetup = session.get(Meetup, meetup_id, with_for_update=True)
    if meetup is None:
        raise Refusal("There is no such meetup.")
    if meetup.state == "cancelled":
        raise Refusal("“{topic}” has been cancelled.", topic=meetup.topic)
    if meetup.state != "open" or meetup.ends_at <= now:
        raise Refusal("“{topic}” is over.", topic=meetup.topic)
    return meetup


def _change_card(session: Session, meetup: Meetup, word: str, *, by: int, now: datetime) -> None:
    which = f"{word}{meetup.sequence}"
    outbox.put_instead_of_own(session, "meetup.propose", meetup.id, by, detail=which, now=now)


def _come(session: Session, meetup: Meetup, *, by: int, now: datetime) -> None:
    rsvp = _rsvp(session, meetup.id, by) or Rsvp(meetup_id=meetup.id, person_id=by)
    lifecycle.advance(session, rsvp, "join", by=by, now=now)
    outbox.put(
        session,
        "meetup.invite",
        meetup.id,
        by,
        detail=str(meetup.sequence),
        channel=Channel.MAIL,
        now=now,
    )


def _rsvp(
    session: Session, meetup_id: int, person_id: int, *, state: str | None = None
) -> Rsvp | None:
    query = select(Rsvp).where(Rsvp.meetup_id == meetup_id, Rsvp.person_id == person_id)
    if state is not None:
        query = query.where(Rsvp.state == state)
    return session.scalars(query).one_or_none()


def _going(session: Session, meetup_id: int) -> list[int]:
    """Return who comes, in the order in which they said so; who has left does not."""
    query = (
        select(Rsvp.person_id)
        .join(Person)
        .where(Rsvp.meetup_id == meetup_id, Rsvp.state == "going", Person.state == "active")
    )
    return list(session.scalars(query.order_by(Rsvp.id)))
