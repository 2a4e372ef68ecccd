"""Bring a database to the newest schema: once, however many try, and old or new if killed.

`app` calls `upgrade` at start; the tests make their databases with it. Scripts are in versions/,
each named by its revision. Alembic runs them (`running.py`); it is loaded only when there is one to
run, as most starts need none and it is a twelfth of the memory.
"""

import contextlib
import fcntl
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

#: Alembic's word for a database in which no migration has run.
BASE = "base"
#: Alembic's table with the revision of the database.
NOTED_IN = "alembic_version"
SCRIPTS = Path(__file__).parent
BACKUPS_KEPT = 3
#: Any number that no other program on the same PostgreSQL server uses for its advisory locks.
POSTGRES_LOCK = 7_262_263


class NewerSchema(Exception):
    """The database was migrated by a newer version than this; the message says so in one line."""


def head(*, scripts: Path = SCRIPTS) -> str:
    """Name the newest revision that this code knows."""
    return max(_revisions(scripts), default=BASE)


def knows(revision: str, *, scripts: Path = SCRIPTS) -> bool:
    """Tell whether a revision is one of ours; BASE is."""
    return revision in {BASE, *_revisions(scripts)}


def _revisions(scripts: Path) -> set[str]:
    names = (path.stem for path in (scripts / "versions").glob("[0-9]*.py"))
    return {name.partition("_")[0] for name in names}


def current(url: str) -> str:
    """Name the revision that the database at `url` has."""
    path = sqlite_path(url)
    if path is not None and not path.exists():  # connecting would create the file
        return BASE
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table(NOTED_IN):
            return BASE
        query = sa.text(f"SELECT version_num FROM {NOTED_IN}")  # noqa: S608 - a constant
        return connection.scalar(query) or BASE


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
        path.touch(mode=0o600)  # people's data: for its owner alone, as what is beside it
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
        from migrations import running

        running.upgrade(url, scripts=scripts)
    return newest


def downgrade(url: str, revision: str, *, scripts: Path = SCRIPTS) -> None:
    """Take the database back to `revision` ("-1": one step)."""
    from migrations import running

    with _alone(url, sqlite_path(url)):
        running.downgrade(url, revision, scripts=scripts)


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
