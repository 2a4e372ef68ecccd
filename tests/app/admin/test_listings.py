import json
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import ColumnElement, update

from community import roster_files, roster_plans
from community.people import Address, Person, Role
from community.store import Store
from community.subscriptions import Subscription
from tests.app.conftest import Command
from tests.builders import a_list, a_person

ADDRESS = "postdocs@lists.example.org"


@pytest.mark.parametrize("arguments", [("list", "show"), ("people", "list")])
def test_an_empty_house_says_what_to_do(command: Command, arguments: tuple[str, ...]) -> None:
    words = {
        "list": "There is no list yet. Make one: samband list create ADDRESS\n",
        "people": "Nobody is here yet. Bring them in: samband people import FILE\n",
    }

    shown = command(*arguments)

    assert (shown.exit_code, shown.output) == (0, words[arguments[0]])
    assert json.loads(command(*arguments, "--json").output) == []


def test_show_without_an_address_shows_every_list(command: Command, store: Store) -> None:
    ada, bo = a_person(store), a_person(store, "Bo Li")
    a_list(store, ada, bo)
    a_list(store, address="empty@lists.example.org")
    _change(store, Person, Person.id == bo, state="left")

    assert command("list", "show", language="nb").output.splitlines() == [
        "Liste                       På den  Opprettet",
        "empty@lists.example.org     0       man. 4. jan. kl. 09.00",
        "postdocs@lists.example.org  1       man. 4. jan. kl. 09.00",
    ]
    first, second = json.loads(command("list", "show", "--json").output)
    assert (first["subscribers"], second["address"]) == (0, ADDRESS)


def test_members_says_who_is_on_a_list_and_how_its_posts_come(
    command: Command, store: Store, now: datetime
) -> None:
    ada, bo, eva = (a_person(store, name) for name in ("Ada Holm", "Bo Li", "Eva Ås"))
    a_list(store, ada, bo, eva)
    _change(store, Subscription, Subscription.person_id == bo, mode="daily", trust="hold")
    _change(store, Subscription, Subscription.person_id == eva, paused_until=now + timedelta(1))
    _change(store, Address, Address.person_id == ada, state="suppressed")

    assert command("list", "members", ADDRESS).output.splitlines() == [
        "Address               Name      Posts come    Besides",
        "ada.holm@example.org  Ada Holm  at once       mail does not reach them",
        "bo.li@example.org     Bo Li     daily digest  own posts: held",
        "eva.ås@example.org    Eva Ås    at once       paused until Tue 2 Feb, 10:00",
    ]
    found = json.loads(command("list", "members", ADDRESS, "--json").output)
    assert [(each["name"], each["mode"], each["is_reached"]) for each in found] == [
        ("Ada Holm", "each", False),
        ("Bo Li", "daily", True),
        ("Eva Ås", "each", True),
    ]


def test_members_of_an_empty_list_says_how_to_put_people_on_it(
    command: Command, store: Store
) -> None:
    a_list(store)

    words = f"Nobody is on it. Put people on it: samband list subscribe {ADDRESS} --all\n"
    assert command("list", "members", ADDRESS).output == words


def test_people_list_shows_who_is_active_or_has_a_role(command: Command, store: Store) -> None:
    ada = a_person(store)
    a_person(store, "Kari Berg", roles=(Role.MEMBER, Role.COORDINATOR))
    _change(store, Person, Person.id == a_person(store, "Bo Li"), state="left")
    _change(store, Person, Person.id == ada, ends_on=date(2028, 12, 31), department="IMF")

    assert command("people", "list").output.splitlines() == [
        "Address                Name       Roles               Until       Department",
        "ada.holm@example.org   Ada Holm   member              2028-12-31  IMF",
        "kari.berg@example.org  Kari Berg  member;coordinator",
    ]
    found = json.loads(command("people", "list", "--role", "coordinator", "--json").output)
    assert [each["email"] for each in found] == ["kari.berg@example.org"]


def test_people_list_writes_a_file_that_changes_nothing_when_it_is_imported(
    command: Command, store: Store, tmp_path: Path
) -> None:
    ada = a_person(store)
    roles = (Role.MENTOR, Role.COORDINATOR)
    a_person(store, "=Åse; Bø", roles=roles, email="ase@example.org")
    own = {"starts_on": date(2027, 1, 4), "slack_id": "U012AB3CD", "language": "nb"}
    _change(store, Person, Person.id == ada, **own)
    file = tmp_path / "people.csv"

    result = command("people", "list", "--csv", str(file))

    assert result.output == f"2 people are in {file}.\n"
    assert file.stat().st_mode & 0o077 == 0
    raw = file.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfemail;name;roles;")
    assert '"\'=Åse; Bø"'.encode() in raw
    reading = roster_files.read_bytes(raw)
    plan = store.read_sync(roster_plans.plan, reading, today=date(2027, 2, 1))
    assert (plan.problems, plan.changed, plan.added, plan.unchanged) == ((), (), (), 2)


@pytest.mark.parametrize(
    "arguments",
    [("people", "list", "--csv"), ("list", "export-mbox", ADDRESS)],
)
def test_a_file_that_cannot_be_written_is_named(
    command: Command, store: Store, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    a_list(store, a_person(store))

    result = command(*arguments, str(tmp_path / "none" / "x"))

    assert result.exit_code == 1
    words = "cannot be opened: No such file or directory. The service’s account must be allowed to."
    assert words in result.stderr


def _change(store: Store, table: type, where: ColumnElement[bool], **values: object) -> None:
    store.run_sync(lambda session: session.execute(update(table).where(where).values(**values)))
