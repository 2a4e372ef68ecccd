"""The mailing lists, each with its address and policy; who is on them is in `subscriptions.py`."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import JSON, ColumnElement, String, bindparam, cast, or_, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Mapped, Session, mapped_column

from community import journal
from community.emails import normalised
from community.errors import Refusal
from community.people import Role, require
from community.policies import Policy
from community.prepared import Prepared
from community.store import Base


class MailingList(Base):
    """A list: one address, one policy, its subscribers."""

    __tablename__ = "mailing_list"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: `postdocs@lists.example.org`, lower case.
    address: Mapped[str] = mapped_column(unique=True)
    #: What differs from the default policy, by key.
    policy_changes: Mapped[dict[str, str | int]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime]
    #: From then on it takes no posts and nobody new (list_closures.py); empty: it is open.
    closes_at: Mapped[datetime | None]

    @property
    def name(self) -> str:
        """The part before the @, which people call the list by."""
        return self.address.partition("@")[0]

    @property
    def list_id(self) -> str:
        """The List-Id (RFC 2919): the address with a dot for the @."""
        return self.address.replace("@", ".")

    @property
    def policy(self) -> Policy:
        """The posting policy in force."""
        return Policy(**self.policy_changes)  # type: ignore[arg-type]  # checked when it was set

    def is_closed(self, now: datetime) -> bool:
        """Say whether it takes no posts any more."""
        return self.closes_at is not None and self.closes_at <= now


@dataclass(frozen=True)
class Addressed:
    """A list as far as a mail to it is concerned."""

    id: int
    address: str
    policy: Policy
    closes_at: datetime | None = None

    @property
    def list_id(self) -> str:
        """The List-Id, as a `MailingList` says it."""
        return self.address.replace("@", ".")


class Met(NamedTuple):
    """A list as far as it matters who may write to it."""

    id: int
    address: str
    closes_at: datetime | None


class Closed(Refusal):
    """The list takes no posts and nobody new any more."""

    def __init__(self, address: str) -> None:
        super().__init__(
            "The list {address} is closed: it takes no posts and nobody new. Its members can still "
            "read what was written. Write to its owners if it is needed again: {owner}",
            address=address,
            owner=address.replace("@", "-owner@"),
        )


class Gone(Refusal):
    """The list has been removed."""

    def __init__(self) -> None:
        super().__init__("There is no such list (any more).")


def all_lists(session: Session) -> list[MailingList]:
    """Return every list, by address, also those that are closed."""
    return list(session.scalars(select(MailingList).order_by(MailingList.address)))


def is_open(now: datetime) -> ColumnElement[bool]:
    """Say which lists take posts and people now: whoever enumerates lists for that asks here."""
    return or_(MailingList.closes_at.is_(None), MailingList.closes_at > now)


def open_lists(session: Session, *, now: datetime) -> list[MailingList]:
    """Return the lists that take posts and people now, by address."""
    query = select(MailingList).where(is_open(now)).order_by(MailingList.address)
    return list(session.scalars(query))


def require_open(a_list: MailingList | Addressed | Met, *, now: datetime) -> None:
    """Refuse, and say what to do, if a list is closed."""
    if a_list.closes_at is not None and a_list.closes_at <= now:
        raise Closed(a_list.address)


def by_address(session: Session, address: str) -> MailingList:
    """Return the list with this address, or refuse and name the lists there are."""
    query = select(MailingList).where(MailingList.address == normalised(address))
    found = session.scalars(query).one_or_none()
    if found is None:
        known = ", ".join(a_list.address for a_list in all_lists(session))
        if not known:
            raise Refusal("There is no list yet. Make one: samband list create ADDRESS")
        raise Refusal(
            "There is no list {address}. There is: {known}.", address=address, known=known
        )
    return found


# Asked for every mail.
_CHANGES = cast(MailingList.policy_changes, String)

_THIS = MailingList.id == bindparam("list_id", type_=MailingList.id.type)

_POLICY = Prepared(select(_CHANGES).where(_THIS))

_LOCKED = Prepared(
    select(MailingList.id, MailingList.address, MailingList.closes_at, _CHANGES)
    .where(_THIS)
    .with_for_update(key_share=True)
)


def policy_of(session: Session, list_id: int) -> Policy:
    """Return the posting policy of a list."""
    session.flush()  # what this act has changed of it
    return _policy(*_POLICY.one(session, {"list_id": list_id}))


def locked(session: Session, list_ids: Iterable[int]) -> list[Addressed]:
    """Return these lists; one of them takes one mail at a time, until the transaction ends.

    They are locked in one order, so that two who want several never wait for each other.

    Raises:
        Gone: one of them has been removed.
    """
    session.flush()  # what this act has changed of them
    try:
        rows = [_LOCKED.one(session, {"list_id": list_id}) for list_id in sorted(set(list_ids))]
    except NoResultFound:
        raise Gone from None
    return [
        Addressed(number, address, _policy(changes), closes_at)
        for number, address, closes_at, changes in rows
    ]


@lru_cache(maxsize=256)
def _policy(changes: str) -> Policy:
    return Policy(**json.loads(changes))


def knows(session: Session, address: str) -> int | None:
    """Return the id of the list with this address, or None."""
    return session.scalar(select(MailingList.id).where(MailingList.address == normalised(address)))


def met(session: Session, address: str) -> Met | None:
    """Return the list with this address, or None."""
    query = select(MailingList.id, MailingList.address, MailingList.closes_at)
    row = session.execute(query.where(MailingList.address == normalised(address))).one_or_none()
    return None if row is None else Met(*row)


def there(session: Session, list_ids: Iterable[int]) -> set[int]:
    """Return those of these lists that have not been removed."""
    return set(session.scalars(select(MailingList.id).where(MailingList.id.in_(list(list_ids)))))


def create(session: Session, address: str, *, by: int | None, now: datetime) -> MailingList:
    """Make a list with the default policy.

    Raises:
        Refusal: it is there already; not everybody's program could write to the address.
    """
    address = normalised(address)
    if not address.isascii():
        raise Refusal(
            "Give the list an address of plain letters, so that everybody can write to it."
        )
    if knows(session, address) is not None:
        raise Refusal("The list {address} is there already.", address=address)
    made = MailingList(address=address, created_at=now)
    session.add(made)
    session.flush()
    journal.write(session, "mailing_list", made.id, "create", by=by, now=now)
    return made


def set_policy(
    session: Session, list_id: int, changes: Iterable[str], *, by: int | None, now: datetime
) -> MailingList:
    """Change the policy by `key=value` lines; all of them, or none when one is wrong.

    Nobody by name (`by` None) is whoever runs the service.

    Raises:
        Refusal: not a coordinator; no such key, or no such value.
    """
    if by is not None:
        require(session, by, Role.COORDINATOR)
    a_list = session.get_one(MailingList, list_id, with_for_update=True)
    policy = a_list.policy.changed(changes)
    a_list.policy_changes = policy.differences()
    journal.write(session, "mailing_list", list_id, "change", by=by, now=now)
    return a_list


def known(session: Session, list_id: int) -> MailingList:
    """Return a list that an old link or button names.

    Raises:
        Gone: it has been removed.
    """
    a_list = session.get(MailingList, list_id)
    if a_list is None:
        raise Gone
    return a_list
