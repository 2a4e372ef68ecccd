"""How far pairs have come: what is offered, what is booked. Asked by pages, letters and chat."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from community import batches, mentoring
from community.meetings import Meeting, Slot
from community.mentoring import Pair


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a pair has come, as one of the two or a coordinator sees it."""

    pair: Pair
    #: The times on offer: slot id and moment, the earliest first.
    times: tuple[tuple[int, datetime], ...]
    #: Who offers them; the other one chooses.
    offered_by: int | None
    meeting: Meeting | None


def of_pair(session: Session, mentorship_id: int) -> Progress:
    """Return how far a pair has come."""
    (its_own,) = of_pairs(session, [mentoring.one(session, mentorship_id)])
    return its_own


def of_person(session: Session, person_id: int) -> list[Progress]:
    """Return how far each pair of a person has come."""
    return of_pairs(session, mentoring.of_person(session, person_id))


def of_pairs(session: Session, pairs: Sequence[Pair]) -> list[Progress]:
    """Return how far each of these pairs has come, in two queries however many they are."""
    ids = [pair.mentorship_id for pair in pairs]
    slots = select(Slot).where(batches.among(session, Slot.mentorship_id, ids))
    offers: dict[int, list[Slot]] = {}
    for slot in session.scalars(slots.where(Slot.state == "offered").order_by(Slot.starts_at)):
        offers.setdefault(slot.mentorship_id, []).append(slot)
    booked = select(Meeting).where(batches.among(session, Meeting.mentorship_id, ids))
    meetings = {meeting.mentorship_id: meeting for meeting in session.scalars(booked)}
    return [
        _progress(pair, offers.get(pair.mentorship_id, []), meetings.get(pair.mentorship_id))
        for pair in pairs
    ]


def _progress(pair: Pair, slots: Sequence[Slot], meeting: Meeting | None) -> Progress:
    return Progress(
        pair=pair,
        times=tuple((slot.id, slot.starts_at) for slot in slots),
        offered_by=slots[0].offered_by if slots else None,
        meeting=meeting,
    )


def of_meeting(session: Session, meeting_id: int) -> Progress:
    """Return how far the pair of a meeting has come."""
    return of_pair(session, session.get_one(Meeting, meeting_id).mentorship_id)
