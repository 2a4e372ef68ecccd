"""Mails of the past before the rules of today: what would have become of each. Pure.

The rules are the real ones (`posting_rules.decide`); what the database counts for living posts, a
Replay counts by itself: who has written how much, what the list has carried, what waits for the
next digest. Feed it in order of time. `rehearsals.py` does, and sums up.
"""

from bisect import bisect_left, bisect_right, insort
from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from heapq import heappop, heappush

from community import digests, posting_rules
from community.calendar import Calendar
from community.cases import Author, Case, Decision, PostFacts, Traffic, Verdict
from community.containment import SoFar, is_contained
from community.policies import Policy
from community.posts import WAITING
from community.repeats import LATELY
from community.standings import WEEK

#: Moments that no rule asks about any more are dropped so many at a time.
MOST_FORGOTTEN = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    """One mail to a list, as far as the rules look at it."""

    #: By which whoever reads them knows it.
    number: int
    came_at: datetime
    thread: int
    #: Whoever wrote it, by any name; the same person always by the same.
    writer: str
    post: PostFacts
    #: What they are on the list. Of its counts only `accepted_posts` is read, and only of the
    #: first mail of each: what came before counts as well.
    author: Author
    #: What mails have alike that say the same (repeats.py).
    said: str | None = None
    #: What a moderator makes of it, were it held, and when; None: as soon as it comes.
    settled: Decision = Decision.ACCEPT
    settled_at: datetime | None = None

    def ends_as(self, decision: Decision) -> Decision:
        """Return what becomes of it in the end where the rules decide so."""
        return self.settled if decision in WAITING else decision


@dataclass(frozen=True, kw_only=True, slots=True)
class Replayed:
    """A mail, what the rules said about it, and whom it would have reached."""

    mail: Mail
    verdict: Verdict
    #: It would have gone to this many people who had written in its thread, and to no others;
    #: None: to all.
    contained_to: int | None

    @property
    def end(self) -> Decision:
        """Return what would have become of it in the end."""
        return self.mail.ends_as(self.verdict.decision)


@dataclass(kw_only=True)
class _Thread:
    """How far a thread has come."""

    began: str
    writers: set[str] = field(default_factory=set)
    gone: int = 0
    since: datetime | None = None


class Replay:
    """What the rules would have counted, mail after mail."""

    def __init__(self, policy: Policy, calendar: Calendar) -> None:
        self.policy, self._calendar = policy, calendar
        self._grace = timedelta(seconds=policy.grace_seconds)
        self._begun: defaultdict[str, _Moments] = defaultdict(_Moments)
        self._answered: defaultdict[str, _Moments] = defaultdict(_Moments)
        self._accepted: dict[str, int] = {}
        self._known: dict[int, _Thread] = {}
        self._threads, self._mails = _Moments(), _Moments()
        #: What was said within the last minutes, and how often.
        self._lately: deque[tuple[datetime, str]] = deque()
        self._said: Counter[str] = Counter()
        #: What is decided or published later; None: published.
        self._coming: list[tuple[datetime, int, Decision | None, Mail]] = []
        self._midnight = (date.min, datetime.min.replace(tzinfo=UTC))

    def judge(self, mail: Mail) -> Replayed:
        """Return what the rules say about the next mail, and count what follows from it."""
        self._let_time_pass(mail)
        mail = self._as_far_as_it_reaches(mail)
        verdict = posting_rules.decide(self._case(mail))
        thread = self._known.get(mail.thread)
        reached = len(thread.writers) if thread and mail.post.is_contained else None
        self._go_on(mail, verdict.decision)
        return Replayed(mail=mail, verdict=verdict, contained_to=reached)

    def note(self, mail: Mail, decision: Decision) -> None:
        """Count the next mail, of which is known what became of it."""
        self._let_time_pass(mail)
        self._go_on(mail, decision)

    def _as_far_as_it_reaches(self, mail: Mail) -> Mail:
        """Say of an answer whether it stays among those in its thread (containment.py).

        Of a thread that began before all that is replayed, it is left as it was.
        """
        thread = self._known.get(mail.thread)
        if thread is None or not mail.post.is_reply:
            return mail
        so_far = SoFar(gone=thread.gone, since=thread.since, is_own=thread.began == mail.writer)
        contained = is_contained(self.policy, so_far, now=mail.came_at)
        return replace(mail, post=replace(mail.post, is_contained=contained))

    def _case(self, mail: Mail) -> Case:
        now = mail.came_at
        author = replace(
            mail.author,
            accepted_posts=self._accepted[mail.writer],
            threads_this_week=self._begun[mail.writer].after(now - WEEK),
            replies_this_week=self._answered[mail.writer].after(now - WEEK),
        )
        traffic = Traffic(
            threads_today=self._threads.since(self._midnight_of(now)),
            mails_this_week=self._mails.after(now - WEEK),
            repeats=self._said[mail.said] if mail.said else 0,
        )
        return Case(post=mail.post, policy=self.policy, author=author, traffic=traffic)

    def _let_time_pass(self, mail: Mail) -> None:
        while self._lately and self._lately[0][0] <= mail.came_at - LATELY:
            self._said[self._lately.popleft()[1]] -= 1
        while self._coming and self._coming[0][0] <= mail.came_at:
            at, _, decision, earlier = heappop(self._coming)
            if decision is None:
                self._count(earlier, at=at)
            else:
                self._settle(earlier, decision, at=at)
        self._accepted.setdefault(mail.writer, mail.author.accepted_posts)
        if not mail.post.is_reply:
            self._known.setdefault(mail.thread, _Thread(began=mail.writer))

    def _go_on(self, mail: Mail, decision: Decision) -> None:
        at = mail.came_at
        if mail.said:
            self._lately.append((at, mail.said))
            self._said[mail.said] += 1
        if decision in WAITING:
            decision, at = mail.settled, mail.settled_at or at
        if at > mail.came_at:
            self._plan(mail, decision, at=at)
        else:
            self._settle(mail, decision, at=at)

    def _settle(self, mail: Mail, decision: Decision, *, at: datetime) -> None:
        """Carry out a decision: what goes out counts at once, what is queued at its digest."""
        if decision is Decision.ACCEPT:
            self._leave(mail, at=at + self._grace)
        elif decision is Decision.DIGEST:
            self._plan(mail, None, at=digests.next_daily(self._calendar, at))

    def _plan(self, mail: Mail, decision: Decision | None, *, at: datetime) -> None:
        heappush(self._coming, (at, mail.number, decision, mail))

    def _leave(self, mail: Mail, *, at: datetime) -> None:
        self._count(mail, at=at)
        if not mail.post.is_contained:
            self._mails.add(at)
        if not mail.post.is_reply:
            self._threads.add(at)

    def _count(self, mail: Mail, *, at: datetime) -> None:
        """Count what one person has written, however it goes out."""
        self._accepted[mail.writer] += 1
        own = self._answered if mail.post.is_reply else self._begun
        own[mail.writer].add(at)
        thread = self._known.get(mail.thread)
        if thread is not None:
            thread.gone += 1
            thread.since = thread.since or at
            thread.writers.add(mail.writer)

    def _midnight_of(self, now: datetime) -> datetime:
        day = self._calendar.local(now).date()
        if self._midnight[0] != day:
            self._midnight = (day, self._calendar.at_local(day, time.min))
        return self._midnight[1]


class _Moments:
    """Moments at which something went out, of which only the last are asked about."""

    def __init__(self) -> None:
        self._all: list[datetime] = []

    def add(self, moment: datetime) -> None:
        insort(self._all, moment)

    def since(self, moment: datetime) -> int:
        """Count those at this moment or later."""
        return self._counted(bisect_left(self._all, moment))

    def after(self, moment: datetime) -> int:
        """Count those later than this moment."""
        return self._counted(bisect_right(self._all, moment))

    def _counted(self, index: int) -> int:
        count = len(self._all) - index
        if index > MOST_FORGOTTEN:
            del self._all[:index]
        return count
