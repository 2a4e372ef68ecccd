"""Signing in on the web: by a link that is mailed, for as long as the browser keeps its cookie.

Called by the web door. Nothing here can be reversed into a way in: cookies are kept as hashes, and
so are the addresses that people typed in, also those of people whom we do not know.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from community import emails, journal, outbox, people
from community.errors import Refusal
from community.outbox import Channel
from community.people import Person, Reader
from community.store import Base

#: A sign-in link works for this long, and once.
LINK_LIVES = timedelta(minutes=30)
#: One address may ask again after this long, and this often a day.
ASK_AGAIN_AFTER = timedelta(minutes=5)
MOST_ASKED_A_DAY = 5
DAY = timedelta(days=1)
#: A session ends after this long without a visit, and after this long in any case.
IDLE = timedelta(hours=12)
LONGEST = timedelta(days=30)
#: How exactly the last visit is known: not every page turn is written down.
SEEN_EVERY = timedelta(minutes=5)
TOKEN_BYTES = 32
#: The id of nobody, for whom everything is done that is done for somebody.
NOBODY = 0


class SignInRequest(Base):
    """Somebody asked for a sign-in link; kept for a day."""

    __tablename__ = "sign_in_request"
    __table_args__ = (
        Index("ix_sign_in_request_address_hash_asked_at", "address_hash", "asked_at"),
        # The notice's key holds the id: it must not come again when old rows are gone.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: SHA-256 of the address as it was typed in, in lower case.
    address_hash: Mapped[str]
    #: Empty when nobody has that address.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    asked_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class WebSession(Base):
    """One browser in which somebody is signed in."""

    __tablename__ = "web_session"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy reads it

    id: Mapped[int] = mapped_column(primary_key=True)
    #: SHA-256 of the random token in the cookie.
    token_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    #: Random; in every form of this session, so that no other site can post in its name.
    form_token: Mapped[str]
    #: The roles at sign-in; with other roles the session is over.
    roles: Mapped[str]
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]


@dataclass(frozen=True, kw_only=True)
class Visit:
    """Who is at the door, and what their forms must carry."""

    session_id: int
    reader: Reader
    form_token: str
    #: The last visit is long enough ago to be written down anew (`touch`).
    is_stale: bool


def ask(session: Session, email: str, *, now: datetime) -> None:
    """Mail a sign-in link to whoever has this address, unless it asked too often.

    Known and unknown addresses take the same statements, so that neither the answer nor the time it
    takes tells them apart (P2).
    """
    typed = emails.normalised(email)
    asked = select(func.count()).where(SignInRequest.address_hash == _hash(typed))
    lately = session.scalar(asked.where(SignInRequest.asked_at > now - ASK_AGAIN_AFTER)) or 0
    today = session.scalar(asked.where(SignInRequest.asked_at > now - DAY)) or 0
    if lately or today >= MOST_ASKED_A_DAY:
        return
    person = people.by_email(session, typed)
    session.execute(delete(SignInRequest).where(SignInRequest.asked_at < now - DAY))
    request = SignInRequest(
        address_hash=_hash(typed), person_id=person.id if person else None, asked_at=now
    )
    session.add(request)
    session.flush()
    whom = person.id if person else NOBODY
    outbox.put(session, "sign_in.link", request.id, whom, channel=Channel.MAIL, now=now)


def asked_at(session: Session, request_id: int) -> datetime | None:
    """Say when a link was asked for; None when it is gone or was used."""
    request = session.get(SignInRequest, request_id)
    return request.asked_at if request is not None and request.used_at is None else None


def check(session: Session, request_id: int, *, by: int, now: datetime) -> None:
    """Refuse a sign-in link that is too old, used, or not this person's."""
    _usable(session, session.get(SignInRequest, request_id), by=by, now=now)


def sign_in(session: Session, request_id: int, *, by: int, now: datetime) -> str:
    """Use up a sign-in link, start a session and return the token for the browser's cookie.

    Raises:
        Refusal: the link is too old, used, or not this person's; the person has left.
    """
    locked = session.get(SignInRequest, request_id, with_for_update=True)
    request = _usable(session, locked, by=by, now=now)
    request.used_at = now
    token = secrets.token_urlsafe(TOKEN_BYTES)
    started = WebSession(
        token_hash=_hash(token),
        person_id=by,
        form_token=secrets.token_urlsafe(TOKEN_BYTES),
        roles=_roles(people.reader(session, by)),
        started_at=now,
        seen_at=now,
    )
    session.add(started)
    session.flush()
    journal.write(session, "web_session", started.id, "start", by=by, now=now)
    return token


def find(session: Session, token: str, *, now: datetime) -> Visit | None:
    """Return who has this cookie; None when it is unknown, too old, or the roles have changed."""
    query = (
        select(WebSession)
        .join(Person, Person.id == WebSession.person_id)
        .where(
            WebSession.token_hash == _hash(token),
            WebSession.seen_at > now - IDLE,
            WebSession.started_at > now - LONGEST,
            Person.state == "active",
        )
    )
    found = session.scalars(query).one_or_none()
    if found is None:
        return None
    reader = people.reader(session, found.person_id)
    if found.roles != _roles(reader):
        return None
    return Visit(
        session_id=found.id,
        reader=reader,
        form_token=found.form_token,
        is_stale=found.seen_at <= now - SEEN_EVERY,
    )


def touch(session: Session, session_id: int, *, now: datetime) -> None:
    """Write down that a session was visited; never moves the last visit back."""
    seen = update(WebSession).where(WebSession.id == session_id, WebSession.seen_at < now)
    session.execute(seen.values(seen_at=now))


def sign_out(session: Session, session_id: int, *, by: int, now: datetime) -> None:
    """End one session of this person; ending it twice changes nothing."""
    mine = delete(WebSession).where(WebSession.id == session_id, WebSession.person_id == by)
    if session.scalar(mine.returning(WebSession.id)) is not None:
        journal.write(session, "web_session", session_id, "end", by=by, now=now)


def forget_old(session: Session, *, now: datetime) -> int:
    """Delete the sessions and requests that can no longer be used; return how many."""
    over = (WebSession.seen_at <= now - IDLE) | (WebSession.started_at <= now - LONGEST)
    gone = session.scalars(delete(WebSession).where(over).returning(WebSession.id)).all()
    old = delete(SignInRequest).where(SignInRequest.asked_at < now - DAY)
    return len(gone) + len(session.scalars(old.returning(SignInRequest.id)).all())


def _usable(
    session: Session, request: SignInRequest | None, *, by: int, now: datetime
) -> SignInRequest:
    person = session.get(Person, by)
    if request is None or request.person_id != by or person is None or person.state != "active":
        raise Refusal("This sign-in link is no longer good. Ask for a new one.")
    if request.used_at is not None:
        raise Refusal("This sign-in link has been used. Ask for a new one.")
    if request.asked_at <= now - LINK_LIVES:
        raise Refusal("This sign-in link is too old. Ask for a new one.")
    return request


def _roles(reader: Reader) -> str:
    return " ".join(sorted(reader.roles))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
