"""At which moment each call may go where Slack wants one a second: told before Slack is asked.

Who comes too early is given a moment of their own, so that those who wait do not all come at once.
Every process keeps its own rhythm; where several together are too many, Slack's Retry-After rules
(`pacing.py`).
"""

from datetime import datetime, timedelta
from typing import Final

from community.clock import Clock
from community.setbacks import Postponed

SECOND: Final = timedelta(seconds=1)
#: More moments than these are not kept; whoever comes for one that is forgotten gets another.
MOST_KEPT: Final = 10_000
WHY: Final = "Slack takes so many at a time"

Who = int | str


class Rhythm:
    """One call each `pace` for each place; `burst` of them at once, where all was quiet before."""

    def __init__(self, clock: Clock, *, burst: int = 1, pace: timedelta = SECOND) -> None:
        self._clock, self._pace, self._ahead = clock, pace, (burst - 1) * pace
        #: When each place would have taken all that it was given, one each `pace`.
        self._even_at: dict[str, datetime] = {}
        #: The moment that somebody was told to wait for, and where.
        self._turns: dict[tuple[str, Who], datetime] = {}

    def wait(self, place: str, who: Who) -> None:
        """Let somebody's call go in the moment that is its own, or tell it which that is.

        Raises: Postponed until then; nothing was called.
        """
        now = self._clock.now()
        turn = self._turns.get((place, who))
        if turn is not None:
            if turn > now:
                raise Postponed(WHY, until=turn)
            del self._turns[place, who]
            return
        self._forget(now)
        even_at = max(self._even_at.get(place, now), now)
        self._even_at[place] = even_at + self._pace
        if even_at - self._ahead > now:
            self._turns[place, who] = even_at - self._ahead
            raise Postponed(WHY, until=even_at - self._ahead)

    def _forget(self, now: datetime) -> None:
        if len(self._even_at) >= MOST_KEPT:
            self._even_at = {place: at for place, at in self._even_at.items() if at > now}
        if len(self._turns) >= MOST_KEPT:
            self._turns.clear()
