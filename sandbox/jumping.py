"""Moves the sandbox's clock: what comes due on the way happens in order, at its moment."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from community.calendar import Calendar
from community.clock import Clock, SystemClock

#: More moments than this in one jump means that something plans itself for ever.
MOST_MOMENTS = 10_000


@dataclass
class JumpClock:
    """The machine's clock, put forward."""

    base: Clock = field(default_factory=SystemClock)
    ahead: timedelta = timedelta(0)

    def now(self) -> datetime:
        """Return the sandbox's present moment, aware and in UTC."""
        return self.base.now() + self.ahead

    def put_forward(self, moment: datetime) -> None:
        """Make it `moment` now, unless it is later already."""
        self.ahead += max(moment - self.now(), timedelta(0))


@dataclass
class StillClock:
    """A clock that stands until it is put forward: for stories, which are arithmetic."""

    moment: datetime

    def now(self) -> datetime:
        """Return the moment it stands at."""
        return self.moment

    def put_forward(self, moment: datetime) -> None:
        """Make it `moment` now, unless it is later already."""
        self.moment = max(moment, self.moment)


async def jump(
    clock: JumpClock | StillClock,
    target: datetime,
    *,
    next_moment: Callable[[], Awaitable[datetime | None]],
    work_through: Callable[[], Awaitable[int]],
) -> list[datetime]:
    """Put the clock forward to `target` by way of every moment at which something is due.

    Returns the moments at which something happened, in order.
    """
    happened = []
    if await work_through():
        happened.append(clock.now())
    for _ in range(MOST_MOMENTS):
        moment = await next_moment()
        if moment is None or moment > target:
            break
        clock.put_forward(moment)
        if await work_through():
            happened.append(clock.now())
    clock.put_forward(target)
    return happened


def target(name: str, now: datetime, calendar: Calendar) -> datetime:
    """Return the moment that a button of the sandbox page leads to."""
    if name == "working-day":
        return calendar.next_working_day_at(now, time(9, 30))
    return now + {"hour": timedelta(hours=1), "week": timedelta(days=7)}[name]
