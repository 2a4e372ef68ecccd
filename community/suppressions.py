"""Addresses that mail does not reach: probed, suppressed, and put back in use with one press.

Nobody is dropped for what a relay says about a post: an address is asked by a mail of its own (the
probe), and only when that comes back does it get no more. Its owner hears of it in Slack, and the
coordinators see it; both can undo it. Which address is asked is decided in `weighing.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ForeignKey, Index, Select, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from community import due, letter_bounces, lifecycle, outbox, people, scores, steps
from community.bounces import Bounce
from community.causes import Report, cause_of, refusal
from community.due import Outcome, Work
from community.errors import Refusal
from community.extents import ALWAYS_MAILED
from community.letter_bounces import LetterBounce
from community.outbox import Channel, Delivery, Notice
from community.people import Address, Person, Role
from community.store import Base

#: Our own retries take five days, those of the relay behind us five more.
PROBE_WAIT: Final = timedelta(days=10)
#: Why mails that waited for an address were cancelled.
WHY: Final = "address suppressed"


class Suppression(Base):
    """One time that an address was in doubt: asked by a probe, and suppressed if that came back."""

    __tablename__ = "suppression"
    __table_args__ = (
        Index(
            "uq_suppression_open",
            "address_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    address_id: Mapped[int] = mapped_column(
        ForeignKey("address.id", ondelete="CASCADE"), index=True
    )
    probed_at: Mapped[datetime]
    suppressed_at: Mapped[datetime | None]
    #: When the address was in use again; bounces until then no longer count.
    ended_at: Mapped[datetime | None]
    #: What the far side said last: RFC 3463 and its words.
    status: Mapped[str]
    diagnostic: Mapped[str]


@dataclass(frozen=True, kw_only=True)
class AddressCard:
    """An address and what is wrong with it, if anything."""

    address_id: int
    person_id: int
    name: str
    email: str
    state: str
    #: Of the last time it was in doubt; 0 if it never was.
    suppression_id: int = 0
    #: Since when it is in this state.
    since: datetime | None = None
    status: str = ""
    diagnostic: str = ""


def card(session: Session, address_id: int) -> AddressCard | None:
    """Return an address with the last time that it was in doubt; None if there is no such one."""
    rows = _cards(session, _with_last().where(Address.id == address_id))
    return rows[0] if rows else None


def in_doubt(session: Session, *, reader_id: int | None) -> list[AddressCard]:
    """Return the addresses that are probed or suppressed: a coordinator's all, others' their own.

    `None` reads for whoever runs the service.
    """
    if reader_id is not None and not _coordinates(session, reader_id):
        return of_person(session, reader_id)
    return _cards(session, _doubtful().order_by(Address.state.desc(), Address.email))


def of_person(session: Session, person_id: int) -> list[AddressCard]:
    """Return the addresses of a person that are probed or suppressed."""
    theirs = _doubtful().where(Address.person_id == person_id)
    return _cards(session, theirs.order_by(Address.email))


def address_of(session: Session, person_id: int, email: str) -> int:
    """Return the id of an address that a person has."""
    query = select(Address.id).where(Address.person_id == person_id, Address.email == email)
    return session.scalars(query).one()


def probe(
    session: Session, address: Address, bounce: Bounce | LetterBounce, *, now: datetime
) -> None:
    """Ask an address by a mail of its own whether it works; time clears it if none comes back."""
    doubt = Suppression(
        address_id=address.id, probed_at=now, status=bounce.status, diagnostic=bounce.diagnostic
    )
    session.add(doubt)
    lifecycle.advance(session, address, "probe", by=None, now=now)
    detail, mail, whom = str(doubt.id), Channel.MAIL, address.person_id
    outbox.put(session, "address.probe", address.id, whom, detail=detail, channel=mail, now=now)
    steps.plan(session, "address.clear", address.id, due_at=now + PROBE_WAIT, detail=detail)


def come_back(session: Session, suppression_id: int, report: Report, *, now: datetime) -> None:
    """Take what came back for a probe: if the address is at fault, suppress it and say so.

    What blames our mail or our relay changes nothing; then time clears the address.
    """
    doubt = session.get(Suppression, suppression_id, with_for_update=True)
    if doubt is None or doubt.ended_at is not None or doubt.suppressed_at is not None:
        return
    address = session.get_one(Address, doubt.address_id)
    if cause_of(report, to=address.email) not in scores.WEIGHTS:
        return
    lifecycle.advance(session, address, "suppress", by=None, now=now)
    doubt.suppressed_at, doubt.status, doubt.diagnostic = now, report.status, report.diagnostic
    steps.cancel(session, "address.clear", address.id, now=now, why=WHY)
    _cancel_mail(session, address, now=now)
    _tell(session, address, doubt, now=now)


def _cancel_mail(session: Session, address: Address, *, now: datetime) -> None:
    """Take back what still waits for the address, but for letters that its owner asked for."""
    theirs = (Delivery.person_id == address.person_id, Delivery.email == address.email)
    due.cancel(session, Delivery, *theirs, now=now, why=WHY)
    if address.is_primary:
        mails = (Notice.person_id == address.person_id, Notice.channel == Channel.MAIL.value)
        may_wait = Notice.kind.not_in(ALWAYS_MAILED)
        due.cancel(session, Notice, *mails, may_wait, now=now, why=WHY)


def _tell(session: Session, address: Address, doubt: Suppression, *, now: datetime) -> None:
    """Tell the owner in Slack; of somebody who is not there the coordinators hear instead."""
    whom, detail = select(Person.id).where(Person.id == address.person_id), str(doubt.id)
    slack = Channel.SLACK
    told = outbox.put_to_all(
        session, "address.suppress", address.id, whom, detail=detail, channel=slack, now=now
    )
    if not told:
        coordinators = people.with_role(Role.COORDINATOR)
        outbox.put_to_all(
            session, "address.suppress", address.id, coordinators, detail=detail, now=now
        )


def clear(
    session: Session, address_id: int, *, detail: str, due_at: datetime, now: datetime
) -> None:
    """Put an address back in use whose probe has not come back."""
    doubt = session.get(Suppression, int(detail), with_for_update=True)
    if doubt is None or doubt.ended_at is not None or doubt.suppressed_at is not None:
        return
    doubt.ended_at = now
    address = session.get_one(Address, address_id)
    lifecycle.advance(session, address, "clear", by=None, now=now)


def restore(session: Session, address_id: int, *, by: int | None, now: datetime) -> None:
    """Put an address back in use at the word of its owner or a coordinator; twice is once.

    Nothing from before counts against it any more. `by=None` is whoever runs the service.
    """
    address = session.get(Address, address_id, with_for_update=True)
    if address is None:
        raise Refusal("There is no such address any more.")
    if by is not None and by != address.person_id:
        people.require(session, by, Role.COORDINATOR)
    if address.state == "deliverable":
        return
    lifecycle.advance(session, address, "restore", by=by, now=now)
    query = select(Suppression).where(
        Suppression.address_id == address_id, Suppression.ended_at.is_(None)
    )
    doubt = session.scalars(query).one()
    doubt.ended_at = now
    steps.cancel(session, "address.clear", address_id, now=now, why="restored")
    outbox.put_instead(session, "address.suppress", address_id, detail=str(doubt.id), now=now)


def settle_notices(session: Session, outcomes: Sequence[Outcome], *, now: datetime) -> None:
    """Write down what came of notices; what the relay refuses has come back."""
    outbox.settle_notices(session, outcomes, now=now)
    for outcome in outcomes:
        report = refusal(outcome.words or "") if outcome.state is Work.FAILED else None
        if report is not None:
            notice = session.get(Notice, outcome.row_id, populate_existing=True)
            if notice is None or notice.state != Work.FAILED:
                continue  # erased or cancelled while it was being tried
            if notice.kind == "address.probe":
                come_back(session, int(notice.detail), report, now=now)
            else:
                letter_bounces.receive(session, notice.id, report, now=now)


def _coordinates(session: Session, person_id: int) -> bool:
    return bool(people.roles(session, person_id) & {Role.COORDINATOR, Role.ADMIN})


def _with_last() -> Select[Address, str, Suppression]:
    """Select addresses with their owner's name and the last time that they were in doubt."""
    last = select(func.max(Suppression.id)).where(Suppression.address_id == Address.id)
    return (
        select(Address, Person.name, Suppression)
        .join(Person, Person.id == Address.person_id)
        .outerjoin(Suppression, Suppression.id == last.correlate(Address).scalar_subquery())
    )


def _doubtful() -> Select[Address, str, Suppression]:
    """Select those of them that mail goes to, if they worked: others trouble nobody any more."""
    return _with_last().where(Address.state != "deliverable", Address.is_primary)


def _cards(session: Session, query: Select[Address, str, Suppression]) -> list[AddressCard]:
    return [_card(*row) for row in session.execute(query)]


def _card(address: Address, name: str, doubt: Suppression | None) -> AddressCard:
    mine = AddressCard(
        address_id=address.id,
        person_id=address.person_id,
        name=name,
        email=address.email,
        state=address.state,
    )
    if doubt is None:
        return mine
    return AddressCard(
        **{
            **vars(mine),
            "suppression_id": doubt.id,
            "since": doubt.ended_at or doubt.suppressed_at or doubt.probed_at,
            "status": doubt.status,
            "diagnostic": doubt.diagnostic,
        }
    )
