"""Lists of Mailman that become ours."""

import json
from pathlib import Path

from sqlalchemy import select

from community import lists
from community.store import Session, Store
from community.subscriptions import Subscription
from tests import builders
from tests.app.conftest import Command
from tests.community.test_mailman2_files import a_pickle

LIST = "postdocs@lists.example.org"


def on_the_list(store: Store) -> dict[str, tuple[str, str]]:
    """Say who is on the list: by address the mode and the trust."""
    list_id = store.read_sync(lists.knows, LIST)
    assert list_id is not None

    def read(session: Session) -> list[Subscription]:
        return list(session.scalars(select(Subscription).where(Subscription.list_id == list_id)))

    return {
        builders.a_reader(store, place.person_id).email: (place.mode, place.trust)
        for place in store.read_sync(read)
    }


def test_list_of_mailman_2_comes_with_its_people_and_nobody_hears(
    command: Command, store: Store, tmp_path: Path
) -> None:
    builders.a_person(store, "Ada Holm", email="ada@example.org")
    file = tmp_path / "config.pck"
    file.write_bytes(a_pickle())

    dry = command("list", "import-mailman2", LIST, str(file), "--dry-run")
    before = store.read_sync(lists.knows, LIST)
    done = command("list", "import-mailman2", LIST, str(file))
    again = json.loads(command("list", "import-mailman2", LIST, str(file), "--json").output)

    assert before is None
    assert dry.output.splitlines()[-1] == "Nothing was changed."
    assert dry.output.splitlines()[:-1] == done.output.splitlines()[:-1]
    assert "Put on the list: 4, on it already: 0." in done.output
    assert "Rules: nonmembers=reject, join=approve" in done.output
    assert "  owner: kari@example.org" in done.output
    assert on_the_list(store) == {
        "ada@example.org": ("each", "usual"),
        "bo@example.org": ("each", "hold"),
        "di@example.org": ("none", "usual"),
        "cy@example.org": ("daily", "usual"),
    }
    assert builders.notices(store) == []
    assert (again["coming"], again["there"], again["policy"]) == ([], 4, [])


def test_list_of_mailman_3_comes_from_csv(command: Command, store: Store, tmp_path: Path) -> None:
    file = tmp_path / "members.csv"
    file.write_text("email,display_name,delivery_mode\nada@example.org,Ada,regular\nnobody,,\n")

    done = command("list", "import-mailman3", LIST, str(file))

    assert "Left out, as they are no addresses: nobody" in done.output
    assert on_the_list(store) == {"ada@example.org": ("each", "usual")}


def test_bans_come_with_a_list_once_and_never_of_those_who_look_after_us(
    command: Command, store: Store, tmp_path: Path
) -> None:
    builders.a_moderator(store)
    file = tmp_path / "list.json"
    barred = ("eve@example.net", "mona.vik@example.org", "nonsense")
    bans = {"total_size": 3, "entries": [{"email": email} for email in barred]}
    file.write_text(json.dumps({"members": [], "bans": bans}))

    done = command("list", "import-mailman3", LIST, str(file))
    again = json.loads(command("list", "import-mailman3", LIST, str(file), "--json").output)

    assert "May not write: eve@example.net\n" in done.output
    assert again["banned"] == []
    assert "eve@example.net" in command("list", "bans", LIST).output


def test_hostile_file_is_refused(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "config.pck"
    file.write_bytes(b"cos\nsystem\n(S'id'\ntR.")

    refused = command("list", "import-mailman2", LIST, str(file))

    assert (refused.exit_code, refused.stderr) == (
        1,
        "This is no list of Mailman 2.1: it names os.system, which no such list does.\n",
    )
