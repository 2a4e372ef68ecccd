"""The threads of a person's own lists in which something was written last, with what they chose.

For chat, where one looks in for a moment; the archive's pages have all (`thread_pages.py`).
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from community import subscriptions, thread_pages
from community.deliveries import ThreadChoice
from community.lists import MailingList
from community.people import Reader
from community.posts import Thread
from community.thread_pages import ThreadLine


@dataclass(frozen=True, kw_only=True)
class RecentThread:
    """A thread of one of a person's lists."""

    line: ThreadLine
    list_name: str
    #: True follows it, False has muted it, None neither.
    follows: bool | None
    is_closed: bool


def recent(session: Session, *, reader: Reader, most: int) -> tuple[RecentThread, ...]:
    """Return the threads of my lists with the newest posts, the newest first."""
    chosen = (ThreadChoice.thread_id == Thread.id) & (ThreadChoice.person_id == reader.person_id)
    mine = subscriptions.of_person(session, reader.person_id)
    newest = (thread_pages.newest(session, one.id, reader, most=most) for one in mine)
    ids = [thread_id for of_list in newest for thread_id in of_list]
    lines = sorted(
        thread_pages.lines_of(session, ids, reader),
        key=lambda line: (line.last_at, line.thread_id),
        reverse=True,
    )[:most]
    query = (
        select(Thread.id, MailingList.address, ThreadChoice.follows, Thread.closed_at)
        .join(MailingList, MailingList.id == Thread.list_id)
        .outerjoin(ThreadChoice, chosen)
        .where(Thread.id.in_([line.thread_id for line in lines]))
    )
    about = {row.id: row for row in session.execute(query)}
    return tuple(
        RecentThread(
            line=line,
            list_name=about[line.thread_id].address.partition("@")[0],
            follows=about[line.thread_id].follows,
            is_closed=about[line.thread_id].closed_at is not None,
        )
        for line in lines
    )
