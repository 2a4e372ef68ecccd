"""Announcements: a coordinator drafts one, looks at it, and has it sent at a moment, once.

The receivers are chosen at that moment: whoever is in the audience then and has not stopped
announcements. Each reads it in the own language; who wrote it is named, with address.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, Select, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from community import audiences, lifecycle, outbox, people, steps
from community.audiences import Audience
from community.errors import N_, Over, Refusal
from community.people import Address, Category, Person, Role
from community.store import Base

#: Later than this it is not sent by itself: what it says may have become wrong meanwhile.
GRACE = timedelta(hours=12)

NO_TEXT = {
    "en": N_(
        "Receivers who read English: {readers}. Draft it again with an English title and text."
    ),
    "nb": N_(
        "Receivers who read Norwegian: {readers}. Draft it again with a Norwegian title and text."
    ),
}


class Announcement(Base):
    """Something that coordinators say to an audience, by mail."""

    __tablename__ = "announcement"
    __table_args__ = (
        CheckConstraint(lifecycle.allowed("announcement"), name="state"),
        CheckConstraint(audiences.allowed(), name="audience"),
        CheckConstraint("state <> 'scheduled' OR send_at IS NOT NULL", name="send_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    #: Who answers questions about it.
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    #: Title and text of a language are both there or both empty.
    title_en: Mapped[str]
    body_en: Mapped[str]
    title_nb: Mapped[str]
    body_nb: Mapped[str]
    audience: Mapped[str]
    #: When it is meant to go out; once it has, the moment when it did.
    send_at: Mapped[datetime | None]


@dataclass(frozen=True)
class Words:
    """An announcement in one language."""

    title: str
    body: str


@dataclass(frozen=True, kw_only=True)
class AnnouncementCard:
    """An announcement as coordinators and receivers see it."""

    announcement_id: int
    state: str
    audience: Audience
    send_at: datetime | None
    #: By language, where there are any.
    written: Mapping[str, Words]
    #: Empty when the author has been erased.
    author_name: str
    author_email: str

    def words(self, language: str) -> Words:
        """Return what a reader of this language gets: the other language rather than nothing."""
        return self.written.get(language) or next(iter(self.written.values()))


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What would be sent if it were sent now."""

    card: AnnouncementCard
    #: How many receivers read each language.
    receivers: Mapping[str, int]

    @property
    def total(self) -> int:
        """How many people would get it."""
        return sum(self.receivers.values())


def draft(  # noqa: PLR0913 - what an announcement is made of
    session: Session,
    *,
    title_en: str = "",
    body_en: str = "",
    title_nb: str = "",
    body_nb: str = "",
    audience: Audience,
    by: int,
    now: datetime,
) -> Announcement:
    """Keep the words of an announcement; nobody hears of it yet.

    Raises:
        Refusal: not a coordinator; no words, or a title without a text.
    """
    people.require(session, by, Role.COORDINATOR)
    announcement = Announcement(
        author_id=by,
        title_en=title_en.strip(),
        body_en=body_en.strip(),
        title_nb=title_nb.strip(),
        body_nb=body_nb.strip(),
        audience=audience,
    )
    _check(announcement)
    lifecycle.advance(session, announcement, "draft", by=by, now=now)
    return announcement


def schedule(
    session: Session, announcement_id: int, *, send_at: datetime, by: int, now: datetime
) -> Announcement:
    """Have a draft sent at `send_at`.

    Raises:
        Refusal: not a coordinator; in the past; settled already; nobody would get it, or
            somebody would find no words in the own language.
    """
    people.require(session, by, Role.COORDINATOR)
    announcement = _for_update(session, announcement_id)
    if send_at <= now:
        raise Over
    shown = preview(session, announcement_id)
    if shown.total == 0:
        raise Refusal("Nobody would get this: choose another audience.")
    for language, readers in shown.receivers.items():
        if readers and language not in shown.card.written:
            raise Refusal(NO_TEXT[language], readers=readers)
    announcement.send_at = send_at
    lifecycle.advance(session, announcement, "schedule", by=by, now=now)
    steps.plan(session, "announcement.send", announcement_id, due_at=send_at)
    return announcement


def cancel(session: Session, announcement_id: int, *, by: int, now: datetime) -> Announcement:
    """Drop an announcement that has not been sent; nobody gets it.

    Raises:
        Refusal: not a coordinator; sent or cancelled already.
    """
    people.require(session, by, Role.COORDINATOR)
    announcement = _for_update(session, announcement_id)
    lifecycle.advance(session, announcement, "cancel", by=by, now=now)
    _settle(session, announcement_id, now=now, why="cancelled")
    return announcement


def send_now(session: Session, announcement_id: int, *, by: int, now: datetime) -> Announcement:
    """Send a scheduled announcement at once, such as one whose moment was missed.

    Raises:
        Refusal: not a coordinator; not scheduled, sent or cancelled already.
    """
    people.require(session, by, Role.COORDINATOR)
    announcement = _for_update(session, announcement_id)
    _send(session, announcement, by=by, now=now)
    _settle(session, announcement_id, now=now, why="sent by hand")
    return announcement


def send(
    session: Session, announcement_id: int, *, detail: str, due_at: datetime, now: datetime
) -> None:
    """Send an announcement whose moment has come; one that is too late goes to its author instead.

    It stays scheduled then, until somebody sends or cancels it.
    """
    announcement = _for_update(session, announcement_id)
    if not lifecycle.can(announcement, "send"):
        return
    if now - due_at <= GRACE:
        _send(session, announcement, by=None, now=now)
        return
    author = select(Person.id).where(Person.id == announcement.author_id)
    for whom in (author, people.with_role(Role.COORDINATOR)):
        if outbox.put_to_all(session, "announcement.late", announcement_id, whom, now=now):
            return


def preview(session: Session, announcement_id: int) -> Preview:
    """Return an announcement and who would get it now, by language."""
    shown = card(session, announcement_id)
    receivers = audiences.count(session, shown.audience, category=Category.ANNOUNCEMENT)
    return Preview(card=shown, receivers=receivers)


def card(session: Session, announcement_id: int) -> AnnouncementCard:
    """Return an announcement with its author."""
    row = session.execute(_cards().where(Announcement.id == announcement_id)).one_or_none()
    if row is None:
        raise Refusal("There is no such announcement.")
    return _card(*row)


def recent(session: Session) -> list[AnnouncementCard]:
    """Return the announcements of all states, the newest first, at most fifty."""
    query = _cards().order_by(Announcement.id.desc()).limit(50)
    return [_card(*row) for row in session.execute(query)]


def _cards() -> Select[Announcement, str | None, str | None]:
    primary = (Address.person_id == Announcement.author_id) & Address.is_primary
    return (
        select(Announcement, Person.name, Address.email)
        .join(Person, Person.id == Announcement.author_id, isouter=True)
        .join(Address, primary, isouter=True)
    )


def _card(announcement: Announcement, name: str | None, email: str | None) -> AnnouncementCard:
    return AnnouncementCard(
        announcement_id=announcement.id,
        state=announcement.state,
        audience=Audience(announcement.audience),
        send_at=announcement.send_at,
        written=_written(announcement),
        author_name=name or "",
        author_email=email or "",
    )


def _written(announcement: Announcement) -> dict[str, Words]:
    both = {
        "en": Words(announcement.title_en, announcement.body_en),
        "nb": Words(announcement.title_nb, announcement.body_nb),
    }
    return {language: words for language, words in both.items() if words.title}


def _check(announcement: Announcement) -> None:
    titles = (announcement.title_en, announcement.title_nb)
    bodies = (announcement.body_en, announcement.body_nb)
    if [bool(title) for title in titles] != [bool(body) for body in bodies]:
        raise Refusal("A title and a text go together: write both, or neither, in each language.")
    if not any(titles):
        raise Refusal("Write a title and a text, in English, in Norwegian or in both.")


def _for_update(session: Session, announcement_id: int) -> Announcement:
    announcement = session.get(Announcement, announcement_id, with_for_update=True)
    if announcement is None:
        raise Refusal("There is no such announcement.")
    return announcement


def _send(session: Session, announcement: Announcement, *, by: int | None, now: datetime) -> None:
    lifecycle.advance(session, announcement, "send", by=by, now=now)
    announcement.send_at = now
    outbox.put_to_all(
        session,
        "announcement.send",
        announcement.id,
        audiences.select_people(Audience(announcement.audience)),
        now=now,
    )


def _settle(session: Session, announcement_id: int, *, now: datetime, why: str) -> None:
    steps.cancel(session, "announcement.send", announcement_id, now=now, why=why)
    outbox.put_instead(session, "announcement.late", announcement_id, detail="settled", now=now)
