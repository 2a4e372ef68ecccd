"""The connections to the database, with the settings that our promises rest on.

Those that read can do nothing else: what a question would change by mistake is refused.
"""

import select
import sqlite3
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DisconnectionError

#: Questions that are answered at once.
READERS = 4
#: Acts that go on at once on PostgreSQL.
WRITERS = 5
#: So long SQLite's file may be somebody else's before an act gives up: a mail server that waits is
#: answered "later" within ten seconds.
BUSY_SECONDS = 8


def engine_for(url: str, *, writing: bool = True, checkpoints: bool = True) -> Engine:
    """Build the engine of those that write, or of those that read.

    SQLite: WAL with synchronous=FULL (NORMAL lost acknowledged commits in 744 of 1,488 power cuts),
    and checkpoints by the writing connection alone, which avoids the WAL-reset race of SQLite
    before 3.51.3. PostgreSQL: as configured by the site; acts READ COMMITTED, a question sees one
    moment (REPEATABLE READ), as it does on SQLite.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return _postgres(parsed, writing=writing)
    engine = create_engine(
        parsed,
        pool_size=1 if writing else READERS,
        max_overflow=0,
        hide_parameters=True,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
    )
    begin = "BEGIN IMMEDIATE" if writing else "BEGIN"

    @event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA secure_delete=ON")  # what is erased is gone from the file too
        pages = 1000 if writing and checkpoints else 0
        connection.execute(f"PRAGMA wal_autocheckpoint={pages}")
        connection.execute(f"PRAGMA query_only={'OFF' if writing else 'ON'}")

    def _begin(connection: Any) -> None:
        connection.cursor().execute(begin)

    # Not by an event: one that is listened for has every statement look for listeners, four times.
    engine.dialect.do_begin = _begin  # type: ignore[assignment]  # left open to us
    return engine


def _postgres(url: URL, *, writing: bool) -> Engine:
    options = "-c timezone=utc"
    if not writing:
        options += r" -c default_transaction_read_only=on"
        options += r" -c default_transaction_isolation=repeatable\ read"
        # Planned for its values each time: one word is rare, another stands in every post.
        options += " -c plan_cache_mode=force_custom_plan"
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=WRITERS if writing else READERS,
        hide_parameters=True,  # an error is logged; what people wrote is not
        connect_args={"options": options},
    )

    @event.listens_for(engine, "checkout")
    def _leave_no_dead(connection: Any, *_: object) -> None:
        # A server that ended a connection has said so on the wire, where nothing stands otherwise.
        # To ask it each time (pool_pre_ping) is half of what an idle service asks.
        wire = select.poll()
        wire.register(connection.fileno(), select.POLLIN)
        if wire.poll(0):
            raise DisconnectionError

    return engine
