"""Taking a role away from somebody: whoever looks after others is never left without a successor.

Roles are given with the person (`rosters.py`). What a person may do is looked up each time, so that
it ends with the role.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from community import journal, people
from community.errors import N_, Refusal
from community.people import PersonRole, Role

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


def take_away(
    session: Session, person_id: int, role: Role, *, by: int | None, now: datetime
) -> None:
    """Take a role away from a person.

    Raises:
        Refusal: they do not have it, have no other, or are the last who has one that must be kept.
    """
    # Locked together, so that of the last two who lose a role at one moment one keeps it.
    held = select(PersonRole).where(PersonRole.role == role).order_by(PersonRole.person_id)
    there = {each.person_id: each for each in session.scalars(held.with_for_update())}
    if person_id not in there:
        raise Refusal("They do not have this role.")
    if role in LAST and not _has_another(session, person_id, role):
        raise Refusal(LAST[role])
    if len(people.roles(session, person_id)) == 1:
        raise Refusal("They have no other role. Give them another one first.")
    session.delete(there[person_id])
    journal.write(session, "person", person_id, "take_role", by=by, now=now, old=role, new=None)


def _has_another(session: Session, person_id: int, role: Role) -> bool:
    others = people.with_role(role)
    return any(other != person_id for other in session.scalars(others.limit(2)))
