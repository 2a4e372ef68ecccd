import hashlib
import json
from datetime import date, datetime

import pytest

from community import people, profiles, stays
from community.errors import Refusal
from community.people import Person, Role
from community.store import Session, Store
from tests.app.conftest import Command
from tests.builders import a_list, a_mail, a_person, a_post

ADA = "ada.holm@example.org"


def test_add_makes_the_first_coordinator(command: Command, store: Store) -> None:
    result = command(
        "people", "add", "Kari@Example.org", "--name", "Kari Berg", "--role", "coordinator"
    )

    assert (result.exit_code, result.output) == (0, "kari@example.org is in the community now.\n")
    person = store.read_sync(people.by_email, "kari@example.org")
    assert person is not None
    assert (person.name, person.language) == ("Kari Berg", "en")
    assert store.read_sync(people.roles, person.id) == {Role.COORDINATOR}


def test_add_gives_a_known_person_more_roles(command: Command, store: Store) -> None:
    ada = a_person(store)

    result = command("people", "add", ADA, "--role", "moderator")

    assert result.output == f"{ADA} was there already and has these roles now.\n"
    assert store.read_sync(people.roles, ada) == {Role.MEMBER, Role.MODERATOR}
    assert store.read_sync(people.reader, ada).name == "Ada Holm"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["kari", "--name", "Kari"], "“kari” is no e-mail address. Check it.\n"),
        (
            ["kari@example.org"],
            "Nobody has the address kari@example.org. Say who it is: --name NAME\n",
        ),
        (
            ["kari@example.org", "--name", "Kari\x1bBerg"],
            "The name has characters in it that cannot be seen.\n",
        ),
    ],
)
def test_add_refuses(command: Command, arguments: list[str], words: str) -> None:
    result = command("people", "add", *arguments)

    assert (result.exit_code, result.stderr) == (1, words)


def test_add_brings_nobody_back_whose_stay_is_over(
    command: Command, store: Store, now: datetime
) -> None:
    ada = a_person(store)

    def end(session: Session) -> None:
        session.get_one(Person, ada).ends_on = date(2027, 1, 31)
        session.flush()
        stays.end(session, today=date(2027, 2, 1), now=now)

    store.run_sync(end)

    result = command("people", "add", ADA, "--role", "mentor")

    assert (result.exit_code, result.stderr) == (
        1,
        f"The stay of {ADA} is over. Import a new last day.\n",
    )
    assert store.read_sync(people.roles, ada) == {Role.MEMBER}


def test_show_prints_what_there_is(command: Command, store: Store) -> None:
    a_list(store, a_person(store, fields=("1.2",), slack_id="U1AA"))

    output = command("people", "show", ADA.upper()).output

    shown = dict(line.split("  ", 1) for line in output.splitlines() if line)
    assert {key: value.strip() for key, value in shown.items()} == {
        "Name": "Ada Holm",
        "Address": ADA,
        "State": "active",
        "Roles": "member",
        "Fields": "1.2 Computer and information sciences",
        "Language": "en",
        "Slack": "U1AA",
        "Lists": "postdocs@lists.example.org",
        "Since": "Mon 4 Jan, 09:00",
    }


def test_show_speaks_json(command: Command, store: Store) -> None:
    a_person(store)

    shown = json.loads(command("people", "show", ADA, "--json").output)

    assert (shown["name"], shown["emails"], shown["ends_on"]) == ("Ada Holm", [ADA], None)


@pytest.mark.parametrize("verb", ["show", "export", "erase"])
def test_who_is_unknown_is_refused(command: Command, verb: str) -> None:
    result = command("people", verb, "x@example.org")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "Nobody has the address x@example.org.\n"


def test_export_writes_everything_as_json(command: Command, store: Store) -> None:
    ada = a_person(store)
    mail = a_mail(text="Blåbær")
    post = a_post(store, a_list(store, ada), mail)

    shown = json.loads(command("people", "export", ADA).output)

    assert shown["person_id"] == ada
    assert shown["person"][0]["name"] == "Ada Holm"
    assert shown["post_source"] == [
        {
            "post_id": post,
            "raw": {"as": "text", "content": mail.raw.decode()},
            "sha256": hashlib.sha256(mail.raw).hexdigest(),
        }
    ]


def test_erase_asks_for_the_address(command: Command, store: Store) -> None:
    a_person(store)

    wrong = command("people", "erase", ADA, typed="yes\n")
    nothing = command("people", "erase", ADA)
    assert (wrong.exit_code, nothing.exit_code) == (1, 1)
    assert "Ada Holm <ada.holm@example.org>" in wrong.stdout
    assert wrong.stderr.endswith("That is another address. Nothing was erased.\n")
    assert store.read_sync(people.by_email, ADA) is not None

    right = command("people", "erase", ADA, typed=f"{ADA}\n")

    assert right.exit_code == 0
    assert store.read_sync(people.by_email, ADA) is None


def test_erase_says_what_stays(command: Command, store: Store) -> None:
    a_person(store)

    result = command("people", "erase", ADA, "--yes")

    assert result.output.splitlines() == [
        "Forgotten. Posts that stay without a name: 0; other places blanked: 0.",
        "Backups hold the person until they are deleted, and mails that were sent cannot be called "
        "back.",
    ]

    def find(session: Session) -> None:
        profiles.find(session, ADA)

    with pytest.raises(Refusal):
        store.read_sync(find)


def test_addresses_are_added_and_taken_away(command: Command, store: Store) -> None:
    a_person(store)

    added = command("people", "add-address", ADA, "Ada@Home.example", "--main")
    taken = command("people", "remove-address", "ada@home.example", ADA)
    again = command("people", "remove-address", "ada@home.example", ADA)

    assert (added.exit_code, added.output) == (0, f"{ADA} has this address too now.\n")
    assert (taken.exit_code, taken.output) == (0, "Taken away.\n")
    assert (again.exit_code, again.stderr) == (1, "This address is not yours.\n")
    assert "ada@home.example" in command("people", "show", "ada@home.example").output


def test_a_role_is_taken_away_but_not_the_last_of_its_kind(command: Command, store: Store) -> None:
    a_person(store, roles=(Role.MEMBER, Role.MODERATOR))

    kept = command("people", "remove-role", ADA, "moderator")
    command("people", "add", "mona@example.org", "--name", "Mona Vik", "--role", "moderator")
    taken = command("people", "remove-role", ADA, "moderator")

    assert (kept.exit_code, kept.stderr[:31]) == (1, "Nobody else is a moderator, and")
    assert (taken.exit_code, taken.output) == (0, "Taken away.\n")
    assert "moderator" not in command("people", "show", ADA).output
