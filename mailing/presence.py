"""Whether the relay is there, and how many lines we may have to it at once.

While it is away one mail at a time asks whether it is back, with growing pauses; all others wait in
the outbox and use up nothing. When it is back lines are opened by and by: a relay that has just
come up is not run down by all that waited for it.
"""

from datetime import datetime, timedelta

import structlog

from community.clock import Clock
from community.setbacks import Away, Postponed

log = structlog.get_logger()

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=5)
#: After the relay has refused one line more, so long nobody asks for it.
SETTLED_FOR = timedelta(minutes=1)
#: A letter that found all lines taken comes again when one has been given up for it.
LETTER_PAUSE = timedelta(seconds=2)
#: How many mails are taken up for each line while lines are few.
MAILS_PER_LINE = 16


class Presence:
    """What this process knows of the relay."""

    def __init__(self, clock: Clock, *, ceiling: int, first_pause: timedelta = FIRST_PAUSE) -> None:
        self.clock = clock
        #: So many lines there may be when all is well.
        self.ceiling = ceiling
        #: So many there may be now.
        self.most = ceiling
        #: Lines that are open for posts.
        self.lines = 0
        #: Since when the relay has been away; None when it is there.
        self.away_since: datetime | None = None
        #: Nothing has to be learned: all lines are allowed.
        self.is_steady = True
        self._first_pause = self._pause = first_pause
        self._ask_at: datetime | None = None
        self._is_asking = False
        self._answers = 0
        self._grow_at: datetime | None = None

    def room(self) -> int | None:
        """Say how many mails may be taken up now; None for as many as there are."""
        if self.is_steady:
            return None
        if self._ask_at is not None:
            return 0 if self._is_pausing(self._ask_at, self.clock.now()) else 1
        return self.most * MAILS_PER_LINE

    def dial(self) -> None:
        """Let somebody dial. Raises: Away while nobody shall."""
        if self._ask_at is None:
            return
        now = self.clock.now()
        if self._is_pausing(self._ask_at, now):
            raise Away("the relay is away")
        self._ask_at, self._is_asking = now + self._pause, True  # one asks, the others wait

    def refused(self, reason: str) -> Away:
        """Note that no line is to be had although none is open, and return what to raise."""
        if self.away_since is None:
            self.away_since, self._pause = self.clock.now(), self._first_pause
            log.warning("relay.away", reason=reason)
        elif self._is_asking:
            self._pause = min(2 * self._pause, LONGEST_PAUSE)
        else:
            return Away(reason)  # others that were under way when it went
        self._ask_at, self._is_asking = self.clock.now() + self._pause, False
        self._shrink(1)
        return Away(reason)

    def crowded(self) -> None:
        """Note that the relay wants no more lines than there are."""
        self._shrink(self.lines)
        self._grow_at = self.clock.now() + SETTLED_FOR

    def make_way(self) -> Postponed:
        """Have a line for posts given up, and return what a letter that got none raises."""
        self.crowded()
        self._shrink(self.lines - 1)
        return Postponed("all lines to the relay are taken", until=self.clock.now() + LETTER_PAUSE)

    def busy(self) -> Postponed:
        """Return what a letter raises that has waited in vain for one of the letters' lines."""
        until = self.clock.now() + LETTER_PAUSE
        return Postponed("all lines for letters are busy", until=until)

    def answered(self) -> None:
        """Note that the relay took a mail: it is there, and more lines may be opened."""
        if self.is_steady:
            return
        if self.away_since is not None:
            away = self.clock.now() - self.away_since
            log.warning("relay.back", away_seconds=round(away.total_seconds()))
            self.away_since = self._ask_at = None
            self._is_asking = False
        self._answers += 1
        if self._answers < self.most or not self._may_grow():
            return
        self.most, self._answers = min(2 * self.most, self.ceiling), 0
        self.is_steady = self.most == self.ceiling

    def _may_grow(self) -> bool:
        return self._grow_at is None or not self._is_pausing(self._grow_at, self.clock.now())

    @staticmethod
    def _is_pausing(until: datetime, now: datetime) -> bool:
        """Tell whether a pause lasts; what seems too long, as a clock was set back, is over."""
        return now < until <= now + LONGEST_PAUSE

    def _shrink(self, lines: int) -> None:
        self.most, self._answers = max(1, min(lines, self.ceiling)), 0
        self.is_steady = False
