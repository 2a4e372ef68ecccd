"""Which person a Slack user is: found by e-mail at first contact, proved by mail when in doubt.

The bot asks `who` with every press and `meet` at first contact. Whoever is not found asks to be
linked (`ask`); the mail to the known address carries the one act (`link`) that settles it, so that
a Slack account alone never becomes somebody else. The answer to `ask` is the same whether the
address is known or not (P2).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from community import journal, outbox, people
from community.errors import N_, Refusal
from community.outbox import Channel
from community.people import Person, Reader
from community.store import Base

#: How long a mailed link is good; the mail says so.
GOOD_FOR = timedelta(days=7)
#: Mails a day to one person, and asked for by one Slack user; more are not sent, without a word.
MOST_A_DAY = 3
#: How long a request is kept; whoever presses later hears that the link is too old.
KEPT_FOR = timedelta(days=30)
DAY = timedelta(days=1)
TOO_OLD = N_("This link is too old. Type /postdoc in Slack to get a new one.")


class LinkRequest(Base):
    """A Slack user who says to be a person of the community; settled by that person's mail."""

    __tablename__ = "link_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    slack_id: Mapped[str] = mapped_column(index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    asked_at: Mapped[datetime]
    linked_at: Mapped[datetime | None]


@dataclass(frozen=True, kw_only=True)
class LinkCard:
    """A request as the person it is about sees it."""

    request_id: int
    good_until: datetime
    is_linked: bool
    #: The person has a Slack user already, which this one would take the place of.
    takes_over: bool


def who(session: Session, slack_id: str) -> Reader | None:
    """Return the active person linked to this Slack user."""
    person = people.by_slack(session, slack_id)
    return None if person is None else people.reader(session, person.id)


def names(session: Session, slack_ids: Collection[str]) -> dict[str, str]:
    """Return what the active people behind these Slack users are called."""
    query = select(Person.slack_id, Person.name).where(
        Person.slack_id.in_(slack_ids), Person.state == "active"
    )
    return {str(slack_id): name for slack_id, name in session.execute(query)}


def meet(session: Session, slack_id: str, email: str, *, now: datetime) -> Person | None:
    """Link a Slack user to the person with exactly this address; None when in doubt.

    In doubt: nobody active has the address, or that person has another Slack user.
    """
    known = people.by_slack(session, slack_id)
    if known is not None:
        return known
    found = people.by_email(session, email)
    if found is None:
        return None
    person = session.get_one(Person, found.id, with_for_update=True, populate_existing=True)
    if person.slack_id not in (None, slack_id):
        return None
    _take(session, person, slack_id, by=person.id, now=now)
    return person


def could_meet(session: Session, slack_id: str, email: str) -> bool:
    """Say whether `meet` would link this Slack user: people change in Slack all the time."""
    if not email or people.by_slack(session, slack_id) is not None:
        return False
    person = people.by_email(session, email)
    return person is not None and person.slack_id is None


def ask(session: Session, slack_id: str, email: str, *, now: datetime) -> None:
    """Mail the one act that links this Slack user to whoever has the address, if anybody does."""
    person = people.by_email(session, email)
    if person is None or person.slack_id == slack_id:
        return
    lately = select(func.count()).where(LinkRequest.asked_at > now - DAY)
    for mine in (LinkRequest.person_id == person.id, LinkRequest.slack_id == slack_id):
        if (session.scalar(lately.where(mine)) or 0) >= MOST_A_DAY:
            return
    request = LinkRequest(slack_id=slack_id, person_id=person.id, asked_at=now)
    session.add(request)
    session.flush()
    outbox.put(session, "person.link", request.id, person.id, channel=Channel.MAIL, now=now)


def link(session: Session, request_id: int, *, by: int, now: datetime) -> Person:
    """Make the Slack user of a request this person's, instead of any other; twice is once.

    Raises:
        Refusal: not this person's request; older than seven days.
    """
    request = session.get(LinkRequest, request_id, with_for_update=True)
    if request is None:
        raise Refusal(TOO_OLD)
    if request.person_id != by:
        raise Refusal("This link is for somebody else.")
    person = session.get_one(Person, by, with_for_update=True)
    if request.linked_at is not None:
        return person
    if now > request.asked_at + GOOD_FOR:
        raise Refusal(TOO_OLD)
    request.linked_at = now
    _take(session, person, request.slack_id, by=by, now=now)
    welcome(session, person.id, now=now)
    return person


def forget_old(session: Session, *, now: datetime) -> None:
    """Forget who asked for a link long ago."""
    session.execute(delete(LinkRequest).where(LinkRequest.asked_at <= now - KEPT_FOR))


def welcome(session: Session, person_id: int, *, now: datetime) -> None:
    """Say hello in Slack to somebody who is linked; once for each Slack user."""
    person = session.get_one(Person, person_id)
    if person.slack_id is not None:
        detail = person.slack_id
        outbox.put(
            session,
            "person.welcome",
            person_id,
            person_id,
            detail=detail,
            channel=Channel.SLACK,
            now=now,
        )


def arrive(session: Session, slack_id: str, email: str, *, now: datetime) -> Person | None:
    """Greet a new member of the workspace who is known by address; say nothing to others."""
    person = meet(session, slack_id, email, now=now)
    if person is not None:
        welcome(session, person.id, now=now)
    return person


def unlink(session: Session, slack_id: str, *, now: datetime) -> Person | None:
    """Forget a Slack user who is gone or has become a guest; mail takes over from then on."""
    query = select(Person).where(Person.slack_id == slack_id).with_for_update()
    person = session.scalars(query).one_or_none()
    if person is None:
        return None
    person.slack_id = None
    journal.write(session, "person", person.id, "unlink", by=None, now=now)
    return person


def card(session: Session, request_id: int) -> LinkCard:
    """Return a request for its letter and its page."""
    request = session.get(LinkRequest, request_id)
    if request is None:
        raise Refusal(TOO_OLD)
    taken = session.get_one(Person, request.person_id).slack_id
    return LinkCard(
        request_id=request.id,
        good_until=request.asked_at + GOOD_FOR,
        is_linked=request.linked_at is not None,
        takes_over=taken not in (None, request.slack_id),
    )


def _take(session: Session, person: Person, slack_id: str, *, by: int, now: datetime) -> None:
    """Write the link; whoever had this Slack user before loses it (also who has left)."""
    if person.slack_id == slack_id:
        return
    losers = (
        update(Person)
        .where(Person.slack_id == slack_id, Person.id != person.id)
        .values(slack_id=None)
        .returning(Person.id)
    )
    for loser in session.scalars(losers).all():
        journal.write(session, "person", loser, "unlink", by=by, now=now)
    person.slack_id = slack_id
    session.flush()
    journal.write(session, "person", person.id, "link", by=by, now=now)
