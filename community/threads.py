"""The archive: a thread and its posts, as one reader may see them.

Asked by the thread pages; which threads a list has stands in `thread_pages.py`. Only who is on the
list, or moderates, sees anything; everybody else is told that there is no such thing, whether there
is or not.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from community import attachments, journal, lifecycle, lists, people, subscriptions
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
POSTS_A_PAGE = 200


class Unseen(Refusal):
    """There is no such thing for this reader."""

    def __init__(self) -> None:
        super().__init__("There is no such page, or it is not for you.")


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
class AskedAttachment:
    """An attachment that somebody may have, and the mail in which it is."""

    attachment: Attachment
    raw: bytes


@dataclass(frozen=True, kw_only=True)
class ThreadShown:
    """A thread with its posts in order; of a long one, those of one page."""

    thread_id: int
    list_address: str
    subject: str
    posts: tuple[PostShown, ...]
    #: Which page it is, from 1, and how many there are.
    number: int
    pages: int
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


def list_at(session: Session, address: str) -> MailingList:
    """Return the list of an address.

    Raises: Unseen: there is none.
    """
    list_id = lists.knows(session, address)
    if list_id is None:
        raise Unseen
    return session.get_one(MailingList, list_id)


def list_read_by(session: Session, address: str, reader: Reader) -> MailingList:
    """Return the list of an address.

    Raises: Unseen: there is none, or this reader may not see what was written to it.
    """
    a_list = list_at(session, address)
    if not may_read(session, a_list.id, reader):
        raise Unseen
    return a_list


def may_read(session: Session, list_id: int, reader: Reader) -> bool:
    """Say whether this reader may see what was written to a list."""
    return moderates(reader) or subscriptions.is_subscriber(session, list_id, reader.person_id)


def moderates(reader: Reader) -> bool:
    """Say whether this reader sees what waits."""
    return bool(reader.roles & {Role.MODERATOR, Role.ADMIN})


def shown(session: Session, thread_id: int, *, reader: Reader, number: int = 1) -> ThreadShown:
    """Return a page of the posts of a thread that this reader may see, in order of arrival."""
    thread = session.get(Thread, thread_id)
    if thread is None or not may_read(session, thread.list_id, reader):
        raise Unseen
    seen = Post.thread_id == thread_id, visible(reader)
    before = (number - 1) * POSTS_A_PAGE
    query = select(Post).where(*seen).order_by(Post.id).offset(before).limit(POSTS_A_PAGE)
    posts = list(session.scalars(query))
    if not posts:
        raise Unseen
    count = session.scalar(select(func.count()).select_from(Post).where(*seen)) or 0
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
        number=number,
        pages=-(-count // POSTS_A_PAGE),
        is_mine=subscriptions.is_subscriber(session, thread.list_id, reader.person_id),
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


def page_of(session: Session, post_id: int, *, reader: Reader) -> tuple[int, int]:
    """Return the thread in which this reader finds a post, and on which of its pages."""
    thread_id = thread_of(session, post_id, reader=reader)
    earlier = Post.thread_id == thread_id, visible(reader), Post.id < post_id
    count = session.scalar(select(func.count()).select_from(Post).where(*earlier)) or 0
    return thread_id, count // POSTS_A_PAGE + 1


def attachment(session: Session, post_id: int, number: int, *, reader: Reader) -> AskedAttachment:
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
    return AskedAttachment(attachment=found, raw=raw)


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
    if thread is None or not subscriptions.is_subscriber(session, thread.list_id, by):
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


def author_of(name: str, email: str) -> str:
    """Name the author as the mail does; the whole address is for moderators alone."""
    return name.strip() or email.partition("@")[0]
