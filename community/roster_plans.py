"""What would change if the community were brought in step with a list of people.

`rosters.py` does what a plan says; nothing here changes anything.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from community import people
from community.errors import N_
from community.people import Address, Person, PersonField, PersonRole, Role
from community.roles import LAST, forsaken
from community.roster_files import NO_LINE, Problem, Reading, Row

Own = Mapping[str, str | date | None]

#: What stands in the table `person` itself; the names are the file's columns too.
OWN: Final = (
    *("name", "language", "department", "faculty", "campus"),
    *("starts_on", "ends_on", "slack_id", "supervisor_email"),
)
KEPT_IN_TEXT: Final = ("name", "language", "department", "faculty", "campus")
INSIDE: Final = frozenset(people.INSIDE)
#: Whoever has one of these is expected in the file.
EXPECTED: Final = (Role.MEMBER, Role.MENTOR)


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One thing about a person that the file says otherwise."""

    column: str
    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class Change:
    """A person whom the file says something new about."""

    line: int
    person_id: int
    email: str
    name: str
    differences: tuple[Difference, ...]
    #: What changes in the table `person`, by column.
    own: Own
    #: All roles and all fields from now on; None: as they are.
    roles: tuple[str, ...] | None
    fields: tuple[str, ...] | None
    #: Has left and comes back.
    rejoins: bool


@dataclass(frozen=True, kw_only=True)
class Leaver:
    """An active member or mentor who is not in the file."""

    person_id: int
    email: str
    name: str


@dataclass(frozen=True, kw_only=True)
class RosterPlan:
    """What a file would change; with a problem in it, nothing is changed."""

    problems: tuple[Problem, ...] = ()
    added: tuple[Row, ...] = ()
    changed: tuple[Change, ...] = ()
    left: tuple[Leaver, ...] = ()
    #: In the file, but their stay is over: neither added nor brought back.
    over: tuple[Row, ...] = ()
    unchanged: int = 0


@dataclass(frozen=True, kw_only=True)
class Known:
    """A person as stored, by the file's columns."""

    person_id: int
    state: str
    email: str
    own: Own
    roles: tuple[str, ...]
    fields: tuple[str, ...]


def plan(session: Session, reading: Reading, *, today: date, leave: bool = False) -> RosterPlan:
    """Say what would change if the community were brought in step with `reading`.

    A person is found by any of their addresses, also one who has left. `leave`: whoever is not in
    the file is to go. That the last who looks after others would go is a problem.
    """
    if reading.problems:
        return RosterPlan(problems=reading.problems)
    known, by_address = everybody(session)
    problems = _clashes(reading.rows, known, by_address)
    if problems:
        return RosterPlan(problems=tuple(problems))
    added, changed, over, unchanged = [], [], [], 0
    for row in reading.rows:
        person = known.get(by_address.get(row.email, 0))
        if _is_over(row, person, today):
            over.append(row)
        elif person is None:
            added.append(row)
        elif change := _change(row, person):
            changed.append(change)
        else:
            unchanged += 1
    there = {by_address[row.email] for row in reading.rows if row.email in by_address}
    left = tuple(_missing(known.values(), there))
    after = _roles_after(known, added, changed, gone=left if leave else ())
    if forsaken := tuple(_forsaken(known, after, changed)):
        return RosterPlan(problems=forsaken)
    return RosterPlan(
        added=tuple(added),
        changed=tuple(changed),
        left=left,
        over=tuple(over),
        unchanged=unchanged,
    )


def everybody(session: Session) -> tuple[dict[int, Known], dict[str, int]]:
    """Read everybody, whatever their state, and who has which address."""
    by_address, primary = {}, {}
    for email, person_id, is_primary in session.execute(
        select(Address.email, Address.person_id, Address.is_primary)
    ):
        by_address[email] = person_id
        if is_primary:
            primary[person_id] = email
    roles = _grouped(session.execute(select(PersonRole.person_id, PersonRole.role)))
    in_order = select(PersonField.person_id, PersonField.code).order_by(PersonField.rank)
    fields = _grouped(session.execute(in_order))
    columns = [getattr(Person, column) for column in OWN]
    known = {}
    by_name = select(Person.id, Person.state, *columns).order_by(Person.name, Person.id)
    for person_id, state, *own in session.execute(by_name):
        known[person_id] = Known(
            person_id=person_id,
            state=state,
            email=primary.get(person_id, ""),
            own=dict(zip(OWN, own, strict=True)),
            roles=tuple(role.value for role in Role if role in roles.get(person_id, ())),
            fields=tuple(fields.get(person_id, ())),
        )
    return known, by_address


def _grouped(rows: Iterable[tuple[int, str]]) -> dict[int, list[str]]:
    grouped: dict[int, list[str]] = {}
    for person_id, value in rows:
        grouped.setdefault(person_id, []).append(value)
    return grouped


def _clashes(
    rows: Sequence[Row], known: Mapping[int, Known], by_address: Mapping[str, int]
) -> list[Problem]:
    """Name the lines that cannot be true beside what is stored."""
    owner_of = {person.own["slack_id"]: person for person in known.values()}
    lines: dict[int, int] = {}
    problems = []
    for row in rows:
        person_id = by_address.get(row.email)
        if person_id is not None and person_id in lines:
            message = N_("This is the same person as on line {line}, by another address.")
            problems.append(Problem(row.line, message, {"line": str(lines[person_id])}))
        elif person_id is not None:
            lines[person_id] = row.line
        owner = owner_of.get(row.slack_id) if row.slack_id else None
        if owner is not None and owner.person_id != person_id:
            message = N_("{slack_id} is the Slack user of {email} already.")
            facts = {"slack_id": str(row.slack_id), "email": owner.email}
            problems.append(Problem(row.line, message, facts))
    return problems


def _is_over(row: Row, person: Known | None, today: date) -> bool:
    if person is not None and person.state == "active" and not _is_outside(person):
        return False  # leaves by itself the night after its last day
    ends_on = row.ends_on if row.ends_on is not None else person and person.own["ends_on"]
    return isinstance(ends_on, date) and ends_on < today


def _is_outside(person: Known) -> bool:
    """Say whether somebody is no more here than a guest, an alumnus, or an address that asked.

    Such a person becomes a member when a file names them, and never leaves by an old day.
    """
    return INSIDE.isdisjoint(person.roles)


def _change(row: Row, person: Known) -> Change | None:
    said = {column: getattr(row, column) for column in OWN}
    own = {
        column: stored(column, value)
        for column, value in said.items()
        if value is not None and stored(column, value) != person.own[column]
    }
    wanted = row.roles or ((Role.MEMBER.value,) if _is_outside(person) else None)
    roles = wanted if wanted != person.roles else None
    fields = row.fields if row.fields != person.fields else None
    differences = [
        Difference(column=column, old=_shown(person.own[column]), new=_shown(value))
        for column, value in own.items()
    ]
    for column, old, new in (("roles", person.roles, roles), ("fields", person.fields, fields)):
        if new is not None:
            difference = Difference(column=column, old=";".join(old), new=";".join(new))
            differences.append(difference)
    if not differences and person.state == "active":
        return None
    return Change(
        line=row.line,
        person_id=person.person_id,
        email=person.email,
        name=str(person.own["name"]),
        differences=tuple(differences),
        own=own,
        roles=roles,
        fields=fields,
        rejoins=person.state != "active",
    )


def _roles_after(
    known: Mapping[int, Known],
    added: Sequence[Row],
    changed: Sequence[Change],
    *,
    gone: Sequence[Leaver],
) -> set[str]:
    """Return every role that somebody active has when all is done."""
    kept = {one.person_id: one.roles for one in known.values() if one.state == "active"}
    for change in changed:
        roles = known[change.person_id].roles if change.roles is None else change.roles
        kept[change.person_id] = roles
    for leaver in gone:
        del kept[leaver.person_id]
    return {
        role for roles in (*kept.values(), *(row.roles or () for row in added)) for role in roles
    }


def _forsaken(
    known: Mapping[int, Known], after: set[str], changed: Sequence[Change]
) -> Iterator[Problem]:
    """Name the lines, or no line, by which a role that must be kept would lose its last."""
    active = [one for one in known.values() if one.state == "active"]
    for role in forsaken({role for one in active for role in one.roles}, after):
        had = {one.person_id for one in active if role in one.roles}
        lines = [change.line for change in changed if change.person_id in had]
        yield Problem(max(lines, default=NO_LINE), LAST[role], {})


def stored(column: str, value: str | date | None) -> str | date | None:
    """Return a value of a file as the database has it: what is empty there may be NULL here."""
    return None if value == "" and column not in KEPT_IN_TEXT else value


def _shown(value: str | date | None) -> str:
    return "" if value is None else str(value)


def _missing(known: Iterable[Known], there: set[int]) -> Iterator[Leaver]:
    for person in known:
        expected = set(EXPECTED) & set(person.roles)
        if person.state == "active" and expected and person.person_id not in there:
            name = str(person.own["name"])
            yield Leaver(person_id=person.person_id, email=person.email, name=name)
