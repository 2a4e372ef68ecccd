"""People who have asked to join and are nobody yet: an address, a name and a language to answer in.

They are rows of `person` in the state `asked`, which no list, page, meetup or right takes notice
of; only the letters about their question reach them. Without a yes they are forgotten in a week.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, exists, select
from sqlalchemy.orm import Session

from community import lifecycle
from community.emails import normalised
from community.people import Address, Person, PersonRole, Role

MOST_SIGNS: Final = 100


def known_or_new(
    session: Session, email: str, *, name: str, language: str, now: datetime
) -> Person:
    """Return whoever has this address, whatever their state, or somebody who has just asked."""
    query = select(Person).join(Address, Address.person_id == Person.id)
    known = session.scalars(query.where(Address.email == normalised(email))).one_or_none()
    if known is not None:
        return known
    person = Person(name=_shown(name, email), language=language, joined_at=now)
    lifecycle.advance(session, person, "ask", by=None, now=now)
    session.add(Address(person_id=person.id, email=normalised(email), is_primary=True))
    session.flush()
    return person


def is_of_community() -> ColumnElement[bool]:
    """Select who is here as more than a guest of some list."""
    is_more = exists().where(PersonRole.person_id == Person.id, PersonRole.role != Role.GUEST.value)
    return and_(Person.state == "active", is_more)


def is_outside(session: Session, person_id: int) -> bool:
    """Say whether somebody is not of the community, or no more than a guest of some list."""
    query = select(Person.id).where(Person.id == person_id, is_of_community())
    return session.scalar(query) is None


def admit(session: Session, person: Person, *, by: int | None, now: datetime) -> None:
    """Let somebody into the community as a guest; whoever is in it stays what they are.

    Who was here before and has left comes back as a guest too, for as long as they like.
    """
    if person.state == "active":
        return
    session.execute(delete(PersonRole).where(PersonRole.person_id == person.id))
    session.add(PersonRole(person_id=person.id, role=Role.GUEST))
    person.ends_on, person.joined_at = None, now
    lifecycle.advance(session, person, "add", by=by, now=now)


def _shown(name: str, email: str) -> str:
    plain = " ".join("".join(sign for sign in name if sign.isprintable()).split())
    return plain[:MOST_SIGNS] or normalised(email).partition("@")[0]
