"""Letters that came back: digests by an envelope sender of their own, others if the relay refuses.

A digest is the list's mail, so it comes back as a post does (VERP): somebody who reads nothing but
digests would else be mailed at a dead address for ever. Other letters have the null sender. Only
what speaks against an address is kept; what follows is decided by `weighing.weigh_address`.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from community import complaints, steps
from community.causes import Cause, Report, cause_of
from community.due import Work
from community.outbox import Channel, Notice
from community.people import Address
from community.scores import WEIGHTS
from community.store import Base

#: The letter whose every copy can come back.
DIGEST: Final = "digest.publish"


class LetterBounce(Base):
    """The first report that one letter did not reach its reader."""

    __tablename__ = "letter_bounce"

    notice_id: Mapped[int] = mapped_column(
        ForeignKey("notice.id", ondelete="CASCADE"), primary_key=True
    )
    #: The address that it was sent to, and no other that its reader has.
    address_id: Mapped[int] = mapped_column(
        ForeignKey("address.id", ondelete="CASCADE"), index=True
    )
    received_at: Mapped[datetime]
    #: As in `Bounce`.
    status: Mapped[str]
    diagnostic: Mapped[str]
    cause: Mapped[str]


def _sent_to(session: Session, notice: Notice) -> Address | None:
    """Return the address that a letter went to, if it is (still) one of its reader's.

    Whoever asks to have a further address is written to there too: that one is nobody's yet.
    """
    address = select(Address).where(Address.person_id == notice.person_id)
    if notice.sent_to is not None:
        address = address.where(Address.email == notice.sent_to)
    elif notice.state == Work.DUE:  # it comes back so fast that its going is not yet settled
        address = address.where(Address.is_primary)
    else:
        return None
    return session.scalars(address).one_or_none()


def receive(session: Session, notice_id: int, report: Report, *, now: datetime) -> None:
    """Keep that a letter came back, and have its address weighed; twice is once.

    Whoever calls a digest spam gets no more of its lists.
    """
    notice = session.get(Notice, notice_id, with_for_update=True)
    if notice is None or notice.channel != Channel.MAIL.value:
        return
    address = _sent_to(session, notice)
    cause = cause_of(report, to=address.email if address is not None else "")
    if cause is Cause.COMPLAINT and notice.kind == DIGEST:
        complaints.of_digest(session, notice.object_id, notice.person_id, now=now)
    if cause not in WEIGHTS or address is None:
        return
    if session.get(LetterBounce, notice_id) is not None:
        return
    session.add(
        LetterBounce(
            notice_id=notice_id,
            address_id=address.id,
            received_at=now,
            status=report.status,
            diagnostic=report.diagnostic,
            cause=cause,
        )
    )
    hour = now.replace(minute=0, second=0, microsecond=0)
    due_at, detail = hour + timedelta(hours=2), f"{hour:%Y-%m-%dT%H}"
    steps.plan(session, "address.weigh", address.id, due_at=due_at, detail=detail)
