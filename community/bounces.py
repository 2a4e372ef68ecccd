"""Deliveries that came back: what the far side said, kept beside the delivery.

Identity comes from our own signed envelope sender alone (VERP), never from the text of a report.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, Session, mapped_column

from community.outbox import Delivery
from community.store import Base


class Bounce(Base):
    """A report about one delivery; the first one counts (B1)."""

    __tablename__ = "bounce"

    delivery_id: Mapped[int] = mapped_column(
        ForeignKey("delivery.id", ondelete="CASCADE"), primary_key=True
    )
    received_at: Mapped[datetime]
    #: RFC 3464 §2.3.3, such as `failed` or `delayed`; empty when the report does not say.
    action: Mapped[str]
    #: RFC 3463, such as `5.1.1`.
    status: Mapped[str]
    diagnostic: Mapped[str]
    raw: Mapped[bytes] = mapped_column(LargeBinary)


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a bounce says, as the mail door read it."""

    action: str
    status: str
    diagnostic: str
    raw: bytes


def receive(session: Session, delivery_id: int, report: Report, *, now: datetime) -> Bounce | None:
    """Keep what came back for a delivery; later reports about the same one change nothing."""
    if session.get(Delivery, delivery_id, with_for_update=True) is None:
        return None
    known = session.get(Bounce, delivery_id)
    if known is not None:
        return known
    bounce = Bounce(
        delivery_id=delivery_id,
        received_at=now,
        action=report.action,
        status=report.status,
        diagnostic=report.diagnostic,
        raw=report.raw,
    )
    session.add(bounce)
    return bounce
