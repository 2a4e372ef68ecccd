"""Bringing the community in step with a list of people: all of it or nothing, and once.

`roster_files.py` reads the file, `roster_plans.py` says what would change. Set-based throughout:
50,000 people take seconds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from community import batches, calling_off, journal, lifecycle, people, roles
from community.errors import Refusal
from community.people import Address, Person, PersonField, PersonRole, Role
from community.roster_files import Reading, Row
from community.roster_plans import OWN, Change, RosterPlan, plan, stored
from community.store import calendar_of


def apply(
    session: Session,
    the_plan: RosterPlan,
    *,
    language: str,
    leave: bool = False,
    by: int | None,
    now: datetime,
) -> None:
    """Do all that a plan says; `leave`: also let everybody go who is not in the file.

    `language` is that of newcomers for whom the file names none.

    Raises:
        Refusal: a line is wrong; a role that must be kept would lose its last (`roles.py`); nothing
            is changed.
    """
    if the_plan.problems:
        raise Refusal("Nothing was imported. Lines that are wrong: {count}.",
                      count=len({problem.line for problem in the_plan.problems}))  # fmt: skip
    with roles.kept(session):
        _add(session, the_plan.added, language=language, by=by, now=now)
        _write_changes(session, the_plan.changed, by=by, now=now)
        returning = [change.person_id for change in the_plan.changed if change.rejoins]
        leaving = [leaver.person_id for leaver in the_plan.left] if leave else []
        _move(session, "add", returning, by=by, now=now)
        _move(session, "leave", leaving, by=by, now=now)
        calling_off.of_people(session, leaving, now=now)


def bring_in(
    session: Session,
    reading: Reading,
    *,
    language: str,
    leave: bool = False,
    by: int | None,
    now: datetime,
) -> RosterPlan:
    """Bring the community in step with `reading` at once, and return what was done.

    With a problem in the plan nothing is done.
    """
    today = calendar_of(session).local(now).date()
    made = plan(session, reading, today=today, leave=leave)
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
        all_of_them = tuple(role.value for role in Role if role in has)
        row = replace(row, name=row.name or known.name, roles=all_of_them or None)
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
    ids = batches.insert(
        session,
        Person,
        OWN,
        [_own(row, language) for row in rows],
        same={"state": active, "joined_at": now},
        gives="id",
    )
    newcomers = list(zip(ids, rows, strict=True))
    batches.insert(
        session,
        Address,
        ("person_id", "email"),
        [(person_id, row.email) for person_id, row in newcomers],
        same={"is_primary": True},
    )
    usual = (Role.MEMBER.value,)
    _put_roles(session, {person_id: row.roles or usual for person_id, row in newcomers})
    _put_fields(session, {person_id: row.fields or () for person_id, row in newcomers})
    _journal(session, "add", ids, new=active, by=by, now=now)


def _move(
    session: Session, event: str, people_ids: Sequence[int], *, by: int | None, now: datetime
) -> None:
    if people_ids:
        them = select(Person).where(batches.among(session, Person.id, people_ids))
        movers = session.scalars(them.order_by(Person.id)).all()
        lifecycle.advance_all(session, movers, event, by=by, now=now)


def _own(row: Row, language: str) -> list[str | date | None]:
    said = replace(row, language=row.language or language)
    return [stored(column, getattr(said, column) or "") for column in OWN]


def _write_changes(
    session: Session, changes: Sequence[Change], *, by: int | None, now: datetime
) -> None:
    own = [{"id": change.person_id, **change.own} for change in changes if change.own]
    if own:
        session.execute(update(Person), own)
    has = {c.person_id: c.roles for c in changes if c.roles is not None}
    fields = {c.person_id: c.fields for c in changes if c.fields is not None}
    for model, put_anew in ((PersonRole, has), (PersonField, fields)):
        if put_anew:
            session.execute(delete(model).where(batches.among(session, model.person_id, put_anew)))
    _put_roles(session, has)
    _put_fields(session, fields)
    ids = [change.person_id for change in changes if change.differences]
    _journal(session, "change", ids, new=None, by=by, now=now)


def _put_roles(session: Session, has: Mapping[int, tuple[str, ...]]) -> None:
    rows = [(who, role) for who, all_of_them in has.items() for role in all_of_them]
    batches.insert(session, PersonRole, ("person_id", "role"), rows, same={})


def _put_fields(session: Session, fields: Mapping[int, tuple[str, ...]]) -> None:
    rows = [(who, code, rank) for who, codes in fields.items() for rank, code in enumerate(codes)]
    batches.insert(session, PersonField, ("person_id", "code", "rank"), rows, same={})


def _journal(
    session: Session,
    event: str,
    people_ids: Sequence[int],
    *,
    new: str | None,
    by: int | None,
    now: datetime,
) -> None:
    happened = [(person_id, by) for person_id in people_ids]
    journal.write_all(session, "person", event, happened, now=now, new=new)
