"""The mark: how far the sending has come, in the SQLite database and in a small file beside it.

Each claim of the outbox raises it in its own transaction; after the commit, and before anything is
sent, it is written into the file. A file that is ahead of its database shows that an older database
was put in its place (U3). A crash in between leaves the database ahead, which means nothing.

PostgreSQL has no mark: its processes share no folder, and a mark in the database alone goes back
with the database.
"""

import fcntl
import os
from pathlib import Path
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Mapped, Session, mapped_column

from community.store import Base

OUTBOX: Final = "outbox"
#: So many digits always: the file is written over in place, within one sector.
DIGITS: Final = 20


class Mark(Base):
    """How far something has come that other places keep too."""

    __tablename__ = "mark"

    name: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]


def current(session: Session) -> int:
    """Return the mark of the database; 0 when nothing was sent from it yet."""
    return session.scalar(select(Mark.number).where(Mark.name == OUTBOX)) or 0


def rise(session: Session) -> int | None:
    """Raise the mark by one and return it; None on PostgreSQL."""
    if session.get_bind().dialect.name != "sqlite":
        return None
    new = insert(Mark).values(name=OUTBOX, number=1)
    raised = new.on_conflict_do_update(index_elements=["name"], set_={"number": Mark.number + 1})
    return session.connection().scalar(raised.returning(Mark.number))


def put_up(session: Session, number: int) -> int:
    """Raise the mark of an SQLite database to `number`, if it is lower, and return it."""
    new = insert(Mark).values(name=OUTBOX, number=number)
    higher = {"number": func.max(Mark.number, new.excluded.number)}
    raised = new.on_conflict_do_update(index_elements=["name"], set_=higher)
    return session.connection().scalar(raised.returning(Mark.number)) or 0


def file_of(url: str) -> Path | None:
    """Say which file keeps the mark; None where the database is no file."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or parsed.database in (None, "", ":memory:"):
        return None
    path = Path(str(parsed.database))
    return path.with_name(path.name + ".mark")


def kept(path: Path) -> int | None:
    """Return the mark in the file; None when there is none that can be read."""
    try:
        with path.open("rb") as file:
            return _number(file.read(DIGITS + 1))
    except FileNotFoundError:
        return None


def keep(path: Path, number: int) -> None:
    """Write the mark into the file, unless that is ahead; return when it is on disk.

    Raises:
        OSError: it could not be written.
    """
    is_new = not path.exists()
    place = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(place, fcntl.LOCK_EX)  # letters and posts are claimed side by side
        had = _number(os.pread(place, DIGITS + 1, 0))
        if had is None or had < number:
            os.pwrite(place, b"%0*d\n" % (DIGITS, number), 0)
            os.fsync(place)
    finally:
        os.close(place)
    if is_new:
        _sync_folder(path.parent)


def _number(written: bytes) -> int | None:
    digits = written.strip()
    return int(digits) if len(digits) == DIGITS and digits.isdigit() else None


def _sync_folder(folder: Path) -> None:
    place = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)
