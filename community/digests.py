"""Digests: what collects for a person and comes as one mail, daily or weekly, for all lists.

Two streams: what digest readers have chosen not to get at once, and what the rules or a moderator
moved out of the immediate traffic, which reaches everybody. Lines about threads that go on for
their followers come along, and for who gets each post by themselves once a week. A digest is fixed
when it is made: number, contents, format and Message-ID. Nothing is made when nothing waits.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby

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

from community import attachments, fanouts, outbox, releases, subscriptions
from community.attachments import Attachment
from community.calendar import Calendar
from community.deliveries import Format, MailChoice
from community.errors import Refusal
from community.fanouts import DigestEntry
from community.lists import MailingList
from community.people import Person
from community.posts import Post, PostSource, Thread
from community.store import Base, calendar_of
from community.subscriptions import Mode, Subscription

MONDAY = 0
#: When daily digests are made, on the clocks of the place.
DAILY_AT = time(16)
#: Who reads no digests: what the rules move there comes daily, a line alone once a week.
AT_ONCE = (Mode.EACH, Mode.FOLLOWED)
NOT_WEEKLY = (*AT_ONCE, Mode.DAILY)
#: Of a digest made of mails: larger ones stay out, and so do those beyond its measure.
MOST_SOURCE_BYTES = 2 * 1024 * 1024
MOST_SOURCES_BYTES = 10 * 1024 * 1024


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


@dataclass(frozen=True, kw_only=True)
class ThreadPart:
    """The posts of one thread in a digest, in order of arrival, or only how many there are."""

    thread_id: int
    subject: str
    #: A `Topic`; empty for none.
    topic: str
    posts: tuple[Post, ...]
    #: How many more answers went to those in the thread alone.
    more: int = 0


@dataclass(frozen=True, kw_only=True)
class ListPart:
    """The threads of one list in a digest, the one that came first first."""

    list_id: int
    address: str
    threads: tuple[ThreadPart, ...]


@dataclass(frozen=True, kw_only=True)
class Issue:
    """A digest as its reader sees it."""

    digest_id: int
    number: int
    mode: Mode
    format: Format
    message_id: str
    made_at: datetime
    #: By address.
    lists: tuple[ListPart, ...]
    #: What came with the posts, by their ids; nothing for most.
    attachments: dict[int, tuple[Attachment, ...]]
    #: The posts as they came, by id; only for digests that are made of them, and where they fit.
    sources: dict[int, bytes]

    @property
    def posts(self) -> tuple[Post, ...]:
        """Return all posts in the order of the digest."""
        return tuple(
            post for part in self.lists for thread in part.threads for post in thread.posts
        )


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


def leave(session: Session, digest_id: int, *, by: int, now: datetime) -> None:
    """Take the reader of a digest off all lists that are in it."""
    if session.get_one(Digest, digest_id).person_id != by:
        raise Refusal("This digest is somebody else’s.")
    for part in issue(session, digest_id).lists:
        subscriptions.leave(session, part.list_id, by=by, now=now)


def issue(session: Session, digest_id: int) -> Issue:
    """Return a digest with its posts: by list, by thread, in order of arrival."""
    digest = session.get_one(Digest, digest_id)
    query = (
        select(Post, MailingList.address, Thread, DigestEntry.is_line)
        .join(DigestEntry, DigestEntry.post_id == Post.id)
        .join(MailingList, MailingList.id == Post.list_id)
        .join(Thread, Thread.id == Post.thread_id)
        .where(DigestEntry.digest_id == digest_id)
        .order_by(MailingList.address, Post.id)
    )
    rows = [
        (post, address, thread, is_line)
        for post, address, thread, is_line in session.execute(query)
    ]
    return Issue(
        digest_id=digest_id,
        number=digest.number,
        mode=Mode(digest.mode),
        format=Format(digest.format),
        message_id=digest.message_id,
        made_at=digest.made_at,
        lists=tuple(
            ListPart(list_id=some[0][0].list_id, address=address, threads=_threads(some))
            for address, group in groupby(rows, key=lambda row: row[1])
            if (some := list(group))
        ),
        attachments=attachments.of_posts(session, [row[0].id for row in rows if not row[3]]),
        sources=_sources(session, digest, (row[0] for row in rows if not row[3])),
    )


def _threads(rows: Iterable[tuple[Post, str, Thread, bool]]) -> tuple[ThreadPart, ...]:
    found: dict[int, list[Post]] = {}
    lines: Counter[int] = Counter()
    threads: dict[int, Thread] = {}
    for post, _, thread, is_line in rows:
        whole = found.setdefault(post.thread_id, [])
        threads[post.thread_id] = thread
        if is_line:
            lines[post.thread_id] += 1
        else:
            whole.append(post)
    return tuple(
        ThreadPart(
            thread_id=thread_id,
            subject=threads[thread_id].subject,
            topic=threads[thread_id].topic,
            posts=tuple(its_posts),
            more=lines[thread_id],
        )
        for thread_id, its_posts in found.items()
    )


def _sources(session: Session, digest: Digest, posts: Iterable[Post]) -> dict[int, bytes]:
    """Read the mails of posts, no more than fit: all of a busy week could be gigabytes."""
    if digest.format != Format.MIME:
        return {}
    fitting, left = [], MOST_SOURCES_BYTES
    for post in posts:
        if post.size_bytes <= min(left, MOST_SOURCE_BYTES):
            fitting.append(post.id)
            left -= post.size_bytes
    query = select(PostSource.post_id, PostSource.raw).where(PostSource.post_id.in_(fitting))
    return dict(session.execute(query).all())


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
