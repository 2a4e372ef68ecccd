import json
from datetime import datetime

import pytest

from community import due, outbox
from community.due import Outcome, Work
from community.freezes import Freeze
from community.outbox import Channel, Notice
from community.store import Store
from tests.app.conftest import Command
from tests.builders import a_list, a_mail, a_meetup, a_moderator, a_person, a_post, notices


def a_failed_notice(store: Store, now: datetime, words: str = "550 no such user") -> str:
    """Have one notice fail for good; return its id."""
    store.run_sync(outbox.put, "post.wait", 1, a_person(store), channel=Channel.MAIL, now=now)
    (notice,) = notices(store)
    store.run_sync(due.claim, Notice, now=now, limit=1, lease=due.FIRST_RETRY, by="a")
    failed = Outcome(row_id=notice.id, fence=1, state=Work.FAILED, words=words)
    store.run_sync(due.settle, Notice, [failed], now=now)
    return f"notice:{notice.id}"


def test_due_says_when_what_for_whom_and_why(command: Command, store: Store) -> None:
    a_meetup(store, a_person(store), topic="Tea")

    lines = command("due").output.splitlines()

    assert [" ".join(line.split()) for line in lines] == [
        "When What About For whom Why",
        "Mon 4 Jan, 09:00 meetup.invite meetup 1 (Tea) Ada Holm (mail) "
        "This person comes, and gets it into the calendar.",
        "Mon 8 Feb, 13:00 meetup.end meetup 1 (Tea) The meetup is over then.",
    ]


def test_due_speaks_json(command: Command, store: Store) -> None:
    a_meetup(store, a_person(store), topic="Tea")

    shown = json.loads(command("due", "--json").output)

    assert [(item["what"], item["when"]) for item in shown] == [
        ("meetup.invite", "2027-01-04T08:00:00+00:00"),
        ("meetup.end", "2027-02-08T12:00:00+00:00"),
    ]
    assert shown[0]["whom"] == "Ada Holm"
    assert shown[0]["why"] == "This person comes, and gets it into the calendar."


def test_due_says_that_there_is_more(command: Command, store: Store) -> None:
    a_meetup(store, a_person(store))

    lines = command("due", "--limit", "1").output.splitlines()

    assert len(lines) == 3
    assert lines[-1] == "There may be more: --limit 10"


def test_due_and_outbox_say_so_when_there_is_nothing(command: Command) -> None:
    assert command("due").output == "Nothing is due.\n"
    assert command("outbox").output == "Nothing waits, nothing has failed.\n"
    assert command("outbox", "--json").output == "[]\n"


def test_outbox_says_what_failed_and_why(command: Command, store: Store, now: datetime) -> None:
    ref = a_failed_notice(store, now, "in doubt: 550 \x1b[2Jno such user")

    lines = command("outbox").output.splitlines()

    assert [" ".join(line.split()) for line in lines] == [
        "Id State When What About For whom Reason",
        f"{ref} failed Mon 1 Feb, 10:00 post.wait post 1 Ada Holm (mail) "
        "In doubt: it may have gone out already. Tried 1 time. "
        "in doubt: 550 \\x1b[2Jno such user",
    ]


def test_outbox_speaks_json(command: Command, store: Store, now: datetime) -> None:
    ref = a_failed_notice(store, now)

    (shown,) = json.loads(command("outbox", "--json").output)

    assert (shown["ref"], shown["state"], shown["last_error"], shown["in_doubt"]) == (
        ref,
        "failed",
        "550 no such user",
        False,
    )


def test_retry_tries_again_all_that_are_named_or_none(
    command: Command, store: Store, now: datetime
) -> None:
    ref = a_failed_notice(store, now)

    wrong = command("outbox", "retry", ref, "notice:99")
    assert (wrong.exit_code, wrong.stderr) == (
        1,
        "There is no notice:99. “samband outbox” shows what there is.\n",
    )
    assert [notice.state for notice in notices(store)] == ["failed"]

    right = command("outbox", "retry", ref)

    assert (right.exit_code, right.output) == (0, "1 is tried again.\n")
    assert [(notice.state, notice.next_at) for notice in notices(store)] == [("due", now)]


def test_retry_says_when_what_is_being_tried_comes_again(
    command: Command, store: Store, now: datetime
) -> None:
    store.run_sync(outbox.put, "post.wait", 1, a_person(store), channel=Channel.MAIL, now=now)
    store.run_sync(due.claim, Notice, now=now, limit=1, lease=due.LONGEST_RETRY, by="a")

    result = command("outbox", "retry", "notice:1")

    assert (result.exit_code, result.stderr) == (
        1,
        "notice:1 is being tried at this moment. If that process has died, it comes again by "
        "itself: Mon 1 Feb, 14:00.\n",
    )


def test_u3_outbox_says_that_it_is_frozen_and_what_may_have_been_sent(
    command: Command, store: Store, now: datetime
) -> None:
    ada, bo = a_person(store), a_person(store, "Bo Li")
    a_moderator(store)
    post = a_post(store, a_list(store, ada, bo), a_mail("mona.vik@example.org"), now=now)
    store.run_sync(lambda session: session.query(Notice).delete())
    store.run_sync(outbox.put, "post.wait", post, ada, channel=Channel.MAIL, now=now)

    frozen = command("outbox", "freeze")
    shown, as_json = command("outbox"), command("outbox", "--json")

    assert frozen.exit_code == 0
    assert frozen.output.splitlines() == [
        "The outbox is frozen since Mon 1 Feb, 10:00. Somebody asked for it.",
        f"  post.deliver post {post}: 2 were due, and may have been sent already.",
        "  post.wait: 1 was due, and may have been sent already.",
        "Nothing goes out until: samband outbox release",
    ]
    assert shown.output.startswith(frozen.output)
    assert (as_json.stderr, len(json.loads(as_json.stdout))) == (frozen.output, 3)


def test_u3_release_lets_everything_go_and_says_by_whom(
    command: Command, store: Store, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUDO_USER", "kari")
    too_early = command("outbox", "release")
    command("outbox", "freeze")
    twice = command("outbox", "freeze")

    released = command("outbox", "release")

    (row,) = store.read_sync(lambda session: list(session.query(Freeze)))
    assert (too_early.exit_code, too_early.stderr) == (1, "The outbox is not frozen.\n")
    assert (twice.exit_code, twice.stderr) == (1, "The outbox is frozen already.\n")
    assert released.output == "The outbox is released; what waits goes out.\n"
    assert (row.released_at, row.released_by) == (now, "kari")
    assert command("outbox").output == "Nothing waits, nothing has failed.\n"
