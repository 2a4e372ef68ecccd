"""From the SQLite file to PostgreSQL: all of it, once, and nothing goes out from both."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select, text

import migrations
from app.__main__ import samband
from app.safety import NotSafe, freeze_if_restored, sole_process
from community import freezes, lists, marks, moves, queries, rosters, searches, tables
from community.posts import Post
from community.roster_files import read
from community.store import Session, Store
from sandbox import people
from sandbox.workspace import Workspace
from tests import builders, postgres
from tests.app.conftest import SECRET_KEY, StillClock
from tests.community.test_list_removals import a_life, settle

Run = Callable[..., Result]


@pytest.fixture
def source_url(tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Give a fresh SQLite file, away from any .env file."""
    monkeypatch.chdir(tmp_path)
    shutil.copyfile(sqlite_template, tmp_path / "samband.db")
    return f"sqlite:///{tmp_path / 'samband.db'}"


@pytest.fixture
def target_url(postgres_server: postgres.Postgres) -> Iterator[str]:
    """Give a PostgreSQL database in which nothing was ever done."""
    name = postgres_server.create()
    yield postgres_server.url(name)
    postgres_server.drop(name)


@pytest.fixture
def run(now: datetime) -> Run:
    """Give the command with a database of its own each time."""

    def command(url: str, *arguments: str) -> Result:
        env = {
            "SAMBAND_DATABASE_URL": url,
            "SAMBAND_SECRET_KEY": SECRET_KEY,
            "SAMBAND_DOMAIN": "lists.example.org",
            "SAMBAND_DEFAULT_LANGUAGE": "en",
        }
        return CliRunner().invoke(samband, arguments, env=env, obj=StillClock(now))

    return command


def a_town(store: Store, now: datetime) -> None:
    """Give a database all people of the sandbox, two lists with a life, and something deleted."""
    a_life(store, now)
    settle(store, now)
    reading = read(people.roster(Workspace(StillClock(now))))
    store.run_sync(rosters.bring_in, reading, language="en", by=None, now=now)
    raw = builders.a_mail("priya@example.org", subject="Blåbær", text="Blåbærtur på søndag 🫐")
    builders.a_post(store, 1, raw, now=now)
    store.run_sync(lists.create, "gone@lists.example.org", by=None, now=now)
    store.run_sync(lambda s: s.execute(text("DELETE FROM mailing_list WHERE id = 3")))
    store.run_sync(marks.rise)


def rows(store: Store) -> dict[str, list[str]]:
    """Read every row of every table, but that one was moved."""

    def found(session: Session) -> dict[str, list[str]]:
        return {
            table.name: sorted(str(row) for row in session.execute(select(table)))
            for table in tables.load()
            if table.name != "outbox_freeze"
        }

    return store.read_sync(found)


def test_a_town_moves_whole_and_its_file_starts_no_more(
    source_url: str, target_url: str, run: Run, now: datetime
) -> None:
    with closing(Store(source_url)) as here:
        a_town(here, now)
        marks.keep(Path(source_url.removeprefix("sqlite:///") + ".mark"), 1)
        before = rows(here)

    moved = run(source_url, "db", "move", "--to", target_url)

    assert (moved.exit_code, moved.stderr) == (0, "")
    count = sum(map(len, before.values()))
    assert moved.stdout.startswith(f"{count} rows in ")
    with closing(Store(source_url)) as here, closing(Store(target_url)) as there:
        assert rows(there) == before == rows(here)
        assert not there.read_sync(freezes.is_frozen)
        assert here.read_sync(freezes.is_frozen)
        with pytest.raises(NotSafe, match="has been moved to PostgreSQL"):
            freeze_if_restored(here, now=now)
        freeze_if_restored(there, now=now)
        found = there.read_sync(searches.find, queries.read("blåbærtur"), reader=None, now=now)
        assert found.count == 1
        assert there.run_sync(lists.create, "new@lists.example.org", by=None, now=now).id == 4
        newest = there.read_sync(lambda s: s.scalar(select(func.max(Post.id)))) or 0
        assert builders.a_post(there, 1, builders.a_mail(subject="After"), now=now) == newest + 1
    checked = run(target_url, "check")
    assert checked.exit_code == 0, checked.output
    assert checked.output.endswith("Nothing is lost, nothing is double.\n")


def test_a_move_says_how_far_it_is(source_url: str, target_url: str, now: datetime) -> None:
    migrations.upgrade(target_url)
    with closing(Store(source_url)) as here:
        a_town(here, now)
    heard: list[int] = []

    many = moves.count(source_url)
    counts = moves.move(source_url, target_url, now=now, went_on=heard.append)

    assert sum(counts.values()) == many
    assert (sum(heard), len(heard) > 2) == (2 * many, True)


def test_a_move_begins_anew_and_only_into_an_empty_database_of_this_version(
    source_url: str, target_url: str, run: Run, postgres_server: postgres.Postgres, now: datetime
) -> None:
    with closing(Store(source_url)) as here:
        builders.a_list(here, builders.a_person(here))
    first = run(source_url, "db", "move", "--to", target_url)

    again = run(source_url, "db", "move", "--to", target_url)
    back = run(target_url, "db", "move", "--to", source_url)
    strange = run(source_url, "db", "move", "--to", "mysql://localhost/x")
    with sole_process(source_url):
        served = run(source_url, "db", "move", "--to", target_url)
    name = postgres_server.create()
    anew = run(source_url, "db", "move", "--to", postgres_server.url(name))
    with closing(Store(postgres_server.url(name))) as there:
        counted = there.read_sync(lambda s: len(lists.all_lists(s)))
        is_frozen = there.read_sync(freezes.is_frozen)
        there.run_sync(lambda s: s.execute(text("UPDATE alembic_version SET version_num = '0001'")))
    older = run(source_url, "db", "move", "--to", postgres_server.url(name))
    postgres_server.drop(name)

    assert first.exit_code == anew.exit_code == 0
    assert (counted, is_frozen) == (1, False)
    said = [each.stderr for each in (again, back, strange, served, older)]
    assert [each.exit_code for each in (again, back, strange, served, older)] == [1] * 5
    assert said[0].startswith("The database to move to is not empty (mailing_list")
    assert said[1] == "This moves an SQLite file, and the settings name none.\n"
    assert said[2].startswith("Say where to: postgresql://")
    assert said[3].startswith("Another process already serves")
    assert said[4].startswith(
        f"The database to move to has schema 0001, this version makes {migrations.head()}"
    )


def test_a_copy_from_a_backup_arrives_frozen(
    source_url: str, target_url: str, run: Run, now: datetime
) -> None:
    with closing(Store(source_url)) as here:
        here.run_sync(marks.rise)
    marks.keep(Path(source_url.removeprefix("sqlite:///") + ".mark"), 9)

    assert run(source_url, "db", "move", "--to", target_url).exit_code == 0

    with closing(Store(target_url)) as there:
        frozen = there.read_sync(freezes.current)
        assert frozen is not None
        assert (frozen.why, frozen.since) == (freezes.OLDER, now)
