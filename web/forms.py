"""Reads what people filled in: lines, texts, whole numbers, and local days with a time."""

from collections.abc import Mapping
from datetime import date, datetime, time
from enum import StrEnum
from typing import TypeVar

from community.calendar import Calendar
from community.errors import Refusal
from letters.action import Input

LONGEST_LINE = 300
LONGEST_TEXT = 20_000

Value = str | datetime
E = TypeVar("E", bound=StrEnum)


def read(
    inputs: tuple[Input, ...], form: Mapping[str, str], calendar: Calendar
) -> dict[str, Value]:
    """Return the value of every input that was filled in; refuse what is missing or no moment."""
    values: dict[str, Value] = {}
    for field in inputs:
        value = _value(field, form, calendar)
        if value is not None:
            values[field.name] = value
        elif not field.optional:
            raise unfilled()
    return values


def unfilled() -> Refusal:
    """Return the no to a form in which something is missing."""
    return Refusal("Something is not filled in yet.")


def one_of(form: Mapping[str, str], name: str, kind: type[E]) -> E:
    """Return what was chosen; refuse anything else."""
    chosen = form.get(name, "")
    if chosen not in list(kind):
        raise unfilled()
    return kind(chosen)


def marked(form: Mapping[str, str], mark: str) -> list[int]:
    """Return the numbers of the things whose boxes, named `mark` and the number, are ticked."""
    names = (name.removeprefix(mark) for name in form if name.startswith(mark))
    return [found for each in names if (found := number(each))]


def line(form: Mapping[str, str], name: str) -> str:
    """Return one line, without line ends; empty when it is not there."""
    words = " ".join(form.get(name, "").split())
    if len(words) > LONGEST_LINE:
        raise Refusal("That is too long: at most {most} characters in a line.", most=LONGEST_LINE)
    return words


def text(form: Mapping[str, str], name: str) -> str:
    """Return a text of several lines; empty when it is not there."""
    words = form.get(name, "").replace("\r\n", "\n").strip()
    if len(words) > LONGEST_TEXT:
        raise Refusal("That is too long: at most {most} characters.", most=LONGEST_TEXT)
    return words


def whole(form: Mapping[str, str], name: str) -> int:
    """Return a whole number; refuse anything else."""
    value = form.get(name, "").strip()
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise Refusal("“{value}” is no whole number.", value=value)
    return int(value)


def number(digits: str) -> int:
    """Return the number of a thing; 0 when it is none."""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else 0


def moment(form: Mapping[str, str], name: str, calendar: Calendar) -> datetime:
    """Return the moment of a local day and time (`NAME_day`, `NAME_time`), in UTC."""
    day, at = form.get(f"{name}_day", ""), form.get(f"{name}_time", "")
    try:
        return calendar.planned(date.fromisoformat(day), time.fromisoformat(at))
    except ValueError:
        raise Refusal("Give a day and a time, such as 2027-02-03 and 12:00.") from None


def _value(field: Input, form: Mapping[str, str], calendar: Calendar) -> Value | None:
    if field.kind == "moment":
        is_empty = not (form.get(f"{field.name}_day") or form.get(f"{field.name}_time"))
        return None if is_empty else moment(form, field.name, calendar)
    if field.kind == "choice":
        chosen = form.get(field.name, "")
        return chosen if chosen in dict(field.choices) else None
    return (text if field.kind == "text" else line)(form, field.name) or None
