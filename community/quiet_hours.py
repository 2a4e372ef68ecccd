"""When automatic messages may come to a person, and which of them can wait until then.

Quiet hours hold back what nobody asked for at that moment and what another person's doing brought.
Answers to one's own doing, calendar entries and cancellations never wait; nothing waits so long
that less than a day is left before what it is about begins. A row that waits is pushed on, never
lost (`scheduler/delivery.py`); Slack's own “do not disturb” is asked by its door.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, time, timedelta
from types import MappingProxyType
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, Select, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from community import journal
from community.calendar import Calendar, Hours
from community.errors import Refusal
from community.gatherings import Gathering
from community.meetings import Meeting
from community.meetups import Meetup
from community.outbox import Notice
from community.people import Person
from community.store import Base, calendar_of

#: What can wait; everything else goes at once.
PATIENT: Final = frozenset(
    {
        "meetup.propose",
        "meetup.join",
        "meetup.leave",
        "gathering.publish",
        "gathering.remind",
        "announcement.send",
        "mentorship.nudge",
        "mentorship.offer",
        "mentorship.watch",
        "meeting.decline",
        "meeting.remind",
        "person.end_stay",
    }
)
_ONE: Final = bindparam("about", type_=Person.id.type)
#: What a notice is about, where that begins at a moment.
BEGINS: Final[Mapping[str, Select[datetime]]] = MappingProxyType(
    {
        "meetup": select(Meetup.starts_at).where(Meetup.id == _ONE),
        "gathering": select(Gathering.starts_at).where(Gathering.id == _ONE),
        "meeting": select(Meeting.starts_at).where(Meeting.id == _ONE),
    }
)
NOTICE_BEFORE: Final = timedelta(days=1)
#: Nobody means to be away for longer; then it is asked again.
LONGEST: Final = timedelta(days=7)
SHORTEST_HOURS: Final = 2
#: Monday is 1; holidays are quiet for everybody who has chosen.
WORKING_DAYS: Final = "12345"


class QuietHours(Base):
    """When automatic messages may come to one person; a row only for who has chosen."""

    __tablename__ = "quiet_hours"
    __table_args__ = (
        CheckConstraint("opens_hour >= 0 AND opens_hour < closes_hour", name="hours"),
        CheckConstraint("closes_hour <= 24", name="closes"),
    )

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True
    )
    #: They may come from this local hour on ...
    opens_hour: Mapped[int]
    #: ... and before this one.
    closes_hour: Mapped[int]
    #: On these days of the week, such as `1245`; Monday is 1.
    days: Mapped[str]


def of_person(session: Session, person_id: int) -> QuietHours | None:
    """Return when automatic messages may come to a person; None at any time."""
    return session.get(QuietHours, person_id)


def have_chosen(session: Session, person_ids: Collection[int]) -> frozenset[int]:
    """Return those of these people to whom messages may not come at any time."""
    if not person_ids:
        return frozenset()
    query = select(QuietHours.person_id).where(QuietHours.person_id.in_(person_ids))
    return frozenset(session.scalars(query))


def choose(
    session: Session, *, opens_hour: int, closes_hour: int, days: str, by: int, now: datetime
) -> QuietHours:
    """Have automatic messages come to this person only at these hours of these days.

    Raises:
        Refusal: not two hours on at least one working day.
    """
    if not 0 <= opens_hour <= closes_hour - SHORTEST_HOURS or closes_hour > 24:
        raise Refusal("Leave at least two hours of the day, such as 9 to 16.")
    if not days or not set(days) <= set(WORKING_DAYS):
        raise Refusal("Choose at least one day from Monday to Friday.")
    hours = session.get(QuietHours, by) or QuietHours(person_id=by)
    hours.opens_hour, hours.closes_hour = opens_hour, closes_hour
    hours.days = "".join(sorted(set(days)))
    session.add(hours)
    journal.write(session, "person", by, "choose_hours", by=by, now=now)
    return hours


def forget(session: Session, *, by: int, now: datetime) -> None:
    """Let automatic messages come to this person at any time."""
    hours = session.get(QuietHours, by)
    if hours is not None:
        session.delete(hours)
        journal.write(session, "person", by, "any_hour", by=by, now=now)


def latest(session: Session, notice: Notice, *, now: datetime) -> datetime | None:
    """Return until when a notice may wait at the most; None when it goes at once."""
    if notice.kind not in PATIENT or notice.replaces_id is not None:
        return None
    begins = BEGINS.get(notice.kind.partition(".")[0])
    at = None if begins is None else session.scalar(begins, {"about": notice.object_id})
    if at is None or at <= now:
        return now + LONGEST
    last = min(at - NOTICE_BEFORE, now + LONGEST)
    return last if last > now else None


def waits_until(session: Session, person_id: int, *, now: datetime) -> datetime | None:
    """Return when messages may come to a person again; None when they may now."""
    hours = session.get(QuietHours, person_id)
    if hours is None or session.get_one(Person, person_id).state != "active":
        return None
    opens = next_open(calendar_of(session), hours, now)
    return opens if opens > now else None


def next_open(calendar: Calendar, hours: QuietHours, now: datetime) -> datetime:
    """Return now if messages may come, else when they may next."""
    closes = time.max if hours.closes_hour == 24 else time(hours.closes_hour)
    window = Hours(opens=time(hours.opens_hour), closes=closes)
    return calendar.next_within(now, window, frozenset(int(day) for day in hours.days))
