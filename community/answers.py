"""Answers from people's calendars: accept and decline, as if they had pressed a button.

The mail door knows who answers from the address it came to and what from the entry's UID; an answer
changes somebody's word about one thing, and never more than that.
"""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from community import gatherings, meetings, meetups, people
from community.errors import Refusal
from community.meetups import Meetup
from community.people import Person

#: More digits than this are no id of ours; PostgreSQL takes no number of more than 31 bits for one.
LONGEST_ID = 9


class Answer(StrEnum):
    """What a calendar says for its person (RFC 5545 §3.2.12)."""

    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    TENTATIVE = "TENTATIVE"


def take(
    session: Session, uid: str, answer: Answer, *, by: int, now: datetime, attendee: str = ""
) -> None:
    """Do what a calendar's answer means; an answer about what is over or unknown changes nothing.

    TENTATIVE changes nothing: a place that is kept stays kept until it is released. Nor does what
    another of us answers, who got the entry passed on; `attendee` is the address that answers.
    """
    noun, _, rest = uid.partition("@")[0].rpartition("-")
    act = ACTS.get((noun, answer))
    if act is None or not (rest.isascii() and rest.isdigit() and len(rest) <= LONGEST_ID):
        return
    person = session.get(Person, by)
    if person is None or person.state != "active":
        return  # the address outlives its person
    other = people.by_email(session, attendee)
    if other is not None and other.id != by:
        return  # an address that nobody has here may be an alias of theirs
    try:
        act(session, int(rest), by=by, now=now)
    except Refusal:
        return  # over, cancelled or never theirs: their calendar is as right as ours


def _leave_meetup(session: Session, meetup_id: int, *, by: int, now: datetime) -> None:
    meetup = session.get(Meetup, meetup_id)
    if meetup is not None and meetup.host_id == by:
        return  # a host who deletes the entry has not called the meetup off
    meetups.leave(session, meetup_id, by=by, now=now)


ACTS: dict[tuple[str, Answer], Callable[..., object]] = {
    ("meetup", Answer.ACCEPTED): meetups.join,
    ("meetup", Answer.DECLINED): _leave_meetup,
    ("gathering", Answer.ACCEPTED): gatherings.register,
    ("gathering", Answer.DECLINED): gatherings.release,
    ("meeting", Answer.DECLINED): meetings.decline,
}
