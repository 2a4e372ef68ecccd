"""Deliveries that came back: what the far side said, kept beside the delivery.

Identity comes from our own signed envelope sender alone (VERP), never from the text of a report.
What follows for the address is decided later and together (`weighing.weigh`), so that a post
which everybody refuses is seen as such before anybody is blamed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from community import complaints, outbox, steps
from community.causes import Cause, Report, cause_of, refusal
from community.due import Outcome, Work
from community.lists import MailingList
from community.outbox import Delivery
from community.people import Person
from community.posts import Post
from community.store import Base

#: The rest of a report is our own mail, which we have.
MOST_KEPT_BYTES: Final = 64 * 1024
#: The causes with which a mail did not reach its reader.
FAILED: Final = (Cause.CONTENT, Cause.SOFT, Cause.GONE)
_GRAVITY: Final = {cause: weight for weight, cause in enumerate(Cause)}
_CAUSES = ", ".join(f"'{cause}'" for cause in Cause)


class Bounce(Base):
    """The gravest report about one delivery: at most one per person and post counts (B1)."""

    __tablename__ = "bounce"
    __table_args__ = (CheckConstraint(f"cause IN ({_CAUSES})", name="cause"),)

    delivery_id: Mapped[int] = mapped_column(
        ForeignKey("delivery.id", ondelete="CASCADE"), primary_key=True
    )
    received_at: Mapped[datetime]
    #: RFC 3464 §2.3.3, such as `failed` or `delayed`; empty when the report does not say.
    action: Mapped[str]
    #: RFC 3463, such as `5.1.1`.
    status: Mapped[str]
    diagnostic: Mapped[str]
    #: What we make of it (`causes.py`).
    cause: Mapped[str] = mapped_column(server_default=Cause.UNKNOWN.value)
    #: The report as it came, its first 64 KB; nothing for a refusal at the relay.
    raw: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


@dataclass(frozen=True, kw_only=True)
class PostReturns:
    """How a post fared: how many copies there are and how many came back."""

    post_id: int
    list_address: str
    subject: str
    copies: int
    failed: int
    #: What the far side said most often.
    diagnostic: str


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How many mails of one list came back for one cause."""

    list_address: str
    cause: Cause
    count: int


@dataclass(frozen=True, kw_only=True)
class Returned:
    """One report, for whoever runs the service: whose, why, in which words."""

    delivery_id: int
    post_id: int
    person: str
    email: str
    received_at: datetime
    cause: Cause
    status: str
    diagnostic: str


def of_post(session: Session, post_id: int) -> PostReturns:
    """Return how a post fared."""
    post, address = session.execute(
        select(Post, MailingList.address)
        .join(MailingList, MailingList.id == Post.list_id)
        .where(Post.id == post_id)
    ).one()
    words = func.max(Bounce.diagnostic)
    said = session.execute(
        select(words, func.count())
        .join(Delivery, Delivery.id == Bounce.delivery_id)
        .where(Delivery.post_id == post_id, Bounce.cause.in_(FAILED))
        .group_by(Bounce.status)
        .order_by(func.count().desc(), words)
    ).all()
    copies = select(func.count()).where(
        Delivery.post_id == post_id, Delivery.state != Work.CANCELLED
    )
    return PostReturns(
        post_id=post_id,
        list_address=address,
        subject=post.subject,
        copies=session.scalar(copies) or 0,
        failed=sum(count for _, count in said),
        diagnostic=said[0][0] if said else "",
    )


def tallies(session: Session, *, since: datetime) -> list[Tally]:
    """Count what came back by list and cause; also what is nobody's fault."""
    query = (
        select(MailingList.address, Bounce.cause, func.count())
        .join(Delivery, Delivery.id == Bounce.delivery_id)
        .join(Post, Post.id == Delivery.post_id)
        .join(MailingList, MailingList.id == Post.list_id)
        .where(Bounce.received_at > since)
        .group_by(MailingList.address, Bounce.cause)
        .order_by(MailingList.address, Bounce.cause)
    )
    return [
        Tally(list_address=address, cause=Cause(cause), count=count)
        for address, cause, count in session.execute(query)
    ]


def recent(session: Session, *, limit: int) -> list[Returned]:
    """Return the newest reports, those that nobody could read too; the newest first."""
    query = (
        select(Bounce, Delivery, Person.name)
        .join(Delivery, Delivery.id == Bounce.delivery_id)
        .join(Person, Person.id == Delivery.person_id)
        .order_by(Bounce.received_at.desc(), Bounce.delivery_id.desc())
        .limit(limit)
    )
    return [
        Returned(
            delivery_id=delivery.id,
            post_id=delivery.post_id,
            person=name,
            email=delivery.email,
            received_at=bounce.received_at,
            cause=Cause(bounce.cause),
            status=bounce.status,
            diagnostic=bounce.diagnostic,
        )
        for bounce, delivery, name in session.execute(query)
    ]


def receive(
    session: Session, delivery_id: int, report: Report, *, raw: bytes = b"", now: datetime
) -> Bounce | None:
    """Keep what came back for a delivery, and have it weighed if the mail did not arrive.

    A later report about the same delivery counts only if it is graver: a delay that became a
    failure. Whoever complains gets no more of the list.
    """
    delivery = session.get(Delivery, delivery_id, with_for_update=True)
    if delivery is None:
        return None
    cause = cause_of(report, to=delivery.email)
    bounce = session.get(Bounce, delivery_id)
    if bounce is not None and _GRAVITY[cause] <= _GRAVITY[Cause(bounce.cause)]:
        return bounce
    if bounce is None:
        bounce = Bounce(delivery_id=delivery_id)
        session.add(bounce)
    bounce.received_at, bounce.cause, bounce.raw = now, cause, raw[:MOST_KEPT_BYTES]
    bounce.action, bounce.status, bounce.diagnostic = (
        report.action,
        report.status,
        report.diagnostic,
    )
    session.flush()
    if cause is Cause.COMPLAINT:
        _stop(session, delivery, now=now)
    elif cause in FAILED:
        _plan_to_weigh(session, delivery.post_id, now=now)
    return bounce


def _stop(session: Session, delivery: Delivery, *, now: datetime) -> None:
    list_id = session.get_one(Post, delivery.post_id).list_id
    complaints.of_list(session, list_id, delivery.person_id, now=now)


def _plan_to_weigh(session: Session, post_id: int, *, now: datetime) -> None:
    """Weigh once for all bounces of one hour, an hour or two after them."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    due_at, detail = hour + timedelta(hours=2), f"{hour:%Y-%m-%dT%H}"
    steps.plan(session, "post.weigh", post_id, due_at=due_at, detail=detail)


def settle(session: Session, outcomes: Sequence[Outcome], *, now: datetime) -> None:
    """Write down what came of deliveries; what the relay refused has come back too."""
    outbox.settle_deliveries(session, outcomes, now=now)
    for outcome in outcomes:
        report = refusal(outcome.words or "") if outcome.state is Work.FAILED else None
        if report is not None:
            settled = session.get(Delivery, outcome.row_id, populate_existing=True)
            if settled is not None and settled.state == Work.FAILED:  # not cancelled meanwhile
                receive(session, settled.id, report, now=now)
