"""Who may neither write to a list nor join it: an address, or a whole domain and all under it.

`arrivals.py` asks for every mail, who lets somebody join asks as well. A ban takes nobody off a
list: who is on it goes on reading. What was banned stands in the row, the journal has ids alone.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    String,
    bindparam,
    exists,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from community import batches, journal, people
from community.emails import normalised
from community.errors import Refusal
from community.lists import MailingList
from community.people import Address, Person, PersonRole, Role
from community.store import Base

#: A reason is for moderators, in a sentence.
LONGEST_REASON = 200


class Ban(Base):
    """One address or domain that may not write, to one list or to any."""

    __tablename__ = "ban"
    __table_args__ = (
        Index(
            "uq_ban_of_list",
            "list_id",
            "whom",
            unique=True,
            sqlite_where=text("list_id IS NOT NULL"),
            postgresql_where=text("list_id IS NOT NULL"),
        ),
        Index(
            "uq_ban_everywhere",
            "whom",
            unique=True,
            sqlite_where=text("list_id IS NULL"),
            postgresql_where=text("list_id IS NULL"),
        ),
        # Journal entries go on naming it after it was lifted.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Empty: every list of the house.
    list_id: Mapped[int | None] = mapped_column(ForeignKey("mailing_list.id", ondelete="CASCADE"))
    #: `eve@elsewhere.example`, or `@elsewhere.example` for the domain and all under it.
    whom: Mapped[str]
    since: Mapped[datetime]
    #: The moderator; empty when a command did it, or when that person has been erased.
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    why: Mapped[str] = mapped_column(default="")


@dataclass(frozen=True, kw_only=True)
class BanCard:
    """A ban as moderators see it."""

    ban_id: int
    #: Empty: every list.
    list_address: str
    whom: str
    since: datetime
    #: Empty when a command did it.
    by_name: str
    why: str


def any_of(dialect: str) -> ColumnElement[bool]:
    """Say that one of the `names` may not write to the list `of_list`; asked for every mail."""
    return exists().where(
        batches.is_one_of(Ban.whom, bindparam("names", type_=String), dialect=dialect),
        or_(Ban.list_id.is_(None), Ban.list_id == bindparam("of_list", type_=MailingList.id.type)),
    )


def is_banned(session: Session, list_id: int, emails: Iterable[str]) -> bool:
    """Say whether one of these addresses may not write to this list, nor join it."""
    asked = select(any_of(session.get_bind().dialect.name))
    values = {"names": names(emails), "of_list": list_id}
    return bool(session.connection().execute(asked, values).scalar_one())


def names(emails: Iterable[str]) -> str:
    """Write under which names one of these addresses may be banned, as `any_of` reads them."""
    return json.dumps(sorted({name for email in emails for name in _names(normalised(email))}))


def of_list(session: Session, list_id: int) -> list[BanCard]:
    """Return the bans that hold on a list, its own and those on every list, by whom they name."""
    query = (
        select(Ban, MailingList.address, Person.name)
        .outerjoin(MailingList, MailingList.id == Ban.list_id)
        .outerjoin(Person, Person.id == Ban.by_id)
        .where(or_(Ban.list_id == list_id, Ban.list_id.is_(None)))
        .order_by(Ban.whom, Ban.id)
    )
    return [
        BanCard(
            ban_id=ban.id,
            list_address=address or "",
            whom=ban.whom,
            since=ban.since,
            by_name=name or "",
            why=ban.why,
        )
        for ban, address, name in session.execute(query)
    ]


def ban(
    session: Session,
    whom: str,
    *,
    list_id: int | None,
    by: int | None,
    now: datetime,
    why: str = "",
) -> Ban:
    """Let an address, or a domain (`@elsewhere.example`), write to a list no more; twice is once.

    A moderator bans from one list, a coordinator from all (`list_id` None). Nobody by name (`by`
    None) is whoever runs the service.

    Raises:
        Refusal: no right to; no address and no domain; it would hit somebody who looks after us.
    """
    _require(session, list_id, by)
    named = _read(whom)
    if _hits_staff(session, named):
        raise Refusal("Somebody who looks after the community writes from there.")
    known = _same(session, named, list_id)
    if known is not None:
        return known
    made = Ban(list_id=list_id, whom=named, since=now, by_id=by, why=why.strip()[:LONGEST_REASON])
    session.add(made)
    session.flush()
    journal.write(session, "ban", made.id, "ban", by=by, now=now)
    return made


def lift(
    session: Session, whom: str, *, list_id: int | None, by: int | None, now: datetime
) -> None:
    """Let an address or a domain write again.

    Raises:
        Refusal: no right to; there is no such ban.
    """
    _require(session, list_id, by)
    known = _same(session, _read(whom), list_id)
    if known is None:
        raise Refusal("There is no such ban.")
    journal.write(session, "ban", known.id, "lift", by=by, now=now)
    session.delete(known)


def _require(session: Session, list_id: int | None, by: int | None) -> None:
    if by is not None:
        people.require(session, by, Role.MODERATOR if list_id is not None else Role.COORDINATOR)


def _names(email: str) -> tuple[str, ...]:
    """Return under which names an address may be banned: its own, its domain's, those above it."""
    domain = email.rpartition("@")[2]
    labels = domain.split(".")
    above = (f"@{'.'.join(labels[at:])}" for at in range(len(labels) - 1))
    return (email, *above)


def _read(whom: str) -> str:
    named = normalised(whom)
    local, at, domain = named.rpartition("@")
    is_domain = "." in domain.strip(".") and domain == domain.strip(".") and at == "@"
    if not is_domain or not named.isprintable() or " " in named or "@" in local:
        raise Refusal("Say an address, or a domain such as @elsewhere.example.")
    return named


def _hits_staff(session: Session, named: str) -> bool:
    emails = select(Address.email).where(
        Address.person_id.in_(
            select(PersonRole.person_id).where(
                PersonRole.role.in_((Role.MODERATOR, Role.COORDINATOR, Role.ADMIN))
            )
        )
    )
    return any(named in _names(email) for email in session.scalars(emails))


def _same(session: Session, named: str, list_id: int | None) -> Ban | None:
    query = select(Ban).where(Ban.whom == named, Ban.list_id.is_not_distinct_from(list_id))
    return session.scalars(query.with_for_update()).one_or_none()
