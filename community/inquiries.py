"""Mails to the people behind a list (`-owner`), and to those behind the house (postmaster).

Each is kept until it has gone out, and goes whole to everybody who looks after such things; they
answer the author directly. Nothing here is ever answered by a machine.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ForeignKey, LargeBinary, delete, select
from sqlalchemy.orm import Mapped, Session, deferred, mapped_column

from community import journal, outbox, people, rations
from community.errors import Refusal
from community.outbox import Channel
from community.people import Person, Role
from community.rations import Limits
from community.store import Base

#: Mails a day of one address to one list's owners, and to all: a person writes fewer.
LIMITS: Final = Limits(of_matter=10, of_address=20)
#: Who reads mails to a list's owners, and to the postmaster: the first role that anybody has.
OF_LIST: Final = (Role.COORDINATOR, Role.MODERATOR, Role.ADMIN)
OF_HOUSE: Final = (Role.ADMIN, Role.COORDINATOR, Role.MODERATOR)
#: By then it has gone out, or never will.
KEPT: Final = timedelta(days=14)


class Inquiry(Base):
    """A mail to the people behind a list, or behind the house."""

    __tablename__ = "inquiry"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Empty: it was for the house.
    list_id: Mapped[int | None] = mapped_column(ForeignKey("mailing_list.id", ondelete="CASCADE"))
    #: The address that it was written to.
    to_address: Mapped[str]
    subject: Mapped[str]
    from_name: Mapped[str]
    from_email: Mapped[str]
    text: Mapped[str]
    #: The mail as it came; it goes out attached.
    raw: Mapped[bytes] = deferred(mapped_column(LargeBinary, nullable=False))
    #: Of the mail and the address: the same mail is passed on once.
    fingerprint: Mapped[str] = mapped_column(unique=True)
    received_at: Mapped[datetime]


@dataclass(frozen=True, kw_only=True)
class Forwarded:
    """A mail to the people behind something, as it is passed on."""

    to_address: str
    subject: str
    from_name: str
    from_email: str
    text: str
    raw: bytes
    is_of_list: bool


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """What the mail door has read of such a mail."""

    to_address: str
    subject: str
    from_name: str
    from_email: str
    text: str
    raw: bytes
    fingerprint: str


def receive(session: Session, list_id: int | None, mail: Incoming, *, now: datetime) -> None:
    """Pass a mail on to everybody who looks after a list, or after the house; the same mail once.

    Raises:
        Refusal: nobody looks after it, or this address has written too often today; nothing is
            kept, and the door answers 5xx.
    """
    fingerprint = f"{mail.fingerprint}:{mail.to_address}"
    if session.scalar(select(Inquiry.id).where(Inquiry.fingerprint == fingerprint)) is not None:
        return
    readers = _readers(session, OF_HOUSE if list_id is None else OF_LIST)
    if not readers:
        raise Refusal("Nobody reads this address yet. Write to somebody you know here.")
    matter = f"owner:{list_id or 0}"
    if not rations.take(session, mail.from_email, matter, limits=LIMITS, now=now):
        raise Refusal("You have written often today. Please write again tomorrow.")
    inquiry = Inquiry(
        list_id=list_id,
        to_address=mail.to_address,
        subject=mail.subject,
        from_name=mail.from_name,
        from_email=mail.from_email,
        text=mail.text,
        raw=mail.raw,
        fingerprint=fingerprint,
        received_at=now,
    )
    session.add(inquiry)
    session.flush()
    journal.write(session, "inquiry", inquiry.id, "receive", by=None, now=now)
    outbox.put(session, "inquiry.receive", inquiry.id, *readers, channel=Channel.MAIL, now=now)


def forwarded(session: Session, inquiry_id: int) -> Forwarded | None:
    """Return a mail to pass on; None when it is gone."""
    found = session.get(Inquiry, inquiry_id)
    if found is None:
        return None
    return Forwarded(
        to_address=found.to_address,
        subject=found.subject,
        from_name=found.from_name,
        from_email=found.from_email,
        text=found.text,
        raw=found.raw,
        is_of_list=found.list_id is not None,
    )


def forget_old(session: Session, *, now: datetime) -> None:
    """Forget the mails that have long been passed on."""
    session.execute(delete(Inquiry).where(Inquiry.received_at <= now - KEPT))


def _readers(session: Session, roles: tuple[Role, ...]) -> list[int]:
    for role in roles:
        found = list(session.scalars(people.with_role(role).order_by(Person.id)))
        if found:
            return found
    return []
