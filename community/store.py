"""The one door to the database: opens a session, runs one act in one transaction, commits.

Doors call `await store.run(act, ...)`; nothing else begins or commits. SQLite gets ONE writing
connection (WAL, synchronous=FULL, BEGIN IMMEDIATE) that also does every checkpoint, with readers
beside it, and acts that wait for it go together (`commits.py`); PostgreSQL gets a pool and
coordinates any number of processes by itself.
"""

import asyncio
import copy
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import (
    DateTime,
    Dialect,
    Engine,
    MetaData,
    Table,
    TypeDecorator,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import (
    IntegrityError,
    InterfaceError,
    NoResultFound,
    OperationalError,
)
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.orm import Session as Session

from community.calendar import Calendar
from community.commits import Commits, Done
from community.engines import READERS, WRITERS, engine_for

P = ParamSpec("P")
T = TypeVar("T")

#: What is raised while the database is away; the same call may succeed when it is back.
DATABASE_AWAY = (OperationalError, InterfaceError)
#: What an act raises when there is no row with the id that it was given.
NotThere = NoResultFound

#: SQLSTATE of what another act has brought about that went on at the same moment: a deadlock, a
#: serialization failure, a row that both have made, a row that is gone to which one refers.
LOST_RACES = ("40P01", "40001", "23505", "23503")
MOST_ATTEMPTS = 5


def is_away(error: BaseException) -> bool:
    """Say whether the database could not answer: gone, locked or full; nothing of ours to mend.

    SQLite calls a statement that is wrong by the same name as these, which is a bug.
    """
    if not isinstance(error, DATABASE_AWAY):
        return False
    return getattr(error.orig, "sqlite_errorcode", None) != sqlite3.SQLITE_ERROR


class Moment(TypeDecorator[datetime]):
    """An aware UTC moment; SQLite would give it back naive, and naive moments are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store `value` as UTC, or raise ValueError when it has no zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware UTC moment on every database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The stored classes; they are the domain classes too."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: Moment}  # noqa: RUF012 - SQLAlchemy reads it from the class

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Never give an id a second time on SQLite: links in old mails carry ids."""
        super().__init_subclass__(**kwargs)
        table = cls.__dict__.get("__table__")
        if isinstance(table, Table) and "id" in table.primary_key:
            table.dialect_options["sqlite"]["autoincrement"] = True


class Store:
    """The database behind `url`, ready for acts (`run`) and questions (`read`)."""

    def __init__(
        self, url: str, calendar: Calendar | None = None, *, checkpoints: bool = True
    ) -> None:
        """Open the database; with `checkpoints` off, leave those of SQLite to the service."""
        self.url = url
        #: The house's working days and hours; acts find it by `calendar_of(session)`.
        self.calendar = calendar or Calendar()
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        #: What acts find of where they were asked for: the door, and the message that was pressed.
        self._from: dict[str, str] = {}
        self._committed: list[Callable[[], None]] = []
        self._info = {"calendar": self.calendar}
        self._one_writer = threading.Lock() if self.is_sqlite else None
        self._commits: Commits | None = None
        self._writer = engine_for(url, checkpoints=checkpoints)
        self._reader = engine_for(url, writing=False)
        if self.is_sqlite:
            self._commits = Commits(self._writer, self._info, turn=self._turn, alone=self._write)
        # Threads come up as they are needed; those that write are PostgreSQL's alone.
        self._write_threads = ThreadPoolExecutor(WRITERS, "store-write")
        self._read_threads = ThreadPoolExecutor(READERS, "store-read")

    async def run(
        self, act: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run one act in one transaction in a worker thread; return after the commit."""

        def done(session: Session) -> T:
            session.info |= self._from
            return _called(act, session, *args, **kwargs)

        if self._commits is not None:
            result, has_put = await self._commits.run(done)
        else:
            loop = asyncio.get_running_loop()
            result, has_put = await loop.run_in_executor(self._write_threads, self._write, done)
        if has_put:
            for call in self._committed:
                call()
        return result

    async def read(
        self, question: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Answer one question from a consistent snapshot in a worker thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._read_threads, lambda: self.read_sync(question, *args, **kwargs)
        )

    def run_sync(
        self, act: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Do what `run` does, for the command line and the tests, which have no loop."""

        def done(session: Session) -> T:
            session.info |= self._from
            return _called(act, session, *args, **kwargs)

        return self._write(done)[0]

    def read_sync(
        self, question: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Do what `read` does, for the command line and the tests."""
        # At its end COMMIT: at a ROLLBACK psycopg lets go of all statements it has prepared.
        with self._session(self._reader) as session, session.begin():
            return _called(question, session, *args, **kwargs)

    def door(self, name: str) -> "Store":
        """Return the same store as one door sees it: what it changes has its name in the journal.

        `slack`, `mail`, `web`, `time` or `command`. Only the store it was made from is closed.
        """
        view = copy.copy(self)
        view._from = self._from | {"door": name}
        return view

    def at(self, message: str) -> "Store":
        """Return the same store for what is pressed on a message, which its door shows anew."""
        view = copy.copy(self)
        view._from = self._from | {"message": message}
        return view

    def after_commit(self, call: Callable[[], None]) -> None:
        """Have `call` called in the loop after each `run` that put something due."""
        self._committed.append(call)

    def close(self) -> None:
        """Let go of all threads and connections."""
        if self._commits is not None:
            self._commits.close()
        self._write_threads.shutdown()
        self._read_threads.shutdown()
        self._reader.dispose()
        self._writer.dispose()

    def _write(self, act: Callable[[Session], T]) -> Done[T]:
        """Run an act in one transaction; whoever loses a race on PostgreSQL begins anew.

        An act is a function of the database and its arguments, so that doing it again is safe; and
        the second time it sees what the other has done: who presses twice has pressed once.
        """
        for attempt in count(1):
            try:
                with self._turn(), self._session(self._writer) as session:
                    with session.begin():
                        result = act(session)
                    return result, "put" in session.info
            except (OperationalError, IntegrityError) as error:
                sqlstate = getattr(error.orig, "sqlstate", None)
                if sqlstate not in LOST_RACES or attempt == MOST_ATTEMPTS:
                    raise
        raise AssertionError("unreachable")

    def _session(self, engine: Engine) -> Session:
        return Session(engine, expire_on_commit=False, info=dict(self._info))

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait for the one SQLite writer; SQLite's own waiting is unfair."""
        if self._one_writer is None:
            yield
            return
        with self._one_writer:
            yield


def _called(
    act: Callable[Concatenate[Session, P], T], session: Session, *args: P.args, **kwargs: P.kwargs
) -> T:
    try:
        return act(session, *args, **kwargs)
    except StopIteration as stop:
        # A bug like others; but no future can carry it, and whoever waits would wait for ever.
        raise RuntimeError("an act raised StopIteration") from stop


def calendar_of(session: Session) -> Calendar:
    """Return the calendar of the house whose store opened this session."""
    calendar = session.info["calendar"]
    assert isinstance(calendar, Calendar)  # noqa: S101 - for the type checker
    return calendar


def door_of(session: Session) -> str:
    """Return the door whose act this is, or "" where nobody said."""
    return str(session.info.get("door", ""))


def message_of(session: Session) -> str:
    """Return the message that was pressed, or "" where none was."""
    return str(session.info.get("message", ""))
