"""Many rows in one statement: they travel as one JSON text, whatever their number.

Row by row the statements cost more than the rows. As the text is one parameter, the statement is
the same for 1 and for 5,000 rows, and is put together once. Used by acts that write in bulk.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    Insert,
    String,
    Table,
    bindparam,
    cast,
    func,
    literal,
    select,
    true,
    type_coerce,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.elements import ColumnElement

#: How many rows go into one statement.
ROWS: Final = 5_000


class Travelling(NamedTuple):
    """Rows as a statement finds them in a JSON text."""

    cells: tuple[ColumnElement[Any], ...]
    #: Which row of the text it is.
    place: ColumnElement[int]


def insert(
    session: Session,
    model: type[object],
    columns: tuple[str, ...],
    rows: Sequence[Sequence[object]],
    *,
    same: Mapping[str, object],
    once: tuple[str, ...] = (),
    gives: str | None = None,
) -> list[int]:
    """Insert `rows`, each the values of `columns`; return the column `gives` of those inserted.

    What is equal in all rows is in `same`; a moment can stand only there. A row that would be a
    second one with equal `once` is left out. Ids that are given are in the order of the rows.
    """
    table: Any = model.__table__  # type: ignore[attr-defined]  # mapped classes only
    dialect = session.get_bind().dialect.name
    statement = _statement(table, columns, tuple(same), once, gives, dialect)
    given: list[int] = []
    session.flush()  # what the rows refer to, and what was written down before them
    for start in range(0, len(rows), ROWS):
        written = json.dumps(rows[start : start + ROWS], default=_day)
        inserted = session.connection().execute(statement, {"rows": written, **same})
        if gives is not None:
            given += inserted.scalars()
    return sorted(given)  # the database numbers in the order of the rows, and tells in any order


def among(
    session: Session, column: InstrumentedAttribute[Any], values: Collection[object]
) -> ColumnElement[bool]:
    """Say that `column` has one of these values; the statement is short however many they are."""
    written = literal(json.dumps(list(values)), String)
    return is_one_of(column, written, dialect=session.get_bind().dialect.name)


def is_one_of(
    column: InstrumentedAttribute[Any], written: ColumnElement[str], *, dialect: str
) -> ColumnElement[bool]:
    """Say that `column` has one of the values that are written as a list in JSON."""
    if dialect == "postgresql":
        texts = func.json_array_elements_text(cast(written, postgresql.JSON))
        return column.in_(select(cast(texts.column_valued("entry"), column.type)))
    return column.in_(select(func.json_each(written).table_valued("value", name="entry").c.value))


def travelling(parameter: str, cells: int, *, dialect: str) -> Travelling:
    """Return so many cells of each row of the JSON text that `parameter` will be."""
    text = bindparam(parameter, type_=String)
    if dialect == "postgresql":
        rows = func.json_array_elements(cast(text, postgresql.JSON))
        row = rows.table_valued("value", with_ordinality="place", name="entry").render_derived()
        return Travelling(tuple(row.c.value.op("->>")(at) for at in range(cells)), row.c.place)
    row = func.json_each(text).table_valued("value", "key", name="entry")
    found = (func.json_extract(row.c.value, f"$[{at}]") for at in range(cells))
    return Travelling(tuple(found), row.c.key)


@cache  # SQLAlchemy takes longer to put it together than the database to insert a row
def _statement(
    table: Table,
    columns: tuple[str, ...],
    same: tuple[str, ...],
    once: tuple[str, ...],
    gives: str | None,
    dialect: str,
) -> Insert:
    # SQLite has no type for days, and would make a number of what is cast to one.
    typed = cast if dialect == "postgresql" else type_coerce
    rows = travelling("rows", len(columns), dialect=dialect)
    values = [
        typed(cell, table.c[column].type).label(column)
        for column, cell in zip(columns, rows.cells, strict=True)
    ]
    values += [bindparam(column, type_=table.c[column].type).label(column) for column in same]
    # SQLite cannot tell ON CONFLICT from a join without a WHERE before it.
    query = select(*values).where(true())
    if gives is not None:
        query = query.order_by(rows.place)
    make = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = make(table).from_select([*columns, *same], query)
    if once:
        statement = statement.on_conflict_do_nothing(index_elements=once)
    return statement.returning(table.c[gives]) if gives is not None else statement


def _day(value: object) -> str:
    if type(value) is date:  # a moment is a date too, but would lose its time
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot travel in a batch")
