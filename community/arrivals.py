"""Mails that come to a list: judged by its rules, kept, and what must be said is said.

The mail door hands over the bytes and the facts that it has read from them. This is the one act
that every mail costs, so its statements are put together once (`_LOCKED_LIST` and so on): writing
a statement anew takes longer than carrying it out.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from sqlalchemy import bindparam, insert, select
from sqlalchemy.orm import Session

from community import (
    bans,
    fanouts,
    judgements,
    lifecycle,
    posting_rules,
    posts,
    searches,
    standings,
)
from community.cases import Case, Decision, PostFacts, Proof, Verdict
from community.errors import Refusal
from community.lists import MailingList
from community.posts import Post, PostSource, Thread
from community.store import calendar_of

#: The decisions that bring a post to the list, at once or later.
LETS_IN = (Decision.ACCEPT, Decision.DIGEST, Decision.HOLD)

_LIST = bindparam("list_id", type_=MailingList.id.type)
_LOCKED_LIST = select(MailingList).where(MailingList.id == _LIST).with_for_update(key_share=True)
_SAME = select(Post).where(Post.list_id == _LIST, Post.fingerprint == bindparam("fingerprint"))
_ANSWERED = (
    select(Post.message_id, Post.thread_id)
    .where(Post.list_id == _LIST, Post.message_id.in_(bindparam("answers", expanding=True)))
    .order_by(Post.id)
)
_THREAD = insert(Thread).returning(Thread.id)
_SOURCE = insert(PostSource)


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


def receive(session: Session, list_id: int, mail: Received, *, now: datetime) -> Post:
    """Take a mail to a list: judge it by the rules, keep it, and say what must be said.

    The same mail again gives back the post that is there already.

    Raises:
        Refusal: the policy rejects it; nothing is kept, and the door answers 5xx.
    """
    # One post of a list at a time: so two of the same mail make one, and a budget holds exactly.
    a_list = session.scalars(_LOCKED_LIST, {"list_id": list_id}).one()
    same = {"list_id": list_id, "fingerprint": mail.fingerprint}
    known = session.scalars(_SAME, same).one_or_none()
    if known is not None:
        return known
    author_id, author = standings.of_author(session, list_id, mail.from_addresses, now=now)
    if bans.is_banned(session, list_id, (*mail.from_addresses, mail.sender)):
        author = replace(author, is_banned=True)
    answered = _answered(session, list_id, mail)
    facts = PostFacts(
        is_unreadable=mail.is_unreadable,
        is_loop=a_list.list_id in mail.list_ids,
        is_automatic=mail.is_automatic,
        from_addresses=mail.from_addresses,
        is_reply=answered is not None,
        proof=mail.proof,
    )
    traffic = standings.traffic(session, list_id, now=now)
    case = Case(post=facts, policy=a_list.policy, author=author, traffic=traffic)
    verdict = posting_rules.decide(case)
    if verdict.decision is Decision.REJECT:
        words = posting_rules.BY_NAME[verdict.rule].refusal
        raise Refusal(words, address=a_list.address, **a_list.policy.values())
    if mail.is_lost and verdict.decision in LETS_IN:
        verdict = Verdict(decision=Decision.RETURN, rule=posts.LOST, silent=verdict.silent)
    post = _post(mail, list_id, answered or _new_thread(session, list_id, mail, now=now), now=now)
    post.author_id = author_id
    post.rule = verdict.rule
    post.judgement = judgements.kept(verdict, case)
    if verdict.decision in posts.WAITING:
        hours = a_list.policy.hold_hours
        post.deadline_at = calendar_of(session).working_hours_later(now, hours)
    lifecycle.advance(session, post, verdict.decision, by=None, now=now)
    source = {"post_id": post.id, "raw": mail.raw, "sha256": sha256(mail.raw).hexdigest()}
    session.connection().execute(_SOURCE, source)
    searches.index(session, post)
    fanouts.note_addressees(session, post.id, mail.to_addresses)
    posts.carry_out(session, post, verdict.decision, now=now)
    return post


def _answered(session: Session, list_id: int, mail: Received) -> int | None:
    """Return the thread of the nearest post of this list that the mail answers."""
    if not mail.answers:
        return None
    values = {"list_id": list_id, "answers": mail.answers}
    there = dict(iter(session.connection().execute(_ANSWERED, values)))
    return next((there[answer] for answer in mail.answers if answer in there), None)


def _new_thread(session: Session, list_id: int, mail: Received, *, now: datetime) -> int:
    values = {"list_id": list_id, "subject": mail.subject, "started_at": now}
    return session.connection().execute(_THREAD, values).scalar_one()


def _post(mail: Received, list_id: int, thread_id: int, *, now: datetime) -> Post:
    return Post(
        list_id=list_id,
        thread_id=thread_id,
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
