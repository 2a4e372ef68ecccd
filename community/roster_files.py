"""A list of people as offices keep it: CSV read into rows, with every bad line named.

Pure: bytes or text in, a `Reading` out; whether these people are known is asked in `rosters.py`. A
missing column or an empty cell says nothing: a known person keeps what is there, a new one gets the
default. How a cell is read is in `roster_cells.py`.
"""

import csv
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, NamedTuple

from community import emails
from community.errors import N_, Fact, Refusal
from community.roster_cells import value_of
from community.roster_columns import COLUMNS, HALVES, REQUIRED, named
from community.roster_lines import cells_of, decoded, is_workbook

WORKBOOK: Final = N_(
    "This is a workbook, not a CSV file. Save it as “CSV UTF-8” in Excel, and use that file."
)
#: Where something that the file does not say is wrong.
NO_LINE: Final = 0


class Problem(NamedTuple):
    """What is wrong with a line; a door says `message` with its facts."""

    #: From 1, or `NO_LINE`.
    line: int
    message: str
    facts: Mapping[str, Fact]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One person as the file has them; None where the file says nothing."""

    line: int
    email: str
    name: str
    roles: tuple[str, ...] | None = None
    fields: tuple[str, ...] | None = None
    department: str | None = None
    faculty: str | None = None
    campus: str | None = None
    language: str | None = None
    starts_on: date | str | None = None
    ends_on: date | str | None = None
    slack_id: str | None = None
    supervisor_email: str | None = None


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a file says; with a problem in it, nothing of it may be used."""

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    #: Columns that the file does not have; what they would say stays as it is.
    missing: tuple[str, ...] = ()
    #: How the bytes were read, when not as UTF-8.
    encoding: str | None = None


def read_bytes(raw: bytes, *, ignored: Collection[str] = ()) -> Reading:
    """Read a file as offices save it: UTF-8, what Excel calls Unicode, or else Windows-1252.

    Columns that are `ignored`, by what the file calls them, are as if they were not there.
    """
    if is_workbook(raw):
        return Reading(rows=(), problems=(Problem(1, WORKBOOK, {}),))
    text, encoding = decoded(raw)
    return replace(read(text, ignored=ignored), encoding=encoding)


def emails_in(raw: bytes) -> tuple[str, ...]:
    """Return the addresses in a file: those of its column `email`, or else the first of each line.

    Raises:
        Refusal: a line has none, or it is no CSV, or nobody is in it.
    """
    if is_workbook(raw):
        raise Refusal(WORKBOOK)
    try:
        lines = [cells for _, cells in cells_of(decoded(raw)[0])]
    except csv.Error as error:
        raise Refusal("The file is no CSV: {reason}.", reason=str(error)) from error
    columns = named(lines[0]) if lines else []
    place = columns.index("email") if "email" in columns else 0
    people = lines[1:] if "email" in columns else lines
    if not people:
        raise Refusal("There is nobody in the file.")
    return tuple(emails.checked("".join(cells[place : place + 1])) for cells in people)


def read(text: str, *, ignored: Collection[str] = ()) -> Reading:
    """Read a roster, separated by commas, semicolons or tabs; name every line that is wrong."""
    rows: list[Row] = []
    problems: list[Problem] = []
    line, columns = 0, list[str]()
    lines = _without(cells_of(text.removeprefix("\ufeff")), ignored)
    try:
        line, header = next(lines, (1, []))
        written = named(header)
        columns = _with_whole_names(written, written)
        problems += _wrong_header(line, columns)
        if problems:
            return Reading(rows=(), problems=tuple(problems))
        for line, cells in lines:
            found = _row(line, columns, _with_whole_names(written, cells))
            if isinstance(found, Row):
                rows.append(found)
            else:
                problems += found
    except csv.Error as error:
        problems.append(
            Problem(line + 1, N_("From here on it is no CSV: {reason}."), {"reason": str(error)})
        )
    if not rows and not problems:
        problems.append(Problem(line, N_("There is nobody in the file."), {}))
    problems += _twice(rows)
    return Reading(
        rows=tuple(rows),
        problems=tuple(sorted(problems, key=lambda problem: problem.line)),
        missing=tuple(column for column in COLUMNS if column not in columns),
    )


def _without(
    lines: Iterator[tuple[int, list[str]]], ignored: Collection[str]
) -> Iterator[tuple[int, list[str]]]:
    """Leave out the columns that the first line calls so."""
    unwanted, places = {word.strip().lower() for word in ignored}, set[int]()
    for count, (line, cells) in enumerate(lines):
        if not count:
            places = {n for n, cell in enumerate(cells) if cell.strip().lower() in unwanted}
        yield line, [cell for n, cell in enumerate(cells) if n not in places]


def _with_whole_names(written: list[str], cells: list[str]) -> list[str]:
    """Return the cells of a line with the two halves of a name as one, where the file has two."""
    if not set(HALVES) <= set(written) or "name" in written:
        return cells
    first, last = (written.index(half) for half in HALVES)
    padded = cells + [""] * (len(written) - len(cells))  # spreadsheets leave empty ends out
    whole = "name" if cells is written else f"{padded[first]} {padded[last]}"
    return [whole if place == first else cell for place, cell in enumerate(padded) if place != last]


def _wrong_header(line: int, columns: list[str]) -> list[Problem]:
    problems = []
    known = ", ".join(COLUMNS)
    unknown = [column for column in columns if column not in COLUMNS]
    twice = sorted({column for column in columns if columns.count(column) > 1} - set(unknown))
    missing = [column for column in REQUIRED if column not in columns]
    if unknown:
        message = N_("There is no column “{columns}”. There is: {known}. Import without it: "
                     "--ignore COLUMN, once for each.")  # fmt: skip
        problems.append(Problem(line, message, {"columns": ", ".join(unknown), "known": known}))
    if twice:
        message = N_("The column “{columns}” is there twice.")
        problems.append(Problem(line, message, {"columns": ", ".join(twice)}))
    if missing:
        message = N_("The column “{columns}” is missing. The first line names the columns.")
        problems.append(Problem(line, message, {"columns": ", ".join(missing)}))
    return problems


def _row(line: int, columns: list[str], cells: list[str]) -> Row | list[Problem]:
    problems: list[Problem] = []
    values: dict[str, object] = {}
    if any(cell.strip() for cell in cells[len(columns) :]):
        facts = {"count": len(cells), "columns": len(columns)}
        message = N_("There are {count} cells for {columns} columns. Put a cell with a separator "
                     "in it in quotation marks.")  # fmt: skip
        return [Problem(line, message, facts)]
    written = dict(zip(columns, cells, strict=False))
    for column, cell in written.items():
        try:
            if cell.strip():
                values[column] = value_of(column, cell)
        except Refusal as refusal:
            problems.append(Problem(line, refusal.message, refusal.facts))
    for column in REQUIRED:
        if not written.get(column, "").strip():
            message = N_("The {column} is missing.")
            problems.append(Problem(line, message, {"column": column}))
    starts_on, ends_on = values.get("starts_on"), values.get("ends_on")
    if isinstance(starts_on, date) and isinstance(ends_on, date) and ends_on < starts_on:
        message = N_("The stay ends ({ends_on}) before it starts ({starts_on}).")
        # As the file has them, with their years.
        days = {"ends_on": ends_on.isoformat(), "starts_on": starts_on.isoformat()}
        problems.append(Problem(line, message, days))
    return problems or Row(line=line, **values)  # type: ignore[arg-type]  # each read for its column


def _twice(rows: list[Row]) -> list[Problem]:
    """Name both lines of what may be in the file only once."""
    problems = []
    first: dict[str, int] = {}
    for row in rows:
        for value in filter(None, (row.email, row.slack_id)):
            if value in first:
                message = N_("{value} is on line {line} already.")
                facts = {"value": value, "line": str(first[value])}
                problems.append(Problem(row.line, message, facts))
            first.setdefault(value, row.line)
    return problems
