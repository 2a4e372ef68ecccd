"""On whose Home tabs something may be seen that has happened: one table, by noun or event.

Rather too many than too few: a tab that would look the same is not published again
(`bot/publishing.py`, which calls `mark`).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Select, delete, false, or_, select, true
from sqlalchemy.orm import Session, aliased

from community import home_views, people
from community.home_views import HomeChange, HomeView
from community.join_requests import JoinRequest
from community.meetings import Meeting, Slot
from community.meetups import Rsvp
from community.mentoring import Mentorship
from community.people import Address, Role

#: Given the ids of the things, whose tabs.
Concern = Callable[[Sequence[int]], ColumnElement[bool]]

#: So many changes are looked at together.
MOST: Final = 1_000
#: What a post leaves of the list's budget is seen by everybody; so many minutes make one change.
TRAFFIC_AFTER: Final = timedelta(minutes=5)


def mark(session: Session, *, now: datetime) -> int:
    """Have the tabs shown anew that what has happened concerns; return how much had happened."""
    changes = _take(session)
    together: dict[str, list[HomeChange]] = {}
    for change in changes:
        together.setdefault(_key(change.event), []).append(change)
    for key, same in together.items():
        home_views.mark(session, _whose(CONCERNS[key], same), at=now)
    if "post" in together:
        home_views.mark(session, true(), at=now + TRAFFIC_AFTER)
    return len(changes)


def _take(session: Session) -> list[HomeChange]:
    picked = select(HomeChange.id).order_by(HomeChange.id).limit(MOST)
    # A CTE runs once; a subquery may not.
    cte = picked.with_for_update(skip_locked=True).cte("picked")
    taken = delete(HomeChange).where(HomeChange.id.in_(select(cte.c.id))).returning(HomeChange)
    return list(session.scalars(taken.execution_options(synchronize_session=False)))


def _key(event: str) -> str:
    return event if event in CONCERNS else event.partition(".")[0]


def _whose(concern: Concern, changes: Sequence[HomeChange]) -> ColumnElement[bool]:
    """Say whose tabs these changes concern: always theirs who made them."""
    if any(change.object_id is None for change in changes):
        return true()
    actors = {change.person_id for change in changes if change.person_id is not None}
    ids = sorted({change.object_id for change in changes if change.object_id is not None})
    return or_(HomeView.person_id.in_(actors), concern(ids))


def _of(query: Select[int] | Select[int | None]) -> ColumnElement[bool]:
    return HomeView.person_id.in_(query)


def _nobody(ids: Sequence[int]) -> ColumnElement[bool]:
    return false()


def _everybody(ids: Sequence[int]) -> ColumnElement[bool]:
    return true()


def _themselves(ids: Sequence[int]) -> ColumnElement[bool]:
    return HomeView.person_id.in_(ids)


def _moderators(ids: Sequence[int]) -> ColumnElement[bool]:
    return _of(people.with_role(Role.MODERATOR, Role.ADMIN))


def _who_asks(ids: Sequence[int]) -> ColumnElement[bool]:
    asked = select(JoinRequest.person_id).where(JoinRequest.id.in_(ids))
    return or_(_of(asked), _moderators(ids))


def _coordinators(ids: Sequence[int]) -> ColumnElement[bool]:
    return _of(people.with_role(Role.COORDINATOR, Role.ADMIN))


def _whose_address(ids: Sequence[int]) -> ColumnElement[bool]:
    owners = select(Address.person_id).where(Address.id.in_(ids))
    return or_(_of(owners), _coordinators(ids))


def _who_come(ids: Sequence[int]) -> ColumnElement[bool]:
    said = aliased(Rsvp)
    same = select(said.meetup_id).where(said.id.in_(ids))
    return _of(select(Rsvp.person_id).where(Rsvp.meetup_id.in_(same)))


def _pair(pairs: ColumnElement[bool]) -> ColumnElement[bool]:
    """Say that they are one of these pairs, or look after all pairs."""
    postdocs = _of(select(Mentorship.postdoc_id).where(pairs))
    mentors = _of(select(Mentorship.mentor_id).where(pairs))
    return or_(postdocs, mentors, _coordinators(()))


def _of_pair(ids: Sequence[int]) -> ColumnElement[bool]:
    return _pair(Mentorship.id.in_(ids))


def _of_slot(ids: Sequence[int]) -> ColumnElement[bool]:
    return _pair(Mentorship.id.in_(select(Slot.mentorship_id).where(Slot.id.in_(ids))))


def _of_meeting(ids: Sequence[int]) -> ColumnElement[bool]:
    return _pair(Mentorship.id.in_(select(Meeting.mentorship_id).where(Meeting.id.in_(ids))))


#: By event, or else by noun: whose tabs besides theirs who did it.
CONCERNS: Final[Mapping[str, Concern]] = {
    "person": _themselves,
    "address": _whose_address,
    "post": _moderators,
    # Joining, leaving and choosing concern who does it.
    "mailing_list": _nobody,
    "mailing_list.create": _everybody,
    "mailing_list.change": _everybody,
    "mailing_list.close": _everybody,
    "mailing_list.reopen": _everybody,
    "mailing_list.remove": _everybody,
    "join_request": _who_asks,
    "meetup": _everybody,
    "rsvp": _who_come,
    "gathering": _everybody,
    "registration": _coordinators,
    "announcement": _coordinators,
    "mentorship": _of_pair,
    "slot": _of_slot,
    "meeting": _of_meeting,
}
