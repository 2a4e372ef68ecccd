"""What is on its way out: a Notice (something to say to one person) and a Delivery (a post to one).

Acts put rows here in the transaction of the change itself; nothing is said that is not a row. The
words are made by the door when it sends, in the reader's language. `scheduler/delivery.py` claims,
sends and settles.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Select,
    String,
    Subquery,
    bindparam,
    cast,
    literal,
    literal_column,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from community import due, extents, insertions, notice_rows, turns, ways
from community.due import Due, Outcome, Work
from community.parcels import PARCEL_FIELDS, Parcel, gathered
from community.people import Address, Person
from community.setbacks import Undelivered
from community.store import Base, message_of
from community.turns import Taking


class NeverSaid(Exception):
    """The message that a notice takes the place of never went out: nothing untrue stands there."""


class Channel(StrEnum):
    """By which door a notice goes out."""

    SLACK = "slack"
    MAIL = "mail"


class Notice(Due, Base):
    """Something to say to one person about one thing, by one channel."""

    __tablename__ = "notice"

    #: Which letter: `meetup.invite`; the words are in letters/.
    kind: Mapped[str]
    object_id: Mapped[int]
    #: What tells apart several letters of one kind about one thing: a rung, another person's id.
    detail: Mapped[str] = mapped_column(default="")
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    channel: Mapped[str]
    #: The earlier Slack message that this one takes the place of.
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("notice.id", ondelete="SET NULL"))
    #: Where it stands at the far side: Slack's `channel:ts`, or the relay's answer.
    reference: Mapped[str | None]
    #: The address that a mail was last sent to: a person's main one may be another by the time it
    #: comes back.
    sent_to: Mapped[str | None]
    #: Tries that ended without an answer; with `claims - attempts`, so often it was in doubt.
    doubts: Mapped[int] = mapped_column(default=0, server_default="0")
    #: Tries in a row that ended in a bug. A row that is tried alone has all it may have, until
    #: the answer comes.
    faults: Mapped[int] = mapped_column(default=0, server_default="0")


class Delivery(Due, Base):
    """One post on its way to one subscriber."""

    __tablename__ = "delivery"
    takes_turns_by = "post_id"

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    #: The address at the moment of release.
    email: Mapped[str]
    #: How many of a post's recipients share one mail; 1: it is this person's own.
    together: Mapped[int] = mapped_column(default=1)
    #: The relay's answer.
    reference: Mapped[str | None]
    #: As a notice's.
    doubts: Mapped[int] = mapped_column(default=0, server_default="0")
    #: As a notice's.
    faults: Mapped[int] = mapped_column(default=0, server_default="0")


#: Those whose ids are the parameter.
_THESE = select(Person.id).where(Person.id.in_(bindparam("people", expanding=True)))


def put(
    session: Session,
    kind: str,
    object_id: int,
    *people_ids: int,
    detail: str = "",
    channel: Channel | None = None,
    now: datetime,
) -> int:
    """Put one notice for each of these people, by `channel` or by what each has chosen.

    Put twice, it is said once: the key is kind, object, detail, person and channel.
    """
    rows = notice_rows.rows_of(_THESE, channel, extents.of(kind), ways.of_kind(kind))
    values = {**notice_rows.values_of(kind, object_id, detail, now=now), "people": people_ids}
    return insertions.once(session, Notice, rows, values=values)


def put_to_all(
    session: Session,
    kind: str,
    object_id: int,
    people_ids: Select[int],
    *,
    detail: str = "",
    channel: Channel | None = None,
    now: datetime,
) -> int:
    """Put one notice for everybody selected who is active and has not stopped its kind (`ways`).

    One INSERT ... SELECT however many they are; returns how many notices were new. Slack is for
    those who are linked and only where the letter is not bound to mail; mail is for those whom it
    reaches.
    """
    rows = notice_rows.rows_of(people_ids, channel, extents.of(kind), ways.of_kind(kind))
    values = notice_rows.values_of(kind, object_id, detail, now=now)
    return insertions.once(session, Notice, rows, values=values)


def put_each(session: Session, kind: str, things: Select[int, int], *, now: datetime) -> int:
    """Put one mailed notice for each person about their own thing: (its id, the person's id)."""
    own = things.subquery()
    object_id, person_id = own.c
    by = literal(Channel.MAIL.value)
    key = literal(f"{kind}:") + cast(object_id, String) + "::" + cast(person_id, String) + ":" + by
    rows = select(
        key.label("key"),
        literal(kind).label("kind"),
        object_id.label("object_id"),
        literal("").label("detail"),
        person_id.label("person_id"),
        by.label("channel"),
        *notice_rows.fresh(literal(now, Notice.due_at.type)),
    ).where(person_id.not_in(unreachable()))
    rows = rows.order_by(object_id, person_id)
    return insertions.once(session, Notice, rows)


def put_instead(session: Session, kind: str, object_id: int, *, detail: str, now: datetime) -> int:
    """Bring every Slack message of this kind about this thing up to date, wherever it stands."""
    return put_instead_of_each(session, kind, [object_id], detail=detail, now=now)


def put_instead_of_own(
    session: Session, kind: str, object_id: int, person_id: int, *, detail: str, now: datetime
) -> int:
    """Bring what one person reads in Slack of a thing up to date, wherever the word was given.

    Only the message that was pressed itself is left out: the press shows it anew at once.
    """
    is_other = Notice.reference.is_distinct_from(message_of(session))
    theirs = (Notice.person_id == person_id, is_other)
    return _put_instead(session, kind, [object_id], *theirs, detail=detail, now=now)


def put_instead_of_each(
    session: Session, kind: str, object_ids: Sequence[int], *, detail: str, now: datetime
) -> int:
    """Bring every Slack message of this kind about these things up to date."""
    return _put_instead(session, kind, object_ids, detail=detail, now=now)


def _put_instead(
    session: Session,
    kind: str,
    object_ids: Sequence[int],
    *where: ColumnElement[bool],
    detail: str,
    now: datetime,
) -> int:
    rows = select(
        (Notice.key + f":{detail}").label("key"),
        Notice.kind,
        Notice.object_id,
        literal(detail).label("detail"),
        Notice.person_id,
        Notice.channel,
        Notice.id.label("replaces_id"),
        *notice_rows.fresh(literal(now, Notice.due_at.type)),
    ).where(
        Notice.kind == kind,
        Notice.object_id.in_(object_ids),
        Notice.channel == literal_column("'slack'"),  # as the index has it (asking.py)
        Notice.replaces_id.is_(None),
        *where,
    )
    rows = rows.order_by(Notice.id)
    return insertions.once(session, Notice, rows)


def put_deliveries(
    session: Session, post_id: int, people_ids: Select[int], *, together: int, now: datetime
) -> int:
    """Put one delivery of a post for everybody selected whom mail reaches.

    `together` of them share one mail. Returns how many were new.
    """
    whom = picked(people_ids)
    rows = (
        select(
            (literal(f"post:{post_id}:person:") + cast(Person.id, String)).label("key"),
            literal(post_id).label("post_id"),
            Person.id.label("person_id"),
            Address.email.label("email"),
            literal(together).label("together"),
            *notice_rows.fresh(literal(now, Notice.due_at.type)),
        )
        .select_from(whom)
        .join(Person, Person.id == whom.c[0])
        .join(Address, Address.person_id == Person.id)
        .where(Person.state == "active", Address.is_primary, Address.state != "suppressed")
        .order_by(Person.id)  # as they are put, so they leave
    )
    return insertions.once(session, Delivery, rows)


def picked(people_ids: Select[int]) -> Subquery:
    """Have people selected once, before anything is looked up for each of them.

    A planner that takes a list for a short one goes through all of it for each person: 300 ms for a
    thousand on PostgreSQL, before it has counted them for the first time.
    """
    # A fence that both planners keep. WITH would stand before INSERT, where Python's sqlite3 takes
    # the statement for a question and counts no rows.
    return people_ids.offset(0).subquery("picked")


def claim_notices(
    session: Session, *, channel: Channel, now: datetime, limit: int, lease: timedelta, by: str
) -> list[Notice]:
    """Take up to `limit` notices that are due on one channel (see `due.claim`)."""
    # In the text: SQLite plans anew, each time, what compares a parameter with a partial index.
    mine = (Notice.channel == literal_column(f"'{channel.value}'"),)
    return due.claim(session, Notice, now=now, limit=limit, lease=lease, by=by, where=mine)


def claim_deliveries(
    session: Session, *, now: datetime, limit: int, lease: timedelta, by: str
) -> list[Parcel]:
    """Take up to `limit` deliveries that are due, of each post some (D5).

    Those of one post stay together, and the posts with the fewest come first. Those who share a
    mail come as one parcel with companions.
    """
    taking = Taking(now=now, limit=limit, lease=lease, by=by)
    rows = turns.claim(session, Delivery, PARCEL_FIELDS, taking)
    same = (now + lease, by, ())
    parcels = [Parcel._make(row + same) for row in rows]
    many = Counter(parcel.post_id for parcel in parcels)
    parcels.sort(key=lambda parcel: (many[parcel.post_id], parcel.post_id, parcel.id))
    return gathered(parcels)


def next_delivery_at(session: Session) -> datetime | None:
    """Return the first moment at which a delivery may be claimed; None when none waits."""
    return turns.first_moment(session, Delivery)


def settle_notices(session: Session, outcomes: Sequence[Outcome], *, now: datetime) -> None:
    """Write down what came of notices; what Slack will never take goes out by mail instead."""
    due.settle(session, Notice, outcomes, now=now)
    for outcome in outcomes:
        if outcome.state is Work.FAILED:
            _fall_back_to_mail(session, outcome.row_id, now=now)


def settle_deliveries(session: Session, outcomes: Sequence[Outcome], *, now: datetime) -> None:
    """Write down what came of deliveries."""
    due.settle(session, Delivery, outcomes, now=now)


def replaced(session: Session, notice: Notice) -> str | None:
    """Return where the message stands that this one replaces; None when it replaces none.

    Raises:
        Undelivered: the earlier one has not gone out yet; try later.
        NeverSaid: it never will.
    """
    if notice.replaces_id is None:
        return None
    earlier = session.get_one(Notice, notice.replaces_id)
    if earlier.reference is None:
        if earlier.state != Work.DUE:
            raise NeverSaid
        raise Undelivered("the message to bring up to date was not sent", permanent=False)
    return earlier.reference


def cancel(session: Session, kind: str, object_id: int, *, now: datetime, why: str) -> int:
    """Cancel the notices of this kind about this thing that have not gone out; return how many."""
    return due.cancel(
        session, Notice, Notice.kind == kind, Notice.object_id == object_id, now=now, why=why
    )


def _fall_back_to_mail(session: Session, notice_id: int, *, now: datetime) -> None:
    notice = session.get(Notice, notice_id, populate_existing=True)
    if notice is None or notice.state != Work.FAILED or notice.kind in extents.GATHERED:
        return  # erased or cancelled while it was being tried, or gathered
    if notice.channel == Channel.SLACK.value and notice.replaces_id is None:
        about = (notice.kind, notice.object_id, notice.person_id)
        put(session, *about, detail=notice.detail, channel=Channel.MAIL, now=now)


def unreachable() -> Select[int]:
    """Select the ids of the people whom mail does not reach."""
    return select(Address.person_id).where(Address.is_primary, Address.state == "suppressed")
