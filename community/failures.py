"""What did not go out, for administrators: with its reason, to be tried again or dropped.

A post that was set aside (D6) is one item, however many copies it has. Every act is in the journal.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from community import departures, due, journal, overview, people
from community.due import MOST_FAULTS
from community.errors import N_, Refusal
from community.lists import MailingList
from community.outbox import Delivery, Notice
from community.overview import DueItem
from community.people import Person, Role
from community.posts import Post

MOST: Final = 100
NONE: Final = N_("No copy of this post is set aside (any more).")
#: What can be dropped; a step is part of something's life, and is only tried again.
DROPPED: Final[dict[str, type[Notice | Delivery]]] = {"notice": Notice, "delivery": Delivery}


@dataclass(frozen=True, kw_only=True)
class SetAside:
    """A post of which copies are tried no more, because sending them broke."""

    post_id: int
    list_address: str
    subject: str
    since: datetime
    copies: int
    #: What broke, with the reference under which the log has more.
    reason: str


def failed(session: Session, *, now: datetime, limit: int = MOST) -> list[DueItem]:
    """Return what failed row by row, the newest first; posts that were set aside are not here."""
    rows = [*_notices(session, limit, now=now), *_deliveries(session, limit, now=now)]
    rows += overview.broken_steps(session, now=now, limit=limit)
    rows.sort(key=lambda item: (item.when or now, item.ref), reverse=True)
    return overview.titled(session, rows[:limit])


def set_aside(session: Session, *, limit: int = MOST) -> list[SetAside]:
    """Return the posts that were set aside, the newest first."""
    query = (
        select(Post.id, MailingList.address, Post.subject)
        .add_columns(
            func.min(Delivery.settled_at, type_=Delivery.settled_at.type),
            func.count(),
            func.min(Delivery.last_error),
        )
        .join(Delivery, Delivery.post_id == Post.id)
        .join(MailingList, MailingList.id == Post.list_id)
        .where(due.has_failed(Delivery), _is_aside())
        .group_by(Post.id, MailingList.address, Post.subject)
        .order_by(Post.id.desc())
        .limit(limit)
    )
    return [
        SetAside(
            post_id=post_id,
            list_address=address,
            subject=subject,
            since=since,
            copies=copies,
            reason=reason or "",
        )
        for post_id, address, subject, since, copies, reason in session.execute(query)
    ]


def retry(session: Session, ref: str, *, by: int, now: datetime) -> None:
    """Have a row tried again at once; `ref` is like `notice:12`.

    Raises:
        Refusal: not an administrator; as `overview.retry`.
    """
    people.require(session, by, Role.ADMIN)
    overview.retry(session, ref, now=now)
    noun, _, number = ref.partition(":")
    journal.write(session, noun, int(number), "retry", by=by, now=now)


def drop(session: Session, ref: str, *, by: int, now: datetime) -> None:
    """Try a notice or a copy that failed no more; its reason stays with it.

    Raises:
        Refusal: not an administrator; nothing that failed, or is dropped already.
    """
    people.require(session, by, Role.ADMIN)
    noun, _, number = ref.partition(":")
    model, row_id = DROPPED.get(noun), _number(number)
    if model is None or not due.drop(session, model, model.id == row_id, now=now):
        raise Refusal("It has not failed (any more): look again.")
    journal.write(session, noun, row_id, "drop", by=by, now=now)


def retry_post(session: Session, post_id: int, *, by: int, now: datetime) -> int:
    """Have all copies of a post that was set aside tried again; return how many.

    Raises:
        Refusal: not an administrator; no copy of it is set aside (any more).
    """
    people.require(session, by, Role.ADMIN)
    count = due.try_again(session, Delivery, *_aside_of(post_id), now=now)
    if not count:
        raise Refusal(NONE)
    departures.end(session, post_id)
    journal.write(session, "post", post_id, "retry", by=by, now=now)
    return count


def drop_post(session: Session, post_id: int, *, by: int, now: datetime) -> int:
    """Drop all copies of a post that was set aside; return how many.

    Raises:
        Refusal: as `retry_post`.
    """
    people.require(session, by, Role.ADMIN)
    count = due.drop(session, Delivery, *_aside_of(post_id), now=now)
    if not count:
        raise Refusal(NONE)
    journal.write(session, "post", post_id, "drop", by=by, now=now)
    return count


def _is_aside() -> ColumnElement[bool]:
    """Say of a copy that failed whether it broke by itself, or with all others of its post."""
    post_breaks = (
        select(Post.id)
        .where(Post.id == Delivery.post_id, Post.preparations >= MOST_FAULTS)
        .correlate(Delivery)
        .exists()
    )
    return or_(Delivery.faults >= MOST_FAULTS, post_breaks)


def _aside_of(post_id: int) -> tuple[ColumnElement[bool], ...]:
    return Delivery.post_id == post_id, _is_aside()


def _notices(session: Session, limit: int, *, now: datetime) -> Iterator[DueItem]:
    query = (
        select(Notice, Person.name)
        .join(Person, Person.id == Notice.person_id)
        .where(due.has_failed(Notice))
        .order_by(Notice.id.desc())
        .limit(limit)
    )
    for notice, name in session.execute(query):
        yield replace(overview.of_notice(notice, now), whom=name)


def _deliveries(session: Session, limit: int, *, now: datetime) -> Iterator[DueItem]:
    query = (
        select(Delivery, Person.name)
        .join(Person, Person.id == Delivery.person_id)
        .where(due.has_failed(Delivery), ~_is_aside())
        .order_by(Delivery.id.desc())
        .limit(limit)
    )
    for delivery, name in session.execute(query):
        yield replace(overview.of_delivery(delivery, now), whom=name)


def _number(digits: str) -> int:
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else 0
