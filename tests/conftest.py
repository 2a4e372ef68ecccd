"""Fixtures for all tests: the two databases, the store, a fixed now, and Chromium or a reason."""

import gc
import os
import shutil
import sys
from collections.abc import Callable, Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import structlog
from hypothesis import settings

from tests import postgres
from tests.patience import PatientLoop

if TYPE_CHECKING:
    from community.store import Store

# Whatever the environment says, what was compiled is kept: otherwise each worker, and each process
# that a test starts, would compile all of it anew.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# Databases that live for one test need not wait for a disk; what a disk does is proved elsewhere
# (proofs/power.py, proofs/disks.py), in folders of their own.
MEMORY, ROOM_OCTETS = "/dev/shm", 2 << 30  # noqa: S108 - pytest makes a folder there for us alone
if os.path.isdir(MEMORY) and shutil.disk_usage(MEMORY).free > ROOM_OCTETS:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", MEMORY)

# How long an example takes says something of the machine alone.
# The same examples each time; `--hypothesis-profile=seeking` looks for others, for longer.
settings.register_profile("samband", deadline=None, derandomize=True)
settings.register_profile("seeking", deadline=None, derandomize=False, max_examples=1_000)
settings.load_profile("samband")

IN_CI = os.environ.get("CI") == "true"
DATABASES = ("sqlite", "postgres")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
NO_CHROMIUM = "Chromium is not installed (Debian: apt-get install chromium)"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer to find what asks for rows without saying in which order."""
    words = "let PostgreSQL give rows backwards where nobody asked for an order (with -k postgres)"
    parser.addoption("--backwards", action="store_true", help=words)


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    """Run async tests on asyncio, as the service does, with the patience of a test."""
    return "asyncio", {"loop_factory": PatientLoop}


@pytest.fixture(autouse=True)
def plain_log() -> None:
    """Give each test the log as it is before a command configures it."""
    structlog.reset_defaults()


@pytest.fixture
def now() -> datetime:
    """Give the moment at which tests take place: Monday 1 February 2027, 10:00 in Oslo."""
    return datetime(2027, 2, 1, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def compiled_once() -> None:
    """Let all stores of this process share what SQLAlchemy has compiled: each test opens another.

    A dialect is part of the key under which that is kept, so that they share one of each kind too.
    """
    from sqlalchemy import Connection, Dialect, Engine, event
    from sqlalchemy.util import LRUCache

    dialects: dict[tuple[str, str], Dialect] = {}
    compiled: LRUCache[object, object] = LRUCache(3_000)

    @event.listens_for(Engine, "engine_connect")
    def _share(connection: Connection) -> None:
        own = connection.dialect
        connection.dialect = dialects.setdefault((own.name, own.driver), own)
        connection.execution_options(compiled_cache=compiled)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Postgres]:
    """Start one PostgreSQL for all tests that ask for it."""
    try:
        with postgres.running() as server:
            yield server
    except postgres.NoPostgres as reason:
        missing(str(reason))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory, compiled_once: None) -> Path:
    """Migrate one SQLite file, to be copied for each test."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    migrated(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_migrated(
    request: pytest.FixtureRequest, postgres_server: postgres.Postgres, compiled_once: None
) -> str:
    """Migrate one PostgreSQL database, to be emptied after each test."""
    name = postgres_server.create()
    migrated(postgres_server.url(name))
    if request.config.getoption("--backwards"):
        postgres_server.turn(name)
    return name


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give a fresh, migrated database, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        path = tmp_path / "samband.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server: postgres.Postgres = request.getfixturevalue("postgres_server")
    name: str = request.getfixturevalue("postgres_migrated")
    yield server.url(name)
    server.clear(name)


@pytest.fixture(params=DATABASES)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give a database in which nothing was ever done, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: postgres.Postgres = request.getfixturevalue("postgres_server")
    name = server.create()
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def store(database_url: str) -> Iterator["Store"]:
    """Open the store on a fresh database and close it after the test."""
    from community.store import Store

    opened = Store(database_url)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def chromium() -> str:
    """Say where Chromium is."""
    return CHROMIUM or missing(NO_CHROMIUM)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for garbage in what tests make alone: all that is loaded before them stays."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a browser test where there is no browser; in CI that is a failure."""
    if item.get_closest_marker("browser") and not CHROMIUM:
        missing(NO_CHROMIUM)


def missing(reason: str) -> str:
    """Skip the test for lack of a tool; in CI, fail it."""
    stop: Callable[[str], str] = pytest.fail if IN_CI else pytest.skip
    return stop(reason)


def forbidden(reason: str) -> str:
    """Skip the test for lack of a right, in CI too: a right cannot be installed."""
    return pytest.skip(reason)


def migrated(url: str) -> None:
    """Bring an empty database to the newest schema, by the migrations themselves."""
    import migrations

    migrations.upgrade(url)
