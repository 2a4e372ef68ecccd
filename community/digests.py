"""The daily digest: what the rules or a moderator moved out of the immediate traffic.

A digest's contents are fixed when it is made (G1): each queued post is in exactly one, and
everybody on the list gets it as one mail. Nothing is sent when nothing waits.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from community import lifecycle, lists, outbox
from community.lists import MailingList
from community.outbox import Channel
from community.posts import Post
from community.store import Base


class Digest(Base):
    """One issue of the digest of one list."""

    __tablename__ = "digest"
    __table_args__ = (UniqueConstraint("list_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("mailing_list.id", ondelete="CASCADE"))
    number: Mapped[int]
    #: The local day it was made on.
    made_on: Mapped[date]


@dataclass(frozen=True, kw_only=True)
class Issue:
    """A digest as its readers see it."""

    list_id: int
    list_address: str
    number: int
    posts: tuple[Post, ...]


def make_due(session: Session, *, today: date, now: datetime) -> int:
    """Make a digest for every list that has posts waiting; return how many were made."""
    waiting = select(Post.list_id).where(Post.state == "queued").distinct().order_by(Post.list_id)
    list_ids = list(session.scalars(waiting))
    for list_id in list_ids:
        _make(session, list_id, today=today, now=now)
    return len(list_ids)


def issue(session: Session, digest_id: int) -> Issue:
    """Return a digest with its posts in order of arrival."""
    digest = session.get_one(Digest, digest_id)
    query = select(Post).where(Post.digest_id == digest_id).order_by(Post.id)
    return Issue(
        list_id=digest.list_id,
        list_address=session.get_one(MailingList, digest.list_id).address,
        number=digest.number,
        posts=tuple(session.scalars(query)),
    )


def _make(session: Session, list_id: int, *, today: date, now: datetime) -> None:
    session.get_one(MailingList, list_id, with_for_update=True)  # one maker per list at a time
    waiting = select(Post).where(Post.list_id == list_id, Post.state == "queued")
    posts = list(session.scalars(waiting.order_by(Post.id)))
    if not posts:
        return
    last = session.scalar(select(func.max(Digest.number)).where(Digest.list_id == list_id)) or 0
    digest = Digest(list_id=list_id, number=last + 1, made_on=today)
    session.add(digest)
    session.flush()
    for post in posts:
        lifecycle.advance(session, post, "publish", by=None, now=now)
        post.digest_id = digest.id
        post.released_at = now
    readers = lists.subscribers(list_id)
    outbox.put_to_all(session, "digest.publish", digest.id, readers, channel=Channel.MAIL, now=now)
