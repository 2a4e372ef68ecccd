"""Mails that come to a list: judged by its rules, kept, and what must be said is said.

The mail door hands over the bytes and the facts that it has read from them. `mailbags.py` judges
the mails that come together one by one, and has them kept together. This is what every mail costs,
so its statements are put together once (`LOCKED_LISTS` and so on): writing a statement anew takes
longer than carrying it out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Any

from sqlalchemy import bindparam, insert, select
from sqlalchemy.orm import Session, make_transient_to_detached

from community import (
    asking,
    attachments,
    fanouts,
    field_tags,
    forwards,
    hearings,
    judgements,
    lifecycle,
    lists,
    outsiders,
    posting_rules,
    posts,
    releases,
    repeats,
    searches,
    standings,
    subjects,
    topics,
)
from community.attachments import Attached
from community.cases import Case, Decision, Proof, Verdict
from community.containment import is_contained
from community.errors import Refusal
from community.hearings import Answered
from community.lists import Addressed, MailingList
from community.posts import NewPost, Post, PostSource, Thread
from community.prepared import Prepared
from community.store import calendar_of

#: A list, stored or as it was read for this mail.
AnyList = MailingList | Addressed
#: The decisions that bring a post to the list, at once or later.
LETS_IN = (Decision.ACCEPT, Decision.DIGEST, Decision.HOLD)

_LIST = bindparam("list_id", type_=MailingList.id.type)
_SAME = Prepared(
    select(Post.id).where(
        Post.list_id == _LIST,
        Post.fingerprint == bindparam("fingerprint", type_=Post.fingerprint.type),
    )
)
_ANSWERED = (
    select(Post.message_id, Post.thread_id, Post.author_id, Thread.closed_at, Thread.fields)
    .join(Thread, Thread.id == Post.thread_id)
    .where(Post.list_id == _LIST, Post.message_id.in_(bindparam("answers", expanding=True)))
    .order_by(Post.id)
)
_THREADS = Prepared(
    insert(Thread).returning(Thread.id), "list_id", "subject", "started_at", "fields", "topic"
)
_SOURCES = Prepared(insert(PostSource).inline(), "post_id", "raw", "sha256")
#: What nobody has done with a post when it comes.
_UNTOUCHED: dict[str, Any] = {
    "preparations": 0,
    "preparing_at": None,
    "decided_at": None,
    "decided_by": None,
    "reason": "",
    "canned": "",
    "released_at": None,
    "is_contained": False,
    "copies": None,
}
#: What `_row` says of each.
_SAID = (
    *("list_id", "thread_id", "is_reply", "author_id", "state", "sender", "from_name"),
    *("from_email", "proof", "proof_domain", "authentication", "door", "message_id"),
    *("fingerprint", "subject", "text", "said", "size_bytes", "received_at", "rule"),
    *("judgement", "deadline_at", "fields", "came_as"),
)
_POSTS = Prepared(insert(Post).values(_UNTOUCHED).returning(Post.id), *_SAID)


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
    #: The subject that it had, where it answers a post in a digest and was called after that.
    came_as: str | None = None
    #: It answers a digest, and nobody can tell which of its posts.
    is_lost: bool = False
    attachments: tuple[Attached, ...] = ()
    #: By which door it came.
    door: str = posts.BY_MAIL
    #: Of the address that it came to: it goes to people of these and related ones. Empty: to all.
    fields: tuple[str, ...] = ()
    #: In which it is probably written: for an answer to somebody whom nobody here knows.
    language: str = "en"

    @cached_property
    def said(self) -> str | None:
        """Return what mails have alike that say the same."""
        return repeats.said(self.text)


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A mail and what becomes of it; nothing of it is kept yet."""

    mail: Received
    verdict: Verdict
    list_id: int
    #: The thread of the post that it answers; None: it begins one.
    thread_id: int | None
    author_id: int | None
    #: What the post keeps of how it was judged.
    judgement: dict[str, Any]
    #: Until when it waits for a moderator.
    deadline_at: datetime | None
    #: The fields to whose people it goes, as codes with blanks between; empty: to all.
    fields: str = ""
    #: Whose post it thanks for, if it does nothing else.
    thanked_id: int | None = None


def receive(session: Session, list_id: int, mail: Received, *, now: datetime) -> Post:
    """Take one mail to a list: judge it by the rules, keep it, and say what must be said.

    The same mail again gives back the post that is there already.

    Raises:
        Refusal: the policy rejects it; nothing is kept, and the door answers 5xx.
    """
    (a_list,) = lists.locked(session, [list_id])
    known = same(session, list_id, mail)
    if known is None:
        (known,) = keep(session, [judge(session, a_list, mail, now=now)], now=now)
    return session.get_one(Post, known)


def same(session: Session, list_id: int, mail: Received) -> int | None:
    """Return the post of the list that is this very mail (A4)."""
    values = {"list_id": list_id, "fingerprint": mail.fingerprint}
    return next((post_id for (post_id,) in _SAME.rows(session, values)), None)


def judge(session: Session, a_list: AnyList, mail: Received, *, now: datetime) -> Judged:
    """Say what becomes of a mail to a list that is locked, so that a budget holds exactly.

    Raises:
        Refusal: the list is closed, or its policy rejects it.
    """
    lists.require_open(a_list, now=now)
    writers, sender = mail.from_addresses, mail.sender
    standing = standings.before(session, a_list.id, writers, sender=sender, said=mail.said, now=now)
    author_id = standing.author_id
    answered = _answered(session, a_list.id, mail, now=now)
    facts = hearings.facts(session, a_list, mail, answered, author_id=author_id)
    if answered is not None and _is_contained(
        session, a_list, answered.thread_id, author_id, now=now
    ):
        facts = replace(facts, is_contained=True)
    policy = a_list.policy
    case = Case(post=facts, policy=policy, author=standing.author, traffic=standing.traffic)
    verdict = posting_rules.decide(case)
    if verdict.decision is Decision.REJECT:
        words = posting_rules.BY_NAME[verdict.rule].refusal
        raise Refusal(words, address=a_list.address, **policy.values())
    if mail.is_lost and verdict.decision in LETS_IN:
        verdict = Verdict(decision=Decision.RETURN, rule=posts.LOST, silent=verdict.silent)
    waits = verdict.decision in posts.WAITING
    later = calendar_of(session).working_hours_later
    return Judged(
        mail=mail,
        verdict=verdict,
        list_id=a_list.id,
        thread_id=answered.thread_id if answered else None,
        author_id=author_id,
        judgement=judgements.kept(verdict, case),
        deadline_at=later(now, policy.hold_hours) if waits else None,
        fields=_fields(a_list, mail, answered),
        thanked_id=answered.author_id if answered and facts.is_thanks else None,
    )


def _answered(session: Session, list_id: int, mail: Received, *, now: datetime) -> Answered | None:
    """Return the nearest post of this list that the mail answers.

    What does not say so by its headers may say it by its subject.
    """
    if not mail.answers:
        meant = subjects.thread_meant(session, list_id, mail.subject, at=now)
        return None if meant is None else hearings.of_thread(session, meant)
    values = {"list_id": list_id, "answers": mail.answers}
    there = {
        message_id: Answered(
            thread_id=thread_id, author_id=author_id, is_closed=closed is not None, fields=fields
        )
        for message_id, thread_id, author_id, closed, fields in session.connection().execute(
            _ANSWERED, values
        )
    }
    return next((there[answer] for answer in mail.answers if answer in there), None)


def _fields(a_list: AnyList, mail: Received, answered: Answered | None) -> str:
    """Say to whose people a mail goes: an answer stays where its thread is.

    What was written to the list itself as well goes to all. What names several fields may come
    once by each of their addresses, and counts once: so each brings all that it names.
    """
    if answered is not None and answered.fields:
        return answered.fields
    if not mail.fields or a_list.address in mail.to_addresses:
        return ""
    name, _, domain = a_list.address.partition("@")
    tags = (
        address.removeprefix(f"{name}+").removesuffix(f"@{domain}")
        for address in mail.to_addresses
        if address.startswith(f"{name}+") and address.endswith(f"@{domain}")
    )
    named = (code for tag in tags for code in field_tags.codes(tag))
    return " ".join(field_tags.in_order((*mail.fields, *named)))


def _is_contained(
    session: Session, a_list: AnyList, thread_id: int, author_id: int | None, *, now: datetime
) -> bool:
    thread = posts.so_far(session, thread_id, author_id=author_id)
    return is_contained(a_list.policy, thread, now=now)


def keep(session: Session, judged: Sequence[Judged], *, now: datetime) -> list[int]:
    """Keep mails with all that follows from what was said of each; return their ids, in order.

    Each statement is carried out once, however many mails there are.
    """
    rows = _rows(session, judged, now=now)
    ids = [post_id for (post_id,) in _POSTS.row_of_each(session, rows)]
    kept = list(zip((_new(*each) for each in zip(ids, rows, strict=True)), judged, strict=True))
    began = [(post.id, each.verdict.decision.value) for post, each in kept]
    lifecycle.note_begun(session, "post", began, now=now)
    _keep_sources(session, {post.id: each.mail.raw for post, each in kept})
    fanouts.note_addressees(session, {post.id: each.mail.to_addresses for post, each in kept})
    searches.index(session, [post for post, _ in kept])
    attachments.keep(session, {post.id: each.mail.attachments for post, each in kept})
    _carry_out(session, kept, dict(zip(ids, rows, strict=True)), now=now)
    asking.ask(
        session, [post for post, each in kept if each.verdict.decision in posts.WAITING], now=now
    )
    return ids


def _carry_out(
    session: Session,
    kept: Sequence[tuple[NewPost, Judged]],
    rows: Mapping[int, Mapping[str, Any]],
    *,
    now: datetime,
) -> None:
    alike: dict[tuple[Decision, bool], list[NewPost]] = {}
    for post, each in kept:  # what another list has sent on is never answered (B1)
        alike.setdefault((each.verdict.decision, not each.mail.list_ids), []).append(post)
    for (decision, tells), decided in alike.items():
        if decision is Decision.ACCEPT:
            stored = [_stored(session, post.id, rows[post.id]) for post in decided]
            releases.carry_out_all(session, stored, decision, tells=tells, now=now)
        elif tells:
            releases.tell(session, decided, decision, now=now)
    for post, each in kept:
        if each.verdict.decision is Decision.FORWARD:
            forwards.forward(session, post, each.thanked_id, now=now)
        if not each.mail.list_ids:
            decision, language = each.verdict.decision, each.mail.language
            outsiders.note(session, post, decision, language=language, now=now)


def _rows(session: Session, judged: Sequence[Judged], *, now: datetime) -> list[dict[str, Any]]:
    """Begin the threads that begin; return what is to be kept of each post."""
    new = [
        {
            "list_id": each.list_id,
            "subject": each.mail.subject,
            "started_at": now,
            "fields": each.fields,
            "topic": topics.read(each.mail.subject) or "",
        }
        for each in judged
        if each.thread_id is None
    ]
    begun = (thread_id for (thread_id,) in _THREADS.row_of_each(session, new))
    return [_row(each, each.thread_id or next(begun), now=now) for each in judged]


def _row(judged: Judged, thread_id: int, *, now: datetime) -> dict[str, Any]:
    mail, verdict = judged.mail, judged.verdict
    return {
        "list_id": judged.list_id,
        "thread_id": thread_id,
        "is_reply": judged.thread_id is not None,
        "author_id": judged.author_id,
        "state": lifecycle.begun("post", verdict.decision),
        "sender": mail.sender,
        "from_name": mail.from_name,
        "from_email": mail.from_addresses[0] if mail.from_addresses else "",
        "proof": mail.proof.value,
        "proof_domain": mail.proof_domain,
        "authentication": mail.authentication,
        "door": mail.door,
        "message_id": mail.message_id,
        "fingerprint": mail.fingerprint,
        "subject": mail.subject,
        "text": mail.text,
        "said": mail.said,
        "size_bytes": len(mail.raw),
        "received_at": now,
        "rule": verdict.rule,
        "judgement": judged.judgement,
        "deadline_at": judged.deadline_at,
        "fields": judged.fields,
        "came_as": mail.came_as,
    }


def _keep_sources(session: Session, mails: Mapping[int, bytes]) -> None:
    rows = [
        {"post_id": post_id, "raw": raw, "sha256": sha256(raw).hexdigest()}
        for post_id, raw in mails.items()
    ]
    _SOURCES.each(session, rows)


def _new(post_id: int, row: Mapping[str, Any]) -> NewPost:
    return NewPost(
        id=post_id,
        list_id=row["list_id"],
        author_id=row["author_id"],
        from_name=row["from_name"],
        from_email=row["from_email"],
        proof=row["proof"],
        door=row["door"],
        subject=row["subject"],
        text=row["text"],
        rule=row["rule"],
        deadline_at=row["deadline_at"],
    )


def _stored(session: Session, post_id: int, row: Mapping[str, Any]) -> Post:
    """Have the session know a post that was inserted without it, as if it had read it."""
    post = Post(id=post_id, **_UNTOUCHED, **row)
    make_transient_to_detached(post)
    session.add(post)
    return post
