"""For whom a gathering or an announcement is: groups of people, chosen by role."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from community import people, ways
from community.people import LANGUAGES, Category, Person, Role


class Audience(StrEnum):
    """A group that a coordinator can invite or write to."""

    ALL = "all"
    POSTDOCS = "postdocs"
    MENTORS = "mentors"


ROLES: Final[Mapping[Audience, tuple[Role, ...]]] = {
    Audience.ALL: people.INSIDE,
    Audience.POSTDOCS: (Role.MEMBER,),
    Audience.MENTORS: (Role.MENTOR,),
}


def allowed() -> str:
    """Return the CHECK condition that keeps a column to the audiences there are."""
    names = ", ".join(f"'{audience}'" for audience in Audience)
    return f"audience IN ({names})"


def select_people(audience: Audience) -> Select[int]:
    """Select the ids of the active people in an audience; `all` is everybody of the community."""
    return people.with_role(*ROLES[audience])


def of_person(session: Session, person_id: int) -> frozenset[Audience]:
    """Return the audiences that a person belongs to; none for who has left."""
    person = session.get(Person, person_id)
    if person is None or person.state != "active":
        return frozenset()
    mine = people.roles(session, person_id)
    return frozenset(audience for audience in Audience if mine & set(ROLES[audience]))


def among(session: Session, audience: Audience, person_ids: Collection[int]) -> frozenset[int]:
    """Return who of these people is in an audience."""
    return frozenset(session.scalars(select_people(audience).where(Person.id.in_(person_ids))))


def count(
    session: Session, audience: Audience, *, category: Category | None = None
) -> dict[str, int]:
    """Count an audience by language, without those who have stopped `category`; 0 is said too."""
    query = (
        select(Person.language, func.count())
        .where(Person.id.in_(select_people(audience)))
        .group_by(Person.language)
    )
    if category is not None:
        query = query.where(Person.id.not_in(ways.stopped(category)))
    counted = {language: number for language, number in session.execute(query)}  # noqa: C416 - rows
    return {language: counted.get(language, 0) for language in LANGUAGES}
