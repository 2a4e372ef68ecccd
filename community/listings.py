"""Who is on a list, and who is in the community: for whoever runs the service, all of them.

Doors that show people to people ask elsewhere (`introductions.py`); nothing here looks at what
somebody lets others see.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from community.lists import MailingList
from community.outbox import unreachable
from community.people import Address, Person, Role
from community.roster_files import Row
from community.roster_plans import Known, everybody
from community.subscriptions import Subscription


@dataclass(frozen=True, kw_only=True)
class ListLine:
    """A list in one line."""

    address: str
    subscribers: int
    created_at: datetime
    #: From then on it takes no posts; empty: it is open.
    closes_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Subscriber:
    """Somebody active on a list, and how its posts come to them."""

    email: str
    name: str
    #: A `Mode`.
    mode: str
    paused_until: datetime | None
    #: A `Trust`.
    trust: str
    since: datetime
    #: False: mail comes back from there, and none is sent just now.
    is_reached: bool


def all_lists(session: Session) -> list[ListLine]:
    """Return every list with how many active people are on it, by address."""
    moments = (MailingList.created_at, MailingList.closes_at)
    query = (
        select(MailingList.address, func.count(Person.id), *moments)
        .outerjoin(Subscription, Subscription.list_id == MailingList.id)
        .outerjoin(Person, (Person.id == Subscription.person_id) & (Person.state == "active"))
        .group_by(MailingList.id, MailingList.address, *moments)
        .order_by(MailingList.address)
    )
    return [
        ListLine(address=address, subscribers=count, created_at=created_at, closes_at=closes_at)
        for address, count, created_at, closes_at in session.execute(query)
    ]


def subscribers(session: Session, list_id: int) -> list[Subscriber]:
    """Return the active people on a list, by address."""
    query = (
        select(Subscription, Address.email, Person.name, Person.id.in_(unreachable()))
        .join(Person, Person.id == Subscription.person_id)
        .join(Address, (Address.person_id == Person.id) & Address.is_primary)
        .where(Subscription.list_id == list_id, Person.state == "active")
        .order_by(Address.email)
    )
    return [
        Subscriber(
            email=email,
            name=name,
            mode=place.mode,
            paused_until=place.paused_until,
            trust=place.trust,
            since=place.since,
            is_reached=not is_unreached,
        )
        for place, email, name, is_unreached in session.execute(query)
    ]


def community(session: Session, *, role: Role | None = None) -> list[Row]:
    """Return the active people, or those of them with a role, by name, as a roster has them."""
    return list(_rows(everybody(session)[0].values(), role))


def _rows(known: Iterable[Known], role: Role | None) -> Iterator[Row]:
    there = (one for one in known if one.state == "active" and (not role or role in one.roles))
    for line, person in enumerate(there, start=2):  # the first names the columns
        own = {column: value for column, value in person.own.items() if value is not None}
        yield Row(
            line=line,
            email=person.email,
            roles=person.roles,
            fields=person.fields,
            **own,  # type: ignore[arg-type]  # the columns of a roster are those of `person`
        )
