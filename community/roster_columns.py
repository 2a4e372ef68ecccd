"""The columns of a list of people, and the words that offices write above them instead of ours."""

from collections.abc import Iterable, Mapping
from typing import Final

COLUMNS: Final = (
    *("email", "name", "roles", "fields", "department", "faculty", "campus", "language"),
    *("starts_on", "ends_on", "slack_id", "supervisor_email"),
)
REQUIRED: Final = ("email", "name")
#: What else a column may be called, in English and Norwegian; without hyphens, points and spaces.
OTHER_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "email": ("mail", "emailaddress", "epost", "epostadresse"),
    "name": ("fullname", "navn", "fulltnavn"),
    "roles": ("role", "rolle", "roller"),
    "fields": ("field", "researchfield", "fagfelt", "fag", "fagområde"),
    "department": ("institutt", "avdeling"),
    "faculty": ("fakultet",),
    "campus": ("sted",),
    "language": ("språk",),
    "starts_on": ("start", "startdate", "startdato"),
    "ends_on": ("end", "enddate", "sluttdato"),
    "slack_id": ("slack",),
    "supervisor_email": ("supervisor", "veileder", "veilederepost"),
}

_OURS: Final = {
    word: column
    for column in COLUMNS
    for word in (column.replace("_", ""), *OTHER_WORDS.get(column, ()))
}


def named(header: Iterable[str]) -> list[str]:
    """Return the columns that a first line names; a word that is none of theirs as it stands."""
    return [_OURS.get(_bare(cell), cell.strip().lower()) for cell in header]


def _bare(cell: str) -> str:
    """Return a word as it is looked up: “E-mail address” and “email_address” are one."""
    return "".join(letter for letter in cell.lower() if letter.isalnum())
