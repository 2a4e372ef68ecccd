"""Who belongs to the community: people, their addresses, roles, fields and what they want to hear.

Doors ask here who is acting (`by_slack`, `by_email`, `reader`); importing and linking are beside
this file (`rosters.py`, `linking.py`).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Final

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Row,
    Select,
    bindparam,
    delete,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from community import batches, journal, lifecycle
from community.emails import normalised
from community.errors import N_, Refusal
from community.fields import FIELDS, RELATED, nearness
from community.store import Base


class Role(StrEnum):
    """What somebody is in the community; one person may have several."""

    MEMBER = "member"
    #: Was a member, and stays in touch: on the lists they are on, and nothing besides.
    ALUMNUS = "alumnus"
    #: Came by mail, from outside the community: on the lists they are on, and nothing besides.
    GUEST = "guest"
    MENTOR = "mentor"
    MODERATOR = "moderator"
    COORDINATOR = "coordinator"
    ADMIN = "admin"


class Category(StrEnum):
    """The kinds of automatic message; by which way each comes is chosen (`ways.py`)."""

    MEETUP = "meetup"
    MENTORSHIP = "mentorship"
    GATHERING = "gathering"
    ANNOUNCEMENT = "announcement"


LANGUAGES = ("en", "nb")

#: Who is of the community; alumni and guests have their lists, and nothing besides.
INSIDE: Final = (Role.MEMBER, Role.MENTOR, Role.MODERATOR, Role.COORDINATOR, Role.ADMIN)

NO_RIGHT = {
    Role.MEMBER: N_("This is for members of the community. Ask a coordinator to add you."),
    Role.ALUMNUS: N_("This is for members of the community. Ask a coordinator to add you."),
    Role.GUEST: N_("This is for members of the community. Ask a coordinator to add you."),
    Role.MENTOR: N_("This is for mentors. Ask a coordinator to become one."),
    Role.MODERATOR: N_("Only a moderator of the list can do this."),
    Role.COORDINATOR: N_("Only a coordinator can do this. Ask one of them."),
    Role.ADMIN: N_("Only an administrator can do this."),
}


class Person(Base):
    """One human being, however many addresses and accounts."""

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint(lifecycle.allowed("person"), name="state"),
        CheckConstraint("language IN ('en', 'nb')", name="language"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    state: Mapped[str]
    #: The language of every text this person gets: `en` or `nb`.
    language: Mapped[str]
    department: Mapped[str] = mapped_column(default="")
    faculty: Mapped[str] = mapped_column(default="")
    campus: Mapped[str] = mapped_column(default="")
    #: First and last day of the stay; after the last one the person leaves the community.
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    #: The Slack user id, once linked.
    slack_id: Mapped[str | None] = mapped_column(unique=True)
    #: Never matched as mentor.
    supervisor_email: Mapped[str | None]
    joined_at: Mapped[datetime]


class Address(Base):
    """An e-mail address of a person; all mail goes to the primary one."""

    __tablename__ = "address"
    __table_args__ = (
        CheckConstraint(lifecycle.allowed("address"), name="state"),
        Index(
            "uq_address_primary",
            "person_id",
            unique=True,
            sqlite_where=text("is_primary"),
            postgresql_where=text("is_primary"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    #: As people are found by it: lower case.
    email: Mapped[str] = mapped_column(unique=True)
    is_primary: Mapped[bool]
    #: Whether mail goes there (`suppressions.py`); every address begins by being trusted.
    state: Mapped[str] = mapped_column(default="deliverable", server_default="deliverable")


class PersonRole(Base):
    """A role that a person has."""

    __tablename__ = "person_role"

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True
    )
    role: Mapped[str] = mapped_column(primary_key=True, index=True)


class PersonField(Base):
    """A field of research of a person, the main one first."""

    __tablename__ = "person_field"

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True
    )
    #: OECD FORD 2015 group, such as `1.3`.
    code: Mapped[str] = mapped_column(primary_key=True)
    rank: Mapped[int]


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Whom a door is talking to: enough to choose words, language and what to show."""

    person_id: int
    name: str
    language: str
    email: str
    slack_id: str | None
    roles: frozenset[Role]
    fields: tuple[str, ...]


# Put together once: these are asked for everybody who writes, presses or gets a letter.
_WHO = bindparam("person_id", type_=Person.id.type)
# A row for each role with each field, as every letter and every click asks for all of it.
_READERS = (
    select(
        Person.id,
        Person.name,
        Person.language,
        Address.email,
        Person.slack_id,
        PersonRole.role,
        PersonField.code,
    )
    .join(Address, Address.person_id == Person.id)
    .outerjoin(PersonRole, PersonRole.person_id == Person.id)
    .outerjoin(PersonField, PersonField.person_id == Person.id)
    .where(Address.is_primary)
    .order_by(PersonField.rank)
)
_READER = _READERS.where(Person.id == _WHO)
_READERS_OF = _READERS.where(Person.id.in_(bindparam("people", expanding=True)))
_OfPerson = Row[int, str, str, str, str | None, str, str]
_ROLES = select(PersonRole.role).where(PersonRole.person_id == _WHO)
_FIELDS = select(PersonField.code).where(PersonField.person_id == _WHO).order_by(PersonField.rank)


def by_email(session: Session, email: str) -> Person | None:
    """Return the active person who has this address, primary or not."""
    query = (
        select(Person)
        .join(Address, Address.person_id == Person.id)
        .where(Address.email == normalised(email), Person.state == "active")
    )
    return session.scalars(query).one_or_none()


def by_emails(session: Session, emails: Collection[str]) -> dict[str, int]:
    """Return which active person has which of these addresses, written as they are stored."""
    query = (
        select(Address.email, Address.person_id)
        .join(Person, Address.person_id == Person.id)
        .where(batches.among(session, Address.email, emails), Person.state == "active")
    )
    return dict(session.execute(query).all())


def by_slack(session: Session, slack_id: str) -> Person | None:
    """Return the active person linked to this Slack user."""
    query = select(Person).where(Person.slack_id == slack_id, Person.state == "active")
    return session.scalars(query).one_or_none()


def reader(session: Session, person_id: int) -> Reader:
    """Return what a door needs to talk to this person; Refusal when there is no such person."""
    rows = session.execute(_READER, {"person_id": person_id}).all()
    if not rows:
        raise Refusal("We do not know you (any more). Write to the coordinators.")
    return _as_reader(rows)


def coordinates(reader: Reader) -> bool:
    """Say whether to show this reader what coordinators do; the acts themselves check again."""
    return bool(reader.roles & {Role.COORDINATOR, Role.ADMIN})


def readers(session: Session, person_ids: Collection[int]) -> dict[int, Reader]:
    """Return what a door needs to talk to each of these people, as far as there are such."""
    of_each: dict[int, list[_OfPerson]] = {}
    for row in session.execute(_READERS_OF, {"people": list(person_ids)}):
        of_each.setdefault(row.id, []).append(row)
    return {person_id: _as_reader(rows) for person_id, rows in of_each.items()}


def _as_reader(rows: Sequence[_OfPerson]) -> Reader:
    of_person = rows[0]
    return Reader(
        person_id=of_person.id,
        name=of_person.name,
        language=of_person.language,
        email=of_person.email,
        slack_id=of_person.slack_id,
        roles=frozenset(Role(row.role) for row in rows if row.role is not None),
        fields=tuple(dict.fromkeys(row.code for row in rows if row.code is not None)),
    )


def roles(session: Session, person_id: int) -> frozenset[Role]:
    """Return the roles of a person."""
    return frozenset(Role(role) for role in session.scalars(_ROLES, {"person_id": person_id}))


def fields(session: Session, person_id: int) -> tuple[str, ...]:
    """Return the fields of a person, the main one first."""
    return tuple(session.scalars(_FIELDS, {"person_id": person_id}))


def fields_of(session: Session, person_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """Return the fields of each of these people, the main one first."""
    found: dict[int, tuple[str, ...]] = dict.fromkeys(person_ids, ())
    query = select(PersonField.person_id, PersonField.code).where(
        PersonField.person_id.in_(person_ids)
    )
    for person_id, code in session.execute(query.order_by(PersonField.rank)):
        found[person_id] += (code,)
    return found


@cache  # one statement for each question: what is made of it can be kept too
def with_role(*wanted: Role) -> Select[int]:
    """Select the ids of the active people who have one of these roles."""
    # Not IN, whose values are written into the statement anew each time it is carried out.
    has_one = or_(*(PersonRole.role == each.value for each in wanted))
    return (
        select(Person.id)
        .where(Person.state == "active")
        .where(Person.id.in_(select(PersonRole.person_id).where(has_one)))
    )


def in_related_fields(person_fields: Iterable[str]) -> Select[int]:
    """Select the ids of the active members whose fields are the same as or related to these."""
    mine = tuple(person_fields)
    related = [code for code in FIELDS if nearness(mine, (code,)) >= RELATED]
    return with_role(Role.MEMBER).where(
        Person.id.in_(select(PersonField.person_id).where(PersonField.code.in_(related)))
    )


def require(session: Session, person_id: int | None, *wanted: Role) -> None:
    """Raise Refusal unless this person is active and has one of these roles (or is an admin)."""
    query = with_role(*wanted, Role.ADMIN).where(Person.id == person_id)
    if person_id is None or session.scalar(query) is None:
        raise Refusal(NO_RIGHT[wanted[0]])


def set_language(session: Session, language: str, *, by: int, now: datetime) -> Person:
    """Have everything said to this person in `language` from now on."""
    if language not in LANGUAGES:
        raise Refusal("Type “en” for English or “nb” for bokmål.")
    person = session.get_one(Person, by)
    journal.write(session, "person", by, "speak", by=by, now=now, old=person.language, new=language)
    person.language = language
    return person


def set_fields(session: Session, codes: Sequence[str], *, by: int, now: datetime) -> None:
    """Write down what a person does research in, the main field first."""
    if not codes or not all(code in FIELDS for code in codes):
        raise Refusal("Choose a field from the list.")
    session.execute(delete(PersonField).where(PersonField.person_id == by))
    batches.insert(
        session,
        PersonField,
        ("code", "rank"),
        [(code, rank) for rank, code in enumerate(codes)],
        same={"person_id": by},
    )
    journal.write(session, "person", by, "set_fields", by=by, now=now)
