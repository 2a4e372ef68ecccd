"""A list of people written as a CSV file that spreadsheets open and `people import` takes again."""

import csv
import io
from collections.abc import Iterable
from datetime import date

from community.roster_cells import FORMULAS
from community.roster_columns import COLUMNS
from community.roster_files import Row


def written(rows: Iterable[Row]) -> bytes:
    """Return a roster as a file: semicolons, and the mark by which Excel knows UTF-8.

    Nothing that people write about themselves becomes a formula in a spreadsheet.
    """
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet, delimiter=";")
    writer.writerow(COLUMNS)
    writer.writerows([_cell(getattr(row, column)) for column in COLUMNS] for row in rows)
    return sheet.getvalue().encode("utf-8-sig")


def _cell(value: str | date | tuple[str, ...] | None) -> str:
    words = "; ".join(value) if isinstance(value, tuple) else str(value or "")
    return f"'{words}" if words.startswith(FORMULAS) else words
