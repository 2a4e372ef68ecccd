"""By which way each kind of automatic message comes to a person: Slack, mail, both or not at all.

Without a choice it comes where the person is: in Slack when they are linked, else by mail (an
announcement always by mail). One person gets one copy, unless they ask for both. Who stops a kind
still hears what belongs to something they are in: the answer to a place they took, a meeting.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from sqlalchemy import CheckConstraint, ForeignKey, Select, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from community import journal
from community.errors import Refusal
from community.people import Category, Person
from community.store import Base


class Way(StrEnum):
    """By which way a kind of message comes."""

    SLACK = "slack"
    MAIL = "mail"
    BOTH = "both"
    NONE = "none"


#: To which kind of message a notice belongs; the others come as ever, whatever is chosen.
CATEGORY_OF: Final[Mapping[str, Category]] = MappingProxyType(
    {
        "meetup.propose": Category.MEETUP,
        "meetup.join": Category.MEETUP,
        "meetup.leave": Category.MEETUP,
        "gathering.publish": Category.GATHERING,
        "gathering.remind": Category.GATHERING,
        "mentorship.nudge": Category.MENTORSHIP,
        "mentorship.offer": Category.MENTORSHIP,
        "meeting.decline": Category.MENTORSHIP,
        "meeting.remind": Category.MENTORSHIP,
        "announcement.send": Category.ANNOUNCEMENT,
    }
)
#: What stays away from who has stopped its kind; the rest belongs to something they are in.
STOPPABLE: Final = frozenset(
    {
        "meetup.propose",
        "gathering.publish",
        "mentorship.nudge",
        "meeting.remind",
        "announcement.send",
    }
)
#: What comes by mail also to who is in Slack, until they choose.
MAILED: Final = (Category.ANNOUNCEMENT,)


class CategoryChoice(Base):
    """How one kind of automatic message comes to one person; a row only for who has chosen."""

    __tablename__ = "category_choice"
    __table_args__ = (CheckConstraint("way IN ('slack', 'mail', 'both', 'none')", name="way"),)

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True
    )
    category: Mapped[str] = mapped_column(primary_key=True)
    way: Mapped[str]
    since: Mapped[datetime]


class Choosing(NamedTuple):
    """What people's choices mean for a kind of notice."""

    category: Category
    #: Whether “none” keeps it away.
    is_stoppable: bool


def of_kind(kind: str) -> Choosing | None:
    """Return what choices mean for a kind of notice; None where people have none."""
    category = CATEGORY_OF.get(kind)
    return None if category is None else Choosing(category, kind in STOPPABLE)


def unchosen(category: Category) -> Way:
    """Return the way of who is in Slack and has not chosen."""
    return Way.MAIL if category in MAILED else Way.SLACK


def stopped(category: Category) -> Select[int]:
    """Select the ids of the people who have stopped one kind of message."""
    mine = CategoryChoice.category == category.value
    return select(CategoryChoice.person_id).where(mine, CategoryChoice.way == Way.NONE.value)


def of_person(session: Session, person_id: int) -> dict[Category, Way]:
    """Return by which way each kind of message comes to a person."""
    mine = select(CategoryChoice).where(CategoryChoice.person_id == person_id)
    chosen = {row.category: Way(row.way) for row in session.scalars(mine)}
    is_linked = session.get_one(Person, person_id).slack_id is not None
    return {
        each: _as_it_comes(chosen.get(each) or unchosen(each), is_linked=is_linked)
        for each in Category
    }


def choose(
    session: Session, category: Category, way: Way, *, by: int, now: datetime
) -> CategoryChoice:
    """Have one kind of message come by another way from now on; twice is once.

    Raises:
        Refusal: Slack, for somebody who is not linked.
    """
    is_in_slack = session.get_one(Person, by).slack_id is not None
    if way in (Way.SLACK, Way.BOTH) and not is_in_slack:
        raise Refusal("We do not know you in Slack yet. Type /postdoc there first.")
    choice = session.get(CategoryChoice, (by, category))
    before = None if choice is None else Way(choice.way)
    if choice is None:
        choice = CategoryChoice(person_id=by, category=category, way=way, since=now)
        session.add(choice)
    if before is not way:
        choice.way, choice.since = way.value, now
        event = "mute" if way is Way.NONE else "unmute" if before is Way.NONE else "choose_way"
        written = f"{category}:{way}"
        journal.write(session, "person", by, event, by=by, now=now, old=before, new=written)
    return choice


def mute(session: Session, category: Category, *, by: int, now: datetime) -> None:
    """Stop one kind of automatic message for this person; doing it twice changes nothing."""
    choose(session, category, Way.NONE, by=by, now=now)


def unmute(session: Session, category: Category, *, by: int, now: datetime) -> None:
    """Let one kind of automatic message come again, where the person is."""
    choice = session.get(CategoryChoice, (by, category))
    if choice is not None and choice.way == Way.NONE:
        session.delete(choice)
        session.flush()
        journal.write(session, "person", by, "unmute", by=by, now=now, old=category)


def _as_it_comes(chosen: Way, *, is_linked: bool) -> Way:
    """Say what a choice comes to: who has no Slack (any more) gets mail."""
    return chosen if is_linked or chosen is Way.NONE else Way.MAIL
