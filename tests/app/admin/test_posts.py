import json
from datetime import datetime, timedelta

from community import due, holds, lists, outbox, withdrawals
from community.due import Outcome, Work
from community.store import Store
from tests.app.conftest import Command
from tests.builders import a_list, a_mail, a_moderator, a_person, a_post

MONA = "mona.vik@example.org"


def a_held_post(store: Store, subject: str = "Lunch") -> int:
    """Have a newcomer write to a list that Mona moderates."""
    a_moderator(store)
    return a_post(store, a_list(store, a_person(store)), a_mail(subject=subject))


def test_held_lists_what_waits_and_until_when(command: Command, store: Store) -> None:
    post = a_held_post(store)

    lines = command("held").output.splitlines()

    assert lines[0].split() == [
        *("Post", "List", "From", "Subject", "Held", "because", "If", "nobody", "decides")
    ]
    assert " ".join(lines[1].split()) == (
        f"{post} postdocs@lists.example.org ada.holm@example.org Lunch "
        "First posts wait for a moderator. Thu 7 Jan, 09:00: it goes into the next digest"
    )


def test_held_speaks_json(command: Command, store: Store) -> None:
    post = a_held_post(store)

    (shown,) = json.loads(command("held", "--json").output)

    assert (shown["post_id"], shown["subject"], shown["rule"]) == (post, "Lunch", "newcomer")


def test_held_says_why_a_mail_could_not_be_read(command: Command, store: Store) -> None:
    a_moderator(store)
    mail = a_mail(is_unreadable=True, unreadable="parts")
    a_post(store, a_list(store, a_person(store)), mail)

    said = " ".join(command("held").output.split())
    assert "Lunch It has too many parts, or parts within parts. it waits" in said


def test_held_says_so_when_nothing_waits(command: Command) -> None:
    assert command("held").output == "No post waits for a moderator.\n"
    assert command("held", "--json").output == "[]\n"


def test_held_shows_a_subject_without_obeying_it(command: Command, store: Store) -> None:
    a_held_post(store, subject="\x1b[2J\u202eLunch")

    output = command("held").output

    assert "\\x1b[2J\\u202eLunch" in output
    assert "\x1b" not in output


def test_held_says_of_a_post_that_was_stopped_who_did_that(
    command: Command, store: Store, now: datetime
) -> None:
    mona = a_moderator(store)
    list_id = a_list(store, a_person(store), grace_seconds=120)
    store.run_sync(lists.set_policy, list_id, ["newcomer_posts=0"], by=None, now=now)
    post = a_post(store, list_id, a_mail(), now=now)
    store.run_sync(withdrawals.stop, post, by=mona, now=now)

    assert "A moderator has stopped it, to look at it first." in command("held").output


def test_decide_settles_a_post_once(command: Command, store: Store) -> None:
    post = str(a_held_post(store))

    first = command("decide", post, "accept", "--by", MONA)
    again = command("decide", post, "discard", "--by", MONA)

    assert (first.exit_code, first.output) == (0, "Accepted. It is on its way to the list.\n")
    assert again.exit_code == 1
    assert again.stderr.startswith("Mona Vik has already accepted this post (")
    assert store.read_sync(holds.card, int(post)).state == "released"


def test_decide_returns_with_a_reason(command: Command, store: Store) -> None:
    post = str(a_held_post(store))

    bare = command("decide", post, "return", "--by", MONA)
    done = command("decide", post, "return", "--by", MONA, "--reason", "Too long")

    assert (bare.exit_code, bare.stderr) == (
        1,
        "Say in a sentence why it goes back; the author will read it.\n",
    )
    assert done.output == "Returned, with your reason.\n"
    assert store.read_sync(holds.card, int(post)).reason == "Too long"


def test_decide_refuses_who_is_no_moderator(command: Command, store: Store) -> None:
    post = str(a_held_post(store))

    author = command("decide", post, "accept", "--by", "ada.holm@example.org")
    nobody = command("decide", post, "accept", "--by", "x@example.org")

    assert author.stderr == "Only a moderator of the list can do this.\n"
    assert nobody.stderr == "Nobody has the address x@example.org.\n"
    assert (author.exit_code, nobody.exit_code) == (1, 1)


def test_decide_refuses_a_post_that_is_not_there(command: Command, store: Store) -> None:
    a_moderator(store)

    result = command("decide", "99", "digest", "--by", MONA)

    assert (result.exit_code, result.stderr) == (1, "There is no post 99.\n")


def test_post_show_tells_what_became_of_a_post(command: Command, store: Store) -> None:
    list_id = a_list(store, a_person(store), a_person(store, "Bo Li"))
    a_post(store, list_id, a_mail())

    lines = command("post", "show", "1").output.splitlines()
    shown = json.loads(command("post", "show", "1", "--json").output)

    assert lines[:4] == [
        "1  postdocs@lists.example.org  Lunch",
        "waits for a moderator  (Mon 4 Jan, 09:00)",
        "",
        "      0  have it so far",
    ]
    assert lines[5:9] == [
        "Is it one of their first posts? hold it for a moderator",
        "First posts wait for a moderator.",
        "Asked before, with nothing to say: 9",
        "",
    ]
    assert lines[-1] == "Mon 4 Jan, 09:00  waits for a moderator"
    assert (shown["state"], shown["judgement"]["rule"]) == ("held", "newcomer")


def test_post_show_names_whom_it_did_not_reach(
    command: Command, store: Store, now: datetime
) -> None:
    list_id = a_list(store, a_moderator(store))
    a_post(store, list_id, a_mail("mona.vik@example.org"), now=now)
    lease = timedelta(seconds=120)
    (row,) = store.run_sync(outbox.claim_deliveries, now=now, limit=1, lease=lease, by="w")
    refused = Outcome(row_id=row.id, fence=1, state=Work.FAILED, words="550 5.1.1 nobody here")
    store.run_sync(outbox.settle_deliveries, [refused], now=now)

    text = command("post", "show", "1").output

    assert "      1  refused: 550 5.1.1 nobody here\n" in text
    assert "delivery:1  Mona Vik  mona.vik@example.org" in text


def test_post_show_marks_who_may_have_a_copy_of_which_we_were_never_told(
    command: Command, store: Store, now: datetime
) -> None:
    a_post(store, a_list(store, a_moderator(store)), a_mail("mona.vik@example.org"), now=now)
    lease = timedelta(seconds=120)
    store.run_sync(outbox.claim_deliveries, now=now, limit=1, lease=lease, by="dead")
    store.run_sync(due.give_back, outbox.Delivery, now=now)

    lines = command("post", "show", "1").output.splitlines()

    words = "at most are in doubt: an answer was lost; they may have it, or twice"
    assert f"      1  {words}" in lines
    (row,) = [line for line in lines if line.startswith("delivery:1")]
    assert row.split("  ")[3].endswith(", in doubt")


def test_post_show_says_of_what_was_returned_that_nobody_has_it(
    command: Command, store: Store
) -> None:
    post = a_held_post(store)
    command("decide", str(post), "return", "--by", MONA, "--reason", "Too long.")

    lines = command("post", "show", str(post)).output.splitlines()

    assert lines[3] == "      0  have it: it did not go out"


def test_post_show_refuses_what_is_not_there(command: Command) -> None:
    result = command("post", "show", "99")

    assert (result.exit_code, result.stderr) == (1, "There is no post 99.\n")


def test_search_finds_posts_in_every_state(command: Command, store: Store) -> None:
    post = a_held_post(store, subject="Open positions in Bergen")

    lines = command("post", "search", "open position", "from:ada").output.splitlines()

    assert lines[1].split()[:3] == [str(post), "postdocs@lists.example.org", "ada.holm"]
    assert lines[1].endswith("Open positions in Bergen")
    assert json.loads(command("post", "search", "bergen", "--json").output)["count"] == 1
    assert command("post", "search", "position open").exit_code == 0
    assert command("post", "search", "x").output == "Nothing was found. Fewer words find more.\n"
    assert command("post", "search", "before:soon").exit_code == 1
    assert command("post", "index").output == "0 posts taken up.\n"
