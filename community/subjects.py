"""Subjects: what is left of one without marks, and which thread an answer means by it alone.

Some programs answer without saying what they answer (RFC 5322 §3.6.4 only asks for it).
"""

import re
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from community.posts import Post, Thread

#: So long after its last post a thread is found by its subject alone.
REMEMBERED: Final = timedelta(days=14)
#: More threads than two weeks of a list have.
_MOST_THREADS: Final = 500
#: Reply and forward marks, and the list's tag, in front of a subject.
_MARK: Final = re.compile(r"(?:re|aw|sv|vs|svar|fwd?|vb)(?:\[\d{1,3}\])?[ \t]*:|\[[^\[\]]{1,80}\]")
_REPLY: Final = re.compile(
    r"[ \t]*(?:\[[^\[\]]{1,80}\][ \t]*)?(?:re|aw|sv|vs|svar)(?:\[\d{1,3}\])?[ \t]*:",
    re.IGNORECASE,
)


def bare(subject: str) -> str:
    """Return a subject without reply marks and tags, for comparing."""
    rest = " ".join(subject.casefold().split())
    while (mark := _MARK.match(rest)) is not None:
        rest = rest[mark.end() :].lstrip()
    return rest


def is_answer(subject: str) -> bool:
    """Say whether a subject has a reply mark, in one of the languages of our neighbours."""
    return _REPLY.match(subject) is not None


def answering(subject: str) -> str:
    """Return the subject of an answer to a post with this one."""
    return subject if is_answer(subject) else f"Re: {subject}"


def thread_meant(session: Session, list_id: int, subject: str, *, at: datetime) -> int | None:
    """Return the newest thread of these weeks that has the subject of an answer, or None.

    A forwarded mail and a new one begin their own.
    """
    wanted = bare(subject)
    if not wanted or not is_answer(subject):
        return None
    last = func.max(Post.received_at, type_=Post.received_at.type)
    query = (
        select(Thread.id, Thread.subject)
        .join(Post, Post.thread_id == Thread.id)
        .where(
            Post.list_id == list_id,
            Post.received_at > at - REMEMBERED,
            Post.received_at <= at + REMEMBERED,
        )
        .group_by(Thread.id, Thread.subject)
        .order_by(last.desc(), Thread.id.desc())
        .limit(_MOST_THREADS)
    )
    there = session.execute(query)
    return next((number for number, words in there if bare(words) == wanted), None)
