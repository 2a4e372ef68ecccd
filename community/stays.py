"""The end of a stay: one letter two weeks before, then quiet; who likes stays on as an alumnus.

Alumni keep their lists and lose the rest: no meetups, no mentoring, no roster names them. What
somebody has chosen is never undone by an old last day.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from community import calling_off, journal, lifecycle, outbox, people, roles, subscriptions
from community.errors import Refusal
from community.people import Person, PersonRole, Role

#: So long before the last day the letter goes out.
BEFORE: Final = timedelta(days=14)
KIND: Final = "person.end_stay"
KEPT: Final = "person.keep_role"


@dataclass(frozen=True, kw_only=True)
class Ending:
    """A stay that will end, as its letter needs it."""

    last: date
    #: One of their lists: those behind it read answers. Empty for who is on none.
    list_address: str


@dataclass(frozen=True, kw_only=True)
class Needed:
    """Somebody who stays until another has their roles."""

    name: str
    last: date
    roles: tuple[Role, ...]


def tell(session: Session, *, today: date, now: datetime) -> int:
    """Write to everybody whose stay ends within two weeks, once for each last day.

    Returns how many are told.
    """
    soon = Person.state == "active", Person.ends_on >= today, Person.ends_on <= today + BEFORE
    told = 0
    for last in session.scalars(select(Person.ends_on).where(*soon).distinct()).all():
        whom = select(Person.id).where(*soon, Person.ends_on == last)
        told += outbox.put_to_all(session, KIND, 0, whom, detail=str(last), now=now)
    return told


def ending(session: Session, person_id: int) -> Ending | None:
    """Return a stay that will end; None for who stays on or has gone."""
    person = session.get_one(Person, person_id)
    if person.state != "active" or person.ends_on is None:
        return None
    theirs = sorted(each.address for each in subscriptions.of_person(session, person_id))
    return Ending(last=person.ends_on, list_address=theirs[0] if theirs else "")


def end(session: Session, *, today: date, now: datetime) -> int:
    """Let everybody leave whose last day is over; return how many left.

    Who is the last that has a role that must be kept stays until somebody else has it; they and
    the administrators are told once. Of several it is the one whose day was the latest.
    """
    with roles.kept(session):
        query = select(Person).where(Person.state == "active", Person.ends_on < today)
        over = session.scalars(query.order_by(Person.id).with_for_update()).all()
        stay = roles.needed(session, [person.id for person in sorted(over, key=_latest_first)])
        leavers = [person for person in over if person.id not in stay]
        lifecycle.advance_all(session, leavers, "leave", by=None, now=now)
        calling_off.of_people(session, [person.id for person in leavers], now=now)
    admins = people.with_role(Role.ADMIN)
    for person in over:
        if person.id in stay:
            whom = select(Person.id).where(or_(Person.id == person.id, Person.id.in_(admins)))
            detail = str(person.ends_on)
            outbox.put_to_all(session, KEPT, person.id, whom, detail=detail, now=now)
    return len(leavers)


def _latest_first(person: Person) -> tuple[int, int]:
    return -(person.ends_on or date.max).toordinal(), person.id


def needed(session: Session, person_id: int) -> Needed | None:
    """Return who stays beyond their last day because they are needed, and as what; else None."""
    person = session.get(Person, person_id)
    if person is None or person.state != "active" or person.ends_on is None:
        return None
    before = (Person.state == "active", Person.ends_on <= person.ends_on)
    others = session.scalars(select(Person).where(*before)).all()
    first = sorted(others, key=_latest_first)
    as_what = roles.needed(session, [each.id for each in first]).get(person_id, ())
    return Needed(name=person.name, last=person.ends_on, roles=as_what) if as_what else None


def stay_on(session: Session, object_id: int, *, by: int, now: datetime) -> Person:
    """Make the acting person an alumnus, for as long as they like; twice is once.

    Raises:
        Refusal: they have left already.
    """
    person = session.get_one(Person, by, with_for_update=True)
    if person.state != "active":
        raise Refusal("Your stay is over. Write to a coordinator, and you are on the lists again.")
    if person.ends_on is None:
        return person
    place = delete(PersonRole).where(PersonRole.person_id == by, PersonRole.role == Role.MEMBER)
    session.execute(place)
    if session.get(PersonRole, (by, Role.ALUMNUS)) is None:
        session.add(PersonRole(person_id=by, role=Role.ALUMNUS))
    old, person.ends_on = person.ends_on, None
    journal.write(session, "person", by, "stay_on", by=by, now=now, old=old.isoformat())
    return person
