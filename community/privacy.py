"""Everything that is stored about one person, for that person (GDPR articles 15 and 20).

Which rows are somebody's is read from the tables' foreign keys, so that a new table cannot be
forgotten. `erasure.py` deletes by the same keys.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, ForeignKey, Table, and_, false, or_, select
from sqlalchemy.orm import Session

from community import tables
from community.journal import Entry
from community.people import Address, Person
from community.posts import Post, PostSource

#: What JSON can say.
Plain = str | int | float | bool | None | Mapping[str, "Plain"] | list["Plain"]

PERSON = Person.__tablename__
#: What moderators are shown of their own decisions; the post itself is somebody else's.
DECISION = ("id", "state", "decided_at", "decided_by", "reason")


@dataclass(frozen=True, kw_only=True)
class Rows:
    """The rows of one table that are about the person, ready for JSON."""

    table: str
    rows: tuple[Mapping[str, Plain], ...]


@dataclass(frozen=True, kw_only=True)
class Export:
    """Everything that is stored about one person."""

    person_id: int
    tables: tuple[Rows, ...]


def export(session: Session, person_id: int) -> Export:
    """Return every row tied to a person, and their mails to the lists as they came."""
    known = {table.name: table for table in tables.load()}
    found = [
        _read(session, table, tied(table, person_id))
        for table in known.values()
        if table.name not in (Post.__tablename__, PostSource.__tablename__)
    ]
    mine = own_posts(session, person_id)
    posts, sources = known["post"], known["post_source"]
    found.append(_read(session, posts, mine))
    found.append(_read(session, sources, PostSource.post_id.in_(select(Post.id).where(mine))))
    decided = _read(session, posts, Post.decided_by == person_id, columns=DECISION)
    found.append(Rows(table="post_decision", rows=decided.rows))
    return Export(person_id=person_id, tables=tuple(rows for rows in found if rows.rows))


def own_posts(session: Session, person_id: int) -> ColumnElement[bool]:
    """Say which posts are a person's: also those sent before we knew them by that address."""
    emails = list(session.scalars(select(Address.email).where(Address.person_id == person_id)))
    return or_(
        Post.author_id == person_id,
        and_(Post.author_id.is_(None), or_(Post.from_email.in_(emails), Post.sender.in_(emails))),
    )


def tied(table: Table, person_id: int) -> ColumnElement[bool]:
    """Say which rows of a table are about a person.

    Those that name the person; and where no person owns a row, those that hang on a thing that is
    the person's (a meeting on a mentorship).
    """
    if table.name == PERSON:
        return table.c.id == person_id
    named = [key.parent == person_id for key in keys_to(table, PERSON)]
    if table.name == Entry.__tablename__:
        named.append(and_(Entry.noun == PERSON, Entry.object_id == person_id))
    if not any(key.ondelete == "CASCADE" for key in keys_to(table, PERSON)):
        for key in table.foreign_keys:
            owner = key.column.table
            if key.ondelete == "CASCADE" and owner is not table and owner.name != PERSON:
                its = select(key.column).where(tied(owner, person_id))
                named.append(key.parent.in_(its))
    return or_(false(), *named)


def keys_to(table: Table, name: str) -> list[ForeignKey]:
    """Return the foreign keys of a table that lead to the table called `name`."""
    keys = (key for key in table.foreign_keys if key.column.table.name == name)
    return sorted(keys, key=lambda key: key.parent.name)


def _read(
    session: Session,
    table: Table,
    condition: ColumnElement[bool],
    *,
    columns: tuple[str, ...] | None = None,
) -> Rows:
    shown = [table.c[name] for name in columns or table.c.keys()]
    query = select(*shown).where(condition).order_by(*table.primary_key.columns)
    rows = session.execute(query).mappings()
    return Rows(
        table=table.name,
        rows=tuple({name: _plain(value) for name, value in row.items()} for row in rows),
    )


def _plain(value: object) -> Plain:
    if isinstance(value, bytes):
        try:
            return {"as": "text", "content": value.decode("utf-8")}
        except UnicodeDecodeError:
            return {"as": "base64", "content": base64.b64encode(value).decode("ascii")}
    if isinstance(value, date | datetime):
        return value.isoformat()
    assert value is None or isinstance(value, str | int | float | dict)  # noqa: S101 - all we store
    return value
