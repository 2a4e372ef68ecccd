"""The issues of digests: what stands in one, by list and by thread, as its reader sees it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from community import attachments, subscriptions
from community.attachments import Attachment
from community.deliveries import Format
from community.digests import Digest
from community.errors import Refusal
from community.fanouts import DigestEntry
from community.lists import MailingList
from community.posts import Post, PostSource, Thread
from community.subscriptions import Mode, Subscription

#: Of a digest made of mails: larger ones stay out, and so do those beyond its measure.
MOST_SOURCE_BYTES = 2 * 1024 * 1024
MOST_SOURCES_BYTES = 10 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class ThreadPart:
    """The posts of one thread in a digest, in order of arrival, or only how many there are."""

    thread_id: int
    subject: str
    #: A `Topic`; empty for none.
    topic: str
    posts: tuple[Post, ...]
    #: How many more answers went to those in the thread alone.
    more: int = 0


@dataclass(frozen=True, kw_only=True)
class ListPart:
    """The threads of one list in a digest, the one that came first first."""

    list_id: int
    address: str
    threads: tuple[ThreadPart, ...]


@dataclass(frozen=True, kw_only=True)
class Issue:
    """A digest as its reader sees it."""

    digest_id: int
    number: int
    mode: Mode
    format: Format
    message_id: str
    made_at: datetime
    #: By address.
    lists: tuple[ListPart, ...]
    #: What came with the posts, by their ids; nothing for most.
    attachments: dict[int, tuple[Attachment, ...]]
    #: The posts as they came, by id; only for digests that are made of them, and where they fit.
    sources: dict[int, bytes]

    @property
    def posts(self) -> tuple[Post, ...]:
        """Return all posts in the order of the digest."""
        return tuple(
            post for part in self.lists for thread in part.threads for post in thread.posts
        )


def leave(session: Session, digest_id: int, *, by: int, now: datetime) -> None:
    """Take the reader of a digest off all lists that are in it."""
    if session.get_one(Digest, digest_id).person_id != by:
        raise Refusal("This digest is somebody else’s.")
    for part in of_digest(session, digest_id).lists:
        subscriptions.leave(session, part.list_id, by=by, now=now)


def still_wanted(session: Session, digest_id: int) -> Issue:
    """Return a digest as it is sent now: without the lists that its reader has left meanwhile."""
    issue = of_digest(session, digest_id)
    places = (
        select(Subscription.list_id)
        .join(Digest, Digest.person_id == Subscription.person_id)
        .where(Digest.id == digest_id, Subscription.mode != Mode.NONE)
    )
    wanted = set(session.scalars(places))
    return replace(issue, lists=tuple(each for each in issue.lists if each.list_id in wanted))


def of_digest(session: Session, digest_id: int) -> Issue:
    """Return a digest with its posts: by list, by thread, in order of arrival."""
    digest = session.get_one(Digest, digest_id)
    query = (
        select(Post, MailingList.address, Thread, DigestEntry.is_line)
        .join(DigestEntry, DigestEntry.post_id == Post.id)
        .join(MailingList, MailingList.id == Post.list_id)
        .join(Thread, Thread.id == Post.thread_id)
        .where(DigestEntry.digest_id == digest_id)
        .order_by(MailingList.address, Post.id)
    )
    rows = [
        (post, address, thread, is_line)
        for post, address, thread, is_line in session.execute(query)
    ]
    return Issue(
        digest_id=digest_id,
        number=digest.number,
        mode=Mode(digest.mode),
        format=Format(digest.format),
        message_id=digest.message_id,
        made_at=digest.made_at,
        lists=tuple(
            ListPart(list_id=some[0][0].list_id, address=address, threads=_threads(some))
            for address, group in groupby(rows, key=lambda row: row[1])
            if (some := list(group))
        ),
        attachments=attachments.of_posts(session, [row[0].id for row in rows if not row[3]]),
        sources=_sources(session, digest, (row[0] for row in rows if not row[3])),
    )


def _threads(rows: Iterable[tuple[Post, str, Thread, bool]]) -> tuple[ThreadPart, ...]:
    found: dict[int, list[Post]] = {}
    lines: Counter[int] = Counter()
    threads: dict[int, Thread] = {}
    for post, _, thread, is_line in rows:
        whole = found.setdefault(post.thread_id, [])
        threads[post.thread_id] = thread
        if is_line:
            lines[post.thread_id] += 1
        else:
            whole.append(post)
    return tuple(
        ThreadPart(
            thread_id=thread_id,
            subject=threads[thread_id].subject,
            topic=threads[thread_id].topic,
            posts=tuple(its_posts),
            more=lines[thread_id],
        )
        for thread_id, its_posts in found.items()
    )


def _sources(session: Session, digest: Digest, posts: Iterable[Post]) -> dict[int, bytes]:
    """Read the mails of posts, no more than fit: all of a busy week could be gigabytes."""
    if digest.format != Format.MIME:
        return {}
    fitting, left = [], MOST_SOURCES_BYTES
    for post in posts:
        if post.size_bytes <= min(left, MOST_SOURCE_BYTES):
            fitting.append(post.id)
            left -= post.size_bytes
    query = select(PostSource.post_id, PostSource.raw).where(PostSource.post_id.in_(fitting))
    return dict(session.execute(query).all())
