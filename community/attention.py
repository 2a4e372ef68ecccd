"""What coordinators should look at: what is due today and this week, what is stuck, and why."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as hour
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from community import failures, freezes, meetings, mentoring, overview
from community.mentoring import Pair
from community.outbox import Channel, Delivery, Notice
from community.overview import DueItem
from community.store import calendar_of

#: Working days without a first meeting after which a pair is slow, and after which it is stuck:
#: then nothing is sent to the pair any more (`expectations.LADDER`).
SLOW_AFTER: Final = 5
STUCK_AFTER: Final = 10
#: Mail that could go and has not for so long waits for something that does not come by itself.
LATE_AFTER: Final = timedelta(hours=1)
#: More than that is for the pages.
MOST: Final = 3


@dataclass(frozen=True, kw_only=True)
class WaitingPair:
    """A pair without a first meeting."""

    pair: Pair
    is_stuck: bool


@dataclass(frozen=True, kw_only=True)
class Attention:
    """What coordinators should look at."""

    today: int
    #: Until the end of Sunday, today included.
    week: int
    #: What failed or was tried in vain, the newest first.
    stuck: tuple[DueItem, ...]
    stuck_count: int
    #: The pairs that have waited longest first.
    pairs: tuple[WaitingPair, ...]
    #: Since when mail waits that nothing keeps back: no mail server answers, or nobody sends.
    waits_since: datetime | None


def needed(session: Session, *, now: datetime) -> Attention:
    """Return what coordinators should look at now."""
    calendar = calendar_of(session)
    today = calendar.local(now).date()
    tonight = calendar.at_local(today + timedelta(days=1), hour.min)
    sunday = calendar.at_local(_next_monday(today), hour.min)
    # What comes every day by itself needs nobody.
    due = [
        item.when
        for item in overview.due(session, now=now)
        if item.when is not None and not item.ref.startswith("schedule:")
    ]
    failed = [
        item for item in failures.failed(session, now=now) if item.what not in overview.PRIVATE
    ]
    return Attention(
        today=sum(when < tonight for when in due),
        week=sum(when < sunday for when in due),
        stuck=tuple(failed[:MOST]),
        stuck_count=len(failed),
        pairs=tuple(_waiting_pairs(session, now=now)),
        waits_since=_waits_since(session, now=now),
    )


def _waits_since(session: Session, *, now: datetime) -> datetime | None:
    if freezes.is_frozen(session):  # that keeps it back, and is told by itself
        return None
    both = (_late(session, model, now=now) for model in (Delivery, Notice))
    return min((since for since in both if since is not None), default=None)


def _late(
    session: Session, model: type[Delivery] | type[Notice], *, now: datetime
) -> datetime | None:
    """Return when a mail was due, among the first of those that wait, which nobody could try."""
    could_go = [model.next_at <= now, model.attempts == 0, model.due_at <= now - LATE_AFTER]
    if model is Notice:
        could_go.append(Notice.channel == Channel.MAIL)
    turn = Delivery.post_id if model is Delivery else Notice.next_at
    return session.scalar(select(model.due_at).where(*could_go).order_by(turn).limit(1))


def _next_monday(day: date) -> date:
    return day + timedelta(days=7 - day.weekday())


def _waiting_pairs(session: Session, *, now: datetime) -> list[WaitingPair]:
    calendar = calendar_of(session)
    have_met = meetings.pairs_with_one(session)
    return [
        WaitingPair(
            pair=pair, is_stuck=calendar.add_working_days(pair.agreed_at, STUCK_AFTER) <= now
        )
        for pair in mentoring.active(session)
        if pair.mentorship_id not in have_met
        and calendar.add_working_days(pair.agreed_at, SLOW_AFTER) <= now
    ]
