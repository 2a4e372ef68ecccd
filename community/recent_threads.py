"""The threads of a person's own lists in which something was written last, with what they chose.

For chat, where one looks in for a moment; the archive's pages have all (`threads.py`).
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from community import lists, threads
from community.deliveries import ThreadChoice
from community.lists import MailingList
from community.people import Reader
from community.posts import Thread
from community.threads import ThreadLine


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
    mine = lists.of_person(session, reader.person_id)
    ids = [one for a_list in mine for one in threads.newest(session, a_list.id, reader, most=most)]
    lines = sorted(
        threads.lines_of(session, ids, reader),
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
