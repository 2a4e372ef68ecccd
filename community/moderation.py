"""What moderators decide about held posts; what they see of them is in holds.py.

The first decision wins over all doors and processes; whoever comes later is told who decided, what
and when (M1).
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from community import (
    asking,
    author_letters,
    bans,
    channel_cards,
    haste,
    holds,
    journal,
    lifecycle,
    outbox,
    outsiders,
    people,
    posts,
    releases,
    steps,
    trusts,
)
from community.cases import Decision, Proof, Trust
from community.errors import N_, Refusal
from community.lists import MailingList
from community.people import Person, Role
from community.posts import Post
from community.store import calendar_of

#: The house's own reasons for returning a post, by key; the author reads them in their language.
CANNED = ("topic", "announcement", "repeated", "long", "quotes", "attachment", "private")
#: The states that wait for a moderator.
HELD = ("held", "quarantined")
#: A mail that may not be from who it names: nobody is trusted for it.
DOUBTFUL = (Proof.FAIL, Proof.NONE)
#: What a moderator can still take back: nobody has the post yet, and no mail says it is gone.
TAKEN_BACK = ("queued", "discarded")
#: How whoever comes later hears of it (M1), by what has become of the post.
DECIDED = {
    "releasing": N_("{name} has already accepted this post ({when})."),
    "released": N_("{name} has already accepted this post ({when})."),
    "queued": N_("{name} has already put this post into the digest ({when})."),
    "digested": N_("{name} has already put this post into the digest ({when})."),
    "returned": N_("{name} has already returned this post ({when})."),
    "discarded": N_("{name} has already discarded this post ({when})."),
}


def decide(
    session: Session,
    post_id: int,
    decision: Decision,
    *,
    by: int,
    now: datetime,
    reason: str = "",
    canned: str = "",
) -> Post:
    """Have a moderator settle a held post; the first decision wins (M1).

    Raises:
        Refusal: not a moderator; decided already, by whom and when; returned without a reason.
    """
    people.require(session, by, Role.MODERATOR)
    post = for_update(session, post_id)
    if post.state == "quarantined" and not lifecycle.can(post, decision):
        raise Refusal("This mail could not be read. You can accept it as it is, or discard it.")
    if not lifecycle.can(post, decision) or post.state not in HELD:
        raise already_decided(session, post)
    if decision is Decision.RETURN and not reason.strip() and canned not in CANNED:
        raise Refusal("Say in a sentence why it goes back; the author will read it.")
    post.reason = reason.strip()
    post.canned = canned if canned in CANNED else ""
    _settle(session, [post], decision, by=by, now=now)
    return post


def decide_each(
    session: Session, post_ids: Collection[int], decision: Decision, *, by: int, now: datetime
) -> int:
    """Have a moderator settle those of these posts that still wait; return how many.

    Raises:
        Refusal: not a moderator.
    """
    people.require(session, by, Role.MODERATOR)
    query = select(Post).where(Post.id.in_(post_ids)).order_by(Post.id).with_for_update()
    found = session.scalars(query.execution_options(populate_existing=True))
    decided = [post for post in found if post.state in HELD and lifecycle.can(post, decision)]
    for post in decided:
        post.reason = post.canned = ""
    _settle(session, decided, decision, by=by, now=now)
    return len(decided)


def accept(session: Session, post_id: int, *, by: int, now: datetime) -> Post:
    """Let a held post out to every subscriber."""
    return decide(session, post_id, Decision.ACCEPT, by=by, now=now)


def digest(session: Session, post_id: int, *, by: int, now: datetime) -> Post:
    """Put a held post into the next digest."""
    return decide(session, post_id, Decision.DIGEST, by=by, now=now)


def send_back(
    session: Session, post_id: int, *, by: int, now: datetime, reason: str = "", canned: str = ""
) -> Post:
    """Return a held post to its author with a reason: one of the house's, or the moderator's."""
    return decide(session, post_id, Decision.RETURN, by=by, now=now, reason=reason, canned=canned)


def discard(session: Session, post_id: int, *, by: int, now: datetime) -> Post:
    """Drop a held post without a word to its author."""
    return decide(session, post_id, Decision.DISCARD, by=by, now=now)


def accept_and_trust(session: Session, post_id: int, *, by: int, now: datetime) -> Post:
    """Accept a held post, and let its author's later posts go out at once.

    Raises:
        Refusal: as `decide`; its author is not on the list, or may be another.
    """
    people.require(session, by, Role.MODERATOR)
    post = for_update(session, post_id)
    if post.state not in HELD:
        raise already_decided(session, post)
    if post.author_id is None or post.proof in DOUBTFUL:
        raise Refusal("Only somebody who is on the list and has proved to write it can be trusted.")
    trusts.trust(session, post.list_id, post.author_id, Trust.TRUSTED, by=by, now=now)
    journal.write(session, "post", post_id, "trust", by=by, now=now)
    return decide(session, post_id, Decision.ACCEPT, by=by, now=now)


def discard_and_ban(
    session: Session, post_id: int, *, by: int, now: datetime, why: str = ""
) -> Post:
    """Drop a held post, and take nothing more from its address on this list.

    Raises:
        Refusal: as `decide`; nobody can say whose it is, or they look after the community.
    """
    people.require(session, by, Role.MODERATOR)
    post = for_update(session, post_id)
    if post.state not in HELD:
        raise already_decided(session, post)
    bans.ban(session, post.from_email, list_id=post.list_id, by=by, now=now, why=why)
    journal.write(session, "post", post_id, "ban", by=by, now=now)
    return decide(session, post_id, Decision.DISCARD, by=by, now=now)


def reopen(session: Session, post_id: int, *, by: int, now: datetime) -> Post:
    """Take a moderator's decision back while nobody has the post: it waits again, for as long.

    Of a post that is on its way `withdrawals.stop` does so.

    Raises:
        Refusal: not a moderator; it has gone out, or no moderator had decided.
    """
    people.require(session, by, Role.MODERATOR)
    post = for_update(session, post_id)
    is_unread = post.rule == "unreadable"  # time alone would let it out then
    if post.state not in TAKEN_BACK or post.decided_by is None or is_unread:
        raise lifecycle.NotNow
    lifecycle.advance(session, post, "reopen", by=by, now=now)
    outbox.cancel(session, "post.digest", post_id, now=now, why="reopened")
    wait_again(session, post, now=now)
    return post


def wait_again(session: Session, post: Post, *, now: datetime) -> None:
    """Have a post that came back wait for a decision as if it had just come."""
    hours = session.get_one(MailingList, post.list_id).policy.hold_hours
    post.deadline_at = calendar_of(session).working_hours_later(now, hours)
    post.decided_by = post.decided_at = None
    post.reason = post.canned = ""
    asking.ask_again(session, post, now=now)
    which = posts.turn(session, post.id)
    author_letters.tell_author(session, post, "post.wait", which=which, now=now)
    outsiders.report(session, [post], which=f"hold{which}", now=now)


def expire(session: Session, post_id: int, *, detail: str, due_at: datetime, now: datetime) -> None:
    """Settle a post that nobody decided in time as its list's policy says (M6)."""
    post = for_update(session, post_id)
    if post.state == "quarantined":
        return  # what cannot be read is never sent on by time alone
    if post.state == "held":
        outcome = holds.outcome_of(post, session.get_one(MailingList, post.list_id))
        _settle(session, [post], Decision(outcome), by=None, now=now)


def for_update(session: Session, post_id: int) -> Post:
    """Return a post that nobody else changes until the transaction ends."""
    post = session.get(Post, post_id, with_for_update=True)
    if post is None:
        raise Refusal("There is no post {number}.", number=str(post_id))
    return post


def already_decided(session: Session, post: Post) -> Refusal:
    """Return what whoever comes too late hears: who decided what, and when (M1)."""
    moderator = session.get(Person, post.decided_by) if post.decided_by else None
    if moderator is None or post.decided_at is None or post.state not in DECIDED:
        return lifecycle.NotNow()
    return Refusal(DECIDED[post.state], name=moderator.name, when=post.decided_at)


def _settle(
    session: Session, decided: Sequence[Post], decision: Decision, *, by: int | None, now: datetime
) -> None:
    """Settle posts that wait, and do once for all of them what can be done once."""
    for post in decided:
        post.decided_by, post.decided_at = by, now
    lifecycle.advance_all(session, decided, decision, by=by, now=now)
    if by is not None and decision is Decision.ACCEPT:
        haste.note(session, by, now=now)
    ids = [post.id for post in decided]
    steps.cancel_each(session, "post.expire", ids, now=now, why="decided")
    by_turn: dict[str, list[Post]] = {}
    turns = posts.turns(session, ids)
    for post in decided:
        by_turn.setdefault(turns[post.id], []).append(post)
    for which, same in by_turn.items():
        cards = [post.id for post in same]
        channel_cards.renew_each(session, "post.hold", cards, detail=f"decided{which}", now=now)
        releases.carry_out_all(session, same, decision, which=which, now=now)
    for list_id in {post.list_id for post in decided}:
        asking.count_again(session, list_id, now=now)
