"""How commands write: plain tables and JSON in which nothing can move the terminal's cursor.

Names and subjects come from outside; a control character in them is shown, not obeyed.
"""

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, is_dataclass
from datetime import date
from typing import Final

import click

#: Categories of characters that a terminal acts on or does not show: control, format, unassigned.
_UNSAFE: Final = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
LONGEST_CELL: Final = 60


def printable(text: str) -> str:
    """Return the text with every character written out that a terminal would not simply show."""
    if text.isprintable():
        return text
    return "".join(_shown(character) for character in text)


def tell(*lines: str) -> None:
    """Write lines for a person."""
    for line in lines:
        click.echo(printable(line))


def table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write rows in columns, each as wide as its widest cell; the last cell is never cut."""
    lines = [headers, *rows]
    cells = [[_cut(cell) for cell in line[:-1]] + [printable(line[-1])] for line in lines]
    widths = [max(_width(line[column]) for line in cells) for column in range(len(headers))]
    for line in cells:
        padded = [c + " " * (w - _width(c)) for c, w in zip(line, widths, strict=True)]
        click.echo("  ".join(padded).rstrip())


def as_json(value: object) -> None:
    """Write a value, or a list of them, for a program; pure ASCII, so nothing in it is unsafe."""
    click.echo(json.dumps(value, indent=2, default=_plain))


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    if isinstance(value, set | frozenset):
        return sorted(value)
    return str(value)


def _shown(character: str) -> str:
    if unicodedata.category(character) not in _UNSAFE:
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"


def _cut(cell: str) -> str:
    safe = printable(cell)
    return safe if len(safe) <= LONGEST_CELL else safe[: LONGEST_CELL - 1] + "…"


def _width(text: str) -> int:
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(unicodedata.combining(character) > 0 for character in text)


def said(status: str, diagnostic: str) -> str:
    """Return the far side's words, with the status before them where they do not have it."""
    return diagnostic if status in diagnostic else f"{status} {diagnostic}".rstrip()
