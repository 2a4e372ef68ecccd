"""Settles many claimed rows by one statement, whatever came of each.

Row by row the statements of a fan-out cost more than its mails; as a batch (`batches.py`) they cost
one. Called by `due.settle` alone.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    CTE,
    BigInteger,
    Integer,
    String,
    Subquery,
    Table,
    any_,
    bindparam,
    case,
    cast,
    func,
    select,
    update,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from community import batches
from community.prepared import Prepared

#: How a row's words begin when the far side may have taken it (scheduler/attempts.py).
DOUBT: Final = "in doubt:"
Rows = Subquery | CTE
#: Row, fence, new state, words, reference, faults, the address a letter went to.
Entry = tuple[int, int, str, str | None, str | None, int, str | None]


def settle(
    session: Session,
    table: Table,
    entries: Sequence[Entry],
    *,
    next_at: datetime | None,
    settled_at: datetime | None,
) -> int:
    """Write down rows that are over, or are tried again at `next_at`; return how many were ours."""
    dialect = session.connection().dialect.name
    values = {**_travelling(dialect, entries), "next": next_at, "settled": settled_at}
    return _settling(table, dialect).each(session, [values])


def hand_back(
    session: Session, table: Table, entries: Sequence[Entry], *, by: str, next_at: datetime
) -> None:
    """Make rows due at `next_at` of which nothing was tried, as if `by` had not claimed them.

    The fence goes back with them. That a repeat of this statement, after an answer that was lost,
    meets nobody else's claim with the same fence is what the name of the claim is for.
    """
    dialect = session.connection().dialect.name
    values = {**_travelling(dialect, entries), "next": next_at, "by": by}
    _handing_back(table, dialect).each(session, [values])


def _travelling(dialect: str, entries: Sequence[Entry]) -> dict[str, object]:
    travelling: dict[str, object] = {"entries": json.dumps(entries)}
    if dialect == "postgresql":
        travelling["ids"] = [entry[0] for entry in entries]
    return travelling


@cache
def _handing_back(table: Table, dialect: str) -> Prepared:
    rows = _rows(table, dialect)
    mine = (
        *_named(table, rows, dialect),
        table.c.claims == rows.c.fence,
        table.c.claimed_by == bindparam("by", type_=String),
        table.c.state == "due",
    )
    values: dict[str, Any] = {
        "claims": table.c.claims - 1,
        "claimed_by": None,
        "next_at": bindparam("next", type_=table.c.next_at.type),
        "last_error": func.coalesce(rows.c.words, table.c.last_error),
    }
    if "faults" in table.c:
        values["faults"] = rows.c.faults
    return Prepared(update(table).where(*mine).values(**values))


@cache
def _settling(table: Table, dialect: str) -> Prepared:
    rows = _rows(table, dialect)
    values: dict[str, Any] = {
        "state": rows.c.state,
        "next_at": bindparam("next", type_=table.c.next_at.type),
        "settled_at": bindparam("settled", type_=table.c.settled_at.type),
        "last_error": rows.c.words,
        "claimed_by": None,
        "attempts": table.c.attempts + 1,
    }
    if "reference" in table.c:
        values["reference"] = func.coalesce(rows.c.reference, table.c.reference)
    if "sent_to" in table.c:
        values["sent_to"] = func.coalesce(rows.c.sent_to, table.c.sent_to)
    if "doubts" in table.c:
        is_doubt = rows.c.words.startswith(DOUBT)
        values["doubts"] = table.c.doubts + case((is_doubt, 1), else_=0)
    if "faults" in table.c:
        values["faults"] = rows.c.faults
    # Only where nobody claimed it again (the fence) and nobody cancelled it meanwhile.
    mine = (
        *_named(table, rows, dialect),
        table.c.claims == rows.c.fence,
        table.c.state == "due",
    )
    return Prepared(update(table).where(*mine).values(**values))


def _named(table: Table, rows: Rows, dialect: str) -> tuple[ColumnElement[bool], ...]:
    same = table.c.id == rows.c.row_id
    if dialect != "postgresql":
        return (same,)
    # Without the ids beside it PostgreSQL, which cannot know how few rows are in the text, reads
    # all of a post's rows for each page of forty.
    ids = bindparam("ids", type_=postgresql.ARRAY(Integer))
    return same, table.c.id == any_(ids)


def _rows(table: Table, dialect: str) -> Rows:
    entries = batches.travelling("entries", 7, dialect=dialect)
    row_id, fence, state, words, reference, faults, sent_to = entries.cells
    # What a table has no column for is not looked for in the text.
    letters = (cast(sent_to, String).label("sent_to"),) if "sent_to" in table.c else ()
    rows = select(
        cast(row_id, BigInteger).label("row_id"),
        cast(fence, BigInteger).label("fence"),
        cast(state, String).label("state"),
        cast(words, String).label("words"),
        cast(reference, String).label("reference"),
        cast(faults, Integer).label("faults"),
        *letters,
    )
    if dialect != "postgresql":  # sqlite3 would take what begins with WITH for a question
        return rows.subquery("settled")
    # Once: else the text is parsed anew for each row of the table and each of its own, 2,000 times
    # for a page of forty.
    return rows.cte("settled").prefix_with("MATERIALIZED")
