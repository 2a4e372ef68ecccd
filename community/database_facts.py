"""What a database is and how safely it writes, for `samband doctor` and the start of a process.

Only looks: it makes no file, no table and no change.
"""

import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from community.engines import engine_for

#: The releases in which SQLite's WAL-reset race is mended; `docs/running.md` tells more.
MENDED_SQLITE = ((3, 51, 3), (3, 50, 7), (3, 44, 6))
SAFE_SYNCHRONOUS_COMMIT = frozenset({"on", "remote_apply", "remote_write", "local"})


class Unreachable(Exception):
    """The database does not answer; the message says why, without the password."""


@dataclass(frozen=True, kw_only=True)
class DatabaseFacts:
    """What was found; the settings are those of a connection that the service would open."""

    #: "sqlite" or "postgresql".
    kind: str
    version: str
    #: False for an SQLite file that is yet to be made.
    exists: bool
    #: The newest migration that ran; None before the first.
    revision: str | None
    #: Free space where the file lies, in bytes; None for PostgreSQL.
    free_bytes: int | None
    #: Each setting with which an acknowledged commit may be lost, as "name=value".
    unsafe: tuple[str, ...]
    #: This SQLite has the WAL-reset race, which our single writer avoids.
    has_wal_reset_race: bool


def facts(url: str) -> DatabaseFacts:
    """Look at the database behind `url`.

    Raises:
        Unreachable: when it does not answer or the file cannot be used.
    """
    parsed = make_url(url)
    on_sqlite = parsed.get_backend_name() == "sqlite"
    path = Path(parsed.database or "") if on_sqlite else None
    if path is not None and not path.exists():
        return _of_no_file(path)
    engine = engine_for(url)
    try:
        with engine.connect() as connection:
            revision = _revision(connection)
            unsafe = _unsafe_sqlite(connection) if on_sqlite else _unsafe_postgres(connection)
            version = ".".join(str(part) for part in connection.dialect.server_version_info or ())
    except sa.exc.DBAPIError as error:
        # The driver's words name host and file; the password is in none of them.
        reason = str(error.orig).strip() or type(error.orig).__name__
        raise Unreachable(reason.splitlines()[0]) from None
    finally:
        engine.dispose()
    return DatabaseFacts(
        kind="sqlite" if on_sqlite else "postgresql",
        version=version,
        exists=True,
        revision=revision,
        free_bytes=None if path is None else shutil.disk_usage(path.parent).free,
        unsafe=unsafe,
        has_wal_reset_race=on_sqlite and has_wal_reset_race(_sqlite_version()),
    )


def has_wal_reset_race(version: tuple[int, int, int]) -> bool:
    """Tell whether this release may lose commits when two connections checkpoint at once."""
    newest = MENDED_SQLITE[0]
    same_series = [mended for mended in MENDED_SQLITE if mended[:2] == version[:2]]
    return version < (same_series[0] if same_series else newest)


def _of_no_file(path: Path) -> DatabaseFacts:
    folder = next(parent for parent in path.absolute().parents if parent.exists())
    version = _sqlite_version()
    return DatabaseFacts(
        kind="sqlite",
        version=".".join(map(str, version)),
        exists=False,
        revision=None,
        free_bytes=shutil.disk_usage(folder).free,
        unsafe=(),
        has_wal_reset_race=has_wal_reset_race(version),
    )


def _revision(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def _unsafe_sqlite(connection: sa.Connection) -> tuple[str, ...]:
    synchronous = connection.exec_driver_sql("PRAGMA synchronous").scalar_one()
    mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
    unsafe = [f"synchronous={synchronous}"] if synchronous < 2 else []
    unsafe += [f"journal_mode={mode}"] if mode != "wal" else []
    return tuple(unsafe)


def _unsafe_postgres(connection: sa.Connection) -> tuple[str, ...]:
    fsync = connection.execute(sa.text("SHOW fsync")).scalar_one()
    commit = connection.execute(sa.text("SHOW synchronous_commit")).scalar_one()
    unsafe = [f"fsync={fsync}"] if fsync != "on" else []
    unsafe += [f"synchronous_commit={commit}"] if commit not in SAFE_SYNCHRONOUS_COMMIT else []
    return tuple(unsafe)


def _sqlite_version() -> tuple[int, int, int]:
    major, minor, patch = sqlite3.sqlite_version_info
    return major, minor, patch
