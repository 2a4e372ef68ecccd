"""The expectation meeting's ladder: the nudges that lead a new pair to an early first meeting.

The rungs are steps from the day the pair is made; booking a time (`meetings.py`) cancels what is
left. A rung looks again before it speaks, and the ladder ends with a human being: after the last
rung the coordinators decide, and the pair gets no more automatic mail.
"""

from datetime import datetime, time

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from community import lifecycle, meetings, mentoring, outbox, steps
from community.calendar import Calendar
from community.due import Work
from community.mentoring import Mentorship
from community.outbox import Notice
from community.people import Person
from community.steps import Step
from community.store import calendar_of

#: Rung -> working days after the pair was made.
LADDER = {"1": 0, "2": 2, "3": 5, "4": 8, "5": 10, "6": 15}
#: The rungs that speak to the coordinators and no longer to the pair.
WATCH = ("5", "6")
#: Nobody is nudged who has had so many messages about the first meeting, the offers among them.
MOST_TO_POSTDOC = 4
MOST_TO_MENTOR = 3


def begin(
    session: Session, *, postdoc_id: int, mentor_id: int, by: int, now: datetime
) -> Mentorship:
    """Make a pair and set up its whole ladder (see `mentoring.pair` for refusals)."""
    mentorship = mentoring.pair(session, postdoc_id=postdoc_id, mentor_id=mentor_id, by=by, now=now)
    calendar = calendar_of(session)
    for rung, working_days in LADDER.items():
        due_at = _rung_at(calendar, now, working_days)
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
    chooses = postdoc if times and times[0].offered_by == mentor else mentor
    whom: dict[str, tuple[int, ...]] = {
        "1": (postdoc, mentor),
        "2": () if times else (postdoc,),
        "3": (chooses,) if times else (postdoc,),
        "4": (postdoc, mentor),
    }
    most = {postdoc: MOST_TO_POSTDOC, mentor: MOST_TO_MENTOR}
    told = _count_told(session, mentorship_id)
    willing = [person for person in whom[detail] if told.get(person, 0) < most[person]]
    outbox.put_to_all(
        session,
        "mentorship.nudge",
        mentorship_id,
        select(Person.id).where(Person.id.in_(willing)),
        detail=detail,
        now=now,
    )


def hand_back(session: Session, mentorship_id: int, *, by: int, now: datetime) -> Mentorship:
    """End a pair without blame or reason; ladder and reminders stop, the coordinators are told."""
    mentorship = mentoring.of_mine(session, mentorship_id, by)
    lifecycle.advance(session, mentorship, "hand_back", by=by, now=now)
    mentoring.tell_coordinators(session, mentorship_id, f"hand_back-{by}", now=now)
    cards = [("mentorship.nudge", mentorship_id), ("mentorship.offer", mentorship_id)]
    if (meeting := meetings.of_pair(session, mentorship_id)) is not None:
        cards += [("meeting.remind", meeting.id), ("meeting.decline", meeting.id)]
    for kind, object_id in cards:
        steps.cancel(session, kind, object_id, now=now, why="handed back")
        for person_id in (mentorship.postdoc_id, mentorship.mentor_id):
            about = (session, kind, object_id, person_id)
            outbox.put_instead_of_own(*about, detail="ended", now=now)
    return mentorship


def suggested(calendar: Calendar, now: datetime) -> tuple[datetime, ...]:
    """Suggest three times on different working days inside core hours, two days from now on."""
    hours = (time(10), time(13), time(9))
    return tuple(
        calendar.add_working_days(now, days, at) for days, at in zip((3, 5, 7), hours, strict=True)
    )


def _rung_at(calendar: Calendar, start: datetime, working_days: int) -> datetime:
    """Return when a rung speaks; days of rest do not count, so that rungs keep their distance."""
    if calendar.is_at_rest(calendar.local(start).date()):
        start = calendar.next_send_window(start)
    moment = start
    for _ in range(working_days):
        moment = calendar.add_working_days(moment, 1)
        if calendar.is_at_rest(calendar.local(moment).date()):
            moment = calendar.next_send_window(moment)
    return calendar.next_send_window(moment)


def _count_told(session: Session, mentorship_id: int) -> dict[int, int]:
    """Count for each of a pair what has been said on the way to the meeting."""
    query = (
        select(Notice.person_id, func.count())
        .where(
            Notice.kind.in_(("mentorship.nudge", "mentorship.offer")),
            Notice.object_id == mentorship_id,
            Notice.state.in_((Work.DUE, Work.DONE)),
        )
        .group_by(Notice.person_id)
    )
    return dict(session.execute(query).all())


def _later_is_due(session: Session, mentorship_id: int, rung: str, now: datetime) -> bool:
    query = select(Step.id).where(
        Step.action == "mentorship.nudge",
        Step.object_id == mentorship_id,
        Step.state == Work.DUE.value,
        Step.detail > rung,
        Step.due_at <= now,
    )
    return session.scalar(query.limit(1)) is not None
