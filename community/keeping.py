"""Keeps mails that were judged, with all that follows from what was said of them.

The statements are put together once, for every mail costs them: writing one anew takes longer than
carrying it out.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session, make_transient_to_detached

from community import (
    asking,
    attachments,
    fanouts,
    forwards,
    lifecycle,
    outsiders,
    posts,
    releases,
    searches,
    topics,
)
from community.cases import Decision
from community.posts import NewPost, Post, PostSource, Thread
from community.prepared import Prepared
from community.received import Judged

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
