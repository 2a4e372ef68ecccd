"""Threads that moderators close: they take no more answers, and stay readable.

The rule `closed` gives an answer back to its author with words; moderators themselves may go on.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from community import journal, people
from community.people import Role
from community.posts import Thread
from community.threads import Unseen


def close(session: Session, thread_id: int, *, by: int, now: datetime) -> Thread:
    """Let a thread take no more answers; closing twice changes nothing."""
    return _set(session, thread_id, now, by=by, now=now)


def reopen(session: Session, thread_id: int, *, by: int, now: datetime) -> Thread:
    """Let a thread take answers again."""
    return _set(session, thread_id, None, by=by, now=now)


def _set(
    session: Session, thread_id: int, closed_at: datetime | None, *, by: int, now: datetime
) -> Thread:
    people.require(session, by, Role.MODERATOR)
    thread = session.get(Thread, thread_id, with_for_update=True)
    if thread is None:
        raise Unseen
    if (thread.closed_at is None) != (closed_at is None):
        thread.closed_at = closed_at
        event = "reopen" if closed_at is None else "close"
        journal.write(session, "thread", thread_id, event, by=by, now=now)
    return thread
