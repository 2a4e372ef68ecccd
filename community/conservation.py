"""Whether anything is lost or double: what there is, counted, and which rules are broken (A5).

`samband check` looks at everything; every hour `recently_broken` looks at what is new or still
moves, and `keep` keeps what it found for the administrator.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from sqlalchemy import Select, delete, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from community import checks, ends, tables
from community.checks import CHECKS, DAMAGED, TOO_LATE, Scope
from community.digests import Digest
from community.ends import End
from community.fanouts import DigestEntry
from community.outbox import Delivery, Notice
from community.posts import ON_ITS_WAY, Post, PostSource
from community.sources import is_whole
from community.steps import Step
from community.store import Base

#: How many ids of what is wrong are named.
MOST_NAMED: Final = 20
#: So far back the hourly look goes: what is older has ended.
RECENTLY: Final = TOO_LATE + timedelta(days=2)
#: So many of the newest notices and steps it looks at.
NEWEST: Final = 20_000
#: The states of a post that time or a moderator ends.
OPEN: Final = ("held", "quarantined", "queued", ON_ITS_WAY)
#: An id that nothing has.
NOTHING: Final = 2**31 - 1


class Flaw(Base):
    """Something that cannot be right, as the last hourly look found it."""

    __tablename__ = "flaw"

    #: Of `checks.WORDS`.
    name: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    #: The first ids, with commas.
    ids: Mapped[str]
    #: When it was found first.
    since: Mapped[datetime]


@dataclass(frozen=True, kw_only=True)
class Broken:
    """A rule that some rows break."""

    #: Of `checks.WORDS`.
    name: str
    count: int
    #: The first few of them.
    ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Balance:
    """What there is, counted, and what is wrong with it."""

    #: By state.
    posts: Mapping[str, int]
    #: Deliveries by `End`; every end is there.
    copies: Mapping[str, int]
    #: Posts that somebody gets in the next digest, and those that were in one.
    to_collect: int
    collected: int
    #: Deliveries of which the relay may have a copy that it never told us of.
    in_doubt: int
    #: Deliveries that must be there and are not.
    missing: int
    broken: tuple[Broken, ...]


def everything(session: Session, *, now: datetime) -> Balance:
    """Look at all there is, also at the bytes of every post."""
    return _balance(session, Scope(late=now - TOO_LATE), now=now, damaged=_damaged(session))


def recent(session: Session, *, now: datetime) -> Balance:
    """Look at what is new or still moves; cheap, however much has ended."""
    moving = or_(Post.received_at >= now - RECENTLY, Post.state.in_(OPEN))
    firsts = (
        session.scalar(select(func.min(Post.id)).where(moving)),
        session.scalar(select(func.min(Delivery.post_id)).where(Delivery.next_at.is_not(None))),
    )
    digest = session.scalar(select(func.min(Digest.id)).where(Digest.made_at >= now - RECENTLY))
    scope = Scope(
        late=now - TOO_LATE,
        post=min((first for first in firsts if first is not None), default=NOTHING),
        notice=(session.scalar(select(func.max(Notice.id))) or 0) - NEWEST,
        step=(session.scalar(select(func.max(Step.id))) or 0) - NEWEST,
        digest=digest if digest is not None else NOTHING,
    )
    return _balance(session, scope, now=now)


def recently_broken(session: Session, *, now: datetime) -> tuple[Broken, ...]:
    """Look at what is recent, and return what is wrong with it; for `keep`."""
    return recent(session, now=now).broken


def keep(session: Session, broken: Collection[Broken], *, now: datetime) -> None:
    """Keep what the hourly look found wrong; what is mended is forgotten."""
    session.execute(delete(Flaw).where(Flaw.name.not_in([each.name for each in broken])))
    for each in broken:
        ids = ", ".join(map(str, each.ids))
        flaw = session.get(Flaw, each.name)
        if flaw is None:
            session.add(Flaw(name=each.name, count=each.count, ids=ids, since=now))
        else:
            flaw.count, flaw.ids = each.count, ids


def flaws(session: Session) -> list[Flaw]:
    """Return what the last hourly look found wrong, the oldest first."""
    return list(session.scalars(select(Flaw).order_by(Flaw.since, Flaw.name)))


def _balance(
    session: Session, scope: Scope, *, now: datetime, damaged: Iterable[Broken] = ()
) -> Balance:
    by_state = select(Post.state, func.count()).where(Post.id >= scope.post).group_by(Post.state)
    entries = select(func.count(), func.count(DigestEntry.digest_id))
    everybody, collected = session.execute(entries.where(DigestEntry.post_id >= scope.post)).one()
    copies, in_doubt = _copies(session, scope, now)
    return Balance(
        posts=dict(iter(session.execute(by_state))),
        copies=copies,
        to_collect=everybody - collected,
        collected=collected,
        in_doubt=in_doubt,
        missing=_missing(session, scope),
        broken=(*_broken(session, scope), *damaged),
    )


def _copies(session: Session, scope: Scope, now: datetime) -> tuple[dict[str, int], int]:
    """Count the deliveries by their end, and those in doubt."""
    how, doubt = ends.end().label("how"), ends.doubts(Delivery, now=now)
    rows = select(how, doubt.label("doubts")).where(Delivery.post_id >= scope.post).subquery()
    doubtful = func.count().filter(rows.c.doubts > 0)
    counts = dict.fromkeys((each.value for each in End), 0)
    in_doubt = 0
    query = select(rows.c.how, func.count(), doubtful).group_by(rows.c.how)
    for name, count, doubts in session.execute(query):
        counts[name] = count
        in_doubt += doubts
    return counts, in_doubt


def _missing(session: Session, scope: Scope) -> int:
    found = checks.there(scope)
    short = Post.copies - func.coalesce(found.c.rows, 0)
    query = select(func.sum(short)).outerjoin(found, found.c.post_id == Post.id)
    return int(session.scalar(query.where(Post.id >= scope.post, short > 0)) or 0)


def _broken(session: Session, scope: Scope) -> list[Broken]:
    found = []
    for name, query in _queries().items():
        ids = tuple(session.scalars(query, vars(scope)))
        if ids:
            rows = query.limit(None).order_by(None).subquery()
            count = session.scalar(select(func.count()).select_from(rows), vars(scope)) or 0
            found.append(Broken(name=name, count=count, ids=ids))
    return found


@cache
def _queries() -> Mapping[str, Select[int]]:
    """Make every check once: this takes longer than most of the answers."""
    tables.load()  # a step may be about any noun
    return {name: check.broken(checks.ANY).limit(MOST_NAMED) for name, check in CHECKS.items()}


def _damaged(session: Session) -> list[Broken]:
    """Hash the bytes of every post, a few at a time."""
    query = select(PostSource.post_id, PostSource.raw, PostSource.sha256)
    rows = session.execute(query.order_by(PostSource.post_id).execution_options(yield_per=10))
    ids = tuple(post_id for post_id, raw, sha256 in rows if not is_whole(raw, sha256))
    if not ids:
        return []
    return [Broken(name=DAMAGED, count=len(ids), ids=ids[:MOST_NAMED])]
