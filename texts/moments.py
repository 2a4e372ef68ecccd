"""Moments, days, numbers and lists in the words of a language; Babel knows the names.

Callers pass local moments (`Calendar.local`). A naive moment, or one still in `datetime.UTC`, is
refused: shown as it stands it would send people to a meeting at the wrong hour.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Final

from babel import Locale
from babel.dates import format_date, format_datetime, format_time
from babel.lists import format_list
from babel.numbers import format_decimal

from texts.languages import Language

_LOCALES: Final[dict[Language, Locale]] = {
    "en": Locale.parse("en_GB"),  # day before month, and no comma before "and"
    "nb": Locale.parse("nb"),
}
_DAY: Final[dict[Language, str]] = {"en": "EEE d MMM", "nb": "EEE d. MMM"}
_CLOCK_TIME: Final[dict[Language, str]] = {"en": "HH:mm", "nb": "HH.mm"}
_DAY_TO_TIME: Final[dict[Language, str]] = {"en": ", ", "nb": " kl. "}
_YEAR: Final = " y"
_GROUPS_FROM: Final = 10_000


def moment(language: Language, when: datetime, *, year: bool = False) -> str:
    """Return a local moment with its weekday: "Tue 1 Dec, 10:00", "tir. 1. des. kl. 10.00"."""
    parts = day(language, _local_only(when), year=year), clock_time(language, when)
    return _DAY_TO_TIME[language].join(parts)


def day(language: Language, when: date, *, year: bool = False) -> str:
    """Return a day with its weekday: "Tue 1 Dec", "tir. 1. des."."""
    if isinstance(when, datetime):
        when = _local_only(when).date()
    pattern = _DAY[language] + (_YEAR if year else "")
    return format_date(when, pattern, locale=_LOCALES[language])


def month(language: Language, when: date) -> str:
    """Return the month of a day: "December 2026", "desember 2026"."""
    return format_date(when, "LLLL y", locale=_LOCALES[language])


def clock_time(language: Language, when: datetime | time) -> str:
    """Return hour and minute on the 24-hour clock: "10:00", "10.00"."""
    if isinstance(when, datetime):
        # Not format_time: it would move the moment to the zone of the process.
        return format_datetime(
            _local_only(when).replace(tzinfo=None),
            _CLOCK_TIME[language],
            locale=_LOCALES[language],
        )
    return format_time(when, _CLOCK_TIME[language], locale=_LOCALES[language])


def span(language: Language, start: datetime, end: datetime, *, year: bool = False) -> str:
    """Return from when to when, the day only once if it is one: "Tue 1 Dec, 10:00–11:00"."""
    if _local_only(start).date() == _local_only(end).date():
        return f"{moment(language, start, year=year)}–{clock_time(language, end)}"
    return f"{moment(language, start, year=year)} – {moment(language, end, year=year)}"


def number(language: Language, value: int | float) -> str:
    """Return a number with at most three decimals, grouped from 10,000 so that years stay whole."""
    return format_decimal(
        value, locale=_LOCALES[language], group_separator=abs(value) >= _GROUPS_FROM
    )


def listed(language: Language, items: Sequence[str]) -> str:
    """Return the items as people list them: "A, B and C", "A, B og C"."""
    return format_list(list(items), locale=_LOCALES[language])


def _local_only(when: datetime) -> datetime:
    if when.tzinfo is None or when.tzinfo is UTC:
        raise ValueError(f"{when!r} is not local: convert it with Calendar.local first")
    return when
