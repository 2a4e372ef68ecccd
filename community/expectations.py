"""The expectation meeting's ladder: the nudges that lead a new pair to an early first meeting.

The rungs are steps from the day the pair is made; booking a time (`meetings.py`) cancels what is
left. A rung looks again before it speaks, and the ladder ends with a human being: after the last
rung the coordinators decide, and the pair gets no more automatic mail.
"""

from datetime import datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from community import meetings, mentoring, outbox, steps
from community.calendar import Calendar
from community.due import Work
from community.mentoring import Mentorship
from community.people import Person, Topic
from community.steps import Step
from community.store import calendar_of

#: Rung -> working days after the pair was made.
LADDER = {"1": 0, "2": 2, "3": 5, "4": 8, "5": 10, "6": 15}
#: The rungs that speak to the coordinators and no longer to the pair.
WATCH = ("5", "6")


def begin(
    session: Session, *, postdoc_id: int, mentor_id: int, by: int, now: datetime
) -> Mentorship:
    """Make a pair and set up its whole ladder (see `mentoring.pair` for refusals)."""
    mentorship = mentoring.pair(session, postdoc_id=postdoc_id, mentor_id=mentor_id, by=by, now=now)
    calendar = calendar_of(session)
    for rung, working_days in LADDER.items():
        due_at = calendar.add_working_days(now, working_days) if working_days else now
        due_at = calendar.next_send_window(due_at)
        steps.plan(session, "mentorship.nudge", mentorship.id, due_at=due_at, detail=rung)
    return mentorship


def nudge(
    session: Session, mentorship_id: int, *, detail: str, due_at: datetime, now: datetime
) -> None:
    """Climb one rung, unless the pair has ended, has a time, or a later rung is due as well."""
    mentorship = session.get_one(Mentorship, mentorship_id, with_for_update=True)
    booked = meetings.of_pair(session, mentorship_id) is not None
    if mentorship.state != "active" or booked or _later_is_due(session, mentorship_id, detail, now):
        return
    if detail in WATCH:
        mentoring.tell_coordinators(session, mentorship_id, f"rung-{detail}", now=now)
        return
    postdoc, mentor = mentorship.postdoc_id, mentorship.mentor_id
    times = meetings.offered(session, mentorship_id)
    whom: dict[str, tuple[int, ...]] = {
        "1": (postdoc, mentor),
        "2": () if times else (postdoc,),
        "3": (mentor,) if times else (postdoc,),
        "4": (postdoc, mentor),
    }
    outbox.put_to_all(
        session,
        "mentorship.nudge",
        mentorship_id,
        select(Person.id).where(Person.id.in_(whom[detail])),
        detail=detail,
        topic=Topic.MENTORSHIP,
        now=now,
    )


def suggested(calendar: Calendar, now: datetime) -> tuple[datetime, ...]:
    """Suggest three times on different working days inside core hours, two days from now on."""
    hours = (time(10), time(13), time(9))
    return tuple(
        calendar.add_working_days(now, days, at) for days, at in zip((3, 5, 7), hours, strict=True)
    )


def _later_is_due(session: Session, mentorship_id: int, rung: str, now: datetime) -> bool:
    query = select(Step.id).where(
        Step.action == "mentorship.nudge",
        Step.object_id == mentorship_id,
        Step.state == Work.DUE.value,
        Step.detail > rung,
        Step.due_at <= now,
    )
    return session.scalar(query.limit(1)) is not None
