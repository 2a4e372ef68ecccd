"""Posts to a list, and what follows from a decision about one: held, let out, released.

They come in by `arrivals.py`. Their bytes are kept as they came and are what subscribers get.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    Select,
    UniqueConstraint,
    and_,
    bindparam,
    false,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from community import fanouts, journal, lifecycle, outbox, people, steps, tellings
from community.cases import Decision, Proof
from community.channel_cards import renew
from community.containment import Reach, SoFar, is_contained
from community.fanouts import Outgoing
from community.lists import MailingList
from community.outbox import Channel
from community.people import Role
from community.store import Base
from community.topic_letters import word

#: What has been accepted and is still in its grace; it counts as sent already.
ON_ITS_WAY = "releasing"
#: The door by which most posts come.
BY_MAIL = "mail"
#: Newer than the id of any post.
NEWER = 2**31 - 1
#: The decisions after which a post waits for a moderator.
WAITING = (Decision.HOLD, Decision.QUARANTINE)
#: What those are: the condition of an index.
WAITS = "state IN ('held', 'quarantined')"
#: What brings a post back to the moderators after it was settled.
AGAIN = ("post.stop", "post.reopen")
#: The rule that returns an answer to a digest that does not say which post it answers.
LOST = "digest_reply"
#: What stands for a rule where the house itself wrote; no rule was asked, and no budget counts it.
HOUSE = "house"
#: What the author is told; who is accepted sees the post itself.
TOLD = {
    Decision.HOLD: "post.wait",
    Decision.DIGEST: "post.digest",
    Decision.RETURN: "post.return",
    Decision.FORWARD: "post.pass_on",
}
#: Where what is returned at once is told otherwise.
RETURNED_BY_RULE = {LOST: "digest.return", "administrivia": "post.answer"}
#: All letters to authors that go by themselves.
LETTERS = (*TOLD.values(), *RETURNED_BY_RULE.values(), "post.turn_back")
#: The rule that speaks of people who are not on the list, and how often they hear of it.
OUTSIDE = "nonmember"
ONCE_IN = timedelta(days=1)


class Thread(Base):
    """Posts that answer one another."""

    __tablename__ = "thread"
    __table_args__ = (
        CheckConstraint("reach IN ('', 'all', 'followers')", name="reach"),
        Index("ix_thread_list_id_topic", "list_id", "topic"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("mailing_list.id", ondelete="CASCADE"))
    subject: Mapped[str]
    started_at: Mapped[datetime]
    #: Codes of fields with blanks between: its posts go to people of these and related ones alone.
    fields: Mapped[str] = mapped_column(default="", server_default="")
    #: A `Topic` (topics.py), as its first subject is marked or a moderator has chosen; empty: none.
    topic: Mapped[str] = mapped_column(default="", server_default="")
    #: A `Reach`; a moderator chooses it.
    reach: Mapped[str] = mapped_column(default=Reach.POLICY.value, server_default="")
    #: When a moderator closed it: it takes no more answers (closures.py).
    closed_at: Mapped[datetime | None]


#: What posts are told apart by when they are counted.
COUNTED = ("state", "is_reply")


class Post(Base):
    """One mail to a list, in exactly one state."""

    __tablename__ = "post"
    __table_args__ = (
        CheckConstraint(lifecycle.allowed("post"), name="state"),
        UniqueConstraint("list_id", "fingerprint"),
        Index("ix_post_list_id_state", "list_id", "state"),
        # All that the rules ask of a list's and an author's posts: no post is read for it.
        Index(
            "ix_post_list_id_released_at",
            "list_id",
            "released_at",
            *COUNTED,
            "is_contained",
            "fields",
        ),
        Index("ix_post_list_id_author_id", "list_id", "author_id", *COUNTED, "released_at"),
        Index("ix_post_list_id_message_id", "list_id", "message_id"),
        # The archive's pages and search walk it from the newest on, and read no post for it.
        Index("ix_post_list_id_received_at", "list_id", "received_at", "thread_id", "state"),
        # The moderators' queue, in order of arrival, however many posts are kept.
        Index("ix_post_waits", "id", sqlite_where=text(WAITS), postgresql_where=text(WAITS)),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("mailing_list.id", ondelete="CASCADE"))
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id"), index=True)
    author_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"), index=True
    )
    state: Mapped[str]
    #: The envelope sender; empty for the null sender.
    sender: Mapped[str]
    from_name: Mapped[str]
    from_email: Mapped[str]
    #: Whether it comes from the domain of `from_email` (a Proof), which domain vouches or objects,
    #: and what was found: `spf=pass dkim=none dmarc=fail`. By our own mail server; see running.md.
    proof: Mapped[str] = mapped_column(default=Proof.UNKNOWN, server_default="unknown")
    proof_domain: Mapped[str] = mapped_column(default="", server_default="")
    authentication: Mapped[str] = mapped_column(default="", server_default="")
    #: By which door it came; what came by chat is answered where its author hears from us.
    door: Mapped[str] = mapped_column(default=BY_MAIL, server_default=BY_MAIL)
    message_id: Mapped[str]
    #: SHA-256 over sender, Message-ID and canonical bytes: the same mail twice is one post (A4).
    fingerprint: Mapped[str]
    subject: Mapped[str]
    #: The subject as it came, where a moderator has given it another; the bytes stay as they are.
    came_as: Mapped[str | None]
    #: The readable text, for cards, digests and the thread's page.
    text: Mapped[str]
    size_bytes: Mapped[int]
    received_at: Mapped[datetime]
    #: Which rule spoke when it came, or `accepted`.
    rule: Mapped[str]
    #: Which rules were asked when it came, what each said, and by what they went (judgements.py).
    judgement: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    #: How often its copies were begun to be prepared and it never came to an end, and when last.
    preparations: Mapped[int] = mapped_column(default=0, server_default="0")
    preparing_at: Mapped[datetime | None]
    #: Until when it waits for a moderator.
    deadline_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    #: What the moderator wrote to the author.
    reason: Mapped[str] = mapped_column(default="")
    #: Which of the house's own reasons was given (moderation.CANNED); empty for none.
    canned: Mapped[str] = mapped_column(default="", server_default="")
    released_at: Mapped[datetime | None] = mapped_column(index=True)
    #: It answers a post that was there when it came.
    is_reply: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: As those of its thread; also for one answer that its author sent no further.
    fields: Mapped[str] = mapped_column(default="", server_default="")
    #: It went to those who write in its thread or follow it; the others got a line in a digest.
    is_contained: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: How many deliveries were put at its release, less those of people who were erased since.
    copies: Mapped[int | None]


class PostSource(Base):
    """The bytes of a post as they came; apart, so that listing posts does not read them."""

    __tablename__ = "post_source"

    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True
    )
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    #: Of `raw`, in hex: shows that the bytes are still those that came (A6); empty where unknown.
    sha256: Mapped[str] = mapped_column(default="", server_default="")


def carry_out(
    session: Session, post: Post, decision: Decision, *, which: str = "", now: datetime
) -> None:
    """Do what a decision about a post entails, in the transaction of the decision.

    `which` tells apart what is said again after the post came back to the moderators (`turn`).
    """
    carry_out_all(session, [post], decision, which=which, now=now)


def carry_out_all(
    session: Session, decided: Sequence[Post], decision: Decision, *, which: str = "", now: datetime
) -> None:
    """Do what one decision about several posts entails, in the transaction of the decision."""
    if decision is Decision.ACCEPT:
        for post in decided:
            _let_out(session, post, now=now)
    if decision in TOLD:
        _tell(session, decided, decision, which=which, now=now)


def forward(session: Session, post: Post, thanked: int | None, *, now: datetime) -> None:
    """Send a post to one person alone; without one, to the coordinators, else the moderators."""
    mail = Channel.MAIL
    if thanked is not None:
        outbox.put(session, "post.forward", post.id, thanked, channel=mail, now=now)
        return
    whom = people.with_role(Role.COORDINATOR)
    if session.scalar(whom.limit(1)) is None:
        whom = people.with_role(Role.MODERATOR)
    outbox.put_to_all(session, "post.forward", post.id, whom, channel=mail, now=now)


def tell_author(session: Session, post: Post, kind: str, *, which: str = "", now: datetime) -> None:
    """Say something to a post's author, if we know one, by the way of the post."""
    if post.author_id is not None:
        about, way = (kind, post.id, post.author_id), _way_back(post)
        outbox.put(session, *about, detail=which, channel=way, now=now)


def _way_back(post: Post) -> Channel | None:
    return Channel.MAIL if post.door == BY_MAIL else None  # as it came; else where its author is


def _tell(
    session: Session, decided: Sequence[Post], decision: Decision, *, which: str, now: datetime
) -> None:
    about: dict[tuple[str, Channel | None], list[tuple[int, int]]] = {}
    for post, author_id in _to_be_told(session, decided, now=now):
        by_way = (_kind(post, decision), _way_back(post))
        about.setdefault(by_way, []).append((post.id, author_id))
    for (kind, channel), own in about.items():
        tellings.tell_each(session, kind, own, detail=which, channel=channel, now=now)


def _to_be_told(
    session: Session, decided: Sequence[Post], *, now: datetime
) -> Iterator[tuple[Post, int]]:
    """Give the posts whose authors hear of them, with the author (threat 21).

    Whoever is named in a forged mail gets no letter by itself, and somebody who is not on the list
    and is not proved to have written at most one a day. What a moderator decides is always told.
    """
    told: dict[int, bool] = {}
    for post in decided:
        author_id = post.author_id
        if author_id is None:
            continue
        if post.decided_by is None and post.proof == Proof.FAIL:
            continue
        if post.decided_by is None and post.rule == OUTSIDE and post.proof != Proof.PASS:
            if author_id not in told:
                told[author_id] = tellings.is_told(session, author_id, LETTERS, since=now - ONCE_IN)
            if told[author_id]:
                continue
            told[author_id] = True
        yield post, author_id


def _kind(post: Post, decision: Decision) -> str:
    """Say which letter tells the author; a rule that returns a post says itself why."""
    if decision is Decision.RETURN and post.deadline_at is None:
        return RETURNED_BY_RULE.get(post.rule, "post.turn_back")
    return TOLD[decision]


def so_far(
    session: Session, thread_id: int, *, author_id: int | None = None, before: int = NEWER
) -> SoFar:
    """Return how far a thread has come before a post of this author, or until now."""
    values = {"thread_id": thread_id, "before": before}
    reach, gone, since, starter_id = session.connection().execute(_SO_FAR, values).one()
    is_own = author_id is not None and author_id == starter_id
    return SoFar(gone=gone, since=since, is_own=is_own, reach=Reach(reach))


_THREAD = bindparam("thread_id", type_=Thread.id.type)
_BEFORE = bindparam("before", type_=Post.id.type)
_GONE = (
    Post.thread_id == _THREAD,
    or_(Post.released_at.is_not(None), and_(Post.state == ON_ITS_WAY, Post.id < _BEFORE)),
)
_SO_FAR = select(
    Thread.reach,
    select(func.count()).select_from(Post).where(*_GONE).scalar_subquery(),
    select(func.min(Post.released_at, type_=Post.released_at.type)).where(*_GONE).scalar_subquery(),
    select(Post.author_id)
    .where(Post.thread_id == _THREAD)
    .order_by(Post.id)
    .limit(1)
    .scalar_subquery(),
).where(Thread.id == _THREAD)


def leave(session: Session, post: Post, event: str, *, now: datetime) -> Outgoing:
    """Have a post leave by `event`, to all or to those in its thread; return what matters of it."""
    policy = session.get_one(MailingList, post.list_id).policy
    thread = so_far(session, post.thread_id, author_id=post.author_id, before=post.id)
    lifecycle.advance(session, post, event, by=None, now=now)
    post.is_contained = is_contained(policy, thread, now=now)
    begun = session.get_one(Thread, post.thread_id)
    post.fields = post.fields or begun.fields
    post.released_at = now
    return _outgoing(session, post, begun.topic, now=now)


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


def writers(thread_id: int) -> Select[int]:
    """Select who has written in a thread what went out."""
    gone = (Post.thread_id == thread_id, Post.released_at.is_not(None))
    authors = select(Post.author_id).where(*gone, Post.author_id.is_not(None))
    return authors  # type: ignore[return-value]  # noqa: RET504 - none is left without


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


def turn(session: Session, post_id: int) -> str:
    """Tell apart what is due to a post again after it came back: "", then "2", "3"."""
    query = select(func.count()).where(
        journal.Entry.noun == "post",
        journal.Entry.object_id == post_id,
        journal.Entry.event.in_(AGAIN),
    )
    times = session.scalar(query) or 0
    return str(times + 1) if times else ""


def _let_out(session: Session, post: Post, *, now: datetime) -> None:
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
    if post.deadline_at is None and (policy.grace_seconds or which):
        tell_author(session, post, "post.accept", which=which, now=now)


def _release(session: Session, post: Post, *, now: datetime) -> None:
    post.copies = fanouts.release(session, leave(session, post, "release", now=now))
