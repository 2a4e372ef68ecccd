"""Posts to a list: received, judged, held or let out, and released when their grace is over.

`receive` is called by the mail door with facts that it has read from the bytes; the bytes
themselves are kept as they came and are what subscribers get.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    UniqueConstraint,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from community import fanouts, journal, lifecycle, lists, outbox, people, posting_rules, steps
from community.errors import Refusal
from community.fanouts import Outgoing
from community.lists import MailingList
from community.outbox import Channel
from community.people import Person, Role
from community.posting_rules import Author, Decision, PostFacts, Proof, Traffic, Verdict
from community.store import Base, calendar_of

WEEK = timedelta(days=7)
#: What has been accepted and is still in its grace; it counts as sent already.
ON_ITS_WAY = "releasing"
#: The decisions after which a post waits for a moderator.
WAITING = (Decision.HOLD, Decision.QUARANTINE)
#: The decisions that bring a post to the list, at once or later.
LETS_IN = (Decision.ACCEPT, Decision.DIGEST, Decision.HOLD)
#: The rule that returns an answer to a digest that does not say which post it answers.
LOST = "digest_reply"
#: What the author is told; who is accepted sees the post itself.
TOLD = {
    Decision.HOLD: "post.wait",
    Decision.DIGEST: "post.digest",
    Decision.RETURN: "post.return",
}


class Thread(Base):
    """Posts that answer one another."""

    __tablename__ = "thread"

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("mailing_list.id", ondelete="CASCADE"))
    subject: Mapped[str]
    started_at: Mapped[datetime]


class Post(Base):
    """One mail to a list, in exactly one state."""

    __tablename__ = "post"
    __table_args__ = (
        CheckConstraint(lifecycle.allowed("post"), name="state"),
        UniqueConstraint("list_id", "fingerprint"),
        Index("ix_post_list_id_state", "list_id", "state"),
        Index("ix_post_list_id_message_id", "list_id", "message_id"),
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
    message_id: Mapped[str]
    #: SHA-256 over sender, Message-ID and canonical bytes: the same mail twice is one post (A4).
    fingerprint: Mapped[str]
    subject: Mapped[str]
    #: The readable text, for cards, digests and the thread's page.
    text: Mapped[str]
    size_bytes: Mapped[int]
    received_at: Mapped[datetime]
    #: Which rule spoke when it came, or `accepted`.
    rule: Mapped[str]
    #: Until when it waits for a moderator.
    deadline_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    #: What the moderator wrote to the author.
    reason: Mapped[str] = mapped_column(default="")
    released_at: Mapped[datetime | None] = mapped_column(index=True)


class PostSource(Base):
    """The bytes of a post as they came; apart, so that listing posts does not read them."""

    __tablename__ = "post_source"

    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True
    )
    raw: Mapped[bytes] = mapped_column(LargeBinary)


@dataclass(frozen=True, kw_only=True)
class Received:
    """What the mail door read from one mail; valid by construction."""

    raw: bytes
    sender: str
    message_id: str
    fingerprint: str
    subject: str
    from_name: str
    from_addresses: tuple[str, ...]
    #: Message-IDs that it answers, nearest first.
    answers: tuple[str, ...]
    text: str
    is_automatic: bool
    list_ids: tuple[str, ...]
    is_unreadable: bool
    proof: Proof = Proof.UNKNOWN
    #: The domain that vouches for it, or objects; empty if none does.
    proof_domain: str = ""
    #: What was found, as `method=result` words.
    authentication: str = ""
    #: Of To and Cc, lower case.
    to_addresses: tuple[str, ...] = ()
    #: It answers a digest, and nobody can tell which of its posts.
    is_lost: bool = False


@dataclass(frozen=True, kw_only=True)
class Source:
    """A post as it is sent on."""

    post_id: int
    list_id: int
    list_address: str
    message_id: str
    raw: bytes


def receive(session: Session, list_id: int, mail: Received, *, now: datetime) -> Post:
    """Take a mail to a list: judge it by the rules, keep it, and say what must be said.

    The same mail again gives back the post that is there already.

    Raises:
        Refusal: the policy rejects it; nothing is kept, and the door answers 5xx.
    """
    # One post of a list at a time: so two of the same mail make one, and a budget holds exactly.
    a_list = session.get_one(MailingList, list_id, with_for_update={"key_share": True})
    same = select(Post).where(Post.list_id == list_id, Post.fingerprint == mail.fingerprint)
    known = session.scalars(same).one_or_none()
    if known is not None:
        return known
    author = _author(session, mail)
    answered = _answered(session, list_id, mail)
    verdict = posting_rules.decide(
        PostFacts(
            is_unreadable=mail.is_unreadable,
            is_loop=a_list.list_id in mail.list_ids,
            is_automatic=mail.is_automatic,
            from_addresses=mail.from_addresses,
            is_reply=answered is not None,
            proof=mail.proof,
        ),
        a_list.policy,
        _standing(session, list_id, author, now=now),
        traffic(session, list_id, now=now),
    )
    if verdict.decision is Decision.REJECT:
        raise Refusal(
            "Only people on the list {address} may post to it. Ask to join, or write to a member.",
            address=a_list.address,
        )
    if mail.is_lost and verdict.decision in LETS_IN:
        verdict = Verdict(decision=Decision.RETURN, rule=LOST)
    post = _kept(session, a_list, mail, author, answered, now=now)
    post.rule = verdict.rule
    if verdict.decision in WAITING:
        hours = a_list.policy.hold_hours
        post.deadline_at = calendar_of(session).working_hours_later(now, hours)
    lifecycle.advance(session, post, verdict.decision, by=None, now=now)
    session.add(PostSource(post_id=post.id, raw=mail.raw))
    fanouts.note_addressees(session, post.id, mail.to_addresses)
    carry_out(session, post, verdict.decision, now=now)
    return post


def carry_out(session: Session, post: Post, decision: Decision, *, now: datetime) -> None:
    """Do what a decision about a post entails, in the transaction of the decision."""
    if decision is Decision.ACCEPT:
        _let_out(session, post, now=now)
    elif decision in WAITING:
        ask_moderators(session, post, now=now)
    if post.author_id is not None and decision in TOLD:
        kind = "digest.return" if post.rule == LOST else TOLD[decision]
        mail = Channel.MAIL  # what came by mail is answered by mail
        outbox.put(session, kind, post.id, post.author_id, channel=mail, now=now)


def outgoing(post: Post, *, now: datetime) -> Outgoing:
    """Return what matters of a post for who gets it."""
    writers = select(Post.author_id).where(
        Post.thread_id == post.thread_id,
        Post.released_at.is_not(None),
        Post.author_id.is_not(None),
    )
    return Outgoing(
        post_id=post.id,
        list_id=post.list_id,
        thread_id=post.thread_id,
        author_id=post.author_id,
        writers=writers,  # type: ignore[arg-type]  # those without an author are left out
        now=now,
    )


def release(
    session: Session, post_id: int, *, detail: str, due_at: datetime, now: datetime
) -> None:
    """Send out a post whose grace is over, to whoever is on the list at this moment (D1)."""
    post = session.get(Post, post_id, with_for_update=True)
    if post is None or post.state != ON_ITS_WAY:
        return
    _release(session, post, now=now)
    which = f"release{turn(session, post_id)}"  # moderators may have a card that offers to stop it
    outbox.put_instead(session, "post.hold", post_id, detail=which, now=now)


def ask_moderators(session: Session, post: Post, *, now: datetime) -> None:
    """Show a post that waits to all moderators, and plan what happens when none decides."""
    which = turn(session, post.id)
    moderators = people.with_role(Role.MODERATOR)
    shown = outbox.put_instead(session, "post.hold", post.id, detail=f"hold{which}", now=now)
    for channel in Channel:
        if shown and channel is Channel.SLACK:
            continue  # the cards that they have say it
        outbox.put_to_all(
            session, "post.hold", post.id, moderators, detail=which, channel=channel, now=now
        )
    if post.deadline_at is not None:
        steps.plan(session, "post.expire", post.id, due_at=post.deadline_at, detail=which)


def turn(session: Session, post_id: int) -> str:
    """Tell apart what is due to a post again after it was stopped: "", then "2", "3"."""
    query = select(func.count()).where(
        journal.Entry.noun == "post",
        journal.Entry.object_id == post_id,
        journal.Entry.event == "post.stop",
    )
    stops = session.scalar(query) or 0
    return str(stops + 1) if stops else ""


def _let_out(session: Session, post: Post, *, now: datetime) -> None:
    """Release an accepted post when its grace is over; at once where the list has none."""
    grace = session.get_one(MailingList, post.list_id).policy.grace_seconds
    if not grace:
        _release(session, post, now=now)
        return
    due_at = now + timedelta(seconds=grace)
    steps.plan(session, "post.release", post.id, due_at=due_at, detail=turn(session, post.id))
    # Whose post was held has had a letter about it; a second one would be noise.
    if post.author_id is not None and post.deadline_at is None:
        outbox.put(session, "post.accept", post.id, post.author_id, channel=Channel.MAIL, now=now)


def _release(session: Session, post: Post, *, now: datetime) -> None:
    lifecycle.advance(session, post, "release", by=None, now=now)
    post.released_at = now
    fanouts.release(session, outgoing(post, now=now))


def source(session: Session, post_id: int) -> Source:
    """Return the bytes of a post and the list it went to."""
    row = session.execute(
        select(Post, MailingList.address, PostSource.raw)
        .join(MailingList, MailingList.id == Post.list_id)
        .join(PostSource, PostSource.post_id == Post.id)
        .where(Post.id == post_id)
    ).one()
    post, address, raw = row
    return Source(
        post_id=post.id,
        list_id=post.list_id,
        list_address=address,
        message_id=post.message_id,
        raw=raw,
    )


def traffic(session: Session, list_id: int, *, now: datetime) -> Traffic:
    """Count what the list has carried: new threads since local midnight, mails in seven days."""
    calendar = calendar_of(session)
    midnight = calendar.at_local(calendar.local(now).date(), datetime.min.time())
    first = select(func.min(Post.id)).where(Post.list_id == list_id).group_by(Post.thread_id)
    released = select(func.count()).where(Post.list_id == list_id)
    today = or_(Post.released_at >= midnight, Post.state == ON_ITS_WAY)
    this_week = or_(Post.released_at > now - WEEK, Post.state == ON_ITS_WAY)
    return Traffic(
        threads_today=session.scalar(released.where(today, Post.id.in_(first))) or 0,
        mails_this_week=session.scalar(released.where(this_week)) or 0,
    )


def _author(session: Session, mail: Received) -> Person | None:
    if len(mail.from_addresses) != 1:
        return None
    return people.by_email(session, mail.from_addresses[0])


def _standing(session: Session, list_id: int, author: Person | None, *, now: datetime) -> Author:
    if author is None:
        return Author(is_subscriber=False, is_moderator=False, accepted_posts=0, posts_this_week=0)
    mine = select(func.count()).where(Post.list_id == list_id, Post.author_id == author.id)
    gone_out = mine.where(or_(Post.released_at.is_not(None), Post.state == ON_ITS_WAY))
    this_week = or_(Post.released_at > now - WEEK, Post.state == ON_ITS_WAY)
    return Author(
        is_subscriber=lists.is_subscriber(session, list_id, author.id),
        is_moderator=Role.MODERATOR in people.roles(session, author.id),
        accepted_posts=session.scalar(gone_out) or 0,
        posts_this_week=session.scalar(mine.where(this_week)) or 0,
    )


def _answered(session: Session, list_id: int, mail: Received) -> Post | None:
    """Return the nearest post of this list that the mail answers."""
    query = select(Post).where(Post.list_id == list_id, Post.message_id.in_(mail.answers))
    there = {post.message_id: post for post in session.scalars(query)}
    return next((there[answer] for answer in mail.answers if answer in there), None)


def _kept(
    session: Session,
    a_list: MailingList,
    mail: Received,
    author: Person | None,
    answered: Post | None,
    *,
    now: datetime,
) -> Post:
    if answered is None:
        thread = Thread(list_id=a_list.id, subject=mail.subject, started_at=now)
        session.add(thread)
        session.flush()
    return Post(
        list_id=a_list.id,
        thread_id=answered.thread_id if answered else thread.id,
        author_id=author.id if author else None,
        sender=mail.sender,
        from_name=mail.from_name,
        from_email=mail.from_addresses[0] if mail.from_addresses else "",
        proof=mail.proof,
        proof_domain=mail.proof_domain,
        authentication=mail.authentication,
        message_id=mail.message_id,
        fingerprint=mail.fingerprint,
        subject=mail.subject,
        text=mail.text,
        size_bytes=len(mail.raw),
        received_at=now,
    )
