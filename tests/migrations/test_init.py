"""How migrations run, with scripts of the test's own; test_versions.py tries the real ones."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

import migrations
from migrations import BASE, NewerSchema, current, downgrade, head, upgrade

PARENT_AND_CHILD = """
    op.create_table(
        "parent", sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.Text)
    )
    op.create_table(
        "child",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("parent_id", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["parent.id"], ondelete="CASCADE"),
    )
    op.execute("INSERT INTO parent (id, a) VALUES (1, 'x')")
    op.execute("INSERT INTO child (id, parent_id) VALUES (7, 1)")
"""
ELSEWHERE = """
import pathlib, sys, migrations
print(migrations.upgrade(sys.argv[1], scripts=pathlib.Path(sys.argv[2])))
"""
ALTER_PARENT = """
    with op.batch_alter_table("parent") as table:
        table.alter_column("a", type_=sa.String(20), existing_type=sa.Text)
        table.add_column(sa.Column("b", sa.Integer))
"""


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    """Make a folder for migrations with our environment and no script."""
    folder = tmp_path / "scripts"
    (folder / "versions").mkdir(parents=True)
    for name in ("env.py", "script.py.mako"):
        shutil.copy(migrations.SCRIPTS / name, folder)
    return folder


def write(scripts: Path, number: int, up: str, down: str = "pass") -> None:
    earlier = f"{number - 1:04}" if number > 1 else None
    (scripts / "versions" / f"{number:04}.py").write_text(
        "import os, signal\nimport sqlalchemy as sa\nfrom alembic import op\n"
        f"revision = '{number:04}'\ndown_revision = {earlier!r}\n"
        f"def upgrade():\n    {up.strip()}\n\ndef downgrade():\n    {down.strip()}\n"
    )


def rows(url: str, question: str) -> list[tuple[object, ...]]:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.text(question))]


def tables(url: str) -> set[str]:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        return set(sa.inspect(connection).get_table_names()) - {"alembic_version"}


def upgrade_elsewhere(url: str, scripts: Path) -> "subprocess.Popen[str]":
    """Start an upgrade in another process."""
    return subprocess.Popen(  # noqa: S603 -- our own interpreter and code
        [sys.executable, "-c", ELSEWHERE, url, str(scripts)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=migrations.SCRIPTS.parent,
    )


def test_current_is_base_and_makes_no_file_when_there_is_none(tmp_path: Path) -> None:
    path = tmp_path / "none.db"

    assert current(f"sqlite:///{path}") == BASE
    assert not path.exists()


def test_upgrade_makes_the_folder_of_a_new_file_and_lets_only_its_owner_read_it(
    tmp_path: Path, scripts: Path
) -> None:
    write(scripts, 1, PARENT_AND_CHILD)
    file = tmp_path / "new" / "folder" / "samband.db"
    url = f"sqlite:///{file}"

    assert upgrade(url, scripts=scripts) == "0001"
    assert tables(url) == {"parent", "child"}
    assert file.stat().st_mode & 0o077 == 0


def test_upgrade_changes_nothing_the_second_time(empty_database_url: str, scripts: Path) -> None:
    write(scripts, 1, PARENT_AND_CHILD)

    first, second = (upgrade(empty_database_url, scripts=scripts) for _ in range(2))

    assert (first, second, current(empty_database_url), head(scripts=scripts)) == ("0001",) * 4
    assert rows(empty_database_url, "SELECT id FROM child") == [(7,)]


def test_upgrade_keeps_the_children_when_a_parent_table_is_altered(
    empty_database_url: str, scripts: Path
) -> None:
    write(scripts, 1, PARENT_AND_CHILD)
    upgrade(empty_database_url, scripts=scripts)
    write(scripts, 2, ALTER_PARENT)

    assert upgrade(empty_database_url, scripts=scripts) == "0002"

    assert rows(empty_database_url, "SELECT id, a, b FROM parent") == [(1, "x", None)]
    assert rows(empty_database_url, "SELECT id, parent_id FROM child") == [(7, 1)]


def test_downgrade_goes_back_one_step(empty_database_url: str, scripts: Path) -> None:
    write(scripts, 1, PARENT_AND_CHILD)
    write(
        scripts,
        2,
        "op.create_table('extra', sa.Column('id', sa.Integer))",
        "op.drop_table('extra')",
    )
    upgrade(empty_database_url, scripts=scripts)

    downgrade(empty_database_url, "-1", scripts=scripts)

    assert current(empty_database_url) == "0001"
    assert tables(empty_database_url) == {"parent", "child"}


def test_upgrade_leaves_the_old_schema_when_a_script_fails(
    empty_database_url: str, scripts: Path
) -> None:
    write(scripts, 1, PARENT_AND_CHILD)
    upgrade(empty_database_url, scripts=scripts)
    write(scripts, 2, ALTER_PARENT + "    raise RuntimeError('half way')")

    with pytest.raises(RuntimeError, match="half way"):
        upgrade(empty_database_url, scripts=scripts)

    assert current(empty_database_url) == "0001"
    assert rows(empty_database_url, "SELECT * FROM parent") == [(1, "x")]
    assert tables(empty_database_url) == {"parent", "child"}


def test_u1_upgrade_leaves_the_old_schema_and_starts_again_when_it_was_killed(
    empty_database_url: str, scripts: Path
) -> None:
    write(scripts, 1, PARENT_AND_CHILD)
    upgrade(empty_database_url, scripts=scripts)
    write(scripts, 2, ALTER_PARENT)
    third = ALTER_PARENT.replace('"b"', '"c"')
    write(scripts, 3, third + "    os.kill(os.getpid(), signal.SIGKILL)")

    killed = upgrade_elsewhere(empty_database_url, scripts)
    killed.communicate(timeout=180)
    found = current(empty_database_url), rows(empty_database_url, "SELECT * FROM parent")
    write(scripts, 3, third)
    again = upgrade(empty_database_url, scripts=scripts)

    assert killed.returncode == -9
    assert found == ("0001", [(1, "x")])
    assert again == "0003"
    assert rows(empty_database_url, "SELECT id, a, b, c FROM parent") == [(1, "x", None, None)]
    assert rows(empty_database_url, "SELECT id FROM child") == [(7,)]


def test_upgrade_happens_once_when_two_processes_start_it_together(
    empty_database_url: str, scripts: Path
) -> None:
    write(scripts, 1, PARENT_AND_CHILD)

    both = [upgrade_elsewhere(empty_database_url, scripts) for _ in range(2)]
    said = [process.communicate(timeout=180) for process in both]

    assert [process.returncode for process in both] == [0, 0], said
    assert [output for output, _ in said] == ["0001\n", "0001\n"]
    assert rows(empty_database_url, "SELECT count(*) FROM child") == [(1,)]


def test_upgrade_is_rolled_back_when_sqlite_rows_refer_to_nothing(
    tmp_path: Path, scripts: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'samband.db'}"
    write(scripts, 1, PARENT_AND_CHILD)
    upgrade(url, scripts=scripts)
    write(scripts, 2, "op.execute('DELETE FROM parent')")

    with pytest.raises(Exception, match="1 rows refer to nothing: child -> parent"):
        upgrade(url, scripts=scripts)

    assert current(url) == "0001"
    assert rows(url, "SELECT id FROM parent") == [(1,)]


def test_upgrade_copies_an_sqlite_file_first_and_keeps_three_copies(
    tmp_path: Path, scripts: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'samband.db'}"
    write(scripts, 1, PARENT_AND_CHILD)
    upgrade(url, scripts=scripts)

    for number in range(2, 7):
        write(scripts, number, f"op.execute('UPDATE parent SET a = {number}')")  # noqa: S608
        upgrade(url, scripts=scripts)
        for age, copy in enumerate(sorted(tmp_path.glob("samband.db.before-*"))):
            os.utime(copy, (age, age))

    copies = sorted(path.name for path in tmp_path.glob("*.before-*"))
    assert copies == ["samband.db.before-0004", "samband.db.before-0005", "samband.db.before-0006"]
    kept = f"sqlite:///{tmp_path / copies[-1]}"
    assert (current(kept), rows(kept, "SELECT a FROM parent")) == ("0005", [("5",)])


def test_upgrade_refuses_a_database_of_a_newer_version(
    empty_database_url: str, scripts: Path
) -> None:
    write(scripts, 1, PARENT_AND_CHILD)
    write(scripts, 2, ALTER_PARENT)
    upgrade(empty_database_url, scripts=scripts)
    (scripts / "versions" / "0002.py").unlink()

    with pytest.raises(NewerSchema, match=r"has schema 0002, .* this one knows 0001\."):
        upgrade(empty_database_url, scripts=scripts)

    assert current(empty_database_url) == "0002"


def test_upgrade_makes_no_copy_of_a_new_file(tmp_path: Path, scripts: Path) -> None:
    write(scripts, 1, PARENT_AND_CHILD)

    upgrade(f"sqlite:///{tmp_path / 'samband.db'}", scripts=scripts)

    assert list(tmp_path.glob("*.before-*")) == []
