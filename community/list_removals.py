"""Removing a closed list for good: its posts and whatever hangs on it, by the paths of erasure.

What goes: posts with their bytes and attachments, threads, the search, subscriptions, bans, feeds,
questions to join, and what was still to be said of them. What stays: the journal, which says by
numbers who did what; people themselves; the digests that people got, without their posts. The id
is never given to another list, so that old links lead nowhere.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from community import erasure, journal, lifecycle, list_closures, lists, searches, tables
from community.errors import Refusal
from community.lists import MailingList
from community.people import Person
from community.posts import Post, Thread
from community.subscriptions import Subscription

#: What can hang on a list and has no foreign key to what it is about.
_NOUNS = (set(lifecycle.LIVES) - {Person.__tablename__}) | {"mailing_list", "inquiry"}


@dataclass(frozen=True, kw_only=True)
class Removal:
    """What a list holds that its removal takes away."""

    posts: int
    subscribers: int


def weigh(session: Session, address: str, *, now: datetime) -> Removal:
    """Say what removing a list takes away.

    Raises:
        Refusal: there is no such list; it is open; something of it has not come to its end.
    """
    a_list = lists.by_address(session, address)
    if not a_list.is_closed(now):
        raise Refusal(
            "{address} takes posts. Close it first: samband list close {address}",
            address=a_list.address,
        )
    waits = list_closures.waiting(session, a_list.id)
    if waits:
        raise Refusal(
            "{address} has not come to its end: {held} held (decide, or they run out), {accepted} "
            "accepted and still to go out, {copies} copies on their way. Remove it after that.",
            address=a_list.address,
            held=waits.held,
            accepted=waits.accepted,
            copies=waits.copies,
        )
    return Removal(
        posts=_count(session, Post, a_list.id), subscribers=_count(session, Subscription, a_list.id)
    )


def remove(session: Session, address: str, *, by: int | None, now: datetime) -> Removal:
    """Take a closed list away with all that hangs on it; the journal stays.

    Raises:
        Refusal: as `weigh`.
    """
    list_id = lists.by_address(session, address).id
    lists.locked(session, [list_id])
    taken = weigh(session, address, now=now)
    journal.write(session, "mailing_list", list_id, "remove", by=by, now=now)
    session.flush()
    session.expunge_all()
    # Posts before their threads: they hold on to them.
    for table in (Post, Thread):
        session.execute(delete(table).where(table.list_id == list_id))
    session.execute(delete(MailingList).where(MailingList.id == list_id))
    erasure.forget_what_hung(session, {table.name: table for table in tables.load()}, _NOUNS)
    searches.forget(session)
    return taken


def _count(session: Session, table: type[Post] | type[Subscription], list_id: int) -> int:
    counted = select(func.count()).select_from(table).where(table.list_id == list_id)
    return session.scalar(counted) or 0
