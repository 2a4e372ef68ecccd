"""The roles that must be kept: whoever looks after others is never left without a successor.

Whatever ends a role does so inside `kept`: an administrator's word, an import, the end of a stay,
forgetting a person. Roles are given with the person (`rosters.py`). What a person may do is looked
up each time, so that it ends with the role.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from community import journal, people
from community.errors import N_, Refusal
from community.people import Person, PersonRole, Role

#: Why the last one who has a role keeps it.
LAST: Final[Mapping[Role, str]] = {
    Role.MODERATOR: N_(
        "Nobody else is a moderator, and posts would wait for nobody. Give somebody else the role "
        "first."
    ),
    Role.COORDINATOR: N_(
        "Nobody else is a coordinator, and nobody would look after the community. Give somebody "
        "else the role first."
    ),
    Role.ADMIN: N_(
        "Nobody else is an administrator, and nobody could set anything right. Give somebody else "
        "the role first."
    ),
}
#: PostgreSQL's lock on ending roles: any number that nothing else of ours uses.
ENDING: Final = 4_663_002


def forsaken(before: Collection[str], after: Collection[str]) -> tuple[Role, ...]:
    """Return which roles that must be kept somebody had before, and nobody has after."""
    return tuple(role for role in LAST if role in before and role not in after)


@contextmanager
def kept(session: Session) -> Iterator[None]:
    """Refuse what is done inside if by it a role that must be kept has lost its last.

    Of several who end roles at one moment each waits for the one before, so that the last of all
    finds out that it is the last.

    Raises:
        Refusal: the role is still somebody's when the act is undone by that.
    """
    if session.get_bind().dialect.name == "postgresql":  # SQLite has one writer
        session.execute(select(func.pg_advisory_xact_lock(ENDING)))
    before = _held(session)
    yield
    session.flush()
    for role in forsaken(before, _held(session)):
        raise Refusal(LAST[role])


def needed(session: Session, leaving: Sequence[int]) -> dict[int, tuple[Role, ...]]:
    """Return who of those who leave has to stay, and as what; of equals whoever comes first."""
    gone, held = set(leaving), _held(session)
    stay: dict[int, tuple[Role, ...]] = {}
    for role in LAST:
        has = held.get(role, set())
        if has and has <= gone:
            last = next(person_id for person_id in leaving if person_id in has)
            stay[last] = (*stay.get(last, ()), role)
    return stay


def take_away(
    session: Session, person_id: int, role: Role, *, by: int | None, now: datetime
) -> None:
    """Take a role away from a person.

    Raises:
        Refusal: they do not have it, have no other, or are the last who has one that must be kept.
    """
    with kept(session):
        if role not in people.roles(session, person_id):
            raise Refusal("They do not have this role.")
        session.delete(session.get_one(PersonRole, (person_id, role)))
    if not people.roles(session, person_id):
        raise Refusal("They have no other role. Give them another one first.")
    journal.write(session, "person", person_id, "take_role", by=by, now=now, old=role, new=None)


def _held(session: Session) -> dict[str, set[int]]:
    """Return who of the active people has which role that must be kept."""
    query = select(PersonRole.role, PersonRole.person_id).join(
        Person, Person.id == PersonRole.person_id
    )
    must = [role.value for role in LAST]
    held: dict[str, set[int]] = {}
    for role, person_id in session.execute(
        query.where(Person.state == "active", PersonRole.role.in_(must))
    ):
        held.setdefault(role, set()).add(person_id)
    return held
