"""The frozen outbox: after an older database was put in place nothing goes out by itself (U3).

What was sent since a backup is not known to it, so a restored database would send it all again. A
freeze is a row: while one is open nothing of the outbox is claimed, and a human releases it. Steps
and what comes in go on. How a restored SQLite file is found out: `marks.py`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Final, TypeVar

from sqlalchemy import Index, Select, exists, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from community import marks, reasons
from community.errors import N_, Refusal
from community.outbox import Delivery, Notice
from community.store import Base

Row = TypeVar("Row")

OLDER: Final = "older"
UNKNOWN_PLACE: Final = "unknown_place"
ASKED: Final = "asked"
MOVED: Final = "moved"

WORDS: Final[Mapping[str, str]] = {
    OLDER: N_("The database is older than what this installation has done since."),
    UNKNOWN_PLACE: N_("The database has sent mail, but not from this folder."),
    ASKED: N_("Somebody asked for it."),
    MOVED: N_("The database has been moved to PostgreSQL."),
}


class Freeze(Base):
    """A time in which nothing of the outbox is claimed."""

    __tablename__ = "outbox_freeze"
    # Released or not is the one value of the column while it is open: so one is open at most.
    __table_args__ = (
        Index(
            "ix_outbox_freeze_released_by",
            "released_by",
            unique=True,
            postgresql_where=text("released_at IS NULL"),
            sqlite_where=text("released_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    since: Mapped[datetime]
    #: A key of `WORDS`.
    why: Mapped[str]
    released_at: Mapped[datetime | None]
    #: The account on the machine from which it was released; empty while it is open.
    released_by: Mapped[str] = mapped_column(default="")


@dataclass(frozen=True, kw_only=True)
class MaybeSent:
    """Rows of one kind that were due when the outbox was frozen."""

    #: The kind of notice, or `post.deliver`.
    what: str
    #: `post 17`; empty for notices.
    about: str
    count: int


def current(session: Session) -> Freeze | None:
    """Return the freeze that is open; None when the outbox is not frozen."""
    return session.scalar(select(Freeze).where(Freeze.released_at.is_(None)))


def is_frozen(session: Session) -> bool:
    """Tell whether nothing of the outbox may be claimed."""
    return bool(session.connection().scalar(_open()))


def maybe_sent(session: Session, freeze: Freeze) -> list[MaybeSent]:
    """Count what was due when it was frozen and still waits, by post and by kind of notice."""
    of_posts = (
        select(Delivery.post_id, func.count())
        .where(Delivery.next_at.is_not(None), Delivery.due_at <= freeze.since)
        .group_by(Delivery.post_id)
        .order_by(Delivery.post_id)
    )
    of_kinds = (
        select(Notice.kind, func.count())
        .where(Notice.next_at.is_not(None), Notice.due_at <= freeze.since)
        .group_by(Notice.kind)
        .order_by(Notice.kind)
    )
    posts = [
        MaybeSent(what=reasons.DELIVER, about=f"post {post_id}", count=count)
        for post_id, count in session.execute(of_posts)
    ]
    kinds = session.execute(of_kinds)
    return posts + [MaybeSent(what=kind, about="", count=count) for kind, count in kinds]


def freeze(session: Session, *, why: str, now: datetime) -> None:
    """Have nothing claimed from now on; what is claimed already still goes out.

    Raises:
        Refusal: it is frozen already.
    """
    if is_frozen(session):
        raise Refusal("The outbox is frozen already.")
    session.add(Freeze(since=now, why=why))
    session.flush()


def release(session: Session, *, by: str, now: datetime) -> None:
    """Let everything go out again; `by` is an account on the machine.

    Raises:
        Refusal: it is not frozen.
    """
    frozen = current(session)
    if frozen is None:
        raise Refusal("The outbox is not frozen.")
    frozen.released_at, frozen.released_by = now, by


def look_for_restore(session: Session, kept: int | None, *, now: datetime) -> int:
    """Freeze when the database is not the one that was last sent from; return its mark.

    `kept` is the mark in the file beside it, None when there is none. The database then gets the
    higher one of both, so that each restore is found once.
    """
    own = marks.current(session)
    is_strange = kept is None and own > 0
    is_older = kept is not None and kept > own
    if (is_strange or is_older) and not is_frozen(session):
        freeze(session, why=OLDER if is_older else UNKNOWN_PLACE, now=now)
    return marks.put_up(session, kept) if kept is not None and is_older else own


def claim(
    session: Session, take: Callable[[Session], Sequence[Row]]
) -> tuple[Sequence[Row], int | None]:
    """Take rows by an act of the outbox, none while it is frozen.

    Returns the new mark too, which is to be kept before anything is sent; None when there is none.
    """
    if is_frozen(session):
        return [], None
    rows = take(session)
    return rows, marks.rise(session) if rows else None


@cache
def _open() -> Select[bool]:
    return select(exists().where(Freeze.released_at.is_(None)))
