"""Asking to join a list: by mail, on a page or in chat; confirmed by the address, then decided.

Who asks by an address alone is mailed one link, and only that link (or an answer to that mail) puts
anybody on a list. Where the policy says so, a moderator decides then (`admissions.py`). The mail is
written by a step, so that asking takes the same time for every address (P2).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, delete, exists, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from community import (
    bans,
    emails,
    joining,
    journal,
    lifecycle,
    lists,
    newcomers,
    outbox,
    people,
    rations,
    steps,
    subscriptions,
)
from community.errors import Refusal
from community.lists import MailingList
from community.outbox import Channel
from community.people import Address, Person, Role
from community.policies import Policy
from community.store import Base

#: How long a mailed link is good; the mail says so.
GOOD_FOR: Final = timedelta(days=3)
#: How long a moderator has; then whoever asked is told that nobody has decided.
WAITS_FOR: Final = timedelta(days=14)
#: For so long somebody is remembered who was not let in.
REMEMBERED: Final = timedelta(days=7)
#: Whoever a moderator has to decide about, for the index that counts them.
WAITS: Final = "state = 'waiting'"
#: The states in which something can still come of it.
OPEN: Final = ("asked", "waiting")


class JoinRequest(Base):
    """Somebody wants to be on a list."""

    __tablename__ = "join_request"
    __table_args__ = (
        CheckConstraint(lifecycle.allowed("join_request"), name="state"),
        Index(
            "ix_join_request_waits", "id", sqlite_where=text(WAITS), postgresql_where=text(WAITS)
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("mailing_list.id", ondelete="CASCADE"))
    #: Empty until the step has looked up who has the address.
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), index=True
    )
    #: As they were given with the question; empty once `person_id` is known.
    email: Mapped[str] = mapped_column(default="")
    name: Mapped[str] = mapped_column(default="")
    #: Of the answer to somebody whom we do not know.
    language: Mapped[str]
    #: Whether it is proved that the question came from the address.
    is_proved: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str]
    asked_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    #: A moderator's word to whoever asked.
    reason: Mapped[str] = mapped_column(default="")


@dataclass(frozen=True, kw_only=True)
class Applicant:
    """Somebody who asks to join by an address alone."""

    email: str
    name: str = ""
    #: Of the answer, if we do not know them.
    language: str
    #: Whether it is proved that the address is theirs.
    is_proved: bool = False
    #: Where the question came from on the web; empty for mail.
    network: str = ""
    #: They want to leave, and we know nobody by that address: they are told so.
    leaves: bool = False


def ask(session: Session, list_id: int, who: Applicant, *, now: datetime) -> bool:
    """Take the question of an address; say whether it is looked at, which nobody is told.

    What goes beyond the limits is dropped.
    """
    limits = rations.PROVED if who.is_proved else rations.UNPROVED
    wish = "leave" if who.leaves else "join"
    matter, network = f"{wish}:{list_id}", who.network
    if not rations.take(session, who.email, matter, limits=limits, network=network, now=now):
        return False
    request = JoinRequest(
        list_id=list_id,
        email=emails.normalised(who.email),
        name=who.name,
        language=who.language,
        is_proved=who.is_proved,
        asked_at=now,
    )
    lifecycle.advance(session, request, "ask", by=None, now=now)
    steps.plan(session, "join_request.answer", request.id, due_at=now, detail=wish)
    return True


def answer(
    session: Session, request_id: int, *, detail: str, due_at: datetime, now: datetime
) -> None:
    """Find out who asks, and mail the link, or what there is to say instead; a step."""
    request = session.get(JoinRequest, request_id, with_for_update=True)
    if request is None or request.state != "asked" or request.person_id is not None:
        return
    email, name = request.email, request.name
    if bans.is_banned(session, request.list_id, [email]):
        lifecycle.advance(session, request, "drop", by=None, now=now)
        request.email = request.name = ""
        return
    person = newcomers.known_or_new(session, email, name=name, language=request.language, now=now)
    request.person_id, request.email, request.name = person.id, "", ""
    a_list = session.get_one(MailingList, request.list_id)
    policy = a_list.policy
    is_active = person.state == "active"
    if detail == "leave":
        _drop(session, request, why="stranger", now=now)
    elif is_active and subscriptions.is_subscriber(session, request.list_id, person.id):
        _drop(session, request, why="already", now=now)
    elif a_list.is_closed(now):
        _drop(session, request, why="closed", now=now)
    elif policy.guests == "reject" and newcomers.is_outside(session, person.id):
        _drop(session, request, why="outside", now=now)
    elif is_active and request.is_proved and policy.join != "confirm":
        _go_on(session, request, person, policy, now=now)
    else:
        steps.plan(
            session, "join_request.expire", request.id, due_at=now + GOOD_FOR, detail="asked"
        )
        tell(session, "join_request.confirm", request, now=now)


def ask_as_member(session: Session, list_id: int, *, by: int, now: datetime) -> MailingList:
    """Have the acting person ask the moderators of a list; asking twice changes nothing.

    Raises:
        Refusal: they are on it already, are kept off it, or have left; it takes no guests, and they
            are one.
    """
    a_list, person = lists.known(session, list_id), joining.require_here(session, by)
    if subscriptions.is_subscriber(session, list_id, by):
        raise Refusal("You are on the list {address} already.", address=a_list.address)
    joining.require_welcome(session, a_list, by, now=now)
    mine = JoinRequest.person_id == by, JoinRequest.list_id == list_id
    if session.scalar(select(JoinRequest.id).where(*mine, JoinRequest.state == "waiting")):
        return a_list
    request = JoinRequest(
        list_id=list_id, person_id=by, language=person.language, is_proved=True, asked_at=now
    )
    lifecycle.advance(session, request, "ask", by=by, now=now)
    _go_on(session, request, person, a_list.policy, now=now)
    return a_list


def confirm(session: Session, request_id: int, *, by: int, now: datetime) -> JoinRequest:
    """Have the owner of the address say yes; then they are on the list, or a moderator decides.

    Confirming twice is confirming once.

    Raises:
        Refusal: not this person's question; older than three days.
    """
    request = session.get(JoinRequest, request_id, with_for_update=True)
    if request is None or request.person_id != by:
        raise Refusal("This link is for somebody else.")
    if request.state in ("waiting", "joined"):
        return request
    if request.state != "asked" or now > request.asked_at + GOOD_FOR:
        raise Refusal("This link is too old. Ask to join again.")
    person = session.get_one(Person, by, with_for_update=True)
    a_list = session.get_one(MailingList, request.list_id)
    lists.require_open(a_list, now=now)
    joining.require_not_banned(session, a_list, by)
    steps.cancel(session, "join_request.expire", request.id, now=now, why="confirmed")
    _go_on(session, request, person, a_list.policy, now=now)
    return request


def confirm_by_mail(session: Session, request_id: int, email: str, *, now: datetime) -> None:
    """Take an answer to the mail that asks; it must come from the address that was asked.

    Raises:
        Refusal: as for `confirm`.
    """
    query = select(Address.person_id).where(Address.email == emails.normalised(email))
    person_id = session.scalar(query)
    confirm(session, request_id, by=person_id or 0, now=now)


def disown(session: Session, object_id: int, *, by: int, now: datetime) -> None:
    """Have the acting person say that they did not ask: they are spared such mails for a month.

    What was asked in their name and not confirmed is dropped; what they are on stays as it is.
    """
    asked = select(JoinRequest).where(JoinRequest.person_id == by, JoinRequest.state == "asked")
    for request in session.scalars(asked.with_for_update()).all():
        lifecycle.advance(session, request, "drop", by=by, now=now)
        steps.cancel(session, "join_request.expire", request.id, now=now, why="disowned")
    theirs = select(Address.email).where(Address.person_id == by)
    rations.spare(session, session.scalars(theirs).all(), now=now)
    journal.write(session, "person", by, "disown", by=by, now=now)


def expire(
    session: Session, request_id: int, *, detail: str, due_at: datetime, now: datetime
) -> None:
    """End a question that was not confirmed or decided in time; a step."""
    request = session.get(JoinRequest, request_id, with_for_update=True)
    state = detail.partition("-")[0]
    if request is None or request.state != state:
        return
    lifecycle.advance(session, request, "expire", by=None, now=now)
    if state == "waiting":
        outbox.put_instead(session, "join_request.wait", request.id, detail="expired", now=now)
        tell(session, "join_request.expire", request, now=now)


def wait(session: Session, request: JoinRequest, *, now: datetime) -> None:
    """Give the moderators their time to decide, each time that a question waits."""
    detail = "-".join(filter(None, ("waiting", turn(session, request.id))))
    due_at = now + WAITS_FOR
    steps.plan(session, "join_request.expire", request.id, due_at=due_at, detail=detail)


def turn(session: Session, request_id: int) -> str:
    """Return how often a decision was taken back, for what is said anew; empty for never."""
    return str(journal.count(session, "join_request", request_id, "reopen") or "")


def tell(
    session: Session, kind: str, request: JoinRequest, *, detail: str = "", now: datetime
) -> None:
    """Mail whoever asked what has become of their question."""
    assert request.person_id is not None  # noqa: S101 - the step has looked it up
    mail = Channel.MAIL
    outbox.put(session, kind, request.id, request.person_id, detail=detail, channel=mail, now=now)


def forget_old(session: Session, *, now: datetime) -> int:
    """Forget who has asked, is nobody else here and was not let in; return how many."""
    waits = exists().where(JoinRequest.person_id == Person.id, JoinRequest.state.in_(OPEN))
    gone = delete(Person).where(
        Person.state == "asked", Person.joined_at <= now - REMEMBERED, ~waits
    )
    return len(session.scalars(gone.returning(Person.id)).all())


def _go_on(
    session: Session, request: JoinRequest, person: Person, policy: Policy, *, now: datetime
) -> None:
    """Put a confirmed person on the list, or have the moderators decide."""
    is_of_community = not newcomers.is_outside(session, person.id)
    decides = is_of_community and joining.moderates(session, person.id)
    if decides or not joining.asks_a_moderator(policy, is_of_community=is_of_community):
        lifecycle.advance(session, request, "join", by=person.id, now=now)
        joining.put_on(session, request.list_id, person, by=person.id, now=now)
        return
    lifecycle.advance(session, request, "confirm", by=person.id, now=now)
    wait(session, request, now=now)
    moderators = people.with_role(Role.MODERATOR)
    outbox.put_to_all(session, "join_request.wait", request.id, moderators, now=now)


def _drop(session: Session, request: JoinRequest, *, why: str, now: datetime) -> None:
    lifecycle.advance(session, request, "drop", by=None, now=now)
    tell(session, "join_request.confirm", request, detail=why, now=now)
