from datetime import datetime

from community import lists
from community.store import Store
from tests.app.conftest import Command
from tests.builders import a_list, a_mail, a_person, a_post

ADDRESS = "postdocs@lists.example.org"


def test_close_says_what_is_still_to_come_and_reopen_takes_it_back(
    command: Command, store: Store
) -> None:
    list_id = a_list(store, a_person(store))
    a_post(store, list_id, a_mail("eve@example.com"))

    closed = command("list", "close", ADDRESS)
    shown = command("list", "show").output.splitlines()
    sheet = command("list", "show", ADDRESS, language="nb").output.splitlines()
    subscribed = command("list", "subscribe", ADDRESS, "--all")
    opened = command("list", "reopen", ADDRESS)

    first, second = closed.output.splitlines()
    assert first.startswith("Closed since Mon 1 Feb 2027, 10:00: it takes no posts.")
    assert second.startswith("What came before goes its way: 1 held")
    assert shown[0].split() == ["List", "On", "it", "Made", "Closed", "from"]
    assert sheet[3].startswith("Stengt siden man. 1. feb. 2027")
    assert (subscribed.exit_code, subscribed.stderr.split(":")[0]) == (
        1,
        f"The list {ADDRESS} is closed",
    )
    assert opened.output == f"{ADDRESS} takes posts.\n"
    assert command("list", "show").output.splitlines()[0].split() == ["List", "On", "it", "Made"]


def test_close_at_a_moment_of_the_house_that_is_still_to_come(
    command: Command, store: Store, now: datetime
) -> None:
    a_list(store)

    later = command("list", "close", ADDRESS, "--at", "2027-06-30")
    over = command("list", "close", ADDRESS, "--at", "2026-06-30T12:00")

    assert later.output.startswith("Closes Wed 30 Jun 2027, 00:00: from then on")
    assert (over.exit_code, over.stderr[:18]) == (1, "That time is over.")
    assert store.read_sync(lists.open_lists, now=now) != []


def test_remove_wants_the_list_closed_and_its_address_typed(command: Command, store: Store) -> None:
    a_list(store, a_person(store))

    still_open = command("list", "remove", ADDRESS, "--yes")
    command("list", "close", ADDRESS)
    other = command("list", "remove", ADDRESS, typed="postdoc@lists.example.org\n")
    assert store.read_sync(lists.knows, ADDRESS) is not None
    done = command("list", "remove", ADDRESS, typed=f"{ADDRESS}\n", language="nb")

    assert still_open.stderr == (
        f"{ADDRESS} takes posts. Close it first: samband list close {ADDRESS}\n"
    )
    assert other.exit_code == 1
    assert other.stderr.endswith("That is another address. Nothing was removed.\n")
    assert done.stdout.splitlines()[0].startswith(f"{ADDRESS} har 0 innlegg og 1 personer.")
    assert done.stdout.splitlines()[1] == "Fjernet, med 0 innlegg."
    assert store.read_sync(lists.knows, ADDRESS) is None
