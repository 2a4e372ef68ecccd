import json

from community import moderation
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


def test_held_says_so_when_nothing_waits(command: Command) -> None:
    assert command("held").output == "No post waits for a moderator.\n"
    assert command("held", "--json").output == "[]\n"


def test_held_shows_a_subject_without_obeying_it(command: Command, store: Store) -> None:
    a_held_post(store, subject="\x1b[2J\u202eLunch")

    output = command("held").output

    assert "\\x1b[2J\\u202eLunch" in output
    assert "\x1b" not in output


def test_decide_settles_a_post_once(command: Command, store: Store) -> None:
    post = str(a_held_post(store))

    first = command("decide", post, "accept", "--by", MONA)
    again = command("decide", post, "discard", "--by", MONA)

    assert (first.exit_code, first.output) == (0, "Accepted. It is on its way to the list.\n")
    assert (again.exit_code, again.stderr) == (1, "Mona Vik has already dealt with this post.\n")
    assert store.read_sync(moderation.card, int(post)).state == "released"


def test_decide_returns_with_a_reason(command: Command, store: Store) -> None:
    post = str(a_held_post(store))

    bare = command("decide", post, "return", "--by", MONA)
    done = command("decide", post, "return", "--by", MONA, "--reason", "Too long")

    assert (bare.exit_code, bare.stderr) == (
        1,
        "Say in a sentence why it goes back; the author will read it.\n",
    )
    assert done.output == "Returned, with your reason.\n"
    assert store.read_sync(moderation.card, int(post)).reason == "Too long"


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
