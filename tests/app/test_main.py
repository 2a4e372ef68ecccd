import json
import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from sqlalchemy import text

import migrations
from app.__main__ import samband
from community.store import Session, Store
from tests.app.conftest import SECRET_KEY, Command
from tests.builders import a_list, a_mail, a_moderator, a_person, a_post

COMMANDS = (
    *("serve", "demo", "doctor", "db upgrade", "held", "decide", "due", "outbox", "outbox retry"),
    *("list create", "list show", "list policy", "list subscribe"),
    *("people import", "people add", "people show", "people export", "people erase"),
)
READING = ("doctor", "held", "due", "outbox", "list show", "list policy", "people show")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    result = CliRunner().invoke(samband, [*name.split(), "--help"], prog_name="samband")

    assert result.exit_code == 0
    assert result.output.startswith(f"Usage: samband {name.split()[0]}")


def test_the_command_knows_its_version() -> None:
    result = CliRunner().invoke(samband, ["--version"], prog_name="samband")

    assert re.fullmatch(r"samband \d+\.\d+\.\d+\n", result.output)


@pytest.mark.parametrize("name", [*READING, "people export"])
def test_every_reading_command_has_json(name: str) -> None:
    result = CliRunner().invoke(samband, [*name.split(), "--help"], prog_name="samband")

    assert "--json" in result.output


@pytest.mark.parametrize(
    "arguments",
    [
        ["dance"],
        ["decide", "x", "accept", "--by", "a@b.no"],
        ["decide", "1", "dance", "--by", "a@b.no"],
        ["decide", "1", "accept"],
        ["serve", "--roles", "web,dance"],
        ["people", "import", "there-is-no-such-file.csv"],
        ["outbox", "retry"],
        ["list", "subscribe", "postdocs@lists.example.org"],
        ["list", "subscribe", "postdocs@lists.example.org", "a@b.no", "--all"],
    ],
)
def test_wrong_usage_ends_with_2(arguments: list[str]) -> None:
    result = CliRunner().invoke(samband, arguments, prog_name="samband")

    assert result.exit_code == 2
    assert "Usage: samband" in result.stderr


def test_wrong_settings_end_with_a_line_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    environ = {"SAMBAND_SECRET_KEY": SECRET_KEY, "SAMBAND_TIMEZONE": "Oslo", "SAMBAND_DOMAIN": "-"}

    result = CliRunner().invoke(samband, ["due"], env=environ)

    assert result.exit_code == 1
    lines = result.stderr.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["SAMBAND_DOMAIN", "SAMBAND_TIMEZONE"]


def test_a_command_on_an_old_schema_says_what_to_do(
    empty_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = migrations.sqlite_path(empty_database_url)
    if path is not None:
        path.touch()
    environ = {"SAMBAND_DATABASE_URL": empty_database_url, "SAMBAND_SECRET_KEY": SECRET_KEY}

    before = CliRunner().invoke(samband, ["due"], env=environ)
    upgraded = CliRunner().invoke(samband, ["db", "upgrade"], env=environ)
    after = CliRunner().invoke(samband, ["due"], env=environ)

    words = "The database is not ready for this version. Run: samband db upgrade\n"
    assert (before.exit_code, before.stderr) == (1, words)
    assert upgraded.output == f"The database is at schema {migrations.head()}.\n"
    assert (after.exit_code, after.output) == (0, "Nothing is due.\n")


def test_a_command_in_another_folder_makes_nothing_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    looked = CliRunner().invoke(samband, ["due"])
    left = list(tmp_path.iterdir())
    made = CliRunner().invoke(samband, ["db", "upgrade"])

    words = (
        f"There is no database here: {tmp_path}/var/samband.db. Is this the folder of the service? "
        "A new one is made by its first start, or by: samband db upgrade\n"
    )
    assert (looked.exit_code, looked.stderr, left) == (1, words, [])
    assert (made.exit_code, Path("var/secret-key").exists()) == (0, True)


def test_a_command_on_a_newer_schema_does_not_say_upgrade(
    empty_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    migrations.upgrade(empty_database_url)
    engine = sa.create_engine(empty_database_url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    environ = {"SAMBAND_DATABASE_URL": empty_database_url, "SAMBAND_SECRET_KEY": SECRET_KEY}

    result = CliRunner().invoke(samband, ["due"], env=environ)

    words = (
        "The database was made by a newer version. Install that one again, or restore the copy "
        "from before its upgrade.\n"
    )
    assert (result.exit_code, result.stderr) == (1, words)


def test_a_database_that_is_away_ends_with_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    url = f"postgresql://nobody@/none?host={tmp_path}"

    result = CliRunner().invoke(
        samband, ["due"], env={"SAMBAND_DATABASE_URL": url, "SAMBAND_SECRET_KEY": SECRET_KEY}
    )

    assert result.exit_code == 1
    assert result.stderr.startswith("The database does not answer: ")
    assert result.stderr.endswith("“samband doctor” says more.\n")


def test_a_bug_ends_with_a_reference_that_the_log_has(command: Command, store: Store) -> None:
    def break_it(session: Session) -> None:
        session.execute(text("UPDATE mailing_list SET policy_changes = '{\"gone\": 1}'"))

    a_list(store, a_person(store))
    store.run_sync(break_it)

    result = command("list", "show", "postdocs@lists.example.org")

    assert result.exit_code == 3
    log, _, words = result.stderr.rstrip().rpartition("\n")
    found = re.fullmatch(r"Something broke. Reference ([0-9a-f]{8}): the log above has it.", words)
    assert found is not None
    assert f'"reference": "{found[1]}"' in log
    assert "command.broke" in log


def test_a_command_writes_beside_a_process_that_serves(
    command: Command, store: Store, now: datetime
) -> None:
    held = a_post(store, a_list(store, a_person(store)), a_mail())

    listed = command("list", "create", "second@lists.example.org")

    assert listed.exit_code == 0
    assert a_post(store, a_list(store, address="third@lists.example.org"), a_mail()) == held + 1


def test_the_installed_command_runs(environ: dict[str, str], store: Store) -> None:
    a_list(store)
    root = str(Path(migrations.__file__).parents[1])

    done = subprocess.run(
        [sys.executable, "-m", "app", "list", "show", "postdocs@lists.example.org", "--json"],
        env={**environ, "PYTHONPATH": root},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["subscribers"] == 0


def test_the_installed_command_refuses_with_1_and_no_traceback(environ: dict[str, str]) -> None:
    root = str(Path(migrations.__file__).parents[1])

    done = subprocess.run(
        [sys.executable, "-m", "app", "list", "show", "none@lists.example.org"],
        env={**environ, "PYTHONPATH": root},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "There is no list yet. Make one: samband list create ADDRESS\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["people", "export", "ada.holm@example.org"], '"person_id"'),
        (["people", "erase", "ada.holm@example.org", "--yes"], "Forgotten."),
        (["decide", "1", "accept", "--by", "mona.vik@example.org"], "Accepted."),
        (["held"], "ada.holm@example.org"),
        (["due"], "post.expire"),
    ],
)
def test_a_fresh_process_knows_all_tables(
    environ: dict[str, str], store: Store, arguments: list[str], words: str
) -> None:
    a_moderator(store)
    a_post(store, a_list(store, a_person(store)), a_mail())

    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "app", *arguments],
        env={**environ, "PYTHONPATH": str(Path(migrations.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert words in done.stdout
