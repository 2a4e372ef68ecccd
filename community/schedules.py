"""What comes again and again: when each schedule is next meant to run.

A row per schedule holds the truth; the scheduler only rings. However many processes ring, and
however late, one of them finds the row due, acts and moves it on, in one transaction (T1).
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from community import insertions, outbox
from community.channel_cards import ChannelCard
from community.outbox import Notice
from community.steps import Step
from community.store import Base

#: Schedules whose moment nobody waits for: they look, or take up what was left.
UNAWAITED: Final = ("check", "indexing", "keeping")


class Schedule(Base):
    """One thing that comes again and again."""

    __tablename__ = "schedule"

    name: Mapped[str] = mapped_column(primary_key=True)
    next_at: Mapped[datetime]
    last_at: Mapped[datetime | None]


def ensure(session: Session, name: str, *, next_at: datetime) -> None:
    """Make sure that there is a row; one that is there keeps its moment."""
    insertions.once(session, Schedule, [{"name": name, "next_at": next_at}], key="name")


def fire(
    session: Session,
    name: str,
    act: Callable[..., object],
    *,
    following: Callable[[datetime], datetime],
    now: datetime,
) -> bool:
    """Run `act(session, meant=…, now=…)` if it is due, and move on to the first moment after now.

    A schedule that was missed several times runs once (T3). Returns False when it is not due or
    another process has it.
    """
    mine = select(Schedule).where(Schedule.name == name, Schedule.next_at <= now)
    row = session.scalars(mine.with_for_update(skip_locked=True)).one_or_none()
    if row is None:
        return False
    act(session, meant=row.next_at, now=now)
    row.last_at = row.next_at
    row.next_at = following(now)
    return True


def push_on(session: Session, name: str, *, now: datetime) -> None:
    """Try a job that raised again in ten minutes, so that it does not stand in others' way."""
    row = session.get_one(Schedule, name, with_for_update=True)
    if row.next_at <= now:
        row.next_at = now + timedelta(minutes=10)


def due_names(session: Session, *, now: datetime) -> frozenset[str]:
    """Return the names of the schedules that are due."""
    return frozenset(session.scalars(select(Schedule.name).where(Schedule.next_at <= now)))


def coming(session: Session) -> list[Schedule]:
    """Return every schedule, the next one first."""
    return list(session.scalars(select(Schedule).order_by(Schedule.next_at, Schedule.name)))


def next_moment(session: Session) -> datetime | None:
    """Return the first moment at which anything in the house is due: job, step or send.

    What nobody waits for is left out.
    """
    moments = [
        session.scalar(select(func.min(Schedule.next_at)).where(Schedule.name.not_in(UNAWAITED))),
        session.scalar(select(func.min(Step.next_at))),
        session.scalar(select(func.min(Notice.next_at))),
        session.scalar(select(func.min(ChannelCard.next_at))),
    ]
    moments.append(outbox.next_delivery_at(session))
    return min((moment for moment in moments if moment is not None), default=None)
