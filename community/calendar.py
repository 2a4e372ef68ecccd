"""Working days, send windows and local wall time, of the place where the community lives.

Acts that say when something is due ask a `Calendar`; nothing else in the house knows a holiday,
a time zone or a rest. Moments come in and go out as aware UTC, days and clock times are local.
It never asks what time it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo

MORNING: Final = time(9, 30)
#: The years in which people plan; the public holidays of others are not known.
FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2099

_ONE_DAY: Final = timedelta(days=1)
_ONE_MINUTE: Final = timedelta(minutes=1)
_SATURDAY: Final = 5
_SUNDAY: Final = 6

MonthDay = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Rest:
    """A time of the year, first and last day included, in which nobody is nudged."""

    first: MonthDay
    last: MonthDay

    def covers(self, day: date) -> bool:
        """Tell whether the day lies in the rest, which may run over New Year."""
        at = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= at <= self.last
        return at >= self.first or at <= self.last


@dataclass(frozen=True, kw_only=True)
class Overlay:
    """What a university adds to the public holidays; the default is NTNU's."""

    #: Days off on fixed dates, as (month, day).
    days_off: tuple[MonthDay, ...] = ((12, 24), (12, 31))
    #: Days off counted from Easter Sunday; -1 is Easter Saturday.
    days_off_from_easter: tuple[int, ...] = (-1,)
    #: Times of the year without automatic nudges.
    rests: tuple[Rest, ...] = (
        Rest(first=(7, 1), last=(7, 31)),
        Rest(first=(12, 20), last=(1, 2)),
    )
    #: First and last day of rest counted from Easter Sunday, None for no rest at Easter.
    rest_from_easter: tuple[int, int] | None = (-6, 1)

    def __post_init__(self) -> None:
        days = (date(2027, 1, 1) + n * _ONE_DAY for n in range(365))
        if all(any(rest.covers(day) for rest in self.rests) for day in days):
            raise ValueError("the rests leave no day of the year to send on")


@dataclass(frozen=True, kw_only=True)
class Hours:
    """A part of the day, the opening included, the closing not."""

    opens: time
    closes: time


#: When automatic messages may go out: core time, in which nobody is off duty.
SEND_WINDOW: Final = Hours(opens=time(9), closes=time(14, 30))
#: The hours that count when somebody has so many working hours to answer.
WORKING_HOURS: Final = Hours(opens=time(8), closes=time(16))


@dataclass(frozen=True)
class Calendar:
    """The calendar of one place: its zone, Norway's public holidays, its university's overlay."""

    timezone: str = "Europe/Oslo"
    overlay: Overlay = Overlay()

    @property
    def zone(self) -> ZoneInfo:
        """Return the zone of the place."""
        return ZoneInfo(self.timezone)

    def local(self, moment: datetime) -> datetime:
        """Return the moment as the clocks of the place show it."""
        return _aware(moment).astimezone(self.zone)

    def at_local(self, day: date, at: time) -> datetime:
        """Return the moment when clocks of the place show this, in UTC.

        An hour that the spring skips is the first instant after the gap; one that the autumn
        repeats is the first of the two.
        """
        wall = datetime.combine(day, at.replace(tzinfo=None, fold=0))
        moment = self._from_wall(wall)
        while self.local(moment).replace(tzinfo=None) != wall:
            wall = wall.replace(second=0, microsecond=0) + _ONE_MINUTE
            moment = self._from_wall(wall)
        return moment

    def planned(self, day: date, at: time) -> datetime:
        """Return the moment that somebody has written, as `at_local`.

        Raises:
            ValueError: a year that nobody means, such as 2207 for 2027.
        """
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ValueError(f"{day.year} is no year of ours")
        return self.at_local(day, at)

    def is_working_day(self, day: date) -> bool:
        """Tell whether people are at work on the day."""
        if day.weekday() >= _SATURDAY or day in _public_holidays(day.year):
            return False
        if (day.month, day.day) in self.overlay.days_off:
            return False
        return _days_from_easter(day) not in self.overlay.days_off_from_easter

    def is_at_rest(self, day: date) -> bool:
        """Tell whether automatic nudges rest on the day."""
        if any(rest.covers(day) for rest in self.overlay.rests):
            return True
        if self.overlay.rest_from_easter is None:
            return False
        first, last = self.overlay.rest_from_easter
        days = _days_from_easter(day)
        return days is not None and first <= days <= last

    def add_working_days(self, start: datetime, n: int, at: time = MORNING) -> datetime:
        """Return `at` on the n-th working day after the start; 0 is its own day or the next."""
        return self.at_local(self._step(start, n, _ONE_DAY), at)

    def before_working_days(self, moment: datetime, n: int, at: time = MORNING) -> datetime:
        """Return `at` on the n-th working day before the moment; 0 is its own day or the last."""
        return self.at_local(self._step(moment, n, -_ONE_DAY), at)

    def next_working_day_at(self, now: datetime, at: time = MORNING) -> datetime:
        """Return the first moment later than now when it is `at` on a working day."""
        moments = (self.at_local(day, at) for day in self._working_days(now))
        return next(moment for moment in moments if moment > now)

    def next_send_window(self, now: datetime) -> datetime:
        """Return now if an automatic message may go out, else when the next window opens."""
        moment = _aware(now).astimezone(UTC)
        days = (day for day in self._working_days(now) if not self.is_at_rest(day))
        windows = (self._between(day, SEND_WINDOW) for day in days)
        return next(max(moment, opens) for opens, closes in windows if moment < closes)

    def next_within(self, now: datetime, hours: Hours, weekdays: frozenset[int]) -> datetime:
        """Return now if it is within the hours of a working day, else when it is next.

        Only on these days of the week; Monday is 1, and one of them has to be a working day.
        """
        moment = _aware(now).astimezone(UTC)
        days = (day for day in self._working_days(now) if day.isoweekday() in weekdays)
        windows = (self._between(day, hours) for day in days)
        return next(max(moment, opens) for opens, closes in windows if moment < closes)

    def working_hours_later(self, now: datetime, hours: float) -> datetime:
        """Return the moment when so many working hours, 08–16 on working days, have gone by."""
        if hours < 0:
            raise ValueError(f"{hours} working hours lie in the past")
        left = timedelta(hours=hours)
        days = self._working_days(now)
        while True:
            opens, closes = self._between(next(days), WORKING_HOURS)
            start = max(_aware(now).astimezone(UTC), opens)
            if start < closes and left <= closes - start:
                return start + left
            left -= max(closes - start, timedelta())

    def _step(self, start: datetime, n: int, step: timedelta) -> date:
        if n < 0:
            raise ValueError(f"{n} working days: count forward or back with a whole number from 0")
        day = self.local(start).date()
        days = self._working_days(start, step)
        # Day 0 is the day itself; if nobody works then, the count starts at the day beside it.
        skip = n if self.is_working_day(day) else max(n - 1, 0)
        return next(islice(days, skip, None))

    def _working_days(self, start: datetime, step: timedelta = _ONE_DAY) -> Iterator[date]:
        """Yield the working days from the local day of the start on, itself among them."""
        day = self.local(start).date()
        while True:
            if self.is_working_day(day):
                yield day
            day += step

    def _between(self, day: date, hours: Hours) -> tuple[datetime, datetime]:
        return self.at_local(day, hours.opens), self.at_local(day, hours.closes)

    def _from_wall(self, wall: datetime) -> datetime:
        return wall.replace(tzinfo=self.zone).astimezone(UTC)


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone")
    return moment


def _days_from_easter(day: date) -> int | None:
    easter = _easter(day.year)
    return None if easter is None else (day - easter).days


@cache
def _easter(year: int) -> date | None:
    """Return the one Sunday among the public holidays of spring; None where none is known."""
    # Whit Sunday is never before May.
    spring = (day for day in _public_holidays(year) if day.month in (3, 4))
    return next((day for day in spring if day.weekday() == _SUNDAY), None)


@cache
def _public_holidays(year: int) -> frozenset[date]:
    # Imported here: it takes long to load, and most processes that start never ask.
    from holidays import country_holidays

    return frozenset(country_holidays("NO", years=year))
