"""Moving the house from its SQLite file to an empty PostgreSQL database, all of it or nothing.

Row by row through the stored classes' own types, in bounded memory, in one transaction on either
side; what has arrived is read back and compared before anything is committed. What the search knows
is a table like others: each database builds its own index over it. Asked by `samband db move`.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import (
    Connection,
    Integer,
    LargeBinary,
    Select,
    Table,
    and_,
    exists,
    func,
    insert,
    literal,
    not_,
    select,
    text,
)
from sqlalchemy.orm import Session

from community import freezes, tables
from community.engines import engine_for
from community.errors import Refusal
from community.freezes import Freeze

#: So many rows are held at a time; few where each may be a whole mail.
A_BATCH: Final = 500
A_BATCH_OF_MAILS: Final = 4


@dataclass(frozen=True)
class Sum:
    """What tells whether two tables have the same rows, in whatever order these come."""

    rows: int = 0
    checksum: int = 0

    def plus(self, row: tuple[Any, ...]) -> "Sum":
        """Count one row more."""
        written = json.dumps([_plain(value) for value in row], sort_keys=True)
        number = int.from_bytes(sha256(written.encode()).digest()[:16], "big")
        return Sum(self.rows + 1, (self.checksum + number) % 2**128)


def count(source_url: str) -> int:
    """Return how many rows `move` has to copy."""
    with _connected(source_url) as source:
        query = select(func.count()).select_from
        return sum(source.scalar(query(table)) or 0 for table in tables.load())


def move(
    source_url: str,
    target_url: str,
    *,
    now: datetime,
    went_on: Callable[[int], None] = lambda rows: None,
) -> dict[str, int]:
    """Copy every row of an SQLite database, which is closed to its service after that.

    1. Nobody else writes to either meanwhile.
    2. The target has the same tables, and no row in them.
    3. Each table is copied, read back and compared; ids go on where they were.
    4. The source is frozen and committed, then the target: whatever dies between the two, mail
       goes out from one of them at most.

    `went_on` hears of each batch that was copied, and again of each that was read back. Returns
    how many rows each table has.

    Raises:
        Refusal: the target is not empty; what arrived is not what was sent.
    """
    with _connected(source_url) as source, _connected(target_url) as target:
        every = tables.load()
        names = ", ".join(target.dialect.identifier_preparer.format_table(each) for each in every)
        target.execute(text(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE"))
        _insist_on_empty(target, every)
        counts = {table.name: _copy(source, target, table, went_on) for table in every}
        for table in every:
            _go_on_counting(source, target, table)
        _freeze(source, now=now)
        source.commit()
        target.commit()
        return counts


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    engine = engine_for(url, checkpoints=False)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _insist_on_empty(target: Connection, every: list[Table]) -> None:
    full = [
        each.name
        for each in every
        if target.scalar(select(exists(select(literal(1)).select_from(each))))
    ]
    if full:
        raise Refusal(
            "The database to move to is not empty ({tables}). Stop what runs there; make it anew: "
            "dropdb, then createdb.",
            tables=", ".join(full[:5]),
        )


def _copy(
    source: Connection, target: Connection, table: Table, went_on: Callable[[int], None]
) -> int:
    sent = Sum()
    for rows in _batches(source, table):
        for row in rows:
            sent = sent.plus(row)
        names = table.columns.keys()
        target.execute(insert(table), [dict(zip(names, row, strict=True)) for row in rows])
        went_on(len(rows))
    arrived = Sum()
    for rows in _batches(target, table):
        for row in rows:
            arrived = arrived.plus(row)
        went_on(len(rows))
    if sent != arrived:
        raise Refusal(
            "What arrived in the table {table} is not what was sent: {sent} rows, and {arrived}. "
            "Nothing was changed.",
            table=table.name,
            sent=sent.rows,
            arrived=arrived.rows,
        )
    return sent.rows


def _batches(connection: Connection, table: Table) -> Iterator[list[tuple[Any, ...]]]:
    has_mails = any(isinstance(column.type, LargeBinary) for column in table.columns)
    size = A_BATCH_OF_MAILS if has_mails else A_BATCH
    with connection.execute(_rows_of(table), execution_options={"yield_per": size}) as found:
        for rows in found.partitions():
            yield [tuple(row) for row in rows]


def _rows_of(table: Table) -> Select[*tuple[Any, ...]]:
    """Select all rows, those that others name first; not that the source has been moved."""
    query = select(*table.columns).order_by(*table.primary_key.columns)
    if table.name == Freeze.__tablename__:
        moved = and_(table.c.why == freezes.MOVED, table.c.released_at.is_(None))
        return query.where(not_(moved))
    return query


def _go_on_counting(source: Connection, target: Connection, table: Table) -> None:
    """Let ids go on where they were: none is given a second time, also none of a deleted row."""
    if "id" not in table.columns or not isinstance(table.c.id.type, Integer):
        return
    given = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
    newest = source.scalar(select(func.max(table.c.id)))
    last = max(source.scalar(given, {"name": table.name}) or 0, newest or 0)
    if last:
        sequence = func.pg_get_serial_sequence(table.name, "id")
        target.execute(select(func.setval(sequence, last)))


def _freeze(source: Connection, *, now: datetime) -> None:
    with Session(source) as session:  # which leaves the transaction to us
        if not freezes.is_frozen(session):
            freezes.freeze(session, why=freezes.MOVED, now=now)


def _plain(value: object) -> object:
    """Return a value as JSON has it, the same from both databases."""
    if isinstance(value, bytes):
        return sha256(value).hexdigest()
    if isinstance(value, date):
        return value.isoformat()
    return value
