"""Bring a database to the newest schema: once, however many try, and old or new if killed.

`app` calls `upgrade` at start; the tests make their databases with it. Scripts are in versions/.
"""

import contextlib
import fcntl
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

#: Alembic's word for a database in which no migration has run.
BASE = "base"
SCRIPTS = Path(__file__).parent
BACKUPS_KEPT = 3
#: Any number that no other program on the same PostgreSQL server uses for its advisory locks.
POSTGRES_LOCK = 7_262_263


class NewerSchema(Exception):
    """The database was migrated by a newer version than this; the message says so in one line."""


def config_for(url: str = "", *, scripts: Path = SCRIPTS) -> Config:
    """Make Alembic's configuration for the database at `url`."""
    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = url
    return config


def head(*, scripts: Path = SCRIPTS) -> str:
    """Name the newest revision that this code knows."""
    return ScriptDirectory.from_config(config_for(scripts=scripts)).get_current_head() or BASE


def current(url: str) -> str:
    """Name the revision that the database at `url` has."""
    path = sqlite_path(url)
    if path is not None and not path.exists():  # connecting would create the file
        return BASE
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or BASE


def knows(revision: str, *, scripts: Path = SCRIPTS) -> bool:
    """Tell whether a revision is one of ours; BASE is."""
    known = ScriptDirectory.from_config(config_for(scripts=scripts)).walk_revisions()
    return revision == BASE or any(script.revision == revision for script in known)


def upgrade(url: str, *, scripts: Path = SCRIPTS) -> str:
    """Migrate the database to the newest revision and return its name.

    1. Wait until no other process migrates the same database.
    2. If it already has the newest revision, change nothing.
    3. Copy an SQLite file that has something in it beside itself; the last three copies are kept.
    4. Run all missing scripts in one transaction.

    Raises:
        NewerSchema: when the database has a revision that this version does not know.
    """
    newest = head(scripts=scripts)
    path = sqlite_path(url)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    with _alone(url, path):
        had = current(url)
        if had == newest:
            return newest
        if not knows(had, scripts=scripts):
            raise NewerSchema(
                f"The database has schema {had}, made by a newer version; this one knows {newest}. "
                "Install the newer version, or restore the copy from before its upgrade."
            )
        if path is not None and had != BASE:
            _copy_before(path, newest)
        command.upgrade(config_for(url, scripts=scripts), "head")
    return newest


def downgrade(url: str, revision: str, *, scripts: Path = SCRIPTS) -> None:
    """Take the database back to `revision` ("-1": one step)."""
    with _alone(url, sqlite_path(url)):
        command.downgrade(config_for(url, scripts=scripts), revision)


def sqlite_path(url: str) -> Path | None:
    """Say which file an SQLite URL means; None for other databases and for one in memory."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() != "sqlite" or parsed.database in (None, "", ":memory:"):
        return None
    return Path(str(parsed.database))


@contextlib.contextmanager
def _alone(url: str, path: Path | None) -> Iterator[None]:
    """Hold the lock under which only one process migrates this database."""
    if path is not None:
        # The lock goes with the process, so a killed one blocks nobody.
        with path.with_name(path.name + ".migrating").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        return
    if sa.make_url(url).get_backend_name() == "sqlite":
        yield
        return
    engine = sa.create_engine(url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.select(sa.func.pg_advisory_lock(POSTGRES_LOCK)))
        yield


def _copy_before(path: Path, revision: str) -> None:
    """Copy the file, with what is still in its write-ahead log, and drop the oldest copies."""
    copy = path.with_name(f"{path.name}.before-{revision}")
    unfinished = copy.with_name(copy.name + ".unfinished")
    unfinished.unlink(missing_ok=True)
    with (
        contextlib.closing(sqlite3.connect(path)) as source,
        contextlib.closing(sqlite3.connect(unfinished)) as target,
    ):
        source.backup(target)
    unfinished.chmod(0o600)
    os.replace(unfinished, copy)
    copies = [c for c in path.parent.glob(f"{path.name}.before-*") if c.suffix != ".unfinished"]
    for old in sorted(copies, key=lambda c: c.stat().st_mtime_ns)[:-BACKUPS_KEPT]:
        old.unlink()
