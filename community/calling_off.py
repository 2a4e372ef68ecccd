"""Calls off what is on its way to somebody who wants it no longer, or wants it elsewhere (D1).

A relay that was away for a day sends then what had waited for it; who has left meanwhile gets
nothing of that. What a worker holds at this very moment may go all the same, and is shown as in
doubt. Called by whatever ends a subscription or moves an address.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from community import batches, due
from community.due import Work
from community.outbox import Delivery
from community.posts import Post

UNWANTED: Final = "not wanted any more"
GONE: Final = "no longer with us"


def of_list(session: Session, list_id: int, person_id: int, *, now: datetime) -> int:
    """Keep back what has not gone out of a list to a person who gets no mail of it any more."""
    posts = select(Post.id).where(Post.list_id == list_id)
    theirs = (Delivery.person_id == person_id, Delivery.post_id.in_(posts))
    return due.cancel(session, Delivery, *theirs, now=now, why=UNWANTED)


def of_people(session: Session, people_ids: Sequence[int], *, now: datetime) -> int:
    """Keep back what has not gone out of any list to people who have left."""
    if not people_ids:
        return 0
    theirs = batches.among(session, Delivery.person_id, people_ids)
    return due.cancel(session, Delivery, theirs, now=now, why=GONE)


def move(session: Session, person_id: int, *, to: str) -> None:
    """Send what has not gone out to a person's new address.

    What may have reached the old one already stays with that: a second copy goes nowhere else (D2).
    """
    waits = (Delivery.person_id == person_id, Delivery.state == Work.DUE)
    never_in_doubt = (Delivery.claims == Delivery.attempts, Delivery.doubts == 0)
    moved = update(Delivery).where(*waits, *never_in_doubt).values(email=to)
    session.execute(moved.execution_options(synchronize_session=False))
