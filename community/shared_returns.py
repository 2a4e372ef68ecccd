"""What came back of mails that many shared: whose it was is nowhere said by us, so it is counted.

A list that sends one mail to several (`copies=together`) cannot know who a report is about (B1).
Coordinators see how many there were; where that is more than a few, a mail for each would tell.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ForeignKey, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from community.lists import MailingList
from community.store import Base, calendar_of


class SharedReturn(Base):
    """How many reports came to a list's unsigned address on one day; one row, however many come."""

    __tablename__ = "shared_return"

    list_id: Mapped[int] = mapped_column(
        ForeignKey("mailing_list.id", ondelete="CASCADE"), primary_key=True
    )
    #: A day of the house's.
    day: Mapped[date] = mapped_column(primary_key=True)
    count: Mapped[int]


@dataclass(frozen=True, kw_only=True)
class SharedTally:
    """How many mails of one list came back that nobody can be asked about."""

    list_address: str
    count: int


def tallies(session: Session, *, since: date) -> list[SharedTally]:
    """Count by list what came back since a day, that day included, where anything did."""
    query = (
        select(MailingList.address, func.sum(SharedReturn.count))
        .join(SharedReturn, SharedReturn.list_id == MailingList.id)
        .where(SharedReturn.day >= since)
        .group_by(MailingList.address)
        .order_by(MailingList.address)
    )
    return [
        SharedTally(list_address=address, count=int(count))
        for address, count in session.execute(query)
    ]


def receive(session: Session, list_id: int, *, now: datetime) -> None:
    """Count one more report that does not say whose mail came back."""
    # The list's row lets one in at a time, so that the first of a day is put once.
    session.get_one(MailingList, list_id, with_for_update=True)
    day = calendar_of(session).local(now).date()
    found = session.get(SharedReturn, (list_id, day))
    if found is None:
        session.add(SharedReturn(list_id=list_id, day=day, count=1))
    else:
        found.count += 1
