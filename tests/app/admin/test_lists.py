import json
from dataclasses import fields
from datetime import datetime
from pathlib import Path

from sqlalchemy import update

from app.admin.lists import settings_in
from community import join_requests, lists
from community.people import Address, Role
from community.policies import Policy
from community.store import Session, Store
from letters.policies import MEANINGS
from tests.app.conftest import Command
from tests.builders import a_list, a_person
from tests.community.test_join_requests import asked, whose

ADDRESS = "postdocs@lists.example.org"


def test_every_key_of_the_policy_has_its_meaning() -> None:
    assert set(MEANINGS) == {field.name for field in fields(Policy)}


def test_create_makes_a_list_once(command: Command, store: Store) -> None:
    first = command("list", "create", "Postdocs@Lists.example.org")
    again = command("list", "create", ADDRESS)

    assert (first.exit_code, first.output) == (
        0,
        f"{ADDRESS} is there. Put people on it: samband list subscribe {ADDRESS} --all\n",
    )
    assert (again.exit_code, again.stdout, again.stderr) == (
        1,
        "",
        f"The list {ADDRESS} is there already.\n",
    )
    assert [a_list.address for a_list in store.read_sync(lists.all_lists)] == [ADDRESS]


def test_create_refuses_what_is_no_address(command: Command) -> None:
    result = command("list", "create", "../../etc/passwd")

    assert result.exit_code == 1
    assert result.stderr == "“../../etc/passwd” is no e-mail address. Check it.\n"


def test_create_warns_of_a_domain_that_is_not_ours(command: Command) -> None:
    lines = command("list", "create", "postdocs@list.example.org").output.splitlines()

    assert lines[1:] == [
        "list.example.org is not the domain of the settings (lists.example.org): let your mail "
        "server hand on its mail as well."
    ]


def test_unsubscribe_names_addresses_that_nobody_has(command: Command, store: Store) -> None:
    ada = a_person(store)
    a_list(store, ada)

    lines = command("list", "unsubscribe", ADDRESS, "Ada.Holm@example.org", "adda@example.org")

    assert lines.output.splitlines() == [
        "1 person is off it.",
        "Nobody has the address adda@example.org.",
    ]


def test_show_says_how_many_and_which_policy(command: Command, store: Store) -> None:
    a_list(store, a_person(store))

    result = command("list", "show", ADDRESS)

    assert result.output.splitlines()[:5] == [
        ADDRESS,
        "1 person is on it.",
        "Made: Mon 4 Jan, 09:00",
        "",
        "Key                          Value             Default           Meaning",
    ]


def test_show_counts_whom_mail_does_not_reach(command: Command, store: Store) -> None:
    ada, bo = a_person(store), a_person(store, "Bo Li")
    a_list(store, ada, bo)

    def suppress(session: Session) -> None:
        session.execute(update(Address).where(Address.person_id == ada).values(state="suppressed"))

    store.run_sync(suppress)

    result = command("list", "show", ADDRESS)

    assert result.output.splitlines()[1:3] == [
        "2 people are on it.",
        "Mail does not reach 1 of them: samband bounces",
    ]


def test_show_speaks_json(command: Command, store: Store) -> None:
    a_list(store, a_person(store))

    shown = json.loads(command("list", "show", ADDRESS, "--json").output)

    assert (shown["address"], shown["subscribers"], shown["unreached"]) == (ADDRESS, 1, 0)
    assert shown["created_at"] == "2027-01-04T08:00:00+00:00"
    assert [setting["key"] for setting in shown["policy"]] == list(MEANINGS)


def test_show_names_the_lists_that_there_are(command: Command, store: Store) -> None:
    a_list(store)

    result = command("list", "show", "none@lists.example.org")

    assert (result.exit_code, result.stderr) == (
        1,
        f"There is no list none@lists.example.org. There is: {ADDRESS}.\n",
    )


def test_policy_is_changed_by_file_and_then_by_options(
    command: Command, store: Store, tmp_path: Path
) -> None:
    a_list(store, grace_seconds=120)
    file = tmp_path / "policy"
    file.write_text("# ours\nhold_hours = 8   # a day\n\nnonmembers=reject\n")

    result = command(
        "list", "policy", ADDRESS, "--file", str(file), "--set", "hold_hours=16", "--json"
    )

    values = {setting["key"]: setting["value"] for setting in json.loads(result.output)}
    assert (values["hold_hours"], values["nonmembers"], values["newcomer_posts"]) == (
        16,
        "reject",
        1,
    )
    assert store.read_sync(lists.by_address, ADDRESS).policy == Policy(
        hold_hours=16, nonmembers="reject"
    )


def test_policy_prints_every_key_with_default_and_meaning(command: Command, store: Store) -> None:
    a_list(store)

    lines = command("list", "policy", ADDRESS).output.splitlines()

    assert len(lines) == 1 + len(MEANINGS)
    [line] = [line for line in lines if line.startswith("hold_outcome")]
    assert line.endswith(
        "What happens to a post that nobody decided in time. (digest, accept, return, discard)"
    )


def test_policy_is_not_changed_when_one_key_is_wrong(command: Command, store: Store) -> None:
    a_list(store, grace_seconds=120)

    result = command("list", "policy", ADDRESS, "--set", "hold_hours=8", "--set", "nonmembers=love")

    assert result.exit_code == 1
    assert result.stderr == "nonmembers can be: hold, reject, forward. “love” is none of them.\n"
    assert store.read_sync(lists.by_address, ADDRESS).policy == Policy()


def test_subscribe_takes_addresses_or_everybody(command: Command, store: Store) -> None:
    a_list(store)
    a_person(store)
    a_person(store, "Bo Li")
    a_person(store, "Eva Ås", roles=(Role.MENTOR,))

    one = command("list", "subscribe", ADDRESS, "ADA.HOLM@example.org")
    all_members = command("list", "subscribe", ADDRESS, "--all")

    assert one.output == "1 person is new on it.\n"
    assert all_members.output == "1 person is new on it.\n"


def test_subscribe_names_whom_nobody_knows(command: Command, store: Store) -> None:
    a_list(store)

    result = command("list", "subscribe", ADDRESS, "x@example.org", "y@example.org")

    assert (result.exit_code, result.stderr) == (
        1,
        "Nobody in the community has the address x@example.org, y@example.org. Import them first: "
        "samband people import FILE.csv\n",
    )


def test_lists_take_and_let_go_whom_a_file_names(
    command: Command, store: Store, tmp_path: Path
) -> None:
    a_list(store)
    a_person(store)
    a_person(store, "Bo Li")
    file = tmp_path / "people.csv"
    file.write_bytes("navn;email\nÅdne;ada.holm@example.org\nBo;bo.li@example.org\n".encode())
    named = ("--file", str(file))

    outputs = [
        command("list", "subscribe", ADDRESS, *named).stderr,
        *(command("list", verb, ADDRESS, *named).output for verb in ("subscribe", "unsubscribe")),
    ]
    both = command("list", "unsubscribe", ADDRESS, "bo.li@example.org", *named)
    nothing = command("list", "subscribe", ADDRESS)

    assert outputs == ["", "0 people are new on it.\n", "2 people are off it.\n"]
    assert "Say either addresses or --file." in both.stderr
    assert "Say either addresses, --file or --all." in nothing.stderr
    assert (both.exit_code, nothing.exit_code) == (2, 2)


def test_settings_in_leaves_comments_out() -> None:
    assert settings_in("\ufeff# a\n a=1 # b\n\n b = 2\r\n") == ("a=1", "b = 2")


def test_a_policy_goes_into_a_file_and_comes_back(
    command: Command, store: Store, tmp_path: Path
) -> None:
    a_list(store, grace_seconds=120)
    file = tmp_path / "policy"
    command(
        "list", "policy", ADDRESS, "--set", "nonmembers=forward", "--set", "footer_words=Hei #1"
    )

    written = command("list", "policy", ADDRESS, "--export", str(file))
    command("list", "policy", ADDRESS, "--set", "nonmembers=hold", "--set", "footer_words=")
    command("list", "policy", ADDRESS, "--import", str(file))

    assert written.output == f"The policy is in {file}.\n"
    lines = file.read_text("utf-8").splitlines()
    assert lines[0] == f"# The policy of {ADDRESS}."
    assert lines[2:4] == [
        "# What happens to a post by somebody who is not on the list. (hold, reject, forward)",
        "nonmembers = forward",
    ]
    policy = store.read_sync(lists.by_address, ADDRESS).policy
    assert policy == Policy(nonmembers="forward", footer_words="Hei #1")


def test_a_file_with_an_impossible_line_changes_nothing_and_the_line_is_named(
    command: Command, store: Store, tmp_path: Path
) -> None:
    a_list(store, grace_seconds=120)
    file = tmp_path / "policy"
    file.write_text("# ours\nhold_hours = 8\n\ncolour = red\n")

    result = command("list", "policy", ADDRESS, "--import", str(file))

    assert result.exit_code == 1
    assert result.stderr.startswith("Line 4: There is no setting “colour”. There is: ")
    assert store.read_sync(lists.by_address, ADDRESS).policy == Policy()


def test_requests_shows_who_waits_to_join(command: Command, store: Store, now: datetime) -> None:
    list_id = a_list(store)
    nobody = command("list", "requests", ADDRESS)
    request_id = asked(store, list_id, now=now)
    store.run_sync(join_requests.confirm, request_id, by=whose(store, request_id), now=now)

    shown, as_json = command("list", "requests"), command("list", "requests", ADDRESS, "--json")

    assert nobody.output == "Nobody waits. Thank you.\n"
    assert f"{ADDRESS}  Eve Nord <eve@elsewhere.example>" in shown.output
    assert "/join-requests" in shown.output.splitlines()[-1]
    assert [each["email"] for each in json.loads(as_json.output)] == ["eve@elsewhere.example"]
