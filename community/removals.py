"""Taking a post out of the archive: by a moderator, by its author, or when its time is over.

A post that others have seen leaves a stub that says so, and who decided; its words, its bytes and
what came with it are gone, also from the search and from digests that are to come. Mails that have
gone out cannot be called back. What nobody has seen is deleted as a whole (`forget_old`).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from community import channel_cards, due, lifecycle, people, searches, steps
from community.attachments import Attachment
from community.fanouts import DigestEntry
from community.lists import MailingList
from community.outbox import Delivery
from community.people import Role
from community.posts import Post, PostSource, Thread
from community.threads import Unseen

REMOVED: Final = "removed"
#: What is deleted when the time of what was not let in is over: nobody but moderators saw it.
REFUSED: Final = ("returned", "discarded", "withdrawn")
#: So many posts are taken out by one run of the daily job.
A_BATCH: Final = 200


def remove(session: Session, post_id: int, *, by: int, now: datetime) -> None:
    """Take a post out of the archive for good, by its author or a moderator.

    Raises:
        Unseen: there is none.
        Refusal: somebody else's post, by who is no moderator; it is not in the archive.
    """
    post = session.get(Post, post_id, with_for_update=True)
    if post is None:
        raise Unseen
    if post.author_id != by:
        people.require(session, by, Role.MODERATOR)
    lifecycle.advance(session, post, "remove", by=by, now=now)
    _empty(session, [post], now=now)
    searches.forget(session)


def forget_old(session: Session, *, now: datetime) -> int:
    """Take out what is older than its list keeps, some at a time; return how many posts it was."""
    count = 0
    for a_list in session.scalars(select(MailingList).order_by(MailingList.id)).all():
        policy = a_list.policy
        if policy.keep_days:
            count += _end_time(session, a_list.id, now - timedelta(days=policy.keep_days), now=now)
        if policy.keep_refused_days:
            until = now - timedelta(days=policy.keep_refused_days)
            count += _delete_refused(session, a_list.id, until)
    if count:
        searches.forget(session)
    return count


def _end_time(session: Session, list_id: int, until: datetime, *, now: datetime) -> int:
    states = ("released", "digested")
    old = (Post.list_id == list_id, Post.state.in_(states), Post.received_at < until)
    posts = session.scalars(select(Post).where(*old).order_by(Post.id).limit(A_BATCH)).all()
    for post in posts:
        lifecycle.advance(session, post, "remove", by=None, now=now)
    _empty(session, posts, now=now)
    return len(posts)


def _delete_refused(session: Session, list_id: int, until: datetime) -> int:
    old = (Post.list_id == list_id, Post.state.in_(REFUSED), Post.received_at < until)
    rows = select(Post.id, Post.thread_id).where(*old).order_by(Post.id).limit(A_BATCH)
    found = session.execute(rows).all()
    session.execute(delete(Post).where(Post.id.in_([post_id for post_id, _ in found])))
    empty = ~exists().where(Post.thread_id == Thread.id)
    threads = [thread_id for _, thread_id in found]
    session.execute(delete(Thread).where(Thread.id.in_(threads), empty))
    return len(found)


def _empty(session: Session, posts: Sequence[Post], *, now: datetime) -> None:
    """Delete the words and bytes of posts that are removed, and whatever would still carry them."""
    if not posts:
        return
    ids = [post.id for post in posts]
    for post in posts:
        post.subject = post.text = ""
        post.said = None
        channel_cards.renew(session, "post.hold", post.id, detail=REMOVED, now=now)
        steps.cancel(session, "post.weigh", post.id, now=now, why=REMOVED)
    session.flush()
    due.cancel(session, Delivery, Delivery.post_id.in_(ids), now=now, why=REMOVED)
    for table in (PostSource, Attachment, DigestEntry):
        session.execute(delete(table).where(table.post_id.in_(ids)))
    searches.index_again(session, ids)
    other = exists().where(Post.thread_id == Thread.id, Post.state != REMOVED)
    threads = {post.thread_id for post in posts}
    emptied = update(Thread).where(Thread.id.in_(threads), ~other)
    session.execute(emptied.values(subject=""), execution_options={"synchronize_session": False})
