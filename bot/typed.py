"""Reads what was typed after `/postdoc`. Pure; what cannot be read is refused in words."""

import html
import re
from dataclasses import dataclass
from datetime import datetime, time
from difflib import get_close_matches
from typing import Final

from community.calendar import Calendar
from community.errors import Refusal

#: Slack passes names and links on as `<@U1|ada>`, `<#C1|general>`, `<https://…|…>`.
_LINK: Final = re.compile(r"<([@#]?)([^<>|]*)(?:\|([^<>]*))?>")
_DAY_FIRST: Final = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)
_YEAR_FIRST: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_CLOCK: Final = re.compile(r"(\d{1,2})[.:](\d{2})", re.ASCII)
#: From which likeness on a wrong word is taken for a right one.
LIKENESS: Final = 0.6
#: So many are offered.
MOST_NEAR: Final = 3


@dataclass(frozen=True)
class Typed:
    """A subcommand and what was typed after it."""

    word: str
    rest: str


@dataclass(frozen=True, kw_only=True)
class TypedMeetup:
    """What `meetup Lunch | Hangaren | 2027-02-03 12:00` says; missing parts are empty."""

    topic: str
    place: str
    starts_at: datetime | None


def read(text: str) -> Typed:
    """Return the first word in lower case, and the rest as people see it."""
    word, _, rest = as_seen(text).strip().partition(" ")
    return Typed(word.lower(), rest.strip())


def as_seen(text: str) -> str:
    """Return what a member typed, without Slack's marks and escapes."""

    def seen(match: re.Match[str]) -> str:
        sign, target, label = match.groups()
        return f"{sign}{label or target}" if sign else target

    return html.unescape(_LINK.sub(seen, text))


def meetup(rest: str, calendar: Calendar) -> TypedMeetup:
    """Read topic, place and moment, separated by bars.

    Raises:
        Refusal: the moment cannot be read.
    """
    topic, place, when, *_ = (*(part.strip() for part in rest.split("|")), "", "", "")
    starts_at = moment(when, calendar) if when else None
    return TypedMeetup(topic=topic, place=place, starts_at=starts_at)


def moment(text: str, calendar: Calendar) -> datetime:
    """Read a local day and time: `2027-02-03 12:00` or `3.2.2027 kl. 12.00`.

    Raises:
        Refusal: it is none, or a day that does not exist.
    """
    clock = _CLOCK.search(_YEAR_FIRST.sub("", _DAY_FIRST.sub("", text)))
    try:
        if (day := _YEAR_FIRST.search(text)) is not None and clock is not None:
            return _at(calendar, int(day[1]), int(day[2]), int(day[3]), clock)
        if (day := _DAY_FIRST.search(text)) is not None and clock is not None:
            return _at(calendar, int(day[3]), int(day[2]), int(day[1]), clock)
    except ValueError:
        pass
    raise Refusal("“{text}” is no day and time. Write it like 2027-02-03 12:00.", text=text)


def _at(calendar: Calendar, year: int, month: int, day: int, clock: re.Match[str]) -> datetime:
    local = datetime(year, month, day)  # noqa: DTZ001 - the calendar gives it its zone
    return calendar.planned(local.date(), time(int(clock[1]), int(clock[2])))


def near(word: str, words: list[str]) -> list[str]:
    """Return the words that were perhaps meant, the likeliest first."""
    return get_close_matches(word, words, n=MOST_NEAR, cutoff=LIKENESS)


def nearest(word: str, words: list[str]) -> str | None:
    """Return the word that was perhaps meant."""
    return next(iter(near(word, words)), None)
