import json
from pathlib import Path

import pytest
from sqlalchemy import func, select

from community import list_closures, people, subscriptions
from community.people import Person, Role
from community.roles import LAST
from community.store import Session, Store
from tests.app.conftest import Command
from tests.builders import EARLIER, a_list, a_person, told


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Give the path of a roster."""
    return tmp_path / "people.csv"


def how_many(store: Store) -> int:
    """Count everybody."""

    def question(session: Session) -> int:
        return session.scalar(select(func.count(Person.id))) or 0

    return store.read_sync(question)


def lines(output: str) -> list[str]:
    """Give the lines with single spaces."""
    return [" ".join(line.split()) for line in output.splitlines()]


def test_import_shows_and_does_what_changes(command: Command, store: Store, file: Path) -> None:
    a_person(store)
    a_person(store, "Gone Girl")
    file.write_text(
        "email,name,department,ends_on\nada.holm@example.org,Ada Vik,IMF,\nbo@example.org,Bo Li,,\n"
        "old@example.org,Old Man,,2026-12-31\n"
    )

    result = command("people", "import", str(file))

    assert result.exit_code == 0
    assert lines(result.output) == [
        "Not in the file, so left as it is: roles, fields, faculty, campus, language, starts_on, "
        "slack_id, supervisor_email.",
        "Line What Address Details",
        "3 added bo@example.org Bo Li",
        "2 changed ada.holm@example.org name: Ada Holm → Ada Vik, department: - → IMF",
        "4 not added old@example.org The stay is over.",
        "",
        "Added: 1, changed: 1, unchanged: 0, left: 0.",
        "1 person is not in the file: --list says who; with --leave they leave.",
    ]
    assert how_many(store) == 3


def test_import_twice_changes_nothing(command: Command, store: Store, file: Path) -> None:
    file.write_text("email,name\nbo@example.org,Bo Li\n")
    command("people", "import", str(file))

    again = command("people", "import", str(file))

    assert again.output.splitlines()[-1] == "Added: 0, changed: 0, unchanged: 1, left: 0."


def test_dry_run_changes_nothing(command: Command, store: Store, file: Path) -> None:
    file.write_text("email,name\nbo@example.org,Bo Li\n")

    result = command("people", "import", str(file), "--dry-run")

    assert result.exit_code == 0
    assert result.output.splitlines()[-1] == (
        "Would be added: 1, changed: 0, unchanged: 0, would leave: 0. Nothing was changed."
    )
    assert how_many(store) == 0


def test_who_is_not_in_the_file_is_counted_and_named_with_list(
    command: Command, store: Store, file: Path
) -> None:
    for name in ("Ada Holm", "Bo Li"):
        a_person(store, name)
    file.write_text("email,name\neva@example.org,Eva Ås\n")

    counted = command("people", "import", str(file), "--dry-run")
    listed = command("people", "import", str(file), "--dry-run", "--list")

    count = "2 people are not in the file: --list says who; with --leave they leave."
    assert (counted.output.splitlines()[-1], listed.output.splitlines()[-1]) == (count, count)
    assert "Ada Holm" not in counted.output
    assert lines(listed.output)[3:5] == [
        "not in the file ada.holm@example.org Ada Holm",
        "not in the file bo.li@example.org Bo Li",
    ]


def test_dry_run_refuses_a_list_as_the_import_does(
    command: Command, store: Store, file: Path
) -> None:
    a_list(store, a_person(store))
    store.run_sync(list_closures.close, "postdocs@lists.example.org", by=None, now=EARLIER)
    file.write_text("email,name\nbo@example.org,Bo Li\n")

    for address in ("nolist@lists.example.org", "postdocs@lists.example.org"):
        arguments = ("people", "import", str(file), "--subscribe", address)
        dry, done = command(*arguments, "--dry-run"), command(*arguments)
        assert (dry.exit_code, done.exit_code) == (1, 1)
        assert dry.output == done.output
    assert how_many(store) == 1


def test_leave_lets_people_go(command: Command, store: Store, file: Path) -> None:
    a_person(store)
    file.write_text("email,name\nbo@example.org,Bo Li\n")

    result = command("people", "import", str(file), "--leave")

    assert "leaves ada.holm@example.org Ada Holm" in lines(result.output)
    assert result.output.splitlines()[-1] == "Added: 1, changed: 0, unchanged: 0, left: 1."
    assert store.read_sync(people.by_email, "ada.holm@example.org") is None


@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_a_wrong_file_imports_nothing_and_names_every_bad_line(
    command: Command, store: Store, file: Path, options: tuple[str, ...]
) -> None:
    file.write_text("email,name,language\nbo@example.org,Bo Li,\nbo,Bo,fr\nada@example.org,,\n")

    result = command("people", "import", str(file), *options)

    assert result.exit_code == 1
    assert lines(result.stdout) == [
        "Line What Address Details",
        "3 refused “bo” is no e-mail address. Check it.",
        "3 refused “fr” is no language of ours. Write en or nb.",
        "4 refused The name is missing.",
        "",
    ]
    assert result.stderr == "Nothing was imported: 2 lines are wrong.\n"
    assert how_many(store) == 0


@pytest.mark.parametrize("options", [("--leave",), ("--leave", "--dry-run")])
def test_the_last_moderator_does_not_go_for_want_of_a_line(
    command: Command, store: Store, file: Path, options: tuple[str, ...]
) -> None:
    a_person(store, roles=(Role.MEMBER, Role.MODERATOR))
    file.write_text("email,name\nbo@example.org,Bo Li\n")

    result = command("people", "import", str(file), *options)

    assert result.exit_code == 1
    refusal = LAST[Role.MODERATOR]
    assert f"refused {refusal}" in lines(result.stdout)
    assert how_many(store) == 1


def test_import_says_how_it_read_a_file_of_windows(command: Command, file: Path) -> None:
    file.write_bytes("email;name\r\nase@example.org;Åse Bø\r\n".encode("cp1252"))

    result = command("people", "import", str(file))

    assert result.output.splitlines()[0] == (
        "The file is not UTF-8; it was read as Windows-1252. Look at names such as Bjørn."
    )
    assert "Åse Bø" in result.output


def test_import_speaks_json(command: Command, file: Path) -> None:
    file.write_text("email,name\nbo@example.org,Bo Li\nada,Ada\n")

    result = command("people", "import", str(file), "--json")

    assert result.exit_code == 1
    assert json.loads(result.stdout)["problems"] == [
        [3, "“{email}” is no e-mail address. Check it.", {"email": "ada"}]
    ]


def test_newcomers_get_the_language_of_the_house(
    command: Command, store: Store, file: Path
) -> None:
    file.write_text("email,name\nbo@example.org,Bo Li\n")

    command("people", "import", str(file), language="nb")

    person = store.read_sync(people.by_email, "bo@example.org")
    assert person is not None
    assert person.language == "nb"


def test_newcomers_are_put_on_a_list_and_greeted_where_that_is_wanted(
    command: Command, store: Store, file: Path
) -> None:
    ada = a_person(store)
    list_id = a_list(store, ada)
    file.write_text("email,name\nada.holm@example.org,Ada Holm\nbo@example.org,Bo Li\n")
    arguments = ("people", "import", str(file), "--subscribe", "postdocs@lists.example.org")

    alone = command("people", "import", str(file), "--welcome")
    done, again = command(*arguments, "--welcome"), command(*arguments, "--welcome")
    bo = store.read_sync(people.by_email, "bo@example.org")

    assert (alone.exit_code, done.exit_code, again.exit_code) == (2, 0, 0)
    assert bo is not None
    assert store.read_sync(subscriptions.is_subscriber, list_id, bo.id)
    assert told(store, "mailing_list.welcome") == [(bo.id, "mail")]
