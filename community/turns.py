"""Claims due rows so that no group of them waits behind another: each gets its turn in each claim.

Of fifty posts that go out at once each claim takes a few rows, so that the eleventh reader of a
small list does not wait for the ten thousandth of a large one (D5). Called by the outbox.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    String,
    Subquery,
    Table,
    bindparam,
    cast,
    func,
    lateral,
    select,
    true,
    update,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from community.due import Due
from community.prepared import Prepared

#: For the transaction of a claim. PostgreSQL does not know yet how many rows a new post has: it
#: would sort all that wait, and read the whole table, for each claim of a few hundred.
_BY_INDEX: Final = Prepared(
    select(*(func.set_config(way, "off", True) for way in ("enable_seqscan", "enable_bitmapscan")))
)


@dataclass(frozen=True, kw_only=True)
class Taking:
    """What a claim takes, and for whom."""

    now: datetime
    #: At most so many rows.
    limit: int
    lease: timedelta
    by: str


def claim(
    session: Session, model: type[Due], fields: Sequence[str], taking: Taking
) -> list[tuple[Any, ...]]:
    """Take rows that are due, equally many of each group, and give these fields, in no order.

    A group with less than its share leaves the rest of it to the next claim. Among more groups
    than rows may be taken, those that have waited longest come first.
    """
    dialect, (table, group) = session.connection().dialect.name, _places(model)
    if dialect == "postgresql":
        _BY_INDEX.rows(session)
    firsts = _groups(table, group).rows(session)
    due = sorted((at, number) for number, at in firsts if at <= taking.now)
    if not due:
        return []
    turns = [number for _, number in due[: taking.limit]]
    values = {
        "groups": json.dumps(turns),
        "share": max(1, taking.limit // len(turns)),
        "due": taking.now,
        "lease_end": taking.now + taking.lease,
        "by": taking.by,
    }
    return _taking(table, group, tuple(fields), dialect).rows(session, values)


def first_moment(session: Session, model: type[Due]) -> datetime | None:
    """Return the first moment at which a row may be claimed: two seeks for each group."""
    firsts = _groups(*_places(model)).rows(session)
    return min((first for _, first in firsts), default=None)


def _places(model: type[Due]) -> tuple[Table, str]:
    table: Any = model.__table__  # type: ignore[attr-defined]  # mixed into mapped classes only
    assert model.takes_turns_by is not None  # noqa: S101 - such rows are claimed by due.claim
    return table, model.takes_turns_by


@cache
def _groups(table: Table, group: str) -> Prepared:
    """Select each group that has unsettled rows, with its first moment.

    PostgreSQL and SQLite have no loose index scan; this walks the index from group to group.
    """
    column, next_at = table.c[group], table.c.next_at
    waits = next_at.is_not(None)
    walk = select(func.min(column).label("number")).where(waits).cte("walk", recursive=True)
    following = select(func.min(column)).where(waits, column > walk.c.number).scalar_subquery()
    walk = walk.union_all(select(following).where(walk.c.number.is_not(None)))
    first = select(func.min(next_at)).where(waits, column == walk.c.number)
    at = first.correlate(walk).scalar_subquery()
    firsts = select(walk.c.number, at.label("first")).where(walk.c.number.is_not(None))
    return Prepared(firsts)


@cache
def _taking(table: Table, group: str, fields: tuple[str, ...], dialect: str) -> Prepared:
    """Write the claim.

    A CTE picks the rows, because the planner may run a subquery twice and take more than it may;
    SQLite drops the lock clause, its BEGIN IMMEDIATE excludes others already.
    """
    own = table.alias("own")
    turn, moment = _turn(dialect), table.c.next_at.type
    mine = (
        select(own.c.id)
        .where(
            own.c[group] == turn.c.number,
            own.c.next_at <= bindparam("due", type_=own.c.next_at.type),
        )
        .order_by(own.c.next_at)  # and not by id: PostgreSQL would sort the whole post for that
        .limit(bindparam("share", type_=Integer))
        .with_for_update(skip_locked=True)
        .correlate(turn)
    )
    if dialect == "postgresql":
        theirs = lateral(mine, "theirs")
        picked = select(theirs.c.id).select_from(turn.join(theirs, true())).cte("picked")
    else:  # SQLite knows no LATERAL, but asks an IN anew for each group
        picked = select(table.c.id).join(turn, table.c.id.in_(mine)).cte("picked")
    taken = (
        update(table)
        .where(table.c.id.in_(select(picked.c.id)))
        .values(
            next_at=bindparam("lease_end", type_=moment),
            claims=table.c.claims + 1,
            claimed_by=bindparam("by", type_=String),
        )
        .returning(*(table.c[field] for field in fields))
    )
    return Prepared(taken)


def _turn(dialect: str) -> Subquery:
    """Return the groups whose turn it is, which travel as one JSON text."""
    text = bindparam("groups", type_=String)
    if dialect == "postgresql":
        array = cast(text, postgresql.JSON)
        each = select(
            cast(func.json_array_elements_text(array).column_valued("value"), BigInteger).label(
                "number"
            )
        )
    else:
        value: ColumnElement[int] = func.json_each(text).table_valued("value").c.value
        each = select(value.label("number"))
    return each.subquery("turn")
