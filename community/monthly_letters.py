"""The monthly letter of a list: what it carried last month, in figures.

Who writes it is `house_posts.py`, at the first working day of a month; the words are the letters'.
The row is what makes it once per list and month, over any number of processes (T1).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median
from typing import Any

from sqlalchemy import ForeignKey, Row, Select, distinct, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from community import subscriptions
from community.calendar import Calendar
from community.digests import Digest
from community.fanouts import DigestEntry
from community.posting_rules import ACCEPTED
from community.posts import HOUSE, Post
from community.store import Base, calendar_of


class MonthlyLetter(Base):
    """That the letter about one month of one list was written."""

    __tablename__ = "monthly_letter"

    list_id: Mapped[int] = mapped_column(
        ForeignKey("mailing_list.id", ondelete="CASCADE"), primary_key=True
    )
    #: The first day of the month that it is about.
    month: Mapped[date] = mapped_column(primary_key=True)
    #: As which it went out.
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), index=True)
    written_at: Mapped[datetime]


@dataclass(frozen=True, kw_only=True)
class Month:
    """One month of a list, in figures; what the house itself wrote is not counted."""

    begins_on: date
    posts: int
    threads: int
    members: int
    #: Mails that went out at once, and digests with something of the list in them, to all.
    copies: int
    digests: int
    #: Posts that came to somebody in a digest, counted for each.
    by_digest: int
    held: int
    #: Half of the held posts waited no longer; None if none was decided.
    median_hold: timedelta | None
    #: The rule that spoke most often and how often; empty if none did.
    rule: str
    rule_count: int

    @property
    def mails_per_member(self) -> float:
        """Return how many mails each member got, digests among them."""
        return (self.copies + self.digests) / max(self.members, 1)

    @property
    def digest_share(self) -> float:
        """Return which share of all that came to members came in a digest; 0 to 1."""
        return self.by_digest / max(self.copies + self.by_digest, 1)


def due_month(calendar: Calendar, *, since: date, until: date) -> date | None:
    """Return the month to write about if a month's first working day is among these days.

    Of several, after a long time down, the last: older letters are no news.
    """
    days = [since + timedelta(days=n) for n in range((until - since).days + 1)]
    first_days = [day for day in days if _begins_month(calendar, day)]
    return _before(first_days[-1]) if first_days else None


def of_month(session: Session, list_id: int, begins_on: date) -> Month:
    """Return the figures of one month of a list, by its local days."""
    calendar = calendar_of(session)
    ends_on = _before(begins_on + timedelta(days=62))  # two months on, and one back
    since, until = (calendar.at_local(day, time.min) for day in (begins_on, ends_on))
    came = session.execute(_came(list_id, since, until)).all()
    copies = session.scalar(
        select(func.coalesce(func.sum(Post.copies), 0)).where(
            Post.list_id == list_id,
            Post.rule != HOUSE,
            Post.released_at >= since,
            Post.released_at < until,
        )
    )
    digests, entries = session.execute(
        select(func.count(distinct(Digest.id)), func.count())
        .select_from(DigestEntry)
        .join(Digest, Digest.id == DigestEntry.digest_id)
        .join(Post, Post.id == DigestEntry.post_id)
        .where(
            Post.list_id == list_id,
            Post.rule != HOUSE,
            Digest.made_at >= since,
            Digest.made_at < until,
        )
    ).one()
    return figures(
        came,
        begins_on=begins_on,
        members=subscriptions.count_subscribers(session, list_id),
        copies=copies or 0,
        digests=digests,
        by_digest=entries,
    )


def figures(
    came: Sequence[Row[Any]],
    *,
    begins_on: date,
    members: int,
    copies: int,
    digests: int,
    by_digest: int,
) -> Month:
    """Sum up the posts that came in a month. Pure.

    A row each: thread_id, rule, received_at, deadline_at, decided_at, released_at.
    """
    out = [row for row in came if row.released_at is not None]
    waited = [row for row in came if row.deadline_at is not None]
    waits = [row.decided_at - row.received_at for row in waited if row.decided_at is not None]
    spoke: dict[str, int] = {}
    for row in came:
        if row.rule != ACCEPTED:
            spoke[row.rule] = spoke.get(row.rule, 0) + 1
    rule = max(spoke, key=lambda name: (spoke[name], name), default="")
    return Month(
        begins_on=begins_on,
        posts=len(out),
        threads=len({row.thread_id for row in out}),
        members=members,
        copies=copies,
        digests=digests,
        by_digest=by_digest,
        held=len(waited),
        median_hold=median(waits) if waits else None,
        rule=rule,
        rule_count=spoke.get(rule, 0),
    )


def _came(list_id: int, since: datetime, until: datetime) -> Select[*tuple[Any, ...]]:
    return select(
        Post.thread_id,
        Post.rule,
        Post.received_at,
        Post.deadline_at,
        Post.decided_at,
        Post.released_at,
    ).where(
        Post.list_id == list_id,
        Post.rule != HOUSE,
        Post.received_at >= since,
        Post.received_at < until,
    )


def _begins_month(calendar: Calendar, day: date) -> bool:
    earlier = (day.replace(day=n) for n in range(1, day.day))
    return calendar.is_working_day(day) and not any(map(calendar.is_working_day, earlier))


def _before(day: date) -> date:
    """Return the first day of the month before the one of this day."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)
