"""One person with everything beside them, for whoever runs the service; also those who left."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from community import people, subscriptions, suppressions, ways
from community.emails import normalised
from community.errors import Refusal
from community.people import Address, Person
from community.suppressions import AddressCard
from community.ways import Way


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What is stored about a person, apart from what they did."""

    person_id: int
    name: str
    state: str
    #: The primary one first.
    emails: tuple[str, ...]
    roles: tuple[str, ...]
    fields: tuple[str, ...]
    language: str
    department: str
    faculty: str
    campus: str
    starts_on: date | None
    ends_on: date | None
    slack_id: str | None
    supervisor_email: str | None
    joined_at: datetime
    lists: tuple[str, ...]
    #: The kinds of message that this person has stopped.
    stopped: tuple[str, ...]
    #: Those of the addresses that mail does not reach, with the reason.
    in_doubt: tuple[AddressCard, ...] = ()


def find(session: Session, email: str) -> Person:
    """Return the person who has this address, also one who has left.

    Raises:
        Refusal: nobody has it.
    """
    query = select(Person).join(Address).where(Address.email == normalised(email))
    person = session.scalars(query).one_or_none()
    if person is None:
        raise Refusal("Nobody has the address {email}.", email=normalised(email))
    return person


def profile(session: Session, person_id: int) -> Profile:
    """Return what is stored about a person."""
    person = session.get_one(Person, person_id)
    emails = select(Address.email).where(Address.person_id == person_id)
    has = people.roles(session, person_id)
    return Profile(
        person_id=person.id,
        name=person.name,
        state=person.state,
        emails=tuple(session.scalars(emails.order_by(Address.is_primary.desc(), Address.email))),
        roles=tuple(role for role in people.Role if role in has),
        fields=people.fields(session, person_id),
        language=person.language,
        department=person.department,
        faculty=person.faculty,
        campus=person.campus,
        starts_on=person.starts_on,
        ends_on=person.ends_on,
        slack_id=person.slack_id,
        supervisor_email=person.supervisor_email,
        joined_at=person.joined_at,
        lists=tuple(a_list.address for a_list in subscriptions.of_person(session, person_id)),
        stopped=_stopped(session, person_id),
        in_doubt=tuple(suppressions.of_person(session, person_id)),
    )


def _stopped(session: Session, person_id: int) -> tuple[str, ...]:
    chosen = ways.of_person(session, person_id)
    return tuple(sorted(each for each, way in chosen.items() if way is Way.NONE))
