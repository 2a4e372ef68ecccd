"""Mentor pairs: who is whose mentor, since when, and what the pair asks of the coordinators.

The way to the first meeting, with its ladder of nudges, is in `expectations.py`.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Select, or_, select, text
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from community import emails, lifecycle, outbox, people, ways
from community.errors import Refusal
from community.people import Address, Category, Person, Role
from community.store import Base


class Mentorship(Base):
    """One postdoc and one mentor."""

    __tablename__ = "mentorship"
    __table_args__ = (
        CheckConstraint(lifecycle.allowed("mentorship"), name="state"),
        CheckConstraint("postdoc_id <> mentor_id", name="two_people"),
        Index(
            "uq_mentorship_active",
            "postdoc_id",
            "mentor_id",
            unique=True,
            sqlite_where=text("state = 'active'"),
            postgresql_where=text("state = 'active'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    postdoc_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    mentor_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    #: When both had said yes: day 0 of the ladder.
    agreed_at: Mapped[datetime]


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A mentorship with the names and addresses that its letters and lists need."""

    mentorship_id: int
    state: str
    postdoc_id: int
    postdoc_name: str
    postdoc_email: str
    mentor_id: int
    mentor_name: str
    mentor_email: str
    agreed_at: datetime


def pair(
    session: Session, *, postdoc_id: int, mentor_id: int, by: int, now: datetime
) -> Mentorship:
    """Make a pair of a postdoc and a mentor who have both agreed.

    Raises:
        Refusal: not a coordinator; not a postdoc, not a mentor, or one who has left; the postdoc's
            own supervisor; a pair already.
    """
    people.require(session, by, Role.COORDINATOR)
    postdoc, mentor = _here(session, postdoc_id), _here(session, mentor_id)
    if Role.MEMBER not in people.roles(session, postdoc_id) or postdoc_id == mentor_id:
        raise Refusal("{name} is not a postdoc. Choose one.", name=postdoc.name)
    if Role.MENTOR not in people.roles(session, mentor_id):
        raise Refusal("{name} is not a mentor. Choose one.", name=mentor.name)
    if postdoc.supervisor_email and _has_address(session, mentor_id, postdoc.supervisor_email):
        raise Refusal(
            "{mentor} supervises {postdoc}. A mentor is somebody else.",
            mentor=mentor.name,
            postdoc=postdoc.name,
        )
    if session.scalar(_active(postdoc_id, mentor_id)) is not None:
        raise Refusal(
            "{mentor} and {postdoc} are a pair.", mentor=mentor.name, postdoc=postdoc.name
        )
    made = Mentorship(postdoc_id=postdoc_id, mentor_id=mentor_id, agreed_at=now)
    lifecycle.advance(session, made, "pair", by=by, now=now)
    return made


def _here(session: Session, person_id: int) -> Person:
    person = session.get(Person, person_id)
    if person is None:
        raise Refusal("There is no such person (any more).")
    if person.state != "active":
        raise Refusal("{name} has left. Choose somebody else.", name=person.name)
    return person


def ask_help(session: Session, mentorship_id: int, *, by: int, now: datetime) -> Mentorship:
    """Tell the coordinators that this pair wants a hand."""
    mentorship = of_mine(session, mentorship_id, by)
    tell_coordinators(session, mentorship_id, f"help-{by}-{now.date()}", now=now)
    return mentorship


def mute(session: Session, mentorship_id: int, *, by: int, now: datetime) -> Mentorship:
    """Send this person no more nudges; a coordinator takes over instead of guessing."""
    mentorship = of_mine(session, mentorship_id, by)
    ways.mute(session, Category.MENTORSHIP, by=by, now=now)
    tell_coordinators(session, mentorship_id, f"mute-{by}", now=now)
    return mentorship


def tell_coordinators(session: Session, mentorship_id: int, why: str, *, now: datetime) -> None:
    """Put a notice about a pair to every coordinator, once per reason."""
    coordinators = people.with_role(Role.COORDINATOR)
    outbox.put_to_all(session, "mentorship.watch", mentorship_id, coordinators, detail=why, now=now)


def of_mine(session: Session, mentorship_id: int, person_id: int) -> Mentorship:
    """Return an active pair for a change by one of the two or by a coordinator, or refuse."""
    mentorship = session.get(Mentorship, mentorship_id, with_for_update=True)
    if mentorship is None or mentorship.state != "active":
        raise Refusal("This pair has ended. Ask a coordinator if that is a surprise.")
    if person_id not in (mentorship.postdoc_id, mentorship.mentor_id):
        people.require(session, person_id, Role.COORDINATOR)
    return mentorship


def one(session: Session, mentorship_id: int) -> Pair:
    """Return a pair with its names and addresses."""
    row = session.execute(_pairs().where(Mentorship.id == mentorship_id)).one_or_none()
    if row is None:
        raise Refusal("There is no such pair.")
    return _pair(*row)


def of_person(session: Session, person_id: int) -> list[Pair]:
    """Return the active pairs of a person, as postdoc or as mentor."""
    mine = or_(Mentorship.postdoc_id == person_id, Mentorship.mentor_id == person_id)
    return [_pair(*row) for row in session.execute(_pairs().where(mine, ACTIVE))]


def active(session: Session) -> list[Pair]:
    """Return every active pair, the oldest first."""
    return [_pair(*row) for row in session.execute(_pairs().where(ACTIVE))]


ACTIVE = Mentorship.state == "active"


def _pairs() -> Select[Mentorship, str, str, str, str]:
    postdoc, mentor = aliased(Person), aliased(Person)
    postdoc_address, mentor_address = aliased(Address), aliased(Address)
    return (
        select(Mentorship, postdoc.name, postdoc_address.email, mentor.name, mentor_address.email)
        .join(postdoc, postdoc.id == Mentorship.postdoc_id)
        .join(mentor, mentor.id == Mentorship.mentor_id)
        .join(postdoc_address, postdoc_address.person_id == postdoc.id)
        .join(mentor_address, mentor_address.person_id == mentor.id)
        .where(postdoc_address.is_primary, mentor_address.is_primary)
        .order_by(Mentorship.id)
    )


def _pair(
    mentorship: Mentorship,
    postdoc_name: str,
    postdoc_email: str,
    mentor_name: str,
    mentor_email: str,
) -> Pair:
    return Pair(
        mentorship_id=mentorship.id,
        state=mentorship.state,
        postdoc_id=mentorship.postdoc_id,
        postdoc_name=postdoc_name,
        postdoc_email=postdoc_email,
        mentor_id=mentorship.mentor_id,
        mentor_name=mentor_name,
        mentor_email=mentor_email,
        agreed_at=mentorship.agreed_at,
    )


def _active(postdoc_id: int, mentor_id: int) -> Select[int]:
    return select(Mentorship.id).where(
        Mentorship.postdoc_id == postdoc_id, Mentorship.mentor_id == mentor_id, ACTIVE
    )


def _has_address(session: Session, person_id: int, email: str) -> bool:
    wanted = emails.normalised(email)
    query = select(Address.id).where(Address.person_id == person_id, Address.email == wanted)
    return session.scalar(query) is not None
