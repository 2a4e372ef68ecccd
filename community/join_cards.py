"""Questions to join as whoever asked and the moderators see them: one, a page of them, how many.

Questions only; what moderators decide is in `admissions.py`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Select, func, select, text
from sqlalchemy.orm import Session, aliased

from community import joining, newcomers
from community.errors import Refusal
from community.join_requests import GOOD_FOR, WAITS, JoinRequest
from community.lists import MailingList
from community.people import Address, Person

#: So many people are on one page.
PAGE: Final = 25


@dataclass(frozen=True, kw_only=True)
class JoinCard:
    """A question as whoever asked and the moderators see it."""

    request_id: int
    person_id: int
    list_id: int
    list_address: str
    name: str
    email: str
    state: str
    asked_at: datetime
    #: Whether they were in the community before they asked.
    is_of_community: bool
    #: Whether a moderator decides after the confirmation.
    is_decided: bool
    decided_by: str | None
    reason: str

    @property
    def good_until(self) -> datetime:
        """Say until when the mailed link works."""
        return self.asked_at + GOOD_FOR


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some of those who wait for a moderator, the longest waiting first."""

    cards: tuple[JoinCard, ...]
    #: The number of the last one shown, where more wait; for the next page.
    after: int | None
    #: How many wait, on all pages.
    count: int


def card(session: Session, request_id: int) -> JoinCard:
    """Return one question.

    Raises:
        Refusal: there is none.
    """
    row = session.execute(_cards().where(JoinRequest.id == request_id)).one_or_none()
    if row is None:
        raise Refusal("Nobody asks for this (any more).")
    return _card(*row)


def page(session: Session, *, list_address: str = "", after: int = 0, limit: int = PAGE) -> Page:
    """Return who waits for a moderator behind the one with this number, by list or of all."""
    waits = text(f"join_request.{WAITS}")
    wanted = (waits, MailingList.address == list_address) if list_address else (waits,)
    query = _cards().where(*wanted, JoinRequest.id > after)
    rows = session.execute(query.order_by(JoinRequest.id).limit(limit + 1)).all()
    cards = tuple(_card(*row) for row in rows[:limit])
    return Page(
        cards=cards,
        after=cards[-1].request_id if len(rows) > limit else None,
        count=count(session, list_address=list_address),
    )


def count(session: Session, *, list_address: str = "") -> int:
    """Count who waits for a moderator."""
    query = select(func.count(JoinRequest.id)).where(text(f"join_request.{WAITS}"))
    if list_address:
        query = query.join(MailingList).where(MailingList.address == list_address)
    return session.scalar(query) or 0


_DECIDER = aliased(Person)


def _cards() -> Select[JoinRequest, MailingList, Person, str, str | None, bool]:
    said = (Address.email, _DECIDER.name, newcomers.is_of_community())
    return (
        select(JoinRequest, MailingList, Person, *said)
        .join(MailingList, MailingList.id == JoinRequest.list_id)
        .join(Person, Person.id == JoinRequest.person_id)
        .join(Address, Address.person_id == Person.id)
        .join(_DECIDER, _DECIDER.id == JoinRequest.decided_by, isouter=True)
        .where(Address.is_primary)
    )


def _card(
    request: JoinRequest,
    a_list: MailingList,
    person: Person,
    email: str,
    decided_by: str | None,
    is_of_community: bool,  # noqa: FBT001 - a column of the row
) -> JoinCard:
    return JoinCard(
        request_id=request.id,
        person_id=person.id,
        list_id=a_list.id,
        list_address=a_list.address,
        name=person.name,
        email=email,
        state=request.state,
        asked_at=request.asked_at,
        is_of_community=is_of_community,
        is_decided=joining.asks_a_moderator(a_list.policy, is_of_community=is_of_community),
        decided_by=decided_by,
        reason=request.reason,
    )
