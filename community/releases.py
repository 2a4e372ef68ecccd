"""How posts leave: what follows from a decision about one, when it goes, and to whom.

What is accepted waits in its list's grace and is released by a step; `fanouts.py` makes the rows to
send. Called by whatever decides: `arrivals.py`, `moderation.py`, `overflows.py`.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from community import author_letters, fanouts, lifecycle, outsiders, steps
from community.cases import Decision
from community.channel_cards import renew
from community.containment import is_contained
from community.fanouts import Outgoing
from community.lists import MailingList
from community.posts import ON_ITS_WAY, Post, Thread, Told, so_far, turn, writers
from community.topic_letters import word


def carry_out(
    session: Session, post: Post, decision: Decision, *, which: str = "", now: datetime
) -> None:
    """Do what a decision about a post entails, in the transaction of the decision.

    `which` tells apart what is said again after the post came back to the moderators (`turn`).
    """
    carry_out_all(session, [post], decision, which=which, now=now)


def carry_out_all(
    session: Session,
    decided: Sequence[Post],
    decision: Decision,
    *,
    which: str = "",
    tells: bool = True,
    now: datetime,
) -> None:
    """Do what one decision about several posts entails, in the transaction of the decision.

    Unless it `tells`, their authors hear nothing of it.
    """
    if decision is Decision.ACCEPT:
        for post in decided:
            _let_out(session, post, tells=tells, now=now)
    if tells:
        tell(session, decided, decision, which=which, now=now)


def tell(
    session: Session, decided: Sequence[Told], decision: Decision, *, which: str = "", now: datetime
) -> None:
    """Tell authors what one decision about their posts means."""
    author_letters.tell(session, decided, decision, which=which, now=now)
    if decision in outsiders.REPORTED:
        outsiders.report(session, decided, which=f"{decision}{which}", now=now)


def _let_out(session: Session, post: Post, *, tells: bool, now: datetime) -> None:
    """Release an accepted post when its grace is over; at once where the list has none."""
    policy = session.get_one(MailingList, post.list_id).policy
    topic = session.get_one(Thread, post.thread_id).topic
    which = word(session, policy, topic, is_reply=post.is_reply, author_id=post.author_id)
    if policy.grace_seconds:
        due_at = now + timedelta(seconds=policy.grace_seconds)
        steps.plan(session, "post.release", post.id, due_at=due_at, detail=turn(session, post.id))
    else:
        _release(session, post, now=now)
    # Whose post was held has had a letter about it; a second one would be noise.
    if tells and post.deadline_at is None and (policy.grace_seconds or which):
        author_letters.tell_author(session, post, "post.accept", which=which, now=now)


def release(
    session: Session, post_id: int, *, detail: str, due_at: datetime, now: datetime
) -> None:
    """Send out a post whose grace is over, to whoever is on the list at this moment (D1)."""
    post = session.get(Post, post_id, with_for_update=True)
    if post is None or post.state != ON_ITS_WAY:
        return
    _release(session, post, now=now)
    which = f"release{turn(session, post_id)}"  # moderators may have a card that offers to stop it
    renew(session, "post.hold", post_id, detail=which, now=now)
    author_letters.change_card(session, post, which=which, now=now)


def _release(session: Session, post: Post, *, now: datetime) -> None:
    post.copies = fanouts.release(session, leave(session, post, "release", now=now))


def leave(session: Session, post: Post, event: str, *, now: datetime) -> Outgoing:
    """Have a post leave by `event`, to all or to those in its thread; return what matters of it."""
    policy = session.get_one(MailingList, post.list_id).policy
    thread = so_far(session, post.thread_id, author_id=post.author_id, before=post.id)
    lifecycle.advance(session, post, event, by=None, now=now)
    # How old the thread was when it was written: that it waited for us is not its author's doing.
    post.is_contained = is_contained(policy, thread, now=post.received_at)
    begun = session.get_one(Thread, post.thread_id)
    post.fields = post.fields or begun.fields
    post.released_at = now
    return _outgoing(session, post, begun.topic, now=now)


def to_more(session: Session, post: Post, *, now: datetime) -> None:
    """Have a post that has left go to those as well who are meant by now and have it not."""
    topic = session.get_one(Thread, post.thread_id).topic
    outgoing = _outgoing(session, post, topic, now=now)
    outgoing = replace(outgoing, twins=(*outgoing.twins, post.id))
    if post.state == "released":
        post.copies = (post.copies or 0) + fanouts.release(session, outgoing)
    else:
        fanouts.collect(session, outgoing)


def _outgoing(session: Session, post: Post, topic: str, *, now: datetime) -> Outgoing:
    return Outgoing(
        post_id=post.id,
        list_id=post.list_id,
        thread_id=post.thread_id,
        author_id=post.author_id,
        is_contained=post.is_contained,
        fields=tuple(post.fields.split()),
        topic=topic,
        writers=writers(post.thread_id),
        twins=_twins(session, post),
        now=now,
    )


def _twins(session: Session, post: Post) -> tuple[int, ...]:
    """Return the posts on other lists that are the same mail, and have them leave one by one.

    Whoever leaves second waits for the first of them, and so sees who has got it.
    """
    values = {"message": post.message_id, "email": post.from_email, "here": post.list_id}
    found = session.connection().execute(_SAME_MAIL, values).scalars().all()
    if found:
        first = min(post.id, *found)
        session.execute(select(Post.id).where(Post.id == first).with_for_update())
    return tuple(found)


# By list, as the index is: what is asked of every post that leaves must not read all of them.
_SAME_MAIL = select(Post.id).where(
    Post.list_id.in_(
        select(MailingList.id).where(MailingList.id != bindparam("here", type_=MailingList.id.type))
    ),
    Post.message_id == bindparam("message", type_=Post.message_id.type),
    Post.from_email == bindparam("email", type_=Post.from_email.type),
)
