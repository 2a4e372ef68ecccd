"""The threads of a person's own lists in which something was written last, with what they chose.

For chat, where one looks in for a moment; the archive's pages have all (`thread_pages.py`).
"""

from dataclasses import dataclass

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from community import subscriptions, thread_pages
from community.deliveries import ThreadChoice
from community.lists import MailingList
from community.people import Reader
from community.posts import Post, Thread
from community.thread_pages import ThreadLine
from community.threads import visible

#: So many of the newest posts of each list are looked at: whose threads are older is no news.
POSTS_READ = 200


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
    mine = [one.id for one in subscriptions.of_person(session, reader.person_id)]
    ids = _newest(session, mine, reader)
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


def _newest(session: Session, list_ids: list[int], reader: Reader) -> list[int]:
    """Return the threads of the newest posts of these lists, each list's read from its index."""
    posts = (
        select(Post.thread_id)
        .where(Post.list_id == list_id, visible(reader))
        .order_by(Post.received_at.desc(), Post.thread_id.desc())
        .limit(POSTS_READ)
        .subquery()
        for list_id in list_ids
    )
    parts = [select(part.c.thread_id) for part in posts]
    return list(session.scalars(union(*parts))) if parts else []
