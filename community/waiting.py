"""How much waits, and for how long: what a monitor asks. Counts only, nothing about anybody."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from community.channel_cards import ChannelCard
from community.due import Work
from community.outbox import Delivery, Notice
from community.posts import Post
from community.steps import Step

#: Every table of work.
WORK: Final = (Step, Notice, ChannelCard, Delivery)


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """The rows of one table in one state."""

    table: str
    state: str
    rows: int
    #: For how long the oldest of those that are due has been; 0 when none is late.
    late_seconds: float


def counts(session: Session, *, now: datetime) -> tuple[Waiting, ...]:
    """Count the rows of every table of work by state, and say how late the oldest is."""
    found = [each for model in WORK for each in _of(session, model, now)]
    held = select(func.count()).where(Post.state.in_(("held", "quarantined")))
    found.append(
        Waiting(table="post", state="held", rows=session.scalar(held) or 0, late_seconds=0.0)
    )
    return tuple(found)


def crowds(session: Session, limit: int) -> bool:
    """Tell whether at least so many deliveries wait."""
    waiting = select(Delivery.id).where(Delivery.next_at.is_not(None)).offset(limit - 1).limit(1)
    return session.scalar(waiting) is not None


def is_answering(session: Session) -> bool:
    """Say whether the database answers at all; raises when it does not."""
    return bool(session.scalar(text("SELECT 1")) == 1)


def _of(
    session: Session, model: type[Step | Notice | ChannelCard | Delivery], now: datetime
) -> list[Waiting]:
    oldest = func.min(model.due_at, type_=model.due_at.type)
    query = select(model.state, func.count(), oldest).group_by(model.state)
    by_state = {state: (rows, due_at) for state, rows, due_at in session.execute(query)}
    return [
        Waiting(
            table=model.__tablename__,
            state=state,
            rows=by_state.get(state, (0, now))[0],
            late_seconds=_late(state, by_state.get(state, (0, now))[1], now),
        )
        for state in Work
    ]


def _late(state: Work, due_at: datetime, now: datetime) -> float:
    return max(0.0, (now - due_at).total_seconds()) if state is Work.DUE else 0.0
