"""How a person wants the posts of the lists: each, in digests, followed threads only, or none.

Chosen per list (`Subscription.mode`, `paused_until`) and once for all lists (`MailChoice`). Who
gets a post for it is worked out in `fanouts.py`; threads are followed in `threads.py`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from community import calling_off, journal, lists, topic_choices
from community.errors import Refusal
from community.store import Base
from community.subscriptions import Mode, Subscription
from community.topic_choices import TopicMode
from community.topics import Topic

#: The event that the journal writes, and the verb of the action, for each mode.
VERBS = {
    Mode.EACH: "each",
    Mode.DAILY: "digest",
    Mode.WEEKLY: "weekly",
    Mode.FOLLOWED: "followed",
    Mode.NONE: "none",
}


class Format(StrEnum):
    """What a digest is written as."""

    #: One text with all posts (RFC 1153).
    PLAIN = "plain"
    #: The posts as they came, each a mail inside the mail.
    MIME = "mime"
    HTML = "html"


class MailChoice(Base):
    """What a person has chosen for the mail of all lists; who has no row has the defaults."""

    __tablename__ = "mail_choice"
    __table_args__ = (CheckConstraint("format IN ('plain', 'mime', 'html')", name="format"),)

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True
    )
    #: A `Format`.
    format: Mapped[str] = mapped_column(default=Format.HTML.value)
    #: Whether the person's own posts come back.
    gets_own: Mapped[bool] = mapped_column(default=True)
    #: Whether a post comes again that was written to the person directly (To or Cc).
    gets_second: Mapped[bool] = mapped_column(default=False)


class ThreadChoice(Base):
    """A thread that a person follows or has muted."""

    __tablename__ = "thread_choice"

    thread_id: Mapped[int] = mapped_column(
        ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    #: True: followed; false: muted.
    follows: Mapped[bool]
    since: Mapped[datetime]


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """How the posts of one list come to one person."""

    mode: Mode
    #: Empty unless nothing comes now.
    paused_until: datetime | None
    #: Which topics come otherwise, and how.
    topics: Mapping[Topic, TopicMode] = field(default_factory=dict)


def set_mode(session: Session, list_id: int, mode: Mode, *, by: int, now: datetime) -> None:
    """Have the posts of a list come in another way from now on; a pause ends with it.

    What a digest had collected already comes once more, in the next daily one.
    """
    place = _place(session, list_id, by)
    if place.mode == mode and place.paused_until is None:
        return
    old, place.mode, place.paused_until = place.mode, mode.value, None
    if mode is Mode.NONE:
        calling_off.of_list(session, list_id, by, now=now)
    journal.write(
        session, "mailing_list", list_id, VERBS[mode], by=by, now=now, old=old, new=mode.value
    )


def choose(mode: Mode) -> Callable[..., None]:
    """Return the act that sets this mode for whoever presses."""

    def act(session: Session, list_id: int, *, by: int, now: datetime) -> None:
        set_mode(session, list_id, mode, by=by, now=now)

    return act


def pause(session: Session, list_id: int, *, until: datetime, by: int, now: datetime) -> None:
    """Let nothing of a list come until a moment; what is written meanwhile is in the archive."""
    if until <= now:
        raise Refusal("Choose a day that is still to come.")
    place = _place(session, list_id, by)
    place.paused_until = until
    journal.write(session, "mailing_list", list_id, "pause", by=by, now=now, new=until.isoformat())


def resume(session: Session, list_id: int, *, by: int, now: datetime) -> None:
    """End a pause; ending none changes nothing."""
    place = _place(session, list_id, by)
    if place.paused_until is not None:
        place.paused_until = None
        journal.write(session, "mailing_list", list_id, "resume", by=by, now=now)


def set_mail(
    session: Session,
    *,
    digest_format: Format,
    gets_own: bool,
    gets_second: bool,
    by: int,
    now: datetime,
) -> None:
    """Choose what digests are written as, and which posts never come."""
    choice = session.get(MailChoice, by)
    if choice is None:
        choice = MailChoice(person_id=by)
        session.add(choice)
    choice.format, choice.gets_own, choice.gets_second = digest_format.value, gets_own, gets_second
    journal.write(session, "person", by, "choose_mail", by=by, now=now)


def mail_of(session: Session, person_id: int) -> MailChoice:
    """Return what a person has chosen for the mail of all lists, or the defaults."""
    found = session.get(MailChoice, person_id)
    return found or MailChoice(
        person_id=person_id, format=Format.HTML.value, gets_own=True, gets_second=False
    )


def of_person(session: Session, person_id: int, *, now: datetime) -> dict[int, Chosen]:
    """Return how the posts of each list that a person is on come, by the list's id."""
    query = select(Subscription).where(Subscription.person_id == person_id)
    otherwise = topic_choices.of_person(session, person_id)
    return {
        place.list_id: Chosen(
            mode=Mode(place.mode),
            paused_until=place.paused_until
            if place.paused_until is not None and place.paused_until > now
            else None,
            topics=otherwise.get(place.list_id, {}),
        )
        for place in session.scalars(query)
    }


def _place(session: Session, list_id: int, person_id: int) -> Subscription:
    place = session.get(Subscription, (list_id, person_id), with_for_update=True)
    if place is None:
        address = lists.known(session, list_id).address
        raise Refusal("You are not on the list {address}. Join it first.", address=address)
    return place
