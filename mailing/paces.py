"""How fast mail may leave: for the relay as a whole, and for each domain that has a limit.

Kept in the process that sends: several processes have a bucket each. What may not go now is put off
and given back to the outbox; nobody waits with a line in hand. Letters go before posts: they count,
but only a domain that has asked for a pause keeps them back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from community.clock import Clock
from community.setbacks import Postponed
from mailing.presence import FIRST_PAUSE as RELAY_PAUSE
from mailing.presence import Presence

#: Postfix lets one client have 50 lines; a few are left for letters.
POST_LINES = 45
#: A bucket holds what flows in so many seconds: the outbox is looked into each second.
BURST_SECONDS = 2.0
#: Nothing is put off for longer than this at once; then it is looked at anew.
LONGEST_WAIT = timedelta(minutes=10)
#: What a domain gets when it asks to slow down; doubled each time that it asks again.
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=30)


class Bucket:
    """Tokens that flow in at an even rate; a mail takes one."""

    def __init__(self, per_second: float, now: datetime) -> None:
        self._per_second, self._at = per_second, now
        self._most = max(1.0, per_second * BURST_SECONDS)
        self._tokens = self._most
        #: The moment of the next mail that is put off.
        self._booked = now

    def tokens(self, now: datetime) -> float:
        """Return how many there are."""
        flown = (now - self._at).total_seconds() * self._per_second
        self._tokens, self._at = min(self._most, self._tokens + max(0.0, flown)), now
        return self._tokens

    def take(self) -> None:
        """Take one, or owe one: of whatever goes without asking."""
        self._tokens = max(self._tokens - 1, -self._most)

    def next_place(self, now: datetime) -> datetime:
        """Give the next moment that nobody else was given, to the second."""
        first = max(self._booked, now + timedelta(seconds=1))
        last = now + LONGEST_WAIT
        self._booked = min(first + timedelta(seconds=1 / self._per_second), last)
        return min(first, last).replace(microsecond=0) + timedelta(seconds=1)


@dataclass
class Pause:
    """A domain that asked to slow down."""

    until: datetime
    length: timedelta

    def lasts(self, now: datetime) -> bool:
        """Tell whether it goes on; one that seems too long, as a clock was set back, is over."""
        return now < self.until <= now + LONGEST_PAUSE


class Paces:
    """All limits of one sending process."""

    def __init__(
        self,
        clock: Clock,
        *,
        per_second: float | None = None,
        domains: Mapping[str, float] | None = None,
        lines: int = POST_LINES,
        pauses: bool = True,
    ) -> None:
        # Without pauses whoever calls decides when to try again.
        self.clock = clock
        nothing = timedelta(0)
        self._first_pause = FIRST_PAUSE if pauses else nothing
        relay_pause = RELAY_PAUSE if pauses else nothing
        self.presence = Presence(clock, ceiling=lines, first_pause=relay_pause)
        now = clock.now()
        self._all = Bucket(per_second, now) if per_second else None
        self._domains = {name: Bucket(rate, now) for name, rate in (domains or {}).items()}
        self._pauses: dict[str, Pause] = {}

    def room(self) -> int | None:
        """Say how many mails may be taken up now; None for as many as there are."""
        lines = self.presence.room()
        if self._all is None:
            return lines
        tokens = max(0, int(self._all.tokens(self.clock.now())))
        return tokens if lines is None else min(lines, tokens)

    def take(self, email: str) -> None:
        """Let one copy of a post go now. Raises: Postponed when it may not."""
        if not self._domains and not self._pauses and self._all is None:
            return
        now, domain = self.clock.now(), _domain(email)
        self._insist_on_no_pause(domain, now)
        bucket = self._domains.get(domain)
        if bucket is not None and bucket.tokens(now) < 1:
            raise Postponed(f"{domain} has its limit", until=bucket.next_place(now))
        if self._all is not None:
            if self._all.tokens(now) < 1:
                raise Postponed("the relay has its limit", until=now + timedelta(seconds=1))
            self._all.take()
        if bucket is not None:
            bucket.take()

    def take_for_letter(self, email: str) -> None:
        """Let a letter go now; it counts. Raises: Postponed while its domain wants a pause."""
        now, domain = self.clock.now(), _domain(email)
        self._insist_on_no_pause(domain, now)
        for bucket in (self._all, self._domains.get(domain)):
            if bucket is not None:
                bucket.tokens(now)
                bucket.take()

    def slow_down(self, email: str) -> None:
        """Give the domain of this address a pause, as it has asked for one."""
        now, domain = self.clock.now(), _domain(email)
        pause = self._pauses.get(domain)
        if pause is None:
            self._pauses[domain] = Pause(now + self._first_pause, self._first_pause)
        elif not pause.lasts(now):  # else it was said of a mail that was under way already
            pause.length = min(2 * pause.length, LONGEST_PAUSE)
            pause.until = now + pause.length

    def went(self, email: str) -> None:
        """Note that the domain of this address takes mail again."""
        if self._pauses:
            pause = self._pauses.get(_domain(email))
            if pause is not None and not pause.lasts(self.clock.now()):
                del self._pauses[_domain(email)]

    def _insist_on_no_pause(self, domain: str, now: datetime) -> None:
        pause = self._pauses.get(domain)
        if pause is not None and pause.lasts(now):
            raise Postponed(f"{domain} asked to slow down", until=pause.until)


def _domain(email: str) -> str:
    return email.rpartition("@")[2].lower()
