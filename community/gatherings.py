"""Gatherings: a coordinator invites an audience, people register, are reminded and come.

A registration is a word that is given: it is in the calendar, two reminders ask about it, and one
press releases the place. Who else is registered is nobody's business but the coordinators'.
"""

from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, Select, UniqueConstraint, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from community import audiences, lifecycle, outbox, people, steps
from community.audiences import Audience
from community.errors import N_, Over, Refusal
from community.outbox import Channel
from community.people import Person, Role
from community.store import Base, calendar_of

MOST_PLACES = 1000
LONGEST_DAYS = 3
#: Reminders by name, and how many working days before the gathering they go out, at 9:30.
REMINDERS = {"3d": 3, "1d": 1}
#: What people read of one in Slack, which says whether they have a place.
CARDS = ("gathering.publish", "gathering.remind")
NOT_FOR_YOU = {
    Audience.ALL: N_("“{title}” is for people in the community. Ask a coordinator to add you."),
    Audience.POSTDOCS: N_("“{title}” is for postdocs."),
    Audience.MENTORS: N_("“{title}” is for mentors."),
}


class Gathering(Base):
    """Something that a coordinator plans and people register for."""

    __tablename__ = "gathering"
    __table_args__ = (
        CheckConstraint(lifecycle.allowed("gathering"), name="state"),
        CheckConstraint(audiences.allowed(), name="audience"),
        CheckConstraint("capacity >= 1", name="capacity"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    #: Who published it, and whose name the invitation bears.
    coordinator_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    title: Mapped[str]
    description: Mapped[str]
    place: Mapped[str]
    starts_at: Mapped[datetime]
    minutes: Mapped[int]
    #: How many can come.
    capacity: Mapped[int]
    audience: Mapped[str]

    @property
    def ends_at(self) -> datetime:
        """When it is over."""
        return self.starts_at + timedelta(minutes=self.minutes)


class Registration(Base):
    """A person's place at a gathering; one row however often it is released and taken again."""

    __tablename__ = "registration"
    __table_args__ = (
        CheckConstraint(lifecycle.allowed("registration"), name="state"),
        UniqueConstraint("gathering_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    gathering_id: Mapped[int] = mapped_column(ForeignKey("gathering.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    #: iTIP SEQUENCE of this person's entry: rises whenever the place is taken or released.
    sequence: Mapped[int]


def publish(  # noqa: PLR0913 - what a gathering is made of
    session: Session,
    *,
    title: str,
    place: str,
    starts_at: datetime,
    minutes: int,
    capacity: int,
    audience: Audience,
    description: str = "",
    by: int,
    now: datetime,
) -> Gathering:
    """Publish a gathering: its audience hears of it, and its reminders are planned.

    Raises:
        Refusal: not a coordinator; no title or place; in the past; too long or too few places.
    """
    people.require(session, by, Role.COORDINATOR)
    _check(title=title, place=place, starts_at=starts_at, now=now)
    _check_size(minutes=minutes, capacity=capacity)
    gathering = Gathering(
        coordinator_id=by,
        title=title.strip(),
        description=description.strip(),
        place=place.strip(),
        starts_at=starts_at,
        minutes=minutes,
        capacity=capacity,
        audience=audience,
    )
    lifecycle.advance(session, gathering, "publish", by=by, now=now)
    whom = audiences.select_people(audience)
    outbox.put_to_all(session, "gathering.publish", gathering.id, whom, now=now)
    _plan(session, gathering, now=now)
    return gathering


def register(session: Session, gathering_id: int, *, by: int, now: datetime) -> Gathering:
    """Give the acting person a place; registering twice changes nothing.

    Raises:
        Refusal: cancelled, begun or over; not for this person; full.
    """
    gathering = _ahead(session, gathering_id, now=now)
    registration = _registration(session, gathering_id, by)
    if registration is not None and registration.state == "registered":
        return gathering
    audience = Audience(gathering.audience)
    if audience not in audiences.of_person(session, by):
        raise Refusal(NOT_FOR_YOU[audience], title=gathering.title)
    if _taken(session, gathering_id) >= gathering.capacity:
        raise Refusal(
            "“{title}” is full: {capacity} of {capacity} places are taken. Try again later; "
            "somebody may release one.",
            title=gathering.title,
            capacity=gathering.capacity,
        )
    if registration is None:
        registration = Registration(gathering_id=gathering_id, person_id=by, sequence=0)
    else:
        registration.sequence += 1
    lifecycle.advance(session, registration, "register", by=by, now=now)
    _tell(session, "gathering.invite", registration, now=now)
    return gathering


def release(session: Session, gathering_id: int, *, by: int, now: datetime) -> Gathering:
    """Give the acting person's place back; it leaves the calendar, and no reminder comes.

    Raises:
        Refusal: cancelled, begun or over.
    """
    gathering = _ahead(session, gathering_id, now=now)
    registration = _registration(session, gathering_id, by)
    if registration is None or registration.state == "released":
        return gathering
    lifecycle.advance(session, registration, "release", by=by, now=now)
    registration.sequence += 1
    _tell(session, "gathering.uninvite", registration, now=now)
    return gathering


def cancel(session: Session, gathering_id: int, *, by: int, now: datetime) -> Gathering:
    """Call a gathering off; everybody who has a place is told and finds it gone from the calendar.

    Raises:
        Refusal: not a coordinator; cancelled already, begun or over.
    """
    people.require(session, by, Role.COORDINATOR)
    gathering = _ahead(session, gathering_id, now=now)
    lifecycle.advance(session, gathering, "cancel", by=by, now=now)
    for action in ("gathering.remind", "gathering.end"):
        steps.cancel(session, action, gathering_id, now=now, why="cancelled")
    session.execute(
        update(Registration)
        .where(Registration.gathering_id == gathering_id, Registration.state == "registered")
        .values(sequence=Registration.sequence + 1)
        .execution_options(synchronize_session=False)
    )
    whom, mail = _registered(gathering_id), Channel.MAIL
    outbox.put_to_all(session, "gathering.cancel", gathering_id, whom, channel=mail, now=now)
    for shown in CARDS:
        outbox.put_instead(session, shown, gathering_id, detail="cancelled", now=now)
    return gathering


def remind(
    session: Session, gathering_id: int, *, detail: str, due_at: datetime, now: datetime
) -> None:
    """Remind everybody who has a place at this moment; a late reminder that is useless is left out.

    However late: nothing once the gathering has begun, and no first reminder beside the second.
    """
    gathering = session.get_one(Gathering, gathering_id, with_for_update=True)
    if gathering.state != "open" or gathering.starts_at <= now:
        return
    last = calendar_of(session).before_working_days(gathering.starts_at, REMINDERS["1d"])
    if detail != "1d" and now >= last:
        return
    whom = _registered(gathering_id)
    outbox.put_to_all(session, "gathering.remind", gathering_id, whom, detail=detail, now=now)


def end(
    session: Session, gathering_id: int, *, detail: str, due_at: datetime, now: datetime
) -> None:
    """Close a gathering whose time is over."""
    gathering = session.get_one(Gathering, gathering_id, with_for_update=True)
    if lifecycle.can(gathering, "end"):
        lifecycle.advance(session, gathering, "end", by=None, now=now)


def _check(*, title: str, place: str, starts_at: datetime, now: datetime) -> None:
    if not title.strip():
        raise Refusal("Give it a title, such as “Spring seminar”.")
    if not place.strip():
        raise Refusal("Say where it is, such as “Hangaren” or a link.")
    if starts_at <= now:
        raise Over


def _check_size(*, minutes: int, capacity: int) -> None:
    if not 15 <= minutes <= LONGEST_DAYS * 24 * 60:
        raise Refusal("A gathering lasts from 15 minutes to {days} days.", days=LONGEST_DAYS)
    if not 1 <= capacity <= MOST_PLACES:
        raise Refusal("A gathering has 1 to {most} places.", most=MOST_PLACES)


def _plan(session: Session, gathering: Gathering, *, now: datetime) -> None:
    calendar = calendar_of(session)
    for name, days in REMINDERS.items():
        due_at = calendar.before_working_days(gathering.starts_at, days)
        if due_at > now:
            steps.plan(session, "gathering.remind", gathering.id, due_at=due_at, detail=name)
    steps.plan(session, "gathering.end", gathering.id, due_at=gathering.ends_at)


def _ahead(session: Session, gathering_id: int, *, now: datetime) -> Gathering:
    """Lock a gathering that is still to come: who takes the last place is settled here."""
    gathering = session.get(Gathering, gathering_id, with_for_update=True)
    if gathering is None:
        raise Refusal("There is no such gathering.")
    if gathering.state == "cancelled":
        raise Refusal("“{title}” has been cancelled.", title=gathering.title)
    if gathering.state != "open" or gathering.ends_at <= now:
        raise Refusal("“{title}” is over.", title=gathering.title)
    if gathering.starts_at <= now:
        raise Refusal("“{title}” has begun.", title=gathering.title)
    return gathering


def _registration(session: Session, gathering_id: int, person_id: int) -> Registration | None:
    query = select(Registration).where(
        Registration.gathering_id == gathering_id, Registration.person_id == person_id
    )
    return session.scalars(query).one_or_none()


def _registered(gathering_id: int) -> Select[int]:
    return select(Registration.person_id).where(
        Registration.gathering_id == gathering_id, Registration.state == "registered"
    )


def _taken(session: Session, gathering_id: int) -> int:
    """Count the places; who has left the community keeps none."""
    here = _registered(gathering_id).join(Person).where(Person.state == "active")
    return session.scalar(select(func.count()).select_from(here.subquery())) or 0


def _tell(session: Session, kind: str, registration: Registration, *, now: datetime) -> None:
    outbox.put(
        session,
        kind,
        registration.gathering_id,
        registration.person_id,
        detail=str(registration.sequence),
        channel=Channel.MAIL,  # it carries the calendar entry
        now=now,
    )
    about = (registration.gathering_id, registration.person_id)
    for shown in CARDS:
        which = f"{registration.state}{registration.sequence}"
        outbox.put_instead_of_own(session, shown, *about, detail=which, now=now)
