"""Who is on which list, and how its posts come to them; how lists are joined is in `joining.py`."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Select, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from community import batches, calling_off, journal, lists
from community.emails import normalised
from community.errors import Refusal
from community.lists import MailingList
from community.outbox import unreachable
from community.people import Person, Role, by_emails, with_role
from community.store import Base


class Mode(StrEnum):
    """How the posts of a list come to one of its subscribers."""

    EACH = "each"
    DAILY = "daily"
    WEEKLY = "weekly"
    #: Only threads that the person follows or writes in.
    FOLLOWED = "followed"
    NONE = "none"


class Subscription(Base):
    """A person's place on a list."""

    __tablename__ = "subscription"
    __table_args__ = (
        CheckConstraint("mode IN ('each', 'daily', 'weekly', 'followed', 'none')", name="mode"),
        CheckConstraint("trust IN ('usual', 'trusted', 'hold', 'reject')", name="trust"),
    )

    list_id: Mapped[int] = mapped_column(
        ForeignKey("mailing_list.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    since: Mapped[datetime]
    #: A `Mode`; the person chooses it.
    mode: Mapped[str] = mapped_column(default=Mode.EACH.value)
    #: Until then nothing comes; a pause ends by itself.
    paused_until: Mapped[datetime | None]
    #: What moderators decided about this person's posts, a `Trust` (trusts.py).
    trust: Mapped[str] = mapped_column(default="usual", server_default="usual")


def subscribers(list_id: int) -> Select[int]:
    """Select the ids of the active people on a list, however its posts come to them."""
    return (
        select(Person.id)
        .join(Subscription, Subscription.person_id == Person.id)
        .where(Subscription.list_id == list_id, Person.state == "active")
    )


def count_subscribers(session: Session, list_id: int) -> int:
    """Count the active people on a list, also those whom mail does not reach just now."""
    return session.scalar(select(func.count()).select_from(subscribers(list_id).subquery())) or 0


def count_unreached(session: Session, list_id: int) -> int:
    """Count the active people on a list whom mail does not reach just now."""
    unreached = subscribers(list_id).where(Person.id.in_(unreachable()))
    return session.scalar(select(func.count()).select_from(unreached.subquery())) or 0


def is_subscriber(session: Session, list_id: int, person_id: int) -> bool:
    """Say whether this person gets the posts of the list."""
    return session.get(Subscription, (list_id, person_id)) is not None


def subscribe(
    session: Session, list_id: int, people: Iterable[int], *, by: int | None, now: datetime
) -> int:
    """Put people on a list; return how many were not on it before.

    Raises:
        Closed: the list takes nobody new.
    """
    lists.require_open(session.get_one(MailingList, list_id), now=now)
    wanted = [(person_id,) for person_id in dict.fromkeys(people)]
    place = {"list_id": list_id, "since": now}
    once = ("list_id", "person_id")
    new = batches.insert(
        session, Subscription, ("person_id",), wanted, same=place, once=once, gives="person_id"
    )
    happened = [(list_id, by or person_id) for person_id in new]
    journal.write_all(session, "mailing_list", "subscribe", happened, now=now)
    return len(new)


def subscribe_by_email(
    session: Session, list_id: int, emails: Iterable[str], *, by: int | None, now: datetime
) -> int:
    """Put people on a list by their addresses; refuse, and name them, when some are unknown."""
    wanted = [normalised(email) for email in emails]
    known = by_emails(session, wanted)
    unknown = [email for email in wanted if email not in known]
    if unknown:
        raise Refusal(
            "Nobody in the community has the address {emails}. Import them first: "
            "samband people import FILE.csv",
            emails=", ".join(unknown),
        )
    return subscribe(session, list_id, [known[email] for email in wanted], by=by, now=now)


def subscribe_all(session: Session, list_id: int, *, by: int | None, now: datetime) -> int:
    """Put every active member on a list; return how many were not on it before."""
    return subscribe(session, list_id, session.scalars(with_role(Role.MEMBER)), by=by, now=now)


def unsubscribe_by_email(
    session: Session, list_id: int, emails: Iterable[str], *, now: datetime
) -> int:
    """Take people off a list by their addresses; return how many were on it."""
    known = by_emails(session, [normalised(email) for email in emails])
    off = 0
    for person_id in set(known.values()):
        off += is_subscriber(session, list_id, person_id)
        leave(session, list_id, by=person_id, now=now)
    return off


def set_mode(session: Session, list_id: int, person_id: int, mode: Mode) -> None:
    """Set how the posts of a list come to somebody who has just been put on it."""
    session.get_one(Subscription, (list_id, person_id)).mode = mode.value


def leave(session: Session, list_id: int, *, by: int, now: datetime) -> MailingList:
    """Take the acting person off a list; leaving twice changes nothing.

    Raises:
        Gone: the list has been removed.
    """
    take_off(session, list_id, by, by=by, now=now)
    return lists.known(session, list_id)


def take_off(session: Session, list_id: int, person_id: int, *, by: int, now: datetime) -> bool:
    """Take somebody off a list, with what still waits for them of it; return whether they were."""
    # Locked, so that of two presses at one moment the second finds nobody to take off.
    place = session.get(Subscription, (list_id, person_id), with_for_update=True)
    if place is None:
        return False
    session.delete(place)
    calling_off.of_list(session, list_id, person_id, now=now)
    journal.write(session, "mailing_list", list_id, "leave", by=by, now=now)
    return True


def of_person(session: Session, person_id: int) -> list[MailingList]:
    """Return the lists a person is on, by address."""
    query = (
        select(MailingList)
        .join(Subscription, Subscription.list_id == MailingList.id)
        .where(Subscription.person_id == person_id)
        .order_by(MailingList.address)
    )
    return list(session.scalars(query))
