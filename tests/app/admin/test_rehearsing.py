"""Rehearsals from a terminal."""

import json
from datetime import datetime, timedelta

from community import lists, moderation
from community.store import Store
from tests.app.conftest import Command
from tests.builders import a_list, a_mail, a_moderator, a_person, a_post

ADDRESS = "postdocs@lists.example.org"
HOUR = timedelta(hours=1)


def some_posts(store: Store, now: datetime) -> None:
    """Let Ada write five posts on one day: the first is held and accepted."""
    list_id = a_list(store, a_person(store))
    for n in range(5):
        at = now - 6 * HOUR + n * HOUR
        post_id = a_post(store, list_id, a_mail(subject=f"Post {n}"), now=at)
        if n == 0:
            store.run_sync(moderation.accept, post_id, by=a_moderator(store), now=at)


def test_a_rehearsal_says_what_another_policy_would_have_done_and_changes_nothing(
    command: Command, store: Store, now: datetime
) -> None:
    some_posts(store, now)

    result = command("list", "policy", ADDRESS, "--set", "threads_per_day=2", "--rehearse")

    assert result.exit_code == 0
    assert [" ".join(line.split()) for line in result.output.splitlines()] == [
        "The last 90 days, had these rules been in force.",
        "Of 5 posts, 3 would have gone to the digest and 1 would have been held.",
        "",
        "As it was With these rules",
        "Sent to all at once 3 1",
        "Moved into the digest 1 3",
        "Held for a moderator 1 1",
        "Mails a week for each member, digests among them 1.2 0.7",
        "",
        "Without any rules it would be 1.2 mails a week.",
        "",
        "2 posts would have fared otherwise.",
        "Post Came As it was With these rules Subject",
        "3 Mon 1 Feb, 06:00 sent at once in the digest Post 2",
        "4 Mon 1 Feb, 07:00 sent at once in the digest Post 3",
        "",
        "Everybody is taken to get posts as they come. Who has chosen a digest gets fewer mails.",
        "A held post is taken to be let in at once, unless a moderator decided otherwise then.",
        "What was refused then was not kept, and is not counted.",
        "Suspect headers are those that were looked for then.",
        "Nothing was changed.",
    ]
    assert store.read_sync(lists.all_lists)[0].policy.threads_per_day == 4


def test_a_rehearsal_is_there_for_programs_too(
    command: Command, store: Store, now: datetime
) -> None:
    some_posts(store, now)

    result = command(
        "list", "policy", ADDRESS, "--set", "threads_per_day=2", "--rehearse", "--json"
    )

    found = json.loads(result.output)
    assert found["would"]["decisions"] == {"hold": 1, "accept": 1, "digest": 3}
    assert found["would"]["mails_per_member_per_week_without_rules"] == 1.25
    assert [change["subject"] for change in found["changes"]] == ["Post 2", "Post 3"]


def test_a_list_without_posts_has_nothing_to_rehearse(command: Command, store: Store) -> None:
    a_list(store)

    result = command("list", "policy", ADDRESS, "--rehearse", language="nb")

    assert result.output == "Det kom ingen innlegg på 90 dager.\n"


def test_a_rehearsal_of_a_wrong_setting_is_refused(command: Command, store: Store) -> None:
    a_list(store)

    result = command("list", "policy", ADDRESS, "--set", "thread=1", "--rehearse")

    assert result.exit_code == 1
    assert result.stderr.startswith("There is no setting “thread”. There is: ")
