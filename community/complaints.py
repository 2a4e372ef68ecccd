"""Readers who call a mail of ours spam get no more of what it was, and a word how to come back.

Whose mail it was is said by the address or the link that we signed, never by the report. Called by
`bounces.py` and `letter_bounces.py` for what came back by an address of its own, and by the mail
door for what a feedback loop tells.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from community import issues, outbox, subscriptions
from community.digests import Digest


def of_list(session: Session, list_id: int, person_id: int, *, now: datetime) -> None:
    """Take a reader who called a post spam off its list, and say so: it may have been a slip."""
    if subscriptions.is_subscriber(session, list_id, person_id):
        subscriptions.leave(session, list_id, by=person_id, now=now)
        detail = f"{now:%Y-%m-%dT%H:%M}"  # who joins again may complain again
        outbox.put(session, "mailing_list.complain", list_id, person_id, detail=detail, now=now)


def of_digest(session: Session, digest_id: int, person_id: int, *, now: datetime) -> None:
    """Take a reader who called a digest spam off all lists that are in it, and say so for each."""
    mine = select(Digest.id).where(Digest.id == digest_id, Digest.person_id == person_id)
    if session.scalar(mine) is not None:
        for part in issues.of_digest(session, digest_id).lists:
            of_list(session, part.list_id, person_id, now=now)
