"""A person's further addresses: added once a link mailed there is pressed, chosen, taken away.

An address is somebody's only when a mail to it was read. Whether another person has it already is
told to nobody who merely types it (P2).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ForeignKey, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from community import calling_off, emails, journal, lifecycle, outbox, rations, suppressions
from community.errors import Refusal
from community.outbox import Channel
from community.people import Address, Person
from community.store import Base

GOOD_FOR: Final = timedelta(days=3)
#: More addresses than that nobody has.
MOST: Final = 5


class AddressRequest(Base):
    """A person says that an address is theirs too."""

    __tablename__ = "address_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    #: Lower case.
    email: Mapped[str]
    asked_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]


@dataclass(frozen=True, kw_only=True)
class AddressQuestion:
    """A question to an address, as the mail and its page show it."""

    request_id: int
    person_id: int
    email: str
    good_until: datetime
    is_confirmed: bool


@dataclass(frozen=True, kw_only=True)
class OwnAddress:
    """One of a person's addresses."""

    address_id: int
    email: str
    is_primary: bool


def ask(session: Session, object_id: int, *, email: str, by: int, now: datetime) -> None:
    """Mail a link to an address that the acting person says is theirs.

    Raises:
        Refusal: it is no address; it is theirs already; they have five.
    """
    typed = emails.checked(email)
    mine = of_person(session, by)
    if typed in {each.email for each in mine}:
        raise Refusal("{email} is yours already.", email=typed)
    _require_room(len(mine))
    if not rations.take(session, typed, f"address:{by}", now=now):
        return
    request = AddressRequest(person_id=by, email=typed, asked_at=now)
    session.add(request)
    session.flush()
    outbox.put(session, "address_request.confirm", request.id, by, channel=Channel.MAIL, now=now)


def confirm(session: Session, request_id: int, *, by: int, now: datetime) -> None:
    """Give a confirmed address to whoever asked, and send everything there from now on.

    Confirming twice is confirming once.

    Raises:
        Refusal: not this person's question; older than three days; the address is somebody's;
            they have five.
    """
    request = session.get(AddressRequest, request_id, with_for_update=True)
    if request is None or request.person_id != by:
        raise Refusal("This link is for somebody else.")
    if request.confirmed_at is not None:
        return
    if now > request.asked_at + GOOD_FOR:
        raise Refusal("This link is too old. Add the address again.")
    session.get_one(Person, by, with_for_update=True)  # one question after the other
    _require_room(len(of_person(session, by)))
    _take_from_nobody(session, request.email)
    added = Address(person_id=by, email=request.email, is_primary=False)
    lifecycle.advance(session, added, "add", by=by, now=now)
    request.confirmed_at = now
    make_primary(session, added.id, by=by, now=now)


def disown(session: Session, request_id: int, *, by: int, now: datetime) -> None:
    """Have whoever reads mail at an address say that it is not this person's; twice is once.

    The address is spared mails for a month that others ask for in its name.

    Raises:
        Refusal: the address has been confirmed.
    """
    request = session.get(AddressRequest, request_id, with_for_update=True)
    if request is None or request.person_id != by:
        return
    if request.confirmed_at is not None:
        raise Refusal("This address has been confirmed already. Write to a coordinator.")
    rations.spare(session, [request.email], now=now)
    # Its link does nothing any more, as if it were too old.
    request.asked_at = now - GOOD_FOR - timedelta(seconds=1)
    journal.write(session, "address_request", request.id, "disown", by=by, now=now)


def make_primary(session: Session, address_id: int, *, by: int, now: datetime) -> None:
    """Send everything to this address of the acting person from now on."""
    _make_primary(session, _own(session, address_id, by), by=by, now=now)


def remove(session: Session, address_id: int, *, by: int, now: datetime) -> None:
    """Take an address away from the acting person; the one that mail goes to stays.

    Raises:
        Refusal: it is the primary one; not theirs.
    """
    _remove(session, _own(session, address_id, by), by=by, now=now)


def remove_named(session: Session, email: str, *, of: int, by: int | None, now: datetime) -> None:
    """Take the address that is written like this away from the person `of`.

    Raises:
        Refusal: as for `remove`.
    """
    query = select(Address.id).where(Address.email == emails.normalised(email))
    _remove(session, _own(session, session.scalar(query) or 0, of), by=by, now=now)


def add(
    session: Session, email: str, *, to: int, is_primary: bool, by: int | None, now: datetime
) -> None:
    """Give the person `to` an address that whoever runs the service vouches for; twice is once.

    Raises:
        Refusal: it is no address; it is somebody's; they have five.
    """
    typed = emails.checked(email)
    mine = {each.email: each.address_id for each in of_person(session, to)}
    if typed not in mine:
        _require_room(len(mine))
        _take_from_nobody(session, typed)
        added = Address(person_id=to, email=typed, is_primary=False)
        lifecycle.advance(session, added, "add", by=by, now=now)
        mine[typed] = added.id
    if is_primary:
        _make_primary(session, _own(session, mine[typed], to), by=by, now=now)


def of_person(session: Session, person_id: int) -> list[OwnAddress]:
    """Return the addresses of a person, the primary one first."""
    query = select(Address).where(Address.person_id == person_id)
    return [
        OwnAddress(address_id=each.id, email=each.email, is_primary=each.is_primary)
        for each in session.scalars(query.order_by(Address.is_primary.desc(), Address.email))
    ]


def card(session: Session, request_id: int) -> AddressQuestion | None:
    """Return a question to an address; None when it is gone."""
    request = session.get(AddressRequest, request_id)
    if request is None:
        return None
    return AddressQuestion(
        request_id=request.id,
        person_id=request.person_id,
        email=request.email,
        good_until=request.asked_at + GOOD_FOR,
        is_confirmed=request.confirmed_at is not None,
    )


def forget_old(session: Session, *, now: datetime) -> None:
    """Forget the questions whose links no longer work."""
    session.execute(delete(AddressRequest).where(AddressRequest.asked_at <= now - GOOD_FOR))


def _require_room(count: int) -> None:
    if count >= MOST:
        raise Refusal("You have {most} addresses. Take one away first.", most=MOST)


def _make_primary(session: Session, address: Address, *, by: int | None, now: datetime) -> None:
    if address.is_primary:
        return
    others = update(Address).where(Address.person_id == address.person_id)
    session.execute(others.values(is_primary=False))
    session.execute(update(Address).where(Address.id == address.id).values(is_primary=True))
    session.expire(address)
    calling_off.move(session, address.person_id, to=address.email)
    journal.write(session, "address", address.id, "make_primary", by=by, now=now)
    # Who has mail sent there says that it works; else nothing would come, without a word.
    suppressions.restore(session, address.id, by=by, now=now)


def _remove(session: Session, address: Address, *, by: int | None, now: datetime) -> None:
    if address.is_primary:
        raise Refusal("Mail goes to this address. Choose another one first.")
    journal.write(session, "address", address.id, "remove", by=by, now=now)
    session.delete(address)


def _take_from_nobody(session: Session, email: str) -> None:
    """Free an address by which somebody has only asked to join; refuse where it is another's."""
    query = select(Person).join(Address, Address.person_id == Person.id)
    other = session.scalars(query.where(Address.email == email)).one_or_none()
    if other is None:
        return
    if other.state != "asked":
        raise Refusal("This address belongs to somebody here already. Write to a coordinator.")
    session.execute(delete(Person).where(Person.id == other.id))


def _own(session: Session, address_id: int, person_id: int) -> Address:
    address = session.get(Address, address_id, with_for_update=True)
    if address is None or address.person_id != person_id:
        raise Refusal("This address is not yours.")
    return address
