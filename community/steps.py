"""Steps: what is due at a moment and has its whole effect in our database.

Rungs of a ladder, reminders, an announcement's moment, a hold's deadline: each is a row from the
start, so anyone can read what is due when and why, and whatever makes it needless cancels it in the
same transaction. The scheduler takes one at a time: lock, act, settle, commit: exactly once.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from community import due, insertions
from community.due import Due, Work
from community.store import Base

#: An act as the scheduler calls it: `act(session, object_id, now=…)`.
StepAct = Callable[..., object]

#: A step that fails this often is put aside and reported.
MOST_ATTEMPTS = 12


class Step(Due, Base):
    """One moment at which one act is due for one thing."""

    __tablename__ = "step"

    #: The act by its name in the scheduler's table: `mentorship.nudge`, `announcement.send`.
    action: Mapped[str]
    object_id: Mapped[int] = mapped_column(index=True)
    #: What tells apart the steps of one thing: the rung of a ladder.
    detail: Mapped[str] = mapped_column(default="")


class Plan(NamedTuple):
    """A step as it is planned."""

    action: str
    object_id: int
    due_at: datetime
    detail: str = ""


def plan(
    session: Session, action: str, object_id: int, *, due_at: datetime, detail: str = ""
) -> None:
    """Have `action` done for `object_id` at `due_at`; planning it twice changes nothing."""
    plan_all(session, [Plan(action, object_id, due_at, detail)])


def plan_all(session: Session, plans: Iterable[Plan]) -> None:
    """Plan several steps, by one statement."""
    rows = [
        {
            "key": ":".join(filter(None, (each.action, str(each.object_id), each.detail))),
            "action": each.action,
            "object_id": each.object_id,
            "detail": each.detail,
            "due_at": each.due_at,
            "next_at": each.due_at,
            "state": Work.DUE,
            "claims": 0,
            "attempts": 0,
        }
        for each in plans
    ]
    insertions.once(session, Step, rows)


def cancel(session: Session, action: str, object_id: int, *, now: datetime, why: str) -> int:
    """Cancel every step of this kind that is still due for `object_id`; return how many."""
    return cancel_each(session, action, [object_id], now=now, why=why)


def cancel_each(
    session: Session, action: str, object_ids: Sequence[int], *, now: datetime, why: str
) -> int:
    """Cancel every step of this kind that is still due for these things; return how many."""
    about = (Step.action == action, Step.object_id.in_(object_ids))
    return due.cancel(session, Step, *about, now=now, why=why)


def first_due(session: Session, *, now: datetime) -> int | None:
    """Return the id of the step that has been due longest, or None."""
    query = select(Step.id).where(Step.next_at <= now).order_by(Step.next_at, Step.id).limit(1)
    return session.scalar(query)


def take(session: Session, acts: Mapping[str, StepAct], step_id: int, *, now: datetime) -> bool:
    """Do one step and settle it in this transaction; return False when another process has it.

    The act looks again whether it still applies; when it raises, the transaction is rolled back
    and the caller reports it through `push_on`.
    """
    query = (
        select(Step)
        .where(Step.id == step_id, Step.next_at <= now)
        .with_for_update(skip_locked=True)
    )
    step = session.scalars(query).one_or_none()
    if step is None:
        return False
    acts[step.action](session, step.object_id, detail=step.detail, due_at=step.due_at, now=now)
    settled = due.Outcome(row_id=step.id, fence=step.claims, state=Work.DONE)
    due.settle(session, Step, [settled], now=now)
    return True


def push_on(session: Session, step_id: int, *, error: str, now: datetime) -> None:
    """Move a step that raised out of the others' way, and fail it for good after 12 attempts."""
    step = session.get(Step, step_id, with_for_update=True)
    if step is None or step.next_at is None:
        return
    last = step.attempts + 1 >= MOST_ATTEMPTS
    again = due.retry_at(now, attempts=step.attempts, row_id=step.id, retry_after=None)
    outcome = due.Outcome(
        row_id=step.id,
        fence=step.claims,
        state=Work.FAILED if last else Work.DUE,
        words=error,
        again_at=None if last else again,
    )
    due.settle(session, Step, [outcome], now=now)
