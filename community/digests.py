"""Digests: what collects for a person and comes as one mail, daily or weekly, for all lists.

Two streams: what digest readers have chosen not to get at once, and what the rules or a moderator
moved out of the immediate traffic, which reaches everybody. Lines about threads that go on for
their followers come along, and for who gets each post by themselves once a week. A digest is fixed
when it is made: number, contents, format and Message-ID. Nothing is made when nothing waits.
"""

from datetime import date, datetime, time, timedelta

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Select,
    String,
    UniqueConstraint,
    cast,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column
from sqlalchemy.sql.elements import ColumnElement

from community import fanouts, outbox, releases
from community.calendar import Calendar
from community.deliveries import Format, MailChoice
from community.fanouts import DigestEntry
from community.lists import MailingList
from community.people import Person
from community.posts import Post
from community.store import Base, calendar_of
from community.subscriptions import Mode, Subscription

MONDAY = 0
#: When daily digests are made, on the clocks of the place.
DAILY_AT = time(16)
#: Who reads no digests: what the rules move there comes daily, a line alone once a week.
AT_ONCE = (Mode.EACH, Mode.FOLLOWED)
NOT_WEEKLY = (*AT_ONCE, Mode.DAILY)


class Digest(Base):
    """One digest of one person."""

    __tablename__ = "digest"
    __table_args__ = (
        UniqueConstraint("person_id", "number"),
        CheckConstraint("mode IN ('daily', 'weekly')", name="mode"),
        CheckConstraint("format IN ('plain', 'mime', 'html')", name="format"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    #: Counts the person's digests, from 1.
    number: Mapped[int]
    #: `daily` or `weekly`.
    mode: Mapped[str]
    #: A `Format`, as it was chosen when the digest was made.
    format: Mapped[str]
    #: By which an answer to it is known.
    message_id: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]


def make_due(session: Session, *, now: datetime, mode: Mode = Mode.DAILY) -> int:
    """Make a digest for everybody for whom something waits; return how many were made.

    1. One maker at a time, and no post is released meanwhile.
    2. The daily one publishes what the rules moved to the digest, and drops what nobody wants now.
    3. Every digest, its contents and its notice are rows by three statements, for any size.
    """
    every_list = select(MailingList.id).order_by(MailingList.id)
    list_ids = list(session.scalars(every_list.with_for_update()))
    if mode is Mode.DAILY:
        _publish_queued(session, now=now)
        _drop_unwanted(session)
    if not list_ids:
        return 0
    domain = session.get_one(MailingList, list_ids[0]).address.partition("@")[2]
    waits = _waits(mode, now)
    session.execute(
        insert(Digest).from_select(
            ["person_id", "number", "mode", "format", "message_id", "made_at"],
            _new(waits, mode, domain, now=now),
        )
    )
    made_now = Digest.made_at == now, Digest.mode == mode.value
    # Who has come back since the last statement has none yet: what waits for them goes on waiting.
    theirs = select(func.max(Digest.id)).where(Digest.person_id == DigestEntry.person_id, *made_now)
    fix = update(DigestEntry).where(waits).values(digest_id=theirs.scalar_subquery())
    session.execute(fix.execution_options(synchronize_session=False))
    fresh = select(Digest.id, Digest.person_id).where(*made_now)
    return outbox.put_each(session, "digest.publish", fresh, now=now)


def make_weekly(session: Session, *, since: date, until: date, now: datetime) -> int:
    """Make the weekly digests if a week's first working day is among these days.

    Several days are looked at when the service was down: what was missed is made up for, once (T3).
    """
    calendar = calendar_of(session)
    days = (since + timedelta(days=n) for n in range((until - since).days + 1))
    if not any(begins_week(calendar, day) for day in days):
        return 0
    return make_due(session, now=now, mode=Mode.WEEKLY)


def next_daily(calendar: Calendar, moment: datetime) -> datetime:
    """Return when the first daily digest after this moment is made."""
    today = calendar.local(moment).date()
    made = calendar.at_local(today, DAILY_AT)
    return made if made > moment else calendar.at_local(today + timedelta(days=1), DAILY_AT)


def begins_week(calendar: Calendar, day: date) -> bool:
    """Say whether this is the first working day of its week."""
    earlier = (day - timedelta(days=n) for n in range(1, day.weekday() - MONDAY + 1))
    return calendar.is_working_day(day) and not any(map(calendar.is_working_day, earlier))


def _publish_queued(session: Session, *, now: datetime) -> None:
    waiting = select(Post).where(Post.state == "queued").order_by(Post.id)
    for post in list(session.scalars(waiting)):
        fanouts.collect(session, releases.leave(session, post, "publish", now=now))


def _drop_unwanted(session: Session) -> None:
    """Forget what waits for people who have left the list or want nothing of it any more."""
    wanted = (
        select(Subscription.list_id)
        .join(Post, Post.list_id == Subscription.list_id)
        .where(
            Post.id == DigestEntry.post_id,
            Subscription.person_id == DigestEntry.person_id,
            Subscription.mode != Mode.NONE,
        )
    )
    unwanted = delete(DigestEntry).where(DigestEntry.digest_id.is_(None), ~exists(wanted))
    session.execute(unwanted.execution_options(synchronize_session=False))


def _waits(mode: Mode, now: datetime) -> ColumnElement[bool]:
    """Say which entries go into the digests made now, by what their readers choose today.

    For who reads no digests, lines alone make none but once a week.
    """
    is_line = DigestEntry.is_line
    if mode is Mode.WEEKLY:
        alone = is_line & _is_open(DigestEntry, AT_ONCE, now=now)
        return _is_open(DigestEntry, (Mode.WEEKLY,), now=now) | alone
    post = aliased(DigestEntry)
    comes_with_one = exists(
        select(post.post_id).where(
            post.person_id == DigestEntry.person_id,
            ~post.is_line,
            _is_open(post, NOT_WEEKLY, now=now),
        )
    )
    reads_daily = _is_open(DigestEntry, (Mode.DAILY,), now=now)
    waits = _is_open(DigestEntry, NOT_WEEKLY, now=now)
    return waits & or_(~is_line, reads_daily, comes_with_one)


def _is_open(
    entry: type[DigestEntry], modes: tuple[Mode, ...], *, now: datetime
) -> ColumnElement[bool]:
    reader = (
        select(Subscription.list_id)
        .join(Post, Post.list_id == Subscription.list_id)
        .join(Person, Person.id == Subscription.person_id)
        .where(
            Post.id == entry.post_id,
            Subscription.person_id == entry.person_id,
            Subscription.mode.in_(modes),
            fanouts.is_awake(now),
            Person.state == "active",
            Person.id.not_in(outbox.unreachable()),
        )
        .correlate(entry)
    )
    return entry.digest_id.is_(None) & exists(reader)


def _new(
    waits: ColumnElement[bool], mode: Mode, domain: str, *, now: datetime
) -> Select[int, int, str, str, str, datetime]:
    readers = select(DigestEntry.person_id).where(waits).distinct().subquery()
    person_id = readers.c.person_id
    last = select(func.max(Digest.number)).where(Digest.person_id == person_id).scalar_subquery()
    number = func.coalesce(last, 0) + 1
    name = literal("<digest.") + cast(person_id, String) + "." + cast(number, String)
    return (
        select(
            person_id,
            number,
            literal(mode.value),
            func.coalesce(MailChoice.format, Format.HTML.value),
            name + f"@{domain}>",
            literal(now, Digest.made_at.type),
        )
        .select_from(readers)
        .outerjoin(MailChoice, MailChoice.person_id == person_id)
        .order_by(person_id)
    )
