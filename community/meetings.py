"""The meeting of a pair: times offered, one picked, booked into both calendars, reminded of, held.

Booking stops the ladder of `expectations.py` in the same transaction.
"""

from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from community import lifecycle, mentoring, outbox, steps
from community.errors import Refusal
from community.mentoring import Mentorship
from community.outbox import Channel, Notice
from community.people import Person
from community.store import Base, calendar_of

#: Reminder -> working days before the meeting.
REMINDERS = {"3d": 3, "1d": 1}
MINUTES = 60


class Slot(Base):
    """A time that one of a pair has offered to the other."""

    __tablename__ = "slot"
    __table_args__ = (
        CheckConstraint(lifecycle.allowed("slot"), name="state"),
        UniqueConstraint("mentorship_id", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    mentorship_id: Mapped[int] = mapped_column(ForeignKey("mentorship.id", ondelete="CASCADE"))
    offered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    starts_at: Mapped[datetime]


class Meeting(Base):
    """The meeting of a pair."""

    __tablename__ = "meeting"
    __table_args__ = (
        CheckConstraint(lifecycle.allowed("meeting"), name="state"),
        UniqueConstraint("mentorship_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    mentorship_id: Mapped[int] = mapped_column(ForeignKey("mentorship.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(default="")
    #: iTIP SEQUENCE (RFC 5546 §2.1.4).
    sequence: Mapped[int] = mapped_column(default=0)

    @property
    def ends_at(self) -> datetime:
        """When it is over."""
        return self.starts_at + timedelta(minutes=MINUTES)


def offer(
    session: Session,
    mentorship_id: int,
    *,
    time_1: datetime,
    time_2: datetime,
    time_3: datetime,
    by: int,
    now: datetime,
) -> Mentorship:
    """Offer three times to the other one of the pair, who gets them by mail or chat at once.

    Raises:
        Refusal: not of this pair; a time that is over; a meeting is booked already.
    """
    mentorship = mentoring.of_mine(session, mentorship_id, by)
    if of_pair(session, mentorship_id) is not None:
        raise Refusal("You have a time already. Move it instead.")
    times = sorted({time_1, time_2, time_3})
    if times[0] <= now:
        raise Refusal("One of these times is over. Choose times that are still to come.")
    if _put_on_offer(session, mentorship_id, times, by=by, now=now):
        other = mentorship.mentor_id if by == mentorship.postdoc_id else mentorship.postdoc_id
        number = _count_offers(session, mentorship_id) + 1
        outbox.cancel(session, "mentorship.offer", mentorship_id, now=now, why="offered anew")
        outbox.put(session, "mentorship.offer", mentorship_id, other, detail=str(number), now=now)
    return mentorship


def pick(session: Session, slot_id: int, *, by: int, now: datetime) -> Meeting:
    """Take one of the offered times: it is booked, and in both calendars.

    Raises:
        Refusal: not of this pair; the time is over or no longer on offer.
    """
    slot = session.get(Slot, slot_id, with_for_update=True)
    if slot is None:
        raise Refusal("This time is no longer on offer.")
    mentoring.of_mine(session, slot.mentorship_id, by)
    meeting = of_pair(session, slot.mentorship_id)
    if meeting is not None and meeting.starts_at == slot.starts_at:
        return meeting
    if not lifecycle.can(slot, "pick") or slot.starts_at <= now:
        raise Refusal("This time is no longer on offer. Choose another, or write to each other.")
    lifecycle.advance(session, slot, "pick", by=by, now=now)
    return book(session, slot.mentorship_id, starts_at=slot.starts_at, by=by, now=now)


def book(
    session: Session,
    mentorship_id: int,
    *,
    starts_at: datetime,
    by: int,
    now: datetime,
    place: str = "",
) -> Meeting:
    """Book the meeting, or move it: both get it in the calendar, and the ladder stops.

    A moment that is over means that they have met already; then nothing more is sent.

    Raises:
        Refusal: not of this pair; they have met already.
    """
    mentorship = mentoring.of_mine(session, mentorship_id, by)
    meeting = of_pair(session, mentorship_id)
    if meeting is None:
        meeting = Meeting(mentorship_id=mentorship_id, starts_at=starts_at, place=place, sequence=0)
        lifecycle.advance(session, meeting, "book", by=by, now=now)
    elif meeting.state == "met":
        raise Refusal("You have met already. Agree on the next meeting between yourselves.")
    elif (meeting.starts_at, meeting.place) != (starts_at, place):
        meeting.starts_at, meeting.place = starts_at, place
        meeting.sequence += 1
        lifecycle.advance(session, meeting, "move", by=by, now=now)
    elif starts_at > now:
        return meeting  # said twice: the invitation and the reminders stand
    _stop_ladder(session, mentorship_id, by=by, now=now)
    steps.cancel(session, "meeting.remind", meeting.id, now=now, why="booked anew")
    if starts_at <= now:
        confirm(session, meeting.id, by=by, now=now)
        return meeting
    detail, mail = str(meeting.sequence), Channel.MAIL
    both = (mentorship.postdoc_id, mentorship.mentor_id)
    outbox.put(session, "meeting.invite", meeting.id, *both, detail=detail, channel=mail, now=now)
    _change_cards(session, meeting, f"booked{detail}", now=now)
    _plan_reminders(session, meeting, now=now)
    return meeting


def move(
    session: Session,
    meeting_id: int,
    *,
    starts_at: datetime,
    by: int,
    now: datetime,
    place: str = "",
) -> Meeting:
    """Book the meeting anew (see `book`); an empty place keeps the old one."""
    meeting = session.get(Meeting, meeting_id)
    if meeting is None:
        raise Refusal("There is no such meeting.")
    place = place or meeting.place
    return book(session, meeting.mentorship_id, starts_at=starts_at, by=by, now=now, place=place)


def confirm(session: Session, meeting_id: int, *, by: int, now: datetime) -> Meeting:
    """Take the word of one of the pair that they have met; saying it twice changes nothing."""
    meeting = session.get(Meeting, meeting_id, with_for_update=True)
    if meeting is None:
        raise Refusal("There is no such meeting.")
    mentoring.of_mine(session, meeting.mentorship_id, by)
    if meeting.state != "met":
        lifecycle.advance(session, meeting, "confirm", by=by, now=now)
        steps.cancel(session, "meeting.remind", meeting.id, now=now, why="met")
        _change_cards(session, meeting, "met", now=now)
    return meeting


def _change_cards(session: Session, meeting: Meeting, which: str, *, now: datetime) -> None:
    """Have everything that both read in Slack say what holds now, and offer nothing else."""
    for kind in ("mentorship.nudge", "mentorship.offer"):
        outbox.put_instead(session, kind, meeting.mentorship_id, detail=which, now=now)
    for kind in ("meeting.remind", "meeting.decline"):
        outbox.put_instead(session, kind, meeting.id, detail=which, now=now)


def decline(session: Session, meeting_id: int, *, by: int, now: datetime) -> Meeting:
    """Tell the other one of the pair that this one cannot come; the time stands until moved."""
    meeting = session.get(Meeting, meeting_id)
    if meeting is None or meeting.state != "booked":
        raise Refusal("There is no such meeting.")
    mentorship = mentoring.of_mine(session, meeting.mentorship_id, by)
    other = mentorship.mentor_id if by == mentorship.postdoc_id else mentorship.postdoc_id
    detail = f"{by}-{meeting.sequence}"
    outbox.put(session, "meeting.decline", meeting_id, other, detail=detail, now=now)
    return meeting


def remind(
    session: Session, meeting_id: int, *, detail: str, due_at: datetime, now: datetime
) -> None:
    """Remind both of their meeting, or ask afterwards whether it took place."""
    meeting = session.get_one(Meeting, meeting_id)
    if meeting.state != "booked" or (meeting.starts_at <= now) != detail.startswith("after"):
        return
    mentorship = session.get_one(Mentorship, meeting.mentorship_id)
    if mentorship.state != "active":
        return
    both = (mentorship.postdoc_id, mentorship.mentor_id)
    outbox.put_to_all(
        session,
        "meeting.remind",
        meeting_id,
        select(Person.id).where(Person.id.in_(both)),
        detail=detail,
        now=now,
    )


def _put_on_offer(
    session: Session, mentorship_id: int, times: list[datetime], *, by: int, now: datetime
) -> bool:
    """Have these times on offer and no others; return whether that changed anything."""
    query = select(Slot).where(Slot.mentorship_id == mentorship_id)
    known = {slot.starts_at: slot for slot in session.scalars(query)}
    changes = []
    for moment in times:
        slot = known.get(moment) or Slot(mentorship_id=mentorship_id, starts_at=moment)
        if slot.offered_by != by:
            slot.offered_by = by
            changes.append(slot)
        if lifecycle.can(slot, "offer"):
            lifecycle.advance(session, slot, "offer", by=by, now=now)
            changes.append(slot)
    for moment, slot in known.items():
        if moment not in times and lifecycle.can(slot, "withdraw"):
            lifecycle.advance(session, slot, "withdraw", by=by, now=now)
            changes.append(slot)
    return bool(changes)


def _count_offers(session: Session, mentorship_id: int) -> int:
    query = select(func.count()).where(
        Notice.kind == "mentorship.offer", Notice.object_id == mentorship_id
    )
    return session.scalar(query) or 0


def _plan_reminders(session: Session, meeting: Meeting, *, now: datetime) -> None:
    calendar = calendar_of(session)
    for detail, working_days in REMINDERS.items():
        due_at = calendar.before_working_days(meeting.starts_at, working_days)
        if due_at > now:
            _plan_reminder(session, meeting, detail, due_at)
    after = calendar.next_send_window(meeting.ends_at + timedelta(hours=2))
    _plan_reminder(session, meeting, "after", after)


def _plan_reminder(session: Session, meeting: Meeting, detail: str, due_at: datetime) -> None:
    detail = f"{detail}-{meeting.sequence}"
    steps.plan(session, "meeting.remind", meeting.id, due_at=due_at, detail=detail)


def _stop_ladder(session: Session, mentorship_id: int, *, by: int, now: datetime) -> None:
    steps.cancel(session, "mentorship.nudge", mentorship_id, now=now, why="booked")
    for slot in offered(session, mentorship_id):
        lifecycle.advance(session, slot, "withdraw", by=by, now=now)
    outbox.cancel(session, "mentorship.nudge", mentorship_id, now=now, why="booked")


def of_pair(session: Session, mentorship_id: int) -> Meeting | None:
    """Return the meeting of a pair, or None while none is booked."""
    query = select(Meeting).where(Meeting.mentorship_id == mentorship_id)
    return session.scalars(query).one_or_none()


def pairs_with_one(session: Session) -> frozenset[int]:
    """Return the ids of the pairs that have a meeting, booked or held."""
    return frozenset(session.scalars(select(Meeting.mentorship_id)))


def offered(session: Session, mentorship_id: int) -> list[Slot]:
    """Return the times on offer, the earliest first."""
    query = select(Slot).where(Slot.mentorship_id == mentorship_id, Slot.state == "offered")
    return list(session.scalars(query.order_by(Slot.starts_at)))
