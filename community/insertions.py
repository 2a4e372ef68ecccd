"""Rows that are put once: a second attempt to put the same thing changes nothing.

Whoever puts due rows comes here (`steps.py`, `outbox.py`); the unique column decides.
"""

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Select, Table, true
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import Insert as PostgresInsert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.orm import Session

from community.prepared import Prepared


def once(
    session: Session,
    model: type[object],
    rows: Select[*tuple[Any, ...]] | Sequence[Mapping[str, Any]],
    *,
    key: str = "key",
    values: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
) -> int:
    """Insert `rows` whose keys are new and leave the others alone; return how many were new.

    `rows` is a list of values, or a SELECT whose column names are the table's and whose parameters
    have these `values`: once, or one time after the other. `key` names the unique column.
    """
    table: Any = model.__table__  # type: ignore[attr-defined]  # mixed into mapped classes only
    connection = session.connection()
    if isinstance(rows, Select):
        statement = _statement(table, connection.dialect.name, key, rows)
        new = connection.execute(statement, values or {}).rowcount
    else:
        dialect, columns = connection.dialect.name, tuple(rows[0]) if rows else ()
        new = _listed_once(table, dialect, key, columns).each(session, rows) if rows else 0
    return _noted(session, new)


def each_once(
    session: Session,
    model: type[object],
    rows: Select[*tuple[Any, ...]],
    values: Sequence[Mapping[str, Any]],
) -> int:
    """Do what `once` does, with a SELECT that is kept for good: it is prepared."""
    table: Any = model.__table__  # type: ignore[attr-defined]  # mixed into mapped classes only
    prepared = _selected_once(table, session.connection().dialect.name, rows)
    return _noted(session, prepared.each(session, values))


def _noted(session: Session, new: int) -> int:
    if new:
        session.info["put"] = True  # the store wakes who waits for due rows
    return new


@cache
def _listed_once(table: Table, dialect: str, key: str, columns: tuple[str, ...]) -> Prepared:
    return Prepared(_statement(table, dialect, key, None), *columns)


@cache
def _selected_once(table: Table, dialect: str, rows: Select[*tuple[Any, ...]]) -> Prepared:
    return Prepared(_statement(table, dialect, "key", rows))


@lru_cache(maxsize=64)  # for SELECTs that are kept; others are written anew and soon forgotten
def _statement(
    table: Table, dialect: str, key: str, rows: Select[*tuple[Any, ...]] | None
) -> PostgresInsert | SqliteInsert:
    make = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = make(table)
    if rows is not None:
        # SQLite cannot tell ON CONFLICT from a join without a WHERE before it.
        select_rows = rows if rows.whereclause is not None else rows.where(true())
        statement = statement.from_select([str(c.key) for c in rows.selected_columns], select_rows)
    once = statement.on_conflict_do_nothing(index_elements=[key])
    # Counted, not returned: a post has one row for each of 50,000 people.
    return once.execution_options(preserve_rowcount=True)
