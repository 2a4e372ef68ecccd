"""The archive: the threads of a list and their posts, as one reader may see them.

Asked by the thread pages. Only who is on the list, or moderates, sees anything; everybody else is
told that there is no such thing, whether there is or not.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from community import attachments, journal, lifecycle, lists, people
from community.attachments import Attachment
from community.containment import Reach, is_contained
from community.deliveries import ThreadChoice
from community.errors import Refusal
from community.lists import MailingList
from community.people import Reader, Role
from community.posts import Post, PostSource, Thread, so_far

#: What everybody on the list sees, and what waits and only moderators see.
SHOWN = ("released", "digested", "removed")
WAITING = ("held", "quarantined", "queued", "releasing")
THREADS_A_PAGE = 30
POSTS_A_PAGE = 200
#: How many posts are read at a time where the newest threads are looked for.
_AT_ONCE = 200


class Unseen(Refusal):
    """There is no such thing for this reader."""

    def __init__(self) -> None:
        super().__init__("There is no such page, or it is not for you.")


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
    #: From 1.
    number: int
    has_older: bool


@dataclass(frozen=True, kw_only=True)
class PostShown:
    """A post in its thread."""

    post_id: int
    #: As the mail says it: untrusted.
    author: str
    subject: str
    text: str
    at: datetime
    state: str
    attachments: tuple[Attachment, ...] = ()
    #: Whether this reader may take it out of the archive.
    may_remove: bool = False


@dataclass(frozen=True, kw_only=True)
class Asked:
    """An attachment that somebody may have, and the mail in which it is."""

    attachment: Attachment
    raw: bytes


@dataclass(frozen=True, kw_only=True)
class ThreadShown:
    """A thread with its posts in order."""

    thread_id: int
    list_address: str
    subject: str
    posts: tuple[PostShown, ...]
    #: Whether this reader is on the list, and may follow or mute the thread.
    is_mine: bool
    #: What this reader has chosen: True follows, False muted, None nothing.
    follows: bool | None
    #: A moderator has closed it.
    is_closed: bool = False
    #: A `Topic`, or empty.
    topic: str = ""
    #: Whether the reader may close it, or open it again.
    is_moderated: bool = False


def may_read(session: Session, list_id: int, reader: Reader) -> bool:
    """Say whether this reader may see what was written to a list."""
    return moderates(reader) or lists.is_subscriber(session, list_id, reader.person_id)


def moderates(reader: Reader) -> bool:
    """Say whether this reader sees what waits."""
    return bool(reader.roles & {Role.MODERATOR, Role.ADMIN})


def of_list(session: Session, address: str, *, reader: Reader, number: int = 1) -> ThreadsPage:
    """Return one page of the threads of a list, the one with the newest post first."""
    list_id = lists.knows(session, address)
    if list_id is None or not may_read(session, list_id, reader):
        raise Unseen
    found = newest(session, list_id, reader, most=number * THREADS_A_PAGE + 1)
    on_page = found[(number - 1) * THREADS_A_PAGE : number * THREADS_A_PAGE]
    return ThreadsPage(
        list_id=list_id,
        list_address=session.get_one(MailingList, list_id).address,
        threads=lines_of(session, on_page, reader),
        number=number,
        has_older=len(found) > number * THREADS_A_PAGE,
    )


def newest(session: Session, list_id: int, reader: Reader, *, most: int) -> list[int]:
    """Return the threads with the newest posts, and read no more of the posts than it takes.

    The posts come out of an index in this order one after the other: nothing is kept of a thread
    that a release, a removal or an import would have to keep right.
    """
    query = (
        select(Post.thread_id)
        .where(Post.list_id == list_id, visible(reader))
        .order_by(Post.received_at.desc(), Post.thread_id.desc())
    )
    found: dict[int, None] = {}
    with session.execute(query, execution_options={"yield_per": _AT_ONCE}) as rows:
        for thread_id in rows.scalars():
            found[thread_id] = None
            if len(found) == most:
                break
    return list(found)


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


def shown(session: Session, thread_id: int, *, reader: Reader) -> ThreadShown:
    """Return a thread with the posts that this reader may see, in order of arrival."""
    thread = session.get(Thread, thread_id)
    if thread is None or not may_read(session, thread.list_id, reader):
        raise Unseen
    query = select(Post).where(Post.thread_id == thread_id, visible(reader)).order_by(Post.id)
    posts = list(session.scalars(query.limit(POSTS_A_PAGE)))
    if not posts:
        raise Unseen
    choice = session.get(ThreadChoice, (thread_id, reader.person_id))
    brought = attachments.of_posts(session, [post.id for post in posts])
    return ThreadShown(
        thread_id=thread.id,
        list_address=session.get_one(MailingList, thread.list_id).address,
        subject=thread.subject,
        posts=tuple(
            PostShown(
                post_id=post.id,
                author=author_of(post.from_name, post.from_email),
                subject=post.subject,
                text=post.text,
                at=post.received_at,
                state=post.state,
                attachments=brought.get(post.id, ()),
                may_remove=lifecycle.can(post, "remove")
                and (moderates(reader) or post.author_id == reader.person_id),
            )
            for post in posts
        ),
        is_mine=lists.is_subscriber(session, thread.list_id, reader.person_id),
        follows=None if choice is None else choice.follows,
        is_closed=thread.closed_at is not None,
        topic=thread.topic,
        is_moderated=moderates(reader),
    )


def goes_on_apart(session: Session, thread_id: int, *, now: datetime) -> bool:
    """Say whether the next answer goes to those who write in the thread or follow it alone."""
    thread = session.get_one(Thread, thread_id)
    policy = session.get_one(MailingList, thread.list_id).policy
    return is_contained(policy, so_far(session, thread_id), now=now)


def thread_of(session: Session, post_id: int, *, reader: Reader) -> int:
    """Return the thread in which this reader finds a post."""
    query = select(Post.thread_id, Post.list_id).where(Post.id == post_id, visible(reader))
    row = session.execute(query).one_or_none()
    if row is None or not may_read(session, row.list_id, reader):
        raise Unseen
    return int(row.thread_id)


def attachment(session: Session, post_id: int, number: int, *, reader: Reader) -> Asked:
    """Return an attachment with its mail, for who may read the post or has written it.

    Raises:
        Unseen: there is none, or it is not for this reader.
    """
    query = (
        select(Attachment, PostSource.raw, Post.author_id)
        .join(PostSource, PostSource.post_id == Attachment.post_id)
        .join(Post, Post.id == Attachment.post_id)
        .where(Attachment.post_id == post_id, Attachment.number == number)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise Unseen
    found, raw, author_id = row
    if author_id != reader.person_id:
        thread_of(session, post_id, reader=reader)
    return Asked(attachment=found, raw=raw)


def follow(session: Session, thread_id: int, *, by: int, now: datetime) -> None:
    """Have every post of a thread come at once, also to who reads digests or only what they follow.

    Who has muted it hears it again.
    """
    _choose(session, thread_id, follows=True, by=by, now=now)


def mute(session: Session, thread_id: int, *, by: int, now: datetime) -> None:
    """Let no post of a thread come any more, neither at once nor in a digest."""
    _choose(session, thread_id, follows=False, by=by, now=now)


def open_to_all(session: Session, thread_id: int, *, by: int, now: datetime) -> None:
    """Have a moderator let the answers of a thread go to everybody again, however many come."""
    _reach(session, thread_id, Reach.ALL, "open", by=by, now=now)


def contain(session: Session, thread_id: int, *, by: int, now: datetime) -> None:
    """Have a moderator keep a thread among those who write in it or follow it from now on."""
    _reach(session, thread_id, Reach.FOLLOWERS, "contain", by=by, now=now)


def _reach(
    session: Session, thread_id: int, reach: Reach, event: str, *, by: int, now: datetime
) -> None:
    people.require(session, by, Role.MODERATOR)
    thread = session.get(Thread, thread_id, with_for_update=True)
    if thread is None:
        raise Unseen
    if thread.reach != reach:
        old, thread.reach = thread.reach, reach.value
        journal.write(session, "thread", thread_id, event, by=by, now=now, old=old, new=reach)


def _choose(session: Session, thread_id: int, *, follows: bool, by: int, now: datetime) -> None:
    thread = session.get(Thread, thread_id)
    if thread is None or not lists.is_subscriber(session, thread.list_id, by):
        raise Unseen
    choice = session.get(ThreadChoice, (thread_id, by))
    if choice is not None and choice.follows == follows:
        return
    if choice is None:
        session.add(ThreadChoice(thread_id=thread_id, person_id=by, follows=follows, since=now))
    else:
        choice.follows, choice.since = follows, now
    event = "follow" if follows else "mute"
    journal.write(session, "thread", thread_id, event, by=by, now=now)


def visible(reader: Reader) -> ColumnElement[bool]:
    """Select what is out; for moderators what waits too."""
    out = Post.state.in_(SHOWN)
    return or_(out, Post.state.in_(WAITING)) if moderates(reader) else out


def _authors(session: Session, post_ids: list[int]) -> dict[int, str]:
    query = select(Post.id, Post.from_name, Post.from_email).where(Post.id.in_(post_ids))
    return {post_id: author_of(name, email) for post_id, name, email in session.execute(query)}


def author_of(name: str, email: str) -> str:
    """Name the author as the mail does; the whole address is for moderators alone."""
    return name.strip() or email.partition("@")[0]
