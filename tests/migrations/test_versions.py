"""The real scripts lead to what the classes want, and back."""

import re
from pathlib import Path

import sqlalchemy as sa
from alembic.script import ScriptDirectory

import migrations
from community import tables
from migrations.__main__ import check
from migrations.running import config_for


def test_classes_and_migrations_agree(empty_database_url: str) -> None:
    assert check(empty_database_url) == ""


def test_no_id_is_given_again_on_sqlite_whatever_scripts_have_rebuilt(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'samband.db'}"
    migrations.upgrade(url)
    migrations.downgrade(url, "0046")
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    erased = (
        "INSERT INTO journal (noun, object_id, event, door, at)"
        " VALUES ('person', 41, 'erase', '', '2027-01-04')"
    )
    with engine.begin() as connection:
        connection.exec_driver_sql(erased)
    migrations.upgrade(url)

    with engine.begin() as connection:
        rows = connection.exec_driver_sql(
            "SELECT name, sql FROM sqlite_master WHERE type = 'table'"
        )
        made = {name: sql for name, sql in rows}  # noqa: C416 - dict() wants tuples
        added = connection.exec_driver_sql(
            "INSERT INTO person (name, state, language, department, faculty, campus, joined_at)"
            " VALUES ('', 'active', 'en', '', '', '', '2027-01-04') RETURNING id"
        ).scalar()
    reused = [
        table.name
        for table in tables.load()
        if "id" in table.primary_key and "AUTOINCREMENT" not in made[table.name]
    ]
    assert (reused, added) == ([], 42)


def test_check_sees_a_changed_condition_that_alembic_does_not(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'samband.db'}"
    migrations.upgrade(url)
    partial = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql LIKE '% WHERE %'"
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        name, index = connection.execute(sa.text(partial)).first() or ("", "")
        connection.exec_driver_sql(f'DROP INDEX "{name}"')
        connection.exec_driver_sql(index.partition(" WHERE ")[0] + " WHERE 1 = 1")

    difference = check(url)

    assert f"New in the classes: {' '.join(index.split())}" in difference
    assert f"{name}" in difference.splitlines()[-1]
    assert difference.splitlines()[-1].startswith("Only in the migrations: ")


def test_the_newest_script_can_be_taken_back_and_run_again(empty_database_url: str) -> None:
    newest = migrations.upgrade(empty_database_url)

    migrations.downgrade(empty_database_url, "-1")
    before = migrations.current(empty_database_url)

    assert before != newest
    assert migrations.upgrade(empty_database_url) == newest


def test_each_script_is_named_by_its_revision_and_they_are_one_line() -> None:
    config = config_for("", scripts=migrations.SCRIPTS)
    line = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]

    names = sorted(path.name for path in (migrations.SCRIPTS / "versions").glob("*.py"))
    assert [name.partition("_")[0] for name in names] == line[::-1]
    assert migrations.head() == line[0]
    assert [migrations.knows(revision) for revision in (*line, "base", "9999")] == [
        *(True for _ in line),
        *(True, False),
    ]


def test_scripts_never_import_the_classes() -> None:
    pattern = re.compile(r"^\s*(from|import)\s+(community|app|config)\b", re.MULTILINE)

    guilty = [
        path.name
        for path in sorted((migrations.SCRIPTS / "versions").glob("*.py"))
        if pattern.search(path.read_text("utf-8"))
    ]

    assert guilty == []
