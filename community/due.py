"""Rows that are due at a moment, and the statements that make "once" true.

A *step* (`steps.py`) has its whole effect in our database: it is locked, acted on and settled in
one transaction. A *send* (`outbox.py`) has its effect outside: it is claimed with a lease, tried,
and settled with a fence. Both are `Due` rows, put by `insertions.py`; any number of processes may
claim them.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, NamedTuple, TypeVar

from sqlalchemy import CheckConstraint, Index, Update, literal_column, select, text, update
from sqlalchemy.orm import Mapped, Session, declared_attr, mapped_column
from sqlalchemy.schema import SchemaItem
from sqlalchemy.sql.elements import ColumnElement

from community import settling

FIRST_RETRY = timedelta(seconds=30)
LONGEST_RETRY = timedelta(hours=4)
#: After this a send that never succeeded is given up, by age and not by count (RFC 5321 §4.5.4.1).
GIVE_UP_AFTER = timedelta(days=5)
#: So often in a row a try may end in a bug, or with the process; then it is set aside (D6).
MOST_FAULTS = 3


class Work(StrEnum):
    """What has become of a due row."""

    DUE = "due"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Due:
    """The columns of work; mixed into every table whose rows come due."""

    #: The column of whose values each gets its turn in a claim (`turns.py`); None: first come.
    takes_turns_by: ClassVar[str | None] = None

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Readable and unique: the second attempt to put the same thing changes nothing.
    key: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(default=Work.DUE)
    #: When it was meant to happen.
    due_at: Mapped[datetime]
    #: When it may next be claimed, or when the running lease ends; empty once settled.
    next_at: Mapped[datetime | None]
    #: The fence: counts claims, so that a worker that lost its lease settles nothing.
    claims: Mapped[int] = mapped_column(default=0)
    #: How often it was really tried; `claims > attempts` marks a row in doubt.
    attempts: Mapped[int] = mapped_column(default=0)
    #: Who holds the running lease; each claim has a name of its own.
    claimed_by: Mapped[str | None]
    last_error: Mapped[str | None]
    settled_at: Mapped[datetime | None]

    @declared_attr.directive
    def __table_args__(cls) -> tuple[SchemaItem, ...]:  # noqa: N805 - SQLAlchemy hands the class
        name = cls.__tablename__  # type: ignore[attr-defined]  # every table class has it
        waiting, failed = text("next_at IS NOT NULL"), text("state = 'failed'")
        columns = ("next_at",) if cls.takes_turns_by is None else (cls.takes_turns_by, "next_at")
        index = f"ix_{name}_{'_'.join(columns)}"
        return (
            Index(index, *columns, postgresql_where=waiting, sqlite_where=waiting),
            # Few fail, and coordinators' Home tabs ask which.
            Index(f"ix_{name}_failed", "id", postgresql_where=failed, sqlite_where=failed),
            CheckConstraint("state IN ('due', 'done', 'failed', 'cancelled')", name="state"),
            CheckConstraint("(state = 'due') = (next_at IS NOT NULL)", name="settled"),
        )


Row = TypeVar("Row", bound=Due)


def has_failed(model: type[Due]) -> ColumnElement[bool]:
    """Say that a row failed, in the words of the index."""
    return model.state == literal_column("'failed'")


class Outcome(NamedTuple):
    """What came of one claimed row."""

    row_id: int
    #: The value of `claims` when it was claimed.
    fence: int
    state: Work
    #: Why it failed or waits; the far side's answer when it is done.
    words: str | None = None
    #: With `Work.DUE`: when to try again.
    again_at: datetime | None = None
    #: What identifies the thing at the far side (Slack channel:ts).
    reference: str | None = None
    #: By whom a row was claimed that is given back as it was, because nothing was tried.
    unused_by: str | None = None
    #: How many tries in a row have ended in a bug by now.
    faults: int = 0
    #: The address that a letter was sent to, if it was.
    sent_to: str | None = None


def claim(
    session: Session,
    model: type[Row],
    *,
    now: datetime,
    limit: int,
    lease: timedelta,
    by: str,
    where: Sequence[ColumnElement[bool]] = (),
) -> list[Row]:
    """Take up to `limit` due rows for `lease`; nobody else gets them meanwhile."""
    taken = _taking(model, update(model), now=now, limit=limit, lease=lease, by=by, where=where)
    taken = taken.execution_options(synchronize_session=False)
    rows = list(session.scalars(taken.returning(model)))
    return sorted(rows, key=lambda row: (row.due_at, row.id))


def _taking(
    model: type[Due],
    statement: Update,
    *,
    now: datetime,
    limit: int,
    lease: timedelta,
    by: str,
    where: Sequence[ColumnElement[bool]] = (),
) -> Update:
    """Write the claim.

    A CTE picks the rows, because the planner may run a subquery twice and take more than `limit`;
    SQLite drops the lock clause, its BEGIN IMMEDIATE excludes others already.
    """
    table: Any = model.__table__  # type: ignore[attr-defined]  # mixed into mapped classes only
    picked = (
        select(table.c.id)
        .where(table.c.next_at <= now, *where)
        .order_by(table.c.next_at)  # and not by id: PostgreSQL would sort all that wait for that
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("picked")
    )
    return statement.where(table.c.id.in_(select(picked.c.id))).values(
        next_at=now + lease, claims=table.c.claims + 1, claimed_by=by
    )


def settle(
    session: Session, model: type[Row], outcomes: Iterable[Outcome], *, now: datetime
) -> int:
    """Write down what came of claimed rows; return how many were still ours to settle.

    A row that was claimed again (other fence) or cancelled meanwhile is left as it is.
    """
    table: Any = model.__table__  # type: ignore[attr-defined]  # mixed into mapped classes only
    together: dict[datetime | None, list[settling.Entry]] = {}
    unused: dict[tuple[str, datetime], list[settling.Entry]] = {}
    for outcome in outcomes:
        again_at = outcome.again_at if outcome.state is Work.DUE else None
        entry = (
            outcome.row_id,
            outcome.fence,
            outcome.state,
            outcome.words,
            outcome.reference,
            outcome.faults,
            outcome.sent_to,
        )
        if outcome.unused_by is not None:
            unused.setdefault((outcome.unused_by, again_at or now), []).append(entry)
        else:
            together.setdefault(again_at, []).append(entry)
    for (by, at), entries in unused.items():
        settling.hand_back(session, table, entries, by=by, next_at=at)
    return sum(
        settling.settle(session, table, entries, next_at=at, settled_at=None if at else now)
        for at, entries in together.items()
    )


def cancel(
    session: Session, model: type[Row], *where: ColumnElement[bool], now: datetime, why: str
) -> int:
    """Cancel the rows that are still due, also those that are being tried; return how many."""
    return _end(session, model, *where, state=Work.CANCELLED, now=now, why=why)


def fail(
    session: Session, model: type[Row], *where: ColumnElement[bool], now: datetime, why: str
) -> int:
    """Set aside the rows that are still due, also those that are being tried; return how many."""
    return _end(session, model, *where, state=Work.FAILED, now=now, why=why)


def drop(session: Session, model: type[Row], *where: ColumnElement[bool], now: datetime) -> int:
    """Cancel rows that have failed; their reasons stay. Return how many."""
    statement = update(model).where(model.state == Work.FAILED, *where)
    dropped = statement.values(state=Work.CANCELLED, next_at=None, settled_at=now)
    return _count(session, dropped)


def try_again(
    session: Session, model: type[Row], *where: ColumnElement[bool], now: datetime
) -> int:
    """Make rows that have failed claimable at once, as if they were new; return how many."""
    statement = update(model).where(model.state == Work.FAILED, *where)
    again: dict[str, object] = {"state": Work.DUE, "next_at": now, "settled_at": None}
    if "faults" in model.__table__.c:  # type: ignore[attr-defined]  # mixed into mapped classes only
        again["faults"] = 0
    return _count(session, statement.values(**again))


def do_again(session: Session, model: type[Row], *where: ColumnElement[bool], now: datetime) -> int:
    """Make rows that are done due at once, as what they said has changed; return how many."""
    statement = update(model).where(model.state == Work.DONE, *where)
    again = statement.values(state=Work.DUE, due_at=now, next_at=now, settled_at=None)
    count = _count(session, again)
    if count:
        session.info["put"] = True  # the store wakes who waits for due rows
    return count


def _count(session: Session, statement: Update) -> int:
    unheard = statement.execution_options(synchronize_session=False)
    return int(session.execute(unheard).rowcount)  # type: ignore[attr-defined]  # an UPDATE has it


def _end(
    session: Session,
    model: type[Row],
    *where: ColumnElement[bool],
    state: Work,
    now: datetime,
    why: str,
) -> int:
    statement = (
        update(model)
        .where(model.state == Work.DUE, *where)
        .values(state=state, next_at=None, settled_at=now, last_error=why, claimed_by=None)
        .execution_options(synchronize_session=False)
    )
    return int(session.execute(statement).rowcount)  # type: ignore[attr-defined]  # an UPDATE has it


def give_back(session: Session, model: type[Row], *, now: datetime) -> int:
    """Make every leased row claimable at once: a lone process starts and knows it is alone."""
    statement = (
        update(model)
        .where(model.next_at > now, model.claimed_by.is_not(None))
        .values(next_at=now, claimed_by=None)
        .execution_options(synchronize_session=False)
    )
    return int(session.execute(statement).rowcount)  # type: ignore[attr-defined]  # an UPDATE has it


def retry_at(now: datetime, *, attempts: int, row_id: int, retry_after: int | None) -> datetime:
    """Say when to try again: 30 s doubled per attempt, up to 4 h, give or take 20 %.

    The jitter comes from the row, so it is the same wherever it is computed. `retry_after`
    (seconds, from the far side) wins.
    """
    if retry_after is not None:
        return now + timedelta(seconds=retry_after)
    wait: timedelta = min(FIRST_RETRY * 2 ** min(attempts, 20), LONGEST_RETRY)
    jitter = 0.8 + 0.4 * ((row_id * 2654435761 + attempts * 40503) % 1000) / 1000
    return now + wait * jitter
