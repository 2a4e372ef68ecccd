"""Which address is to be asked whether it works: all that came back of a post, looked at together.

A step, an hour or two after the first bounces of a post (`bounces.receive` plans it): by then it is
clear whether some addresses are at fault or the post itself. Letters are weighed one by one.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from community import outbox, people, scores, suppressions
from community.bounces import FAILED, Bounce
from community.causes import Cause
from community.digests import Digest
from community.due import Work
from community.letter_bounces import DIGEST, LetterBounce
from community.outbox import Channel, Delivery, Notice
from community.people import Address, Role
from community.scores import Happened
from community.suppressions import Suppression


def weigh(session: Session, post_id: int, *, detail: str, due_at: datetime, now: datetime) -> None:
    """Look at all that came back of a post, and probe the addresses against which too much speaks.

    If the post itself was refused, by many, nobody is blamed and the coordinators are told, once.
    """
    if post_id in _refused(session, [post_id]):
        coordinators = people.with_role(Role.COORDINATOR)
        outbox.put_to_all(session, "post.refuse", post_id, coordinators, now=now)
        return
    suspects = {address.id: address for address in session.scalars(_suspects(post_id))}
    heavy = [
        suspects[address_id]
        for address_id, happened in _history(session, suspects, now=now).items()
        if scores.score(happened, now=now) >= scores.LIMIT
    ]
    bounces = _bounces(session, post_id, heavy)
    for address in heavy:
        suppressions.probe(session, address, bounces[address.person_id], now=now)


def weigh_address(
    session: Session, address_id: int, *, detail: str, due_at: datetime, now: datetime
) -> None:
    """Look at all that came back from one address, and probe it if too much speaks against it."""
    address = session.get(Address, address_id, with_for_update=True)
    if address is None or not address.is_primary or address.state != "deliverable":
        return  # nothing goes to it (any more)
    happened = _history(session, [address_id], now=now).get(address_id, [])
    if scores.score(happened, now=now) >= scores.LIMIT:
        last = select(LetterBounce).where(LetterBounce.address_id == address_id)
        newest = last.order_by(LetterBounce.received_at.desc()).limit(1)
        suppressions.probe(session, address, session.scalars(newest).one(), now=now)


def _bounces(session: Session, post_id: int, of: Sequence[Address]) -> dict[int, Bounce]:
    """Return what came back of a post from these addresses, by person."""
    people_ids = [address.person_id for address in of]
    query = (
        select(Delivery.person_id, Bounce)
        .join(Bounce, Bounce.delivery_id == Delivery.id)
        .where(Delivery.post_id == post_id, Delivery.person_id.in_(people_ids))
    )
    return dict(iter(session.execute(query)))


def _suspects(post_id: int) -> Select[Address]:
    """Select the addresses in use whose copy of a post came back for a cause that weighs."""
    return (
        select(Address)
        .join(Delivery, (Delivery.person_id == Address.person_id))
        .join(Bounce, Bounce.delivery_id == Delivery.id)
        .where(
            Delivery.post_id == post_id,
            Delivery.email == Address.email,
            Bounce.cause.in_(tuple(scores.WEIGHTS)),
            Address.is_primary,
            Address.state == "deliverable",
        )
        .order_by(Address.id)
    )


def _history(
    session: Session, suspects: Iterable[int], *, now: datetime
) -> dict[int, list[Happened]]:
    """Return what became of the mails to each address since it was last put back in use."""
    put_back = (
        select(Suppression.address_id, func.max(Suppression.ended_at).label("at"))
        .group_by(Suppression.address_id)
        .subquery()
    )
    suspects = tuple(suspects)
    moment = func.coalesce(Bounce.received_at, Delivery.settled_at)
    query = (
        select(Address.id, Delivery, Bounce, put_back.c.at)
        .join(Delivery, Delivery.person_id == Address.person_id)
        .outerjoin(Bounce, Bounce.delivery_id == Delivery.id)
        .outerjoin(put_back, put_back.c.address_id == Address.id)
        .where(Address.id.in_(suspects), Delivery.email == Address.email)
        .where(Delivery.state.in_((Work.DONE, Work.FAILED)), moment > now - scores.MEMORY)
    )
    rows = session.execute(query).all()
    weighing = {row[1].post_id for row in rows if row[2] and row[2].cause in scores.WEIGHTS}
    refused = _refused(session, weighing)
    happened: dict[int, list[Happened]] = {}
    for address_id, delivery, bounce, since in rows:
        each = _happened(delivery, bounce, refused)
        if each is not None and (since is None or each.at > since):
            happened.setdefault(address_id, []).append(each)
    since = {address_id: at for address_id, at in session.execute(select(put_back)) if at}
    for address_id, each in _letters(session, suspects, now=now):
        if address_id not in since or each.at > since[address_id]:
            happened.setdefault(address_id, []).append(each)
    return happened


def _letters(
    session: Session, suspects: Sequence[int], *, now: datetime
) -> Iterator[tuple[int, Happened]]:
    """Give what became of letters: of digests all, of others those that came back."""
    moment = func.coalesce(LetterBounce.received_at, Notice.settled_at)
    query = (
        select(Address.id, moment, LetterBounce.cause, Digest.made_at)
        .join(Notice, Notice.person_id == Address.person_id)
        .outerjoin(LetterBounce, LetterBounce.notice_id == Notice.id)
        .outerjoin(Digest, (Notice.kind == DIGEST) & (Digest.id == Notice.object_id))
        .where(Address.id.in_(suspects), moment > now - scores.MEMORY)
        .where(
            (LetterBounce.address_id == Address.id)
            | LetterBounce.notice_id.is_(None)
            & (Notice.kind == DIGEST)
            & (Notice.state == Work.DONE)
            & (Notice.channel == Channel.MAIL.value)
            & (Notice.sent_to == Address.email)
        )
    )
    rows = session.execute(query).all()
    refused = _refused_digests(session, {row[3] for row in rows if row[2] and row[3]})
    for address_id, at, cause, made_at in rows:
        if cause is None or made_at not in refused:
            yield address_id, Happened(at=at, cause=Cause(cause) if cause else None)


def _refused_digests(session: Session, made_at: Iterable[datetime]) -> set[datetime]:
    """Return the moments whose digests were refused by so many that no address is at fault."""
    query = (
        select(Digest.made_at, Notice.sent_to, LetterBounce.cause)
        .join(Notice, (Notice.kind == DIGEST) & (Notice.object_id == Digest.id))
        .outerjoin(LetterBounce, LetterBounce.notice_id == Notice.id)
        .where(Digest.made_at.in_(tuple(made_at)), Notice.state != Work.CANCELLED)
    )
    copies: dict[datetime, list[tuple[str, str | None]]] = {}
    for made, email, cause in session.execute(query):
        copies.setdefault(made, []).append((email or "", cause))
    return {made for made, some in copies.items() if _are_refused(some)}


def _happened(delivery: Delivery, bounce: Bounce | None, refused: set[int]) -> Happened | None:
    if bounce is None or bounce.cause == Cause.PASSING:
        if delivery.state != Work.DONE or delivery.settled_at is None:
            return None  # given up for want of a relay
        return Happened(at=delivery.settled_at, cause=None)
    if delivery.post_id in refused:
        return None
    return Happened(at=bounce.received_at, cause=Cause(bounce.cause))


def _refused(session: Session, posts: Iterable[int]) -> set[int]:
    """Return those of the posts that were refused themselves (`scores.is_refused`)."""
    failed = func.count(case((Bounce.cause.in_(FAILED), 1)))
    query = (
        select(Delivery.post_id, func.count(), failed)
        .outerjoin(Bounce, Bounce.delivery_id == Delivery.id)
        .where(Delivery.post_id.in_(tuple(posts)), Delivery.state != Work.CANCELLED)
        .group_by(Delivery.post_id)
    )
    return {
        post_id
        for post_id, copies, missed in session.execute(query)
        if scores.is_refused(copies=copies, failed=missed)
        and _are_refused(_copies(session, post_id))
    }


def _copies(session: Session, post_id: int) -> list[tuple[str, str | None]]:
    query = (
        select(Delivery.email, Bounce.cause)
        .outerjoin(Bounce, Bounce.delivery_id == Delivery.id)
        .where(Delivery.post_id == post_id, Delivery.state != Work.CANCELLED)
    )
    return [(email, cause) for email, cause in session.execute(query)]


def _are_refused(copies: Sequence[tuple[str, str | None]]) -> bool:
    """Say whether what was sent is at fault, by where each copy went and why it came back.

    Who is unknown to a host that took it for most of its readers does not count: that host tells
    one address from another. Else a small list with a few dead ones would never be asked.
    """
    hosts: dict[str, list[str | None]] = {}
    for email, cause in copies:
        hosts.setdefault(email.rpartition("@")[2], []).append(cause)
    failed = sum(cause in FAILED for _, cause in copies)
    unknown = sum(
        causes.count(Cause.GONE)
        for causes in hosts.values()
        if 2 * sum(cause in FAILED for cause in causes) < len(causes)
    )
    return scores.is_refused(copies=len(copies), failed=failed - unknown)
