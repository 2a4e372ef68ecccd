"""Gatherings as one person sees them: what is open, what is full, and where they have a place."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from community import audiences, people
from community.audiences import Audience
from community.errors import Refusal
from community.gatherings import Gathering, Registration
from community.people import Person, Role
from community.store import calendar_of

#: A place released until then can still be given to somebody: working days before, and the hour.
RELEASE_DAYS = 2
RELEASE_HOUR = time(12)


@dataclass(frozen=True, kw_only=True)
class GatheringCard:
    """A gathering as one person sees it."""

    gathering_id: int
    state: str
    title: str
    description: str
    place: str
    starts_at: datetime
    ends_at: datetime
    #: Empty when that person has been erased.
    coordinator_name: str
    audience: Audience
    capacity: int
    taken: int
    #: Until when a released place can still be given to somebody.
    release_by: datetime
    #: Whether the reader has a place, and can take one.
    am_registered: bool
    may_register: bool
    #: iTIP SEQUENCE of the reader's entry.
    sequence: int


def card(session: Session, gathering_id: int, *, reader_id: int) -> GatheringCard:
    """Return a gathering as one person sees it."""
    cards = _cards(session, _seen_by(reader_id).where(Gathering.id == gathering_id), reader_id)
    if not cards:
        raise Refusal("There is no such gathering.")
    return cards[0]


def of_each(
    session: Session, gathering_id: int, reader_ids: Collection[int]
) -> dict[int, GatheringCard]:
    """Return a gathering as each of these people sees it; nothing when there is none."""
    theirs = select(Registration).where(
        Registration.gathering_id == gathering_id, Registration.person_id.in_(reader_ids)
    )
    places = {place.person_id: place for place in session.scalars(theirs)}
    row = session.execute(_seen().where(Gathering.id == gathering_id)).one_or_none()
    if row is None:
        return {}
    within = audiences.among(session, Audience(row[0].audience), reader_ids)
    return {
        reader_id: _card(session, *row, places.get(reader_id), is_for=reader_id in within)
        for reader_id in reader_ids
    }


def upcoming(session: Session, *, reader_id: int, now: datetime) -> list[GatheringCard]:
    """Return the open gatherings that are for this person, the next one first.

    Coordinators see those of every audience, and everybody those where they have had a place.
    """
    query = _seen_by(reader_id).where(Gathering.state == "open", Gathering.starts_at > now)
    query = query.where(_is_for(session, reader_id))
    return _cards(session, query.order_by(Gathering.starts_at, Gathering.id).limit(20), reader_id)


def is_seen(session: Session, gathering_id: int, *, by: int) -> bool:
    """Say whether a gathering is for this person, or they have had a place there."""
    query = _seen_by(by).where(Gathering.id == gathering_id, _is_for(session, by))
    return session.execute(query).first() is not None


def _is_for(session: Session, reader_id: int) -> ColumnElement[bool]:
    """Select what `_seen_by` selects where this reader may see it."""
    if people.roles(session, reader_id) & {Role.COORDINATOR, Role.ADMIN}:
        return true()
    mine = audiences.of_person(session, reader_id)
    return or_(Gathering.audience.in_(mine), Registration.id.is_not(None))


Seen = Select[Gathering, str | None, int, Registration | None]


def _seen_by(reader_id: int) -> Seen:
    mine = (Registration.gathering_id == Gathering.id) & (Registration.person_id == reader_id)
    return _seen().add_columns(Registration).join(Registration, mine, isouter=True)


def _seen() -> Select[Gathering, str | None, int]:
    holder = aliased(Person)
    taken = (
        select(func.count())
        .join_from(Registration, holder, holder.id == Registration.person_id)
        .where(Registration.gathering_id == Gathering.id, Registration.state == "registered")
        .where(holder.state == "active")  # who has left keeps no place
        .correlate(Gathering)
        .scalar_subquery()
    )
    return select(Gathering, Person.name, taken).join(
        Person, Person.id == Gathering.coordinator_id, isouter=True
    )


def _cards(session: Session, query: Seen, reader_id: int) -> list[GatheringCard]:
    mine = audiences.of_person(session, reader_id)
    return [
        _card(session, *row, is_for=Audience(row[0].audience) in mine)
        for row in session.execute(query)
    ]


def _card(
    session: Session,
    gathering: Gathering,
    coordinator_name: str | None,
    taken: int,
    registration: Registration | None,
    *,
    is_for: bool,
) -> GatheringCard:
    am_registered = registration is not None and registration.state == "registered"
    may_register = (
        not am_registered and gathering.state == "open" and taken < gathering.capacity and is_for
    )
    return GatheringCard(
        gathering_id=gathering.id,
        state=gathering.state,
        title=gathering.title,
        description=gathering.description,
        place=gathering.place,
        starts_at=gathering.starts_at,
        ends_at=gathering.ends_at,
        coordinator_name=coordinator_name or "",
        audience=Audience(gathering.audience),
        capacity=gathering.capacity,
        taken=taken,
        release_by=calendar_of(session).before_working_days(
            gathering.starts_at, RELEASE_DAYS, RELEASE_HOUR
        ),
        am_registered=am_registered,
        may_register=may_register,
        sequence=registration.sequence if registration else 0,
    )
