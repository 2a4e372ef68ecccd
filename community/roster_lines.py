"""The lines of a list of people, however an office has saved it: the encoding, the separator, and
where it begins.

Pure: `roster_files.py` reads what the lines say.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from typing import Final

from community.roster_columns import named

#: How a workbook begins, a new one (a ZIP file) and an old one; it is no text.
_WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_SEPARATORS: Final = ",;\t"
#: So many lines may stand above the one that names the columns: a title, a day, an empty line.
MOST_ABOVE: Final = 5


def is_workbook(raw: bytes) -> bool:
    """Say whether a file is what a spreadsheet program keeps for itself."""
    return raw.startswith(_WORKBOOKS)


def decoded(raw: bytes) -> tuple[str, str | None]:
    """Return the text of a file, and how it was read when not as UTF-8."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", "replace"), "UTF-16"
    try:
        return raw.decode("utf-8-sig"), None
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace"), "Windows-1252"


def cells_of(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the lines that are not empty, each with the number at which it begins.

    The first is the one that names the columns, if there is one near the top.

    Raises:
        csv.Error: from here on it is no CSV.
    """
    above, separator = _begin(text.split("\n", MOST_ABOVE + 1)[: MOST_ABOVE + 1])
    rest = text.split("\n", above)[above]
    reader = csv.reader(io.StringIO(rest, newline=""), delimiter=separator, strict=True)
    begins = 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield begins + above, cells
        begins = reader.line_num + 1


def _begin(lines: list[str]) -> tuple[int, str]:
    """Say how many lines stand above the first that counts, and what separates its cells."""
    for above, line in enumerate(lines):
        separator = max(_SEPARATORS, key=line.count)
        if "email" in named(line.split(separator)):
            return above, separator
    above = 1 if re.fullmatch(r"sep=.\s*", lines[0]) and lines[1:] else 0  # Excel's hint to itself
    return above, max(_SEPARATORS, key=lines[above].count)
