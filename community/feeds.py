"""The feed of a list for one reader: a secret address that news readers ask.

The address is shown once and kept as its hash; a new one takes the place of the old, and it can be
closed. What it shows is asked anew each time: who leaves the list sees nothing more.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from community import journal, people, threads
from community.lists import MailingList
from community.people import Person
from community.posts import Post
from community.quotes import words_of
from community.store import Base
from community.threads import Unseen

MOST_POSTS: Final = 30
MOST_SIGNS: Final = 600
#: What stands beyond this is most often quoted.
_LOOKED_AT: Final = 20_000
_KEY_BYTES: Final = 24


class Feed(Base):
    """A reader's own way to the posts of one list."""

    __tablename__ = "feed"

    list_id: Mapped[int] = mapped_column(
        ForeignKey("mailing_list.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    #: SHA-256 of the key in its address, in hex.
    key_sha256: Mapped[str] = mapped_column(unique=True)
    opened_at: Mapped[datetime]


@dataclass(frozen=True, kw_only=True)
class Item:
    """A post in a feed."""

    post_id: int
    subject: str
    author: str
    text: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class FeedIssue:
    """What a feed shows now, the newest first."""

    list_address: str
    items: tuple[Item, ...]
    opened_at: datetime


def open_one(session: Session, list_id: int, *, by: int, now: datetime) -> str:
    """Give somebody who may read a list the key of a feed; an earlier one opens nothing more.

    Raises:
        Unseen: the list is not for them.
    """
    if not threads.may_read(session, list_id, people.reader(session, by)):
        raise Unseen
    key = secrets.token_urlsafe(_KEY_BYTES)
    session.execute(delete(Feed).where(Feed.list_id == list_id, Feed.person_id == by))
    session.add(Feed(list_id=list_id, person_id=by, key_sha256=_hash(key), opened_at=now))
    journal.write(session, "mailing_list", list_id, "open_feed", by=by, now=now)
    return key


def close(session: Session, list_id: int, *, by: int, now: datetime) -> None:
    """Let the address of somebody's feed show nothing more."""
    session.execute(delete(Feed).where(Feed.list_id == list_id, Feed.person_id == by))
    journal.write(session, "mailing_list", list_id, "close_feed", by=by, now=now)


def opened_at(session: Session, list_id: int, person_id: int) -> datetime | None:
    """Return since when somebody has a feed of a list; None without one."""
    feed = session.get(Feed, (list_id, person_id))
    return None if feed is None else feed.opened_at


def read(session: Session, key: str) -> FeedIssue:
    """Return what the feed with this key shows now.

    Raises:
        Unseen: it was closed, or its reader is no longer on the list.
    """
    feed = session.scalars(select(Feed).where(Feed.key_sha256 == _hash(key))).one_or_none()
    person = None if feed is None else session.get_one(Person, feed.person_id)
    if feed is None or person is None or person.state != "active":
        raise Unseen
    reader = people.reader(session, feed.person_id)
    if not threads.may_read(session, feed.list_id, reader):
        raise Unseen
    out = (Post.list_id == feed.list_id, Post.state.in_(("released", "digested")))
    posts = session.scalars(
        select(Post).where(*out).order_by(Post.received_at.desc(), Post.id.desc()).limit(MOST_POSTS)
    )
    return FeedIssue(
        list_address=session.get_one(MailingList, feed.list_id).address,
        opened_at=feed.opened_at,
        items=tuple(
            Item(
                post_id=post.id,
                subject=post.subject,
                author=threads.author_of(post.from_name, post.from_email),
                text=_beginning(post),
                at=post.received_at,
            )
            for post in posts
        ),
    )


def _beginning(post: Post) -> str:
    """Return what a post itself says, in one line that ends with a word."""
    words = " ".join(words_of(post.text[:_LOOKED_AT], is_reply=post.is_reply).split())
    if len(words) <= MOST_SIGNS:
        return words
    beginning = words[: MOST_SIGNS - 2]
    return f"{beginning.rpartition(' ')[0] or beginning} …"


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()
