"""Lists that are closed: they take no posts and nobody new, and stay readable for their members.

What was accepted before goes out: in its grace, in the next digest, or on its way already; what a
moderator holds is decided or runs out as ever. Subscriptions stay, so that a list that is opened
again is as it was. Nothing is done at the moment itself: whoever asks compares (`lists.is_open`).
"""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from community import journal, lists
from community.errors import Over
from community.lists import MailingList
from community.outbox import Delivery
from community.posts import Post

#: Accepted, and nobody has it yet.
ACCEPTED = ("releasing", "queued")
HELD = ("held", "quarantined")


class Waiting(NamedTuple):
    """What of a list has not come to its end."""

    #: Posts that wait for a moderator.
    held: int
    #: Posts in their grace, or for the next digest.
    accepted: int
    #: Mails that no relay has taken yet.
    copies: int

    def __bool__(self) -> bool:
        return any(self)


def close(
    session: Session,
    address: str,
    *,
    by: int | None,
    now: datetime,
    at: datetime | None = None,
) -> MailingList:
    """Close a list now, or from a moment on; another moment moves that, what is closed stays so.

    Raises:
        Refusal: there is no such list; the moment is over.
    """
    closes_at = at or now
    if closes_at < now:
        raise Over
    a_list = _locked(session, address)
    if not a_list.is_closed(now) and a_list.closes_at != closes_at:
        a_list.closes_at = closes_at
        when = closes_at.isoformat()
        journal.write(session, "mailing_list", a_list.id, "close", by=by, now=now, new=when)
    return a_list


def reopen(session: Session, address: str, *, by: int | None, now: datetime) -> MailingList:
    """Let a list take posts and people again, or not be closed at all; twice is once.

    Raises:
        Refusal: there is no such list.
    """
    a_list = _locked(session, address)
    if a_list.closes_at is not None:
        a_list.closes_at = None
        journal.write(session, "mailing_list", a_list.id, "reopen", by=by, now=now)
    return a_list


def waiting(session: Session, list_id: int) -> Waiting:
    """Count what of a list has not come to its end."""
    in_state = (
        select(Post.state, func.count())
        .where(Post.list_id == list_id, Post.state.in_((*HELD, *ACCEPTED)))
        .group_by(Post.state)
    )
    found = {state: count for state, count in session.execute(in_state)}  # noqa: C416 - rows
    copies = (
        select(func.count())
        .select_from(Delivery)
        .join(Post, Post.id == Delivery.post_id)
        .where(Post.list_id == list_id, Delivery.next_at.is_not(None))
    )
    return Waiting(
        held=sum(found.get(state, 0) for state in HELD),
        accepted=sum(found.get(state, 0) for state in ACCEPTED),
        copies=session.scalar(copies) or 0,
    )


def _locked(session: Session, address: str) -> MailingList:
    list_id = lists.by_address(session, address).id
    return session.get_one(MailingList, list_id, with_for_update=True, populate_existing=True)
