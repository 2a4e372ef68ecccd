"""What moderators do with held posts, and what they see of them.

The first decision wins over all doors and processes; whoever comes later is told who decided.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from community import attachments, lifecycle, outbox, people, posts, steps
from community.attachments import Attachment
from community.cases import Decision, Proof
from community.errors import Refusal
from community.lists import MailingList
from community.people import Person, Role
from community.posts import Post

EXCERPT_LENGTH = 600


@dataclass(frozen=True, kw_only=True)
class HeldPost:
    """A post as a moderator or its author sees it in a card, a letter or a queue."""

    post_id: int
    list_address: str
    subject: str
    #: The name and address that the decision rests on (threat 6).
    from_name: str
    from_email: str
    excerpt: str
    rule: str
    #: The policy's values, for the words of the rule.
    policy: dict[str, str | int]
    received_at: datetime
    deadline_at: datetime | None
    #: What happens at the deadline.
    outcome: str
    state: str
    decided_at: datetime | None
    decided_by: str | None
    reason: str
    #: Whether the mail is proved to come from `from_email`.
    proof: str = Proof.UNKNOWN
    attachments: tuple[Attachment, ...] = ()


def decide(
    session: Session, post_id: int, decision: Decision, *, by: int, now: datetime, reason: str = ""
) -> Post:
    """Have a moderator settle a held post; the first decision wins (M1).

    Raises:
        Refusal: not a moderator; decided already, and by whom; returned without a reason.
    """
    people.require(session, by, Role.MODERATOR)
    post = _for_update(session, post_id)
    if post.state == "quarantined" and not lifecycle.can(post, decision):
        raise Refusal("This mail could not be read. You can accept it as it is, or discard it.")
    if not lifecycle.can(post, decision):
        raise _decided(session, post)
    if decision is Decision.RETURN and not reason.strip():
        raise Refusal("Say in a sentence why it goes back; the author will read it.")
    post.reason = reason.strip()
    _settle(session, post, decision, by=by, now=now)
    return post


def accept(session: Session, post_id: int, *, by: int, now: datetime) -> Post:
    """Let a held post out to every subscriber."""
    return decide(session, post_id, Decision.ACCEPT, by=by, now=now)


def digest(session: Session, post_id: int, *, by: int, now: datetime) -> Post:
    """Put a held post into the next digest."""
    return decide(session, post_id, Decision.DIGEST, by=by, now=now)


def send_back(session: Session, post_id: int, *, by: int, now: datetime, reason: str) -> Post:
    """Return a held post to its author with a reason."""
    return decide(session, post_id, Decision.RETURN, by=by, now=now, reason=reason)


def discard(session: Session, post_id: int, *, by: int, now: datetime) -> Post:
    """Drop a held post without a word to its author."""
    return decide(session, post_id, Decision.DISCARD, by=by, now=now)


def expire(session: Session, post_id: int, *, detail: str, due_at: datetime, now: datetime) -> None:
    """Settle a post that nobody decided in time as its list's policy says (M6)."""
    post = _for_update(session, post_id)
    if post.state == "quarantined":
        return  # what cannot be read is never sent on by time alone
    if post.state == "held":
        outcome = _outcome(post, session.get_one(MailingList, post.list_id))
        _settle(session, post, Decision(outcome), by=None, now=now)


def held(session: Session) -> list[HeldPost]:
    """Return the posts that wait for a moderator, the longest waiting first."""
    query = _cards().where(Post.state.in_(("held", "quarantined"))).order_by(Post.id)
    rows = session.execute(query).all()
    brought = attachments.of_posts(session, [row[0].id for row in rows])
    return [_card(*row, brought=brought.get(row[0].id, ())) for row in rows]


def card(session: Session, post_id: int) -> HeldPost:
    """Return one post as its moderators and its author see it."""
    row = session.execute(_ONE_CARD, {"post_id": post_id}).one_or_none()
    if row is None:
        raise Refusal("There is no post {number}.", number=str(post_id))
    return _card(*row, brought=attachments.of_posts(session, [post_id]).get(post_id, ()))


def _cards() -> Select[Post, MailingList, str | None]:
    return (
        select(Post, MailingList, Person.name)
        .join(MailingList, MailingList.id == Post.list_id)
        .join(Person, Person.id == Post.decided_by, isouter=True)
    )


_ONE_CARD = _cards().where(Post.id == bindparam("post_id", type_=Post.id.type))


def _card(
    post: Post,
    a_list: MailingList,
    decided_by: str | None,
    *,
    brought: tuple[Attachment, ...] = (),
) -> HeldPost:
    shorter = post.text[:EXCERPT_LENGTH].rstrip()
    return HeldPost(
        post_id=post.id,
        list_address=a_list.address,
        subject=post.subject,
        from_name=post.from_name,
        from_email=post.from_email,
        proof=post.proof,
        excerpt=shorter + ("…" if len(post.text) > EXCERPT_LENGTH else ""),
        rule=post.rule,
        policy=a_list.policy.values(),
        received_at=post.received_at,
        deadline_at=post.deadline_at,
        outcome=_outcome(post, a_list),
        state=post.state,
        decided_at=post.decided_at,
        decided_by=decided_by,
        reason=post.reason,
        attachments=brought,
    )


def _outcome(post: Post, a_list: MailingList) -> str:
    """Say what time does to a held post: it lets nothing out whose author may be another."""
    outcome = a_list.policy.hold_outcome
    goes_out = outcome in (Decision.ACCEPT, Decision.DIGEST)
    return Decision.RETURN if goes_out and post.rule == "unproved" else outcome


def _for_update(session: Session, post_id: int) -> Post:
    post = session.get(Post, post_id, with_for_update=True)
    if post is None:
        raise Refusal("There is no post {number}.", number=str(post_id))
    return post


def _decided(session: Session, post: Post) -> Refusal:
    moderator = session.get(Person, post.decided_by) if post.decided_by else None
    if moderator is None or post.decided_at is None:
        return lifecycle.NotNow()
    return Refusal("{name} has already dealt with this post.", name=moderator.name)


def _settle(
    session: Session, post: Post, decision: Decision, *, by: int | None, now: datetime
) -> None:
    post.decided_by, post.decided_at = by, now
    lifecycle.advance(session, post, decision, by=by, now=now)
    steps.cancel(session, "post.expire", post.id, now=now, why="decided")
    which = f"decided{posts.turn(session, post.id)}"
    outbox.put_instead(session, "post.hold", post.id, detail=which, now=now)
    posts.carry_out(session, post, decision, now=now)
