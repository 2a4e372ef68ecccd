"""What happened, when, by whom: one row for every change of state, never changed afterwards.

Written by `lifecycle.advance` and by acts that change something without a state. Rows hold ids,
never names, addresses or text.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, func, insert, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from community import batches, home_views
from community.prepared import Prepared
from community.store import Base, door_of


class Entry(Base):
    """One event in the life of one thing."""

    __tablename__ = "journal"
    __table_args__ = (
        Index("ix_journal_noun_object_id", "noun", "object_id"),
        # What somebody has said about their lists.
        Index(
            "ix_journal_person_id_lists",
            "person_id",
            postgresql_where=text("noun = 'mailing_list'"),
            sqlite_where=text("noun = 'mailing_list'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    #: Who did it; empty when time did, or when that person has been erased.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    #: `meetup.join`, `post.accept`: the same word as the Slack action and the route.
    event: Mapped[str]
    noun: Mapped[str]
    object_id: Mapped[int]
    old: Mapped[str | None]
    new: Mapped[str | None]
    #: By which door it came: `slack`, `mail`, `web`, `time` or `command`; empty if that is unknown.
    door: Mapped[str] = mapped_column(default="", server_default="")


_COLUMNS = ("at", "person_id", "event", "noun", "object_id", "old", "new", "door")
_WRITE = Prepared(insert(Entry).inline(), *_COLUMNS)  # nobody asks for its id


def write(  # noqa: PLR0913 - the journal's own columns
    session: Session,
    noun: str,
    object_id: int,
    event: str,
    *,
    by: int | None,
    now: datetime,
    old: str | None = None,
    new: str | None = None,
) -> None:
    """Add one row to the journal in the caller's transaction."""
    values = {
        "at": now,
        "person_id": by,
        "event": f"{noun}.{event}",
        "noun": noun,
        "object_id": object_id,
        "old": old,
        "new": new,
        "door": door_of(session),
    }
    _WRITE.each(session, [values])
    home_views.note(session, f"{noun}.{event}", [(object_id, by)])


def count(session: Session, noun: str, object_id: int, event: str) -> int:
    """Return how often `event` has happened to a thing."""
    same = (Entry.noun == noun, Entry.object_id == object_id, Entry.event == f"{noun}.{event}")
    return session.scalar(select(func.count()).select_from(Entry).where(*same)) or 0


def write_begun(
    session: Session, noun: str, begun: Sequence[tuple[int, str, str]], *, now: datetime
) -> None:
    """Add one row for each thing that began by itself: its id, the event, the new state."""
    same = {"at": now, "person_id": None, "noun": noun, "old": None, "door": door_of(session)}
    entries = [
        {"object_id": object_id, "event": f"{noun}.{event}", "new": new} | same
        for object_id, event, new in begun
    ]
    _WRITE.each(session, entries)
    events: dict[str, list[tuple[int, int | None]]] = {}
    for object_id, event, _ in begun:
        events.setdefault(f"{noun}.{event}", []).append((object_id, None))
    for event, happened in events.items():
        home_views.note(session, event, happened)


def write_all(
    session: Session,
    noun: str,
    event: str,
    happened: Sequence[tuple[int, int | None]],
    *,
    now: datetime,
    old: str | None = None,
    new: str | None = None,
) -> None:
    """Add one row for each thing that `event` happened to: its id, and who did it."""
    same = {
        "at": now,
        "event": f"{noun}.{event}",
        "noun": noun,
        "old": old,
        "new": new,
        "door": door_of(session),
    }
    batches.insert(session, Entry, ("object_id", "person_id"), happened, same=same)
    home_views.note(session, f"{noun}.{event}", happened)


def of(session: Session, noun: str, object_id: int) -> list[Entry]:
    """Return the life of one thing, oldest event first."""
    query = select(Entry).where(Entry.noun == noun, Entry.object_id == object_id).order_by(Entry.id)
    return list(session.scalars(query))
