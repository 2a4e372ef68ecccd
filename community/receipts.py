"""What came in from outside and has had its effect: the second time, nothing happens.

Chat platforms send the same press or form again after a lost answer, and a recorded request can be
replayed (M4). The door names each by the id that the platform gave it; the row stands in the
transaction of the act itself, so that a refused or failed act may be tried again.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from community.store import Base

P = ParamSpec("P")
T = TypeVar("T")

#: Signatures are good for five minutes; a platform's own repetition ends within a day.
KEPT_FOR = timedelta(days=3)


class Repeated(Exception):
    """It came in before and has had its effect; a door does nothing more about it."""


class Receipt(Base):
    """One thing that came in and was acted on."""

    __tablename__ = "receipt"

    #: Which door and which id: `slack:V0123`.
    key: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)


def once(session: Session, key: str, now: datetime) -> bool:
    """Say whether this is the first time; two at the same moment are told apart too."""
    table: Any = Receipt.__table__
    make = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = make(table).values(key=key, at=now).on_conflict_do_nothing().returning(table.c.key)
    return session.scalar(row) is not None


def act_once(
    session: Session,
    key: str,
    act: Callable[Concatenate[Session, P], T],
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Do one act for one thing that came in.

    Raises:
        Repeated: it was done before; nothing happens.
    """
    now = kwargs["now"]
    assert isinstance(now, datetime)  # noqa: S101 - every act takes the moment
    if not once(session, key, now):
        raise Repeated
    return act(session, *args, **kwargs)


def forget_old(session: Session, *, now: datetime) -> int:
    """Forget what can no longer come again; return how many."""
    gone = delete(Receipt).where(Receipt.at < now - KEPT_FOR).returning(Receipt.key)
    return len(session.scalars(gone).all())
