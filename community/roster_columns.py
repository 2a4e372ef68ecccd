"""The columns of a list of people, and the words that offices write in them instead of ours."""

from collections.abc import Iterable, Mapping
from typing import Final

from community.people import Role

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
#: What offices keep in two columns; together they are a name.
HALVES: Final[Mapping[str, tuple[str, ...]]] = {
    "first_name": ("givenname", "fornavn"),
    "last_name": ("familyname", "surname", "etternavn"),
}
#: What else a role may be called, in English and Norwegian; without hyphens, points and spaces.
ROLE_WORDS: Final[Mapping[Role, tuple[str, ...]]] = {
    Role.MEMBER: (
        *("medlem", "postdoc", "postdocs", "postdok", "postdoktor", "postdoctor"),
        *("postdoctoralfellow", "postdoctoralresearcher", "postdoktorstipendiat"),
    ),
    Role.ALUMNUS: ("alumna", "alumni"),
    Role.GUEST: ("gjest",),
    Role.MENTOR: (),
    Role.MODERATOR: (),
    Role.COORDINATOR: ("koordinator",),
    Role.ADMIN: ("administrator",),
}

_OURS: Final = {
    word: column
    for column in COLUMNS
    for word in (column.replace("_", ""), *OTHER_WORDS.get(column, ()))
} | {word: half for half, words in HALVES.items() for word in (half.replace("_", ""), *words)}
_ROLES: Final = {word: role for role in Role for word in (role.value, *ROLE_WORDS[role])}


def named(header: Iterable[str]) -> list[str]:
    """Return the columns that a line names; a word that is none of theirs as it stands.

    Spreadsheets write a separator for each column that was ever used: empty ones at the end go.
    """
    columns = [_OURS.get(_bare(cell), cell.strip().lower()) for cell in header]
    while columns and not columns[-1]:
        columns.pop()
    return columns


def role_named(word: str) -> Role | None:
    """Return the role that a word means, or None."""
    return _ROLES.get(_bare(word))


def _bare(cell: str) -> str:
    """Return a word as it is looked up: “E-mail address” and “email_address” are one."""
    return "".join(letter for letter in cell.lower() if letter.isalnum())
