"""Bringing the community in step with a list of people: all of it or nothing, and once.

`roster_files.py` reads the file, `roster_plans.py` says what would change. Set-based throughout:
50,000 people take seconds.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, TypeVar

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from community import lifecycle, people
from community.errors import Refusal
from community.journal import Entry
from community.people import Address, Person, PersonField, PersonRole, Role
from community.roster_files import Reading, Row
from community.roster_plans import OWN, Change, Plan, plan, stored
from community.store import calendar_of

T = TypeVar("T")

#: How many ids go into one statement.
CHUNK: Final = 500


def apply(
    session: Session,
    the_plan: Plan,
    *,
    language: str,
    leave: bool = False,
    by: int | None,
    now: datetime,
) -> None:
    """Do all that a plan says; `leave`: also let everybody go who is not in the file.

    `language` is that of newcomers for whom the file names none.

    Raises:
        Refusal: a line is wrong; nothing is changed.
    """
    if the_plan.problems:
        raise Refusal("Nothing was imported: {count} lines are wrong.",
                      count=len({problem.line for problem in the_plan.problems}))  # fmt: skip
    _add(session, the_plan.added, language=language, by=by, now=now)
    _write_changes(session, the_plan.changed, by=by, now=now)
    returning = [change.person_id for change in the_plan.changed if change.rejoins]
    leaving = [leaver.person_id for leaver in the_plan.left] if leave else []
    for event, people_ids in (("add", returning), ("leave", leaving)):
        for chunk in _chunks(people_ids):
            for person in session.scalars(select(Person).where(Person.id.in_(chunk))):
                lifecycle.advance(session, person, event, by=by, now=now)
    session.flush()


def bring_in(
    session: Session,
    reading: Reading,
    *,
    language: str,
    leave: bool = False,
    by: int | None,
    now: datetime,
) -> Plan:
    """Bring the community in step with `reading` at once, and return what was done.

    With a problem in the plan nothing is done.
    """
    made = plan(session, reading, today=calendar_of(session).local(now).date())
    if not made.problems:
        apply(session, made, language=language, leave=leave, by=by, now=now)
    return made


def enrol(session: Session, row: Row, *, language: str, by: int | None, now: datetime) -> bool:
    """Add one person, or give a known one these roles besides; return whether they are new.

    Raises:
        Refusal: a newcomer without a name; somebody whose stay is over.
    """
    query = select(Person).join(Address).where(Address.email == row.email)
    known = session.scalars(query).one_or_none()
    if known is None and not row.name:
        raise Refusal("Nobody has the address {email}. Say who it is: --name NAME", email=row.email)
    if known is not None:
        has = {*people.roles(session, known.id), *(row.roles or ())}
        roles = tuple(role.value for role in Role if role in has)
        row = replace(row, name=row.name or known.name, roles=roles or None)
    reading = Reading(rows=(row,), problems=())
    if bring_in(session, reading, language=language, by=by, now=now).over:
        raise Refusal("The stay of {email} is over. Import a new last day.", email=row.email)
    return known is None


def _add(
    session: Session, rows: Sequence[Row], *, language: str, by: int | None, now: datetime
) -> None:
    if not rows:
        return
    # The one place where people are born without lifecycle.advance: it takes them one by one.
    active = lifecycle.LIVES["person"].moves[(lifecycle.NEW, "add")]
    ids = session.scalars(
        insert(Person).returning(Person.id, sort_by_parameter_order=True),
        [
            {column: stored(column, getattr(row, column) or "") for column in OWN}
            | {"state": active, "language": row.language or language, "joined_at": now}
            for row in rows
        ],
    ).all()
    newcomers = list(zip(ids, rows, strict=True))
    addresses = [
        {"person_id": person_id, "email": row.email, "is_primary": True}
        for person_id, row in newcomers
    ]
    session.execute(insert(Address), addresses)
    usual = (Role.MEMBER.value,)
    _put_roles(session, {person_id: row.roles or usual for person_id, row in newcomers})
    _put_fields(session, {person_id: row.fields or () for person_id, row in newcomers})
    _journal(session, "add", ids, new=active, by=by, now=now)


def _write_changes(
    session: Session, changes: Sequence[Change], *, by: int | None, now: datetime
) -> None:
    own = [{"id": change.person_id, **change.own} for change in changes if change.own]
    if own:
        session.execute(update(Person), own)
    roles = {c.person_id: c.roles for c in changes if c.roles is not None}
    fields = {c.person_id: c.fields for c in changes if c.fields is not None}
    for chunk in _chunks(list(roles)):
        session.execute(delete(PersonRole).where(PersonRole.person_id.in_(chunk)))
    for chunk in _chunks(list(fields)):
        session.execute(delete(PersonField).where(PersonField.person_id.in_(chunk)))
    _put_roles(session, roles)
    _put_fields(session, fields)
    ids = [change.person_id for change in changes if change.differences]
    _journal(session, "change", ids, new=None, by=by, now=now)


def _put_roles(session: Session, roles: Mapping[int, tuple[str, ...]]) -> None:
    rows = [{"person_id": who, "role": role} for who, has in roles.items() for role in has]
    if rows:
        session.execute(insert(PersonRole), rows)


def _put_fields(session: Session, fields: Mapping[int, tuple[str, ...]]) -> None:
    rows = [
        {"person_id": who, "code": code, "rank": rank}
        for who, codes in fields.items()
        for rank, code in enumerate(codes)
    ]
    if rows:
        session.execute(insert(PersonField), rows)


def _journal(
    session: Session,
    event: str,
    people_ids: Sequence[int],
    *,
    new: str | None,
    by: int | None,
    now: datetime,
) -> None:
    rows = [
        {
            "at": now,
            "person_id": by,
            "event": f"person.{event}",
            "noun": "person",
            "object_id": person_id,
            "new": new,
        }
        for person_id in people_ids
    ]
    if rows:
        session.execute(insert(Entry), rows)


def _chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))
