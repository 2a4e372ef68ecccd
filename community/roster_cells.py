"""What stands in a cell of a list of people, and how it is read: each column's own way. Pure.

A cell with a lone hyphen empties what may be empty.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Final

from community import emails, fields
from community.errors import Refusal
from community.people import Role
from community.roster_columns import role_named

#: What a cell says that is to be emptied.
EMPTY: Final = "-"
#: What a spreadsheet takes for the beginning of a formula, unless an apostrophe stands before.
FORMULAS: Final = ("=", "+", "-", "@")
#: How spreadsheets write a language.
_LANGUAGES: Final = {
    "en": ("en", "english", "engelsk"),
    "nb": ("nb", "no", "norwegian", "norsk", "bokmål", "norsk bokmål", "nynorsk"),
}
LONGEST_CELL: Final = 200

_SLACK_ID: Final = re.compile(r"[UW][A-Z0-9]{2,20}")
_NORWEGIAN_DAY: Final = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})")
_ISO_DAY: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


def value_of(column: str, cell: str) -> object:
    """Return what a cell that is not empty says, in the form in which its column is stored.

    Raises:
        Refusal: it says nothing that the column could have.
    """
    return _READERS[column](_plain(column, cell))


def name_of(text: str) -> str:
    """Return a written name with plain single spaces.

    Raises:
        Refusal: it is none, is too long, or has characters that cannot be seen.
    """
    return _name(_plain("name", text) or EMPTY)


def _plain(column: str, cell: str) -> str:
    """Return a cell with plain single spaces; refuse what could deceive a reader or a header."""
    words = " ".join(cell.split())
    if words.startswith("'") and words[1:].startswith(FORMULAS):
        words = words[1:]
    if not words.isprintable():
        raise Refusal("The {column} has characters in it that cannot be seen.", column=column)
    if len(words) > LONGEST_CELL and column not in ("roles", "fields"):
        raise Refusal(
            "The {column} is longer than {most} characters.", column=column, most=LONGEST_CELL
        )
    return words


def _name(text: str) -> str:
    if text == EMPTY:
        raise Refusal("The {column} is missing.", column="name")
    return text


def _words(text: str) -> str:
    return "" if text == EMPTY else text


def _roles(text: str) -> tuple[str, ...] | None:
    """Read roles by our words or those of an office, with semicolons or commas between them."""
    meant = set[Role]()
    for word in filter(None, (part.strip() for part in re.split("[;,/]", text))):
        role = role_named(word)
        if role is None:
            known = ", ".join(Role)
            raise Refusal("There is no role “{role}”. There is: {known}.", role=word, known=known)
        meant.add(role)
    return tuple(role for role in Role if role in meant) or None


@lru_cache(1_000)  # thousands of people have the same few
def _fields(text: str) -> tuple[str, ...]:
    if text == EMPTY:
        return ()
    parts = [part for part in text.split(";") if part.strip()]
    return tuple(dict.fromkeys(fields.parse(part).code for part in parts))


def _language(text: str) -> str:
    for language, words in _LANGUAGES.items():
        if text.lower() in words:
            return language
    raise Refusal("“{text}” is no language of ours. Write en or nb.", text=text)


def _day(text: str) -> date | str:
    if text == EMPTY:
        return ""
    try:
        if norwegian := _NORWEGIAN_DAY.fullmatch(text):
            year = int(norwegian[3]) + (2000 if len(norwegian[3]) == 2 else 0)
            return date(year, int(norwegian[2]), int(norwegian[1]))
        if iso := _ISO_DAY.fullmatch(text):
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
    except ValueError:
        pass  # the 30th of February: refused below with the rest
    raise Refusal("“{text}” is not a day. Write 2027-02-28 or 28.2.2027.", text=text)


def _slack_id(text: str) -> str:
    if text == EMPTY:
        return ""
    if not _SLACK_ID.fullmatch(text):
        raise Refusal("“{text}” is not the id of a Slack user, such as U012AB3CD.", text=text)
    return text


def _supervisor(text: str) -> str:
    return "" if text == EMPTY else emails.checked(text)


_READERS: Final[Mapping[str, Callable[[str], object]]] = {
    "email": emails.checked,
    "name": _name,
    "roles": _roles,
    "fields": _fields,
    "department": _words,
    "faculty": _words,
    "campus": _words,
    "language": _language,
    "starts_on": _day,
    "ends_on": _day,
    "slack_id": _slack_id,
    "supervisor_email": _supervisor,
}
