"""Whose Home tab stands in Slack, what it shows, and when it is shown anew.

A row for each person who has opened the tab lately. What happens to anything that a Home tab may
show leaves a `HomeChange` in the transaction of the act itself (`journal.py`); whom it concerns is
found afterwards (`home_concerns.py`), so that no act waits for anybody's tab. One tab at a time is
claimed for a short lease, at most one a second over all processes, and settled with a fence.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column
from sqlalchemy.sql.dml import ReturningUpdate

from community import insertions
from community.prepared import Prepared
from community.store import Base, Moment

#: What happens to these may be seen on a Home tab; `home_concerns.py` says on whose.
SHOWN: Final = frozenset(
    {"person", "address", "post", "mailing_list", "join_request", "meetup", "rsvp", "gathering"}
    | {"registration", "announcement", "mentorship", "slot", "meeting"}
)
#: Slack lets an app publish about a hundred a minute (tier 4); presses take some of them.
PACE: Final = timedelta(seconds=1)
#: Slack answers within ten seconds or is given up.
LEASE: Final = timedelta(seconds=30)
#: Who has not opened the tab for so long sees it anew when they do.
KEPT_FOR: Final = timedelta(days=14)
#: PostgreSQL's lock on claiming: any number that nothing else of ours uses.
CLAIMING: Final = 4_663_001
#: Of many things that change at once, each is not looked up.
FEW: Final = 20


class HomeView(Base):
    """The Home tab of one person."""

    __tablename__ = "home_view"

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True
    )
    opened_at: Mapped[datetime]
    #: When it is to be shown anew; empty when nothing is to change.
    next_at: Mapped[datetime | None] = mapped_column(index=True)
    #: Until when somebody is at it; empty when nobody is.
    leased_until: Mapped[datetime | None]
    #: The fence: counts claims.
    claims: Mapped[int] = mapped_column(default=0)
    #: When Slack last took it.
    shown_at: Mapped[datetime | None]
    #: Until when Slack has asked us to publish nothing; whatever comes meanwhile, it stays.
    paused_until: Mapped[datetime | None]
    #: The SHA-256 of what it shows, without what was just done.
    content: Mapped[str] = mapped_column(default="")
    #: What Slack calls its present content.
    slack_hash: Mapped[str] = mapped_column(default="")
    #: Tries in a row that came to nothing.
    failures: Mapped[int] = mapped_column(default=0)


class HomeChange(Base):
    """Something that happened and that some Home tabs may show."""

    __tablename__ = "home_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: As the journal has it: `meetup.cancel`.
    event: Mapped[str]
    #: Empty when it happened to many.
    object_id: Mapped[int | None]
    #: Who did it, in whatever door.
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), index=True
    )


@dataclass(frozen=True, kw_only=True)
class ClaimedView:
    """A Home tab that is to be shown anew, by whoever has the claim."""

    person_id: int
    fence: int
    content: str
    slack_hash: str
    failures: int


_NOW = bindparam("now", type_=Moment())
#: `now` less `PACE`.
_LATELY = bindparam("lately", type_=Moment())

# Where nobody has a Home tab, nothing is noted.
_NOTE = Prepared(
    insert(HomeChange).from_select(
        ["event", "object_id", "person_id"],
        select(
            bindparam("event", type_=String),
            bindparam("object_id", type_=Integer),
            bindparam("person_id", type_=Integer),
        ).where(exists(select(HomeView.person_id))),
    )
)


def note(session: Session, event: str, happened: Sequence[tuple[int, int | None]]) -> None:
    """Note what happened to these things, and who did it, for the tabs that may show it."""
    if event.partition(".")[0] not in SHOWN or not happened:
        return
    few = happened if len(happened) <= FEW else [(None, None)]
    rows = [{"event": event, "object_id": each, "person_id": by} for each, by in few]
    _NOTE.each(session, rows)


def opened(session: Session, person_id: int, *, now: datetime) -> None:
    """Note that somebody has opened the Home tab, which from now on is kept up to date."""
    fresh = {"person_id": person_id, "opened_at": now, "claims": 0, "failures": 0}
    fresh |= {"content": "", "slack_hash": ""}
    if not insertions.once(session, HomeView, [fresh], key="person_id"):
        again = update(HomeView).where(HomeView.person_id == person_id)
        session.execute(again.values(opened_at=now, failures=0))


def hash_of(session: Session, person_id: int) -> str:
    """Return what Slack calls the tab that this person sees, or nothing."""
    query = select(HomeView.slack_hash).where(HomeView.person_id == person_id)
    return session.scalar(query) or ""


def mark(session: Session, whom: ColumnElement[bool], *, at: datetime) -> None:
    """Have the tabs of these people shown anew at `at`, or sooner if that is planned."""
    later = or_(HomeView.next_at.is_(None), HomeView.next_at > at)
    session.execute(update(HomeView).where(whom, later).values(next_at=at))


def waits(session: Session, *, now: datetime) -> bool:
    """Say whether something is to be done for Home tabs now."""
    return bool(session.scalar(_WAITS, {"now": now, "lately": now - PACE}))


def claim(session: Session, *, now: datetime) -> ClaimedView | None:
    """Take the tab that has waited longest, unless it is too soon for the next call to Slack."""
    if not _is_first(session):
        return None
    moments = {"now": now, "lately": now - PACE, "until": now + LEASE}
    row = session.execute(_claiming(), moments).one_or_none()
    return None if row is None else ClaimedView(**row._mapping)


def _is_first(session: Session) -> bool:
    """Say whether nobody else is claiming at this moment: two would each find that nobody is."""
    if session.get_bind().dialect.name != "postgresql":
        return True  # there is one writer
    return bool(session.scalar(select(func.pg_try_advisory_xact_lock(CLAIMING))))


def _free() -> Select[int]:
    waits = and_(HomeView.leased_until.is_(None), HomeView.next_at <= _NOW)
    return select(HomeView.person_id).where(or_(waits, HomeView.leased_until <= _NOW))


def _may_publish() -> ColumnElement[bool]:
    """Say that nobody is publishing just now, nobody has a moment ago, and Slack does not mind."""
    other = aliased(HomeView)
    busy = or_(other.leased_until > _NOW, other.paused_until > _NOW, other.shown_at > _LATELY)
    return ~exists(select(other.person_id).where(busy))


@cache  # written once: SQLAlchemy takes longer to put it together than the database to answer
def _claiming() -> ReturningUpdate[int, int, str, str, int]:
    picked = (
        _free()
        .where(_may_publish())
        .order_by(HomeView.next_at)
        .limit(1)
        .with_for_update(skip_locked=True)
        .cte("picked")
    )
    return (
        update(HomeView)
        .where(HomeView.person_id.in_(select(picked.c.person_id)))
        .values(
            next_at=None,
            leased_until=bindparam("until", type_=Moment()),
            claims=HomeView.claims + 1,
        )
        .execution_options(synchronize_session=False)
        .returning(
            HomeView.person_id,
            HomeView.claims.label("fence"),
            HomeView.content,
            HomeView.slack_hash,
            HomeView.failures,
        )
    )


#: Whether something is to be done now: what `waits` asks, and the look at all queues.
IS_WAITING: Final = or_(exists(select(HomeChange.id)), and_(exists(_free()), _may_publish()))
_WAITS = select(IS_WAITING)


def shown(
    session: Session,
    claim: ClaimedView,
    *,
    content: str,
    slack_hash: str,
    again_at: datetime | None,
    now: datetime,
) -> None:
    """Write down what Slack has taken, and when time alone changes it."""
    view = _mine(session, claim)
    if view is not None:
        view.shown_at, view.slack_hash = now, slack_hash
        _settle(view, content=content, again_at=again_at)


def kept(session: Session, claim: ClaimedView, *, content: str, again_at: datetime | None) -> None:
    """Write down that a tab stays as it is: it shows this already, or Slack never takes this."""
    view = _mine(session, claim)
    if view is not None:
        _settle(view, content=content, again_at=again_at)


def failed(
    session: Session,
    claim: ClaimedView,
    *,
    again_at: datetime,
    paused_until: datetime | None = None,
    lost_track: bool = False,
) -> None:
    """Have a tab tried again, and none at all before `paused_until`, which Slack has asked for.

    `lost_track`: Slack shows something that we have not written down, whatever it is.
    """
    view = _mine(session, claim)
    if view is None:
        return
    view.failures, view.leased_until = claim.failures + 1, None
    view.paused_until = paused_until or view.paused_until
    view.next_at = _sooner(view.next_at, again_at)
    if lost_track and view.slack_hash == claim.slack_hash:
        view.slack_hash = view.content = ""


def shown_at_once(
    session: Session,
    person_id: int,
    *,
    before: str,
    content: str,
    slack_hash: str,
    again_at: datetime | None,
    now: datetime,
) -> None:
    """Write down what was published for a press; `before` is what Slack called the tab until then.

    If somebody has published meanwhile, the older view may have come last: it is looked at again.
    """
    view = session.get(HomeView, person_id, with_for_update=True)
    if view is None:
        return
    overtaken = view.slack_hash != before
    view.shown_at, view.slack_hash, view.content = now, slack_hash, content
    view.next_at = _sooner(view.next_at, now if overtaken else again_at)


def mark_late(session: Session, person_id: int, *, seconds: int | None, now: datetime) -> None:
    """Have a tab shown anew that Slack did not take at once; `seconds` is what it asks for."""
    view = session.get(HomeView, person_id, with_for_update=True)
    if view is None:
        return
    again_at = now + timedelta(seconds=LEASE.total_seconds() if seconds is None else seconds)
    view.next_at = _sooner(view.next_at, again_at)
    if seconds is not None:
        view.paused_until = again_at


def end(session: Session, person_id: int) -> None:
    """Keep the tab of somebody who is gone, or has no Slack user any more, no longer."""
    session.execute(delete(HomeView).where(HomeView.person_id == person_id))


def forget_old(session: Session, *, now: datetime) -> None:
    """Keep no tab up to date that nobody has opened for long."""
    session.execute(delete(HomeView).where(HomeView.opened_at < now - KEPT_FOR))
    if session.scalar(select(HomeView.person_id).limit(1)) is None:
        session.execute(delete(HomeChange))


def _mine(session: Session, claim: ClaimedView) -> HomeView | None:
    query = select(HomeView).where(
        HomeView.person_id == claim.person_id, HomeView.claims == claim.fence
    )
    return session.scalars(query.with_for_update()).one_or_none()


def _settle(view: HomeView, *, content: str, again_at: datetime | None) -> None:
    view.content, view.leased_until, view.failures = content, None, 0
    # What happened while it was being shown has set its moment already.
    view.next_at = _sooner(view.next_at, again_at)


def _sooner(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((at for at in (one, other) if at is not None), default=None)
