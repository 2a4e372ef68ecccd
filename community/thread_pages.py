"""The threads of a list as one reader may see them, the one with the newest post first, in pages.

Asked by the thread pages and by chat. A page begins where the one before it ended, at a moment and
not at a number, so that the thousandth costs what the first does.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import func, literal, select, tuple_
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from community.people import Reader
from community.posts import Post, Thread
from community.threads import WAITING, author_of, list_read_by, visible

A_PAGE: Final = 30
#: How many posts are read at a time where the newest threads are looked for.
_AT_ONCE: Final = 200
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_PLACE: Final = re.compile(r"([0-9]{1,17})-([0-9]{1,9})")


@dataclass(frozen=True, kw_only=True)
class Position:
    """Where a thread stands among those of its list: the moment of its newest post."""

    at: datetime
    thread_id: int

    def __str__(self) -> str:
        """Write it for an address of a page."""
        return f"{(self.at - _EPOCH) // _MICROSECOND}-{self.thread_id}"


def read(written: str) -> Position | None:
    """Read a position from the address of a page; None if it is none."""
    found = _PLACE.fullmatch(written)
    if found is None:
        return None
    at = _EPOCH + int(found[1]) * _MICROSECOND
    return Position(at=at, thread_id=int(found[2]))


@dataclass(frozen=True, kw_only=True)
class ThreadLine:
    """A thread in the list of threads."""

    thread_id: int
    subject: str
    #: A `Topic`, or empty.
    topic: str
    #: Who began it.
    author: str
    posts: int
    #: How many of its posts wait for a moderator or a digest; 0 for who may not know.
    waiting: int
    last_at: datetime


@dataclass(frozen=True, kw_only=True)
class ThreadsPage:
    """One page of a list's threads, the one with the newest post first."""

    list_id: int
    list_address: str
    threads: tuple[ThreadLine, ...]
    #: Whether there are newer threads than these.
    has_newer: bool
    #: After which position the older ones come; None: there are none.
    older: Position | None


def of_list(
    session: Session, address: str, *, reader: Reader, after: Position | None = None
) -> ThreadsPage:
    """Return one page of the threads of a list, from the newest on or from after a position."""
    a_list = list_read_by(session, address, reader)
    found = newest(session, a_list.id, reader, most=A_PAGE + 1, after=after)
    threads = lines_of(session, found[:A_PAGE], reader)
    last = threads[-1] if len(found) > A_PAGE else None
    return ThreadsPage(
        list_id=a_list.id,
        list_address=a_list.address,
        threads=threads,
        has_newer=after is not None,
        older=None if last is None else Position(at=last.last_at, thread_id=last.thread_id),
    )


def newest(
    session: Session, list_id: int, reader: Reader, *, most: int, after: Position | None = None
) -> list[int]:
    """Return the threads with the newest posts, and read no more of the posts than it takes.

    The posts come out of an index in this order one after the other: nothing is kept of a thread
    that a release, a removal or an import would have to keep right.
    """
    query = (
        select(Post.thread_id)
        .where(Post.list_id == list_id, visible(reader))
        .order_by(Post.received_at.desc(), Post.thread_id.desc())
    )
    if after is not None:
        query = query.where(_is_before(after))
    met: set[int] = set()
    found: list[int] = []
    with session.execute(query, execution_options={"yield_per": _AT_ONCE}) as rows:
        for some in rows.scalars().partitions():
            unmet = [each for each in dict.fromkeys(some) if each not in met]
            met.update(unmet)
            higher = _higher(session, unmet, reader, after) if after else frozenset()
            found += [each for each in unmet if each not in higher]
            if len(found) >= most:
                break
    return found[:most]


def _is_before(position: Position) -> ColumnElement[bool]:
    """Select the posts that are older than a position."""
    stands = tuple_(Post.received_at, Post.thread_id)
    return stands < tuple_(literal(position.at, Post.received_at.type), literal(position.thread_id))


def _higher(
    session: Session, thread_ids: list[int], reader: Reader, position: Position
) -> frozenset[int]:
    """Return those of these threads that have a newer post, and so stood on an earlier page."""
    query = (
        select(Post.thread_id)
        .distinct()
        .where(Post.thread_id.in_(thread_ids), visible(reader))
        .where(Post.received_at >= position.at, ~_is_before(position))
    )
    return frozenset(session.scalars(query))


def lines_of(session: Session, thread_ids: list[int], reader: Reader) -> tuple[ThreadLine, ...]:
    """Return these threads as this reader sees them in a list of threads, in this order."""
    waits = func.count().filter(Post.state.in_(WAITING))
    last_at = func.max(Post.received_at, type_=Post.received_at.type)
    query = (
        select(Thread.id, Thread.subject, func.min(Post.id), func.count(), waits, last_at)
        .add_columns(Thread.topic)
        .join(Post, Post.thread_id == Thread.id)
        .where(Thread.id.in_(thread_ids), visible(reader))
        .group_by(Thread.id, Thread.subject, Thread.topic)
    )
    rows = {row[0]: row for row in session.execute(query)}
    authors = _authors(session, [row[2] for row in rows.values()])
    return tuple(
        ThreadLine(
            thread_id=thread_id,
            subject=subject,
            topic=topic,
            author=authors[first],
            posts=posts,
            waiting=waiting,
            last_at=last_at,
        )
        for thread_id, subject, first, posts, waiting, last_at, topic in map(
            rows.__getitem__, thread_ids
        )
    )


def _authors(session: Session, post_ids: list[int]) -> dict[int, str]:
    query = select(Post.id, Post.from_name, Post.from_email).where(Post.id.in_(post_ids))
    return {post_id: author_of(name, email) for post_id, name, email in session.execute(query)}
