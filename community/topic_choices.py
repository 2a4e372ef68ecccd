"""How the posts of one topic come to one reader of a list, where otherwise than its other posts.

Stored for those who have chosen alone. Who gets a post for it is worked out in `fanouts.py`.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.sql.elements import ColumnElement

from community import journal, lists
from community.errors import Refusal
from community.store import Base
from community.subscriptions import Subscription
from community.topics import Topic


class TopicMode(StrEnum):
    """How the posts of a topic come to somebody to whom they come otherwise."""

    EACH = "each"
    #: In the reader's next digest; to who reads none, in one that day.
    DIGEST = "digest"
    #: Neither; but threads that the reader follows or has written in go on.
    NONE = "none"


#: What a form says for no mode of its own.
AS_LIST = "list"


class TopicChoice(Base):
    """A topic whose posts come to a reader of a list otherwise than its other posts."""

    __tablename__ = "topic_choice"
    __table_args__ = (
        CheckConstraint("way IN ('each', 'digest', 'none')", name="way"),
        # Who leaves a list has chosen nothing of it any more.
        ForeignKeyConstraint(
            ["list_id", "person_id"],
            ["subscription.list_id", "subscription.person_id"],
            ondelete="CASCADE",
        ),
    )

    # The key is in the order in which a post that leaves asks for it.
    list_id: Mapped[int] = mapped_column(primary_key=True)
    #: A `Topic`.
    topic: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    #: A `TopicMode`; the column is as old as the word that it had then.
    mode: Mapped[str] = mapped_column("way")


def choose(
    session: Session, list_id: int, topic: Topic, mode: TopicMode | None, *, by: int, now: datetime
) -> None:
    """Have the posts of a topic come in another mode from now on; None: as the list's others.

    What a digest had collected already comes once more.

    Raises:
        Refusal: not on the list.
    """
    if session.get(Subscription, (list_id, by), with_for_update=True) is None:
        address = lists.known(session, list_id).address
        raise Refusal("You are not on the list {address}. Join it first.", address=address)
    there = session.get(TopicChoice, (list_id, topic.value, by))
    old, new = there.mode if there else "", mode.value if mode else ""
    if old == new:
        return
    if there is not None:
        session.delete(there)
        session.flush()
    if new:
        session.add(TopicChoice(list_id=list_id, topic=topic.value, person_id=by, mode=new))
    written = f"{topic}:{new}"
    journal.write(
        session, "mailing_list", list_id, "topic", by=by, now=now, old=old or None, new=written
    )


def set_mode(
    session: Session, list_id: int, *, topic: str, mode: str, by: int, now: datetime
) -> None:
    """Do as `choose` with what a form says; `AS_LIST` lets a topic come as the list's others.

    Raises:
        Refusal: not on the list; no such topic or mode.
    """
    if topic not in list(Topic) or mode not in (AS_LIST, *TopicMode):
        raise Refusal("There is no such topic.")
    chosen = None if mode == AS_LIST else TopicMode(mode)
    choose(session, list_id, Topic(topic), chosen, by=by, now=now)


def of_person(session: Session, person_id: int) -> dict[int, dict[Topic, TopicMode]]:
    """Return what a person has chosen about topics, by the list's id."""
    query = select(TopicChoice).where(TopicChoice.person_id == person_id)
    chosen: dict[int, dict[Topic, TopicMode]] = {}
    for each in session.scalars(query):
        chosen.setdefault(each.list_id, {})[Topic(each.topic)] = TopicMode(each.mode)
    return chosen


def have_chosen(list_id: int, topic: str, *modes: TopicMode) -> ColumnElement[bool]:
    """Say which subscriptions get the posts of a topic in one of these modes."""
    readers = select(TopicChoice.person_id).where(
        TopicChoice.list_id == list_id, TopicChoice.topic == topic, TopicChoice.mode.in_(modes)
    )
    return Subscription.person_id.in_(readers)
