"""The grace of an accepted post: for two minutes or so its author can withdraw it, a moderator stop
it; then it goes out to all at once (`releases.release`).

A mail that has gone out cannot be called back, so it waits a little before it goes.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from community import (
    author_letters,
    channel_cards,
    lifecycle,
    meters,
    moderation,
    outbox,
    people,
    posts,
    steps,
)
from community.errors import Refusal
from community.lists import MailingList
from community.meters import Meter
from community.outbox import Notice
from community.people import Role
from community.posts import ON_ITS_WAY, Post
from community.steps import Step
from community.topic_letters import ASKS


class GoneOut(Refusal):
    """The post has gone out, and no mail can be called back."""

    def __init__(self) -> None:
        super().__init__("It is too late: the post has gone out to the list.")


@dataclass(frozen=True, kw_only=True)
class Outbound:
    """A post that is on its way, or was, as its author and moderators see it."""

    post_id: int
    author_id: int | None
    #: Of the post.
    state: str
    list_address: str
    subject: str
    from_name: str
    from_email: str
    #: When it goes out; empty unless it still waits for that.
    leaves_at: datetime | None
    #: It goes to those who write in its thread or follow it, as it was when it came.
    is_contained: bool
    #: To whose people and those of related fields it goes alone; empty: to all.
    fields: tuple[str, ...]
    #: What was left of the list's budget after it.
    meter: Meter | None
    #: Its author has given no topic, and learns once how to.
    asks_topic: bool = False


def withdraw(session: Session, post_id: int, *, by: int, now: datetime) -> None:
    """Have the author take a post back before it goes out.

    Raises:
        Refusal: somebody else's post; it has gone out, or was dealt with in another way.
    """
    post = _on_its_way(session, post_id, author_id=by)
    _take_back(session, post, "withdraw", by=by, now=now)
    outbox.cancel(session, "post.accept", post_id, now=now, why="withdrawn")
    which = f"withdraw{posts.turn(session, post_id)}"
    channel_cards.renew(session, "post.hold", post_id, detail=which, now=now)
    author_letters.change_card(session, post, which=which, now=now)


def stop(session: Session, post_id: int, *, by: int, now: datetime) -> None:
    """Have a moderator stop a post before it goes out: it waits for a decision, and is announced.

    Raises:
        Refusal: not a moderator; it has gone out, or was dealt with in another way.
    """
    people.require(session, by, Role.MODERATOR)
    post = _on_its_way(session, post_id)
    _take_back(session, post, "stop", by=by, now=now)
    outbox.cancel(session, "post.accept", post_id, now=now, why="stopped")
    moderation.wait_again(session, post, now=now)
    which = f"stop{posts.turn(session, post_id)}"
    author_letters.change_card(session, post, which=which, now=now)


def card(session: Session, post_id: int) -> Outbound:
    """Return a post as it is on its way.

    Raises:
        Refusal: there is none.
    """
    row = session.execute(_cards().where(Post.id == post_id)).one_or_none()
    if row is None:
        raise Refusal("There is no post {number}.", number=str(post_id))
    return _card(*row)


def told(session: Session, notice: Notice) -> Outbound:
    """Return a post as its author is told of it, and as what stood there first told of it."""
    first = notice
    if notice.replaces_id is not None:
        first = session.get_one(Notice, notice.replaces_id)
    return replace(card(session, notice.object_id), asks_topic=first.detail == ASKS)


def on_their_way(session: Session, limit: int) -> list[Outbound]:
    """Return the posts that wait for their moment, the next to leave first."""
    query = _cards().where(Post.state == ON_ITS_WAY).order_by(Step.due_at, Post.id).limit(limit)
    return [_card(*row) for row in session.execute(query)]


def _cards() -> Select[Post, str, datetime | None]:
    return (
        select(Post, MailingList.address, Step.due_at)
        .join(MailingList, MailingList.id == Post.list_id)
        .join(
            Step,
            (Step.action == "post.release")
            & (Step.object_id == Post.id)
            & Step.next_at.is_not(None),
            isouter=True,
        )
    )


def _card(post: Post, list_address: str, due_at: datetime | None) -> Outbound:
    return Outbound(
        post_id=post.id,
        author_id=post.author_id,
        state=post.state,
        list_address=list_address,
        subject=post.subject,
        from_name=post.from_name,
        from_email=post.from_email,
        leaves_at=due_at if post.state == ON_ITS_WAY else None,
        is_contained=bool(post.judgement.get("seen", {}).get("is_contained")),
        fields=tuple(post.fields.split()),
        meter=meters.after(post.judgement),
    )


def _on_its_way(session: Session, post_id: int, *, author_id: int | None = None) -> Post:
    post = session.get(Post, post_id, with_for_update=True)
    if post is None or (author_id is not None and post.author_id != author_id):
        raise Refusal("There is no post {number}.", number=str(post_id))
    if post.state == "released":
        raise GoneOut
    return post


def _take_back(session: Session, post: Post, event: str, *, by: int, now: datetime) -> None:
    lifecycle.advance(session, post, event, by=by, now=now)
    steps.cancel(session, "post.release", post.id, now=now, why=event)
