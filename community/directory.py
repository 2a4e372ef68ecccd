"""Who can be chosen from, and what one person has chosen: for the forms of pages."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from community import lists, people
from community.lists import MailingList
from community.people import Mute, Person, Role, Topic


@dataclass(frozen=True)
class Named:
    """Somebody who can be chosen."""

    person_id: int
    name: str


@dataclass(frozen=True)
class ListChoice:
    """A list, and whether this person is on it."""

    mailing_list: MailingList
    am_on: bool


@dataclass(frozen=True)
class Choices:
    """What one person has chosen to hear."""

    #: Every kind of message that can be stopped, and whether it comes.
    topics: tuple[tuple[Topic, bool], ...]
    lists: tuple[ListChoice, ...]


def named(session: Session, role: Role) -> tuple[Named, ...]:
    """Return the active people with a role, by name."""
    query = select(Person.id, Person.name).where(Person.id.in_(people.with_role(role)))
    return tuple(Named(*row) for row in session.execute(query.order_by(Person.name, Person.id)))


def choices(session: Session, person_id: int) -> Choices:
    """Return what one person has chosen to hear."""
    stopped = set(session.scalars(select(Mute.topic).where(Mute.person_id == person_id)))
    mine = {a_list.id for a_list in lists.of_person(session, person_id)}
    return Choices(
        topics=tuple((topic, topic not in stopped) for topic in Topic),
        lists=tuple(ListChoice(each, each.id in mine) for each in lists.all_lists(session)),
    )
