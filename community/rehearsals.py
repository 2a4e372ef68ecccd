"""What the posting rules would have done, and how many mails that had left each member. Pure.

Over an archive (`of_mails`), or beside what happened (`rehearsed_posts.py`). What is not known is
not guessed: nobody waits in a rehearsal, a held mail is let in as soon as it comes unless it is
known what a moderator decided, and everybody gets posts as they come, by no choice of their own.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from community import digests
from community.calendar import Calendar
from community.cases import Decision
from community.policies import Policy
from community.posting_rules import ACCEPTED
from community.replays import Mail, Replay

WEEK_DAYS = 7


@dataclass(kw_only=True)
class Week:
    """What came in one week and how it would have gone out."""

    begins_on: date
    mails: int = 0
    at_once: int = 0
    #: Answers in long threads, which go to those in them and are a line in a digest for others;
    #: and to how many people they went in all.
    contained: int = 0
    contained_copies: int = 0
    #: Moved into a digest.
    in_digest: int = 0
    #: Sent on to nobody: returned, refused or discarded.
    kept_off: int = 0
    #: The days on which there was a digest.
    digest_days: set[date] = field(default_factory=set)

    @property
    def digests(self) -> int:
        """Return how many digests each member had."""
        return len(self.digest_days)


@dataclass(frozen=True, kw_only=True)
class Rehearsal:
    """What the rules would have done with the mails of some weeks."""

    since: datetime
    until: datetime
    mails: int
    #: How many members there are, or how many people wrote where that is not known.
    members: int
    decisions: dict[Decision, int]
    #: How often each rule spoke, the one that spoke most first; without what was accepted.
    rules: tuple[tuple[str, int], ...]
    #: Every week from the first mail to the last, also those without any.
    weeks: tuple[Week, ...]

    @property
    def without(self) -> float:
        """Return how many mails a week each member gets without any rules."""
        return self._per_week(self.mails)

    @property
    def at_once(self) -> float:
        """Return how many mails a week each member gets at once under the rules.

        Of what stays in a thread, an average member gets the share of those in it.
        """
        share = sum(week.contained_copies for week in self.weeks) / max(self.members, 1)
        return self._per_week(sum(week.at_once for week in self.weeks) + share)

    @property
    def contained(self) -> int:
        """Return how many answers would have stayed among those in their thread."""
        return sum(week.contained for week in self.weeks)

    @property
    def digests(self) -> float:
        """Return how many digests a week each member gets under the rules."""
        return self._per_week(sum(week.digests for week in self.weeks))

    @property
    def under(self) -> float:
        """Return how many mails a week each member gets under the rules, digests among them."""
        return self.at_once + self.digests

    def _per_week(self, count: float) -> float:
        span = (self.until - self.since) / timedelta(days=WEEK_DAYS)
        return count / max(span, 1.0)


class Sums:
    """Adds up what becomes of mails, one after another."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._weeks: dict[date, Week] = {}
        self._decisions: Counter[Decision] = Counter()
        self._rules: Counter[str] = Counter()
        self._writers: set[str] = set()

    def add(
        self, mail: Mail, decision: Decision, rule: str, *, contained_to: int | None = None
    ) -> None:
        """Count one mail and what became of it; `contained_to` so many only, if not to all."""
        self._writers.add(mail.writer)
        self._decisions[decision] += 1
        if rule != ACCEPTED:
            self._rules[rule] += 1
        week = self._week_of(self._calendar.local(mail.came_at).date())
        week.mails += 1
        end = mail.ends_as(decision)
        if end is Decision.ACCEPT and contained_to is None:
            week.at_once += 1
        elif end is Decision.ACCEPT:
            week.contained += 1
            week.contained_copies += contained_to or 0
            self._count_digest(mail)  # the line that all others get
        elif end is Decision.DIGEST:
            week.in_digest += 1
            self._count_digest(mail)
        else:
            week.kept_off += 1

    def _count_digest(self, mail: Mail) -> None:
        made_at = digests.next_daily(self._calendar, mail.settled_at or mail.came_at)
        day = self._calendar.local(made_at).date()
        self._week_of(day).digest_days.add(day)

    def total(self, *, since: datetime, until: datetime, members: int | None) -> Rehearsal:
        """Return the sums over these days."""
        return Rehearsal(
            since=since,
            until=until,
            mails=self._decisions.total(),
            members=len(self._writers) if members is None else members,
            decisions=dict(self._decisions),
            rules=tuple(self._rules.most_common()),
            weeks=tuple(self._every_week(since, until)),
        )

    def _week_of(self, day: date) -> Week:
        monday = _monday(day)
        return self._weeks.setdefault(monday, Week(begins_on=monday))

    def _every_week(self, since: datetime, until: datetime) -> Iterator[Week]:
        first, last = (self._calendar.local(moment).date() for moment in (since, until))
        monday, end = _monday(first), max([_monday(last), *self._weeks])
        while monday <= end:
            yield self._weeks.get(monday, Week(begins_on=monday))
            monday += timedelta(days=WEEK_DAYS)


def of_mails(
    mails: Iterable[Mail], policy: Policy, calendar: Calendar, *, members: int | None = None
) -> Rehearsal | None:
    """Rehearse a policy on mails in order of time; None where there are none.

    Without `members`, who wrote counts as who is on the list: nobody knows of the others.
    """
    replay, sums = Replay(policy, calendar), Sums(calendar)
    since = until = None
    for mail in mails:
        since, until = since or mail.came_at, mail.came_at
        judged = replay.judge(mail)
        verdict = judged.verdict
        sums.add(judged.mail, verdict.decision, verdict.rule, contained_to=judged.contained_to)
    if since is None or until is None:
        return None
    return sums.total(since=since, until=until, members=members)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
