import json

from community.store import Store
from tests.app.conftest import Command
from tests.builders import a_list

ADDRESS = "postdocs@lists.example.org"


def test_somebody_is_banned_shown_and_let_in_again(command: Command, store: Store) -> None:
    a_list(store)

    banned = command("list", "ban", ADDRESS, "Eve@Elsewhere.example", "--why", "Sells watches.")
    everywhere = command("list", "ban", "all", "@spam.example")
    shown = command("list", "bans", ADDRESS)
    lifted = command("list", "unban", ADDRESS, "eve@elsewhere.example")
    left = json.loads(command("list", "bans", ADDRESS, "--json").output)

    assert banned.output == "eve@elsewhere.example is banned: nothing from there is taken.\n"
    assert everywhere.output == "@spam.example is banned: nothing from there is taken.\n"
    rows = [line.split("  ") for line in shown.output.splitlines()]
    assert [[cell.strip() for cell in row if cell] for row in rows] == [
        ["Whom", "List", "Since", "By", "Why"],
        ["@spam.example", "every list", "Mon 1 Feb, 10:00", "a command"],
        [
            "eve@elsewhere.example",
            ADDRESS,
            "Mon 1 Feb, 10:00",
            "a command",
            "Sells watches.",
        ],
    ]
    assert lifted.output == "eve@elsewhere.example is no longer banned.\n"
    assert [(each["whom"], each["list_address"]) for each in left] == [("@spam.example", "")]


def test_nobody_is_banned_at_first_and_nonsense_is_refused(command: Command, store: Store) -> None:
    a_list(store)

    assert command("list", "bans", ADDRESS).output == "Nobody is banned.\n"
    refused = command("list", "ban", ADDRESS, "everybody")
    assert (refused.exit_code, refused.stderr) == (
        1,
        "Say an address, or a domain such as @elsewhere.example.\n",
    )
