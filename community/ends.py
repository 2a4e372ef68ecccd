"""How a delivery ends: in exactly one of five ways, said in SQL for any number of rows (D1).

Also which rows are in doubt: the relay may have a copy of which it never told us (D2). Asked by
`conservation.py` and `fates.py`.
"""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, literal, select
from sqlalchemy.orm import Session

from community.digests import Digest
from community.due import Work
from community.outbox import Channel, Delivery, Notice
from community.people import Address
from community.posts import Post

#: The kind of notice that carries a digest.
DIGEST: Final = "digest.publish"


class End(StrEnum):
    """What has become of one copy of a post."""

    #: The relay has taken it, and said so.
    RELAYED = "relayed"
    #: It waits for its turn, or to be tried again.
    WAITING = "waiting"
    #: The relay has said no for good.
    REFUSED = "refused"
    #: It was given up: too old, or it could not be sent at all.
    EXPIRED = "expired"
    #: The post was taken back, or the person is gone or wants it no longer.
    CANCELLED = "cancelled"


class Written(NamedTuple):
    """What our rows say of one mail to one person."""

    #: Of the post or the digest; empty for a letter, whose Message-ID is made from its key.
    message_id: str
    key: str
    recipient: str
    is_relayed: bool
    #: Tries whose answer was never read.
    doubts: int


def end() -> ColumnElement[str]:
    """Say how a delivery has ended, as an `End`."""
    is_refused = and_(Delivery.state == Work.FAILED, Delivery.last_error.like("5__%"))
    return case(
        (Delivery.state == Work.DONE, literal(End.RELAYED.value)),
        (Delivery.state == Work.DUE, literal(End.WAITING.value)),
        (is_refused, literal(End.REFUSED.value)),
        (Delivery.state == Work.FAILED, literal(End.EXPIRED.value)),
        else_=literal(End.CANCELLED.value),
    )


def doubts(model: type[Delivery] | type[Notice], *, now: datetime) -> ColumnElement[int]:
    """Count the tries of a row whose answer was never read; the one that runs now is none."""
    is_under_way = and_(
        model.claims > model.attempts, model.claimed_by.is_not(None), model.next_at > now
    )
    lost = model.claims - model.attempts - case((is_under_way, 1), else_=0)
    return model.doubts + case((lost > 0, lost), else_=0)


def copies(session: Session, *, now: datetime) -> Iterator[Written]:
    """Yield every delivery, however many there are, as it is compared with what the relay has."""
    query = select(
        Post.message_id,
        Delivery.key,
        Delivery.email,
        Delivery.state == Work.DONE,
        doubts(Delivery, now=now),
    ).join(Post, Post.id == Delivery.post_id)
    yield from _streamed(session, query.order_by(Delivery.id))


def message_ids(session: Session) -> set[str]:
    """Return the Message-ID of every post, whatever became of it."""
    return set(session.scalars(select(Post.message_id)))


def letters(session: Session, *, now: datetime) -> Iterator[Written]:
    """Yield every mailed notice; a digest has a Message-ID of its own."""
    of_digest = and_(Notice.kind == DIGEST, Digest.id == Notice.object_id)
    query = (
        select(
            func.coalesce(Digest.message_id, ""),
            Notice.key,
            Address.email,
            Notice.state == Work.DONE,
            doubts(Notice, now=now),
        )
        .join(Address, and_(Address.person_id == Notice.person_id, Address.is_primary))
        .outerjoin(Digest, of_digest)
        .where(Notice.channel == Channel.MAIL.value)
    )
    yield from _streamed(session, query.order_by(Notice.id))


def _streamed(session: Session, query: Any) -> Iterator[Written]:
    rows = session.execute(query.execution_options(yield_per=5_000))
    for message_id, key, recipient, is_relayed, count in rows:
        yield Written(message_id, key, recipient, bool(is_relayed), count)
