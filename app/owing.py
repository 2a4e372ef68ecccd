"""Which copies our rows know of, as `reckoning.py` compares them with what the relay has."""

from collections.abc import Collection, Iterator
from datetime import datetime

from app.reckoning import Copy, Owed, bare
from community import ends
from community.ends import Written
from community.store import Session
from mailing.letter import message_id


def owed(
    session: Session, *, domain: str, now: datetime, named: Collection[str] | None = None
) -> list[Owed]:
    """Return every copy of a post and every mailed letter, or those with a Message-ID in `named`.

    `domain` is that of the service: the Message-ID of a letter is made of its key and this.
    """
    rows = (_owed(row, domain) for row in _written(session, now=now))
    return [row for row in rows if named is None or row.copy.message_id in named]


def _written(session: Session, *, now: datetime) -> Iterator[Written]:
    yield from ends.copies(session, now=now)
    yield from ends.letters(session, now=now)


def _owed(row: Written, domain: str) -> Owed:
    its_id = row.message_id or message_id(row.key, domain)
    copy = Copy(bare(its_id), row.recipient)
    return Owed(copy=copy, is_relayed=row.is_relayed, doubts=row.doubts)
