"""The grace of an accepted post: withdrawn, stopped, or let go, on both databases."""

from datetime import datetime, timedelta

import pytest

from community import (
    compositions,
    erasure,
    journal,
    linking,
    lists,
    moderation,
    releases,
    withdrawals,
)
from community.compositions import Composition
from community.errors import Refusal
from community.people import Role
from community.posts import Post
from community.store import Store
from letters.compositions import write
from tests.builders import (
    EARLIER,
    a_list,
    a_mail,
    a_moderator,
    a_person,
    a_post,
    deliveries,
    letter,
    notices,
    planned,
    told,
)

GRACE = timedelta(seconds=120)
SETTLED = "That is no longer possible: it has already been settled."


@pytest.fixture
def ada(store: Store) -> int:
    return a_person(store)


@pytest.fixture
def mona(store: Store) -> int:
    return a_moderator(store, slack_id="U1")


@pytest.fixture
def list_id(store: Store, ada: int, mona: int) -> int:
    made = a_list(store, ada, mona, grace_seconds=120)
    store.run_sync(lists.set_policy, made, ["newcomer_posts=0"], by=None, now=EARLIER)
    return made


@pytest.fixture
def post(store: Store, now: datetime, list_id: int) -> int:
    """Give a post by Ada that was accepted at `now`."""
    return a_post(store, list_id, a_mail(), now=now)


def _post(store: Store, post_id: int) -> Post:
    return store.read_sync(lambda session: session.get_one(Post, post_id))


def _refused(store: Store, act: object, *args: object, **kwargs: object) -> str:
    with pytest.raises(Refusal) as refused:
        store.run_sync(act, *args, **kwargs)  # type: ignore[arg-type]  # any act of this file
    return str(refused.value)


def _release(store: Store, post_id: int, now: datetime) -> None:
    store.run_sync(releases.release, post_id, detail="", due_at=now, now=now)


def test_an_accepted_post_waits_and_then_goes_to_all(
    store: Store, now: datetime, post: int, ada: int, mona: int
) -> None:
    assert (_post(store, post).state, _post(store, post).released_at) == ("releasing", None)
    assert deliveries(store, post) == []
    assert [(step.action, step.due_at) for step in planned(store)] == [
        ("post.release", now + GRACE)
    ]

    _release(store, post, now + GRACE)
    _release(store, post, now + GRACE)

    assert (_post(store, post).state, _post(store, post).released_at) == ("released", now + GRACE)
    assert sorted(row.person_id for row in deliveries(store, post)) == [ada, mona]
    assert [e.event for e in store.read_sync(journal.of, "post", post)] == [
        "post.accept",
        "post.release",
    ]


def test_the_author_is_told_by_mail_when_it_leaves(
    store: Store, now: datetime, post: int, ada: int
) -> None:
    assert told(store, "post.accept") == [(ada, "mail")]
    found = letter(store, "post.accept", ada)
    assert found is not None
    assert found.subject == "On its way at 10:02: Lunch"
    assert found.paragraphs == (
        "Your post goes out to the list at 10:02.",
        "3 of 4 new threads left today, 9 of 10 mails left this week.",
        "What the rules said, and what becomes of it: https://samband.example.org/posts/1/fate",
    )
    assert [button.action for button in found.buttons] == ["post.withdraw"]

    _release(store, post, now + GRACE)

    assert letter(store, "post.accept", ada) is None


def test_a_newcomer_whose_post_was_held_gets_no_second_letter(
    store: Store, now: datetime, list_id: int, mona: int, ada: int
) -> None:
    store.run_sync(lists.set_policy, list_id, ["newcomer_posts=1"], by=None, now=EARLIER)
    held = a_post(store, list_id, a_mail(), now=now)

    store.run_sync(moderation.accept, held, by=mona, now=now)

    assert _post(store, held).state == "releasing"
    assert (told(store, "post.wait"), told(store, "post.accept")) == ([(ada, "mail")], [])


def test_withdraw_is_for_the_author_and_ends_it(
    store: Store, now: datetime, post: int, ada: int, mona: int
) -> None:
    by_mona = _refused(store, withdrawals.withdraw, post, by=mona, now=now)

    store.run_sync(withdrawals.withdraw, post, by=ada, now=now)
    _release(store, post, now + GRACE)

    assert by_mona == f"There is no post {post}."
    assert _post(store, post).state == "withdrawn"
    assert deliveries(store, post) == []
    assert [(step.state, step.last_error) for step in planned(store)] == [("cancelled", "withdraw")]
    assert told(store, "post.accept") == []
    assert _refused(store, withdrawals.withdraw, post, by=ada, now=now) == SETTLED


def test_what_has_gone_out_cannot_be_called_back(
    store: Store, now: datetime, post: int, ada: int, mona: int
) -> None:
    _release(store, post, now + GRACE)
    words = "It is too late: the post has gone out to the list."

    assert _refused(store, withdrawals.withdraw, post, by=ada, now=now + GRACE) == words
    assert _refused(store, withdrawals.stop, post, by=mona, now=now + GRACE) == words
    assert _post(store, post).state == "released"


def test_stop_is_for_moderators_and_makes_it_wait_for_them(
    store: Store, now: datetime, post: int, ada: int, mona: int
) -> None:
    assert "moderator" in _refused(store, withdrawals.stop, post, by=ada, now=now)

    store.run_sync(withdrawals.stop, post, by=mona, now=now)

    stopped = _post(store, post)
    assert (stopped.state, stopped.decided_by) == ("held", None)
    assert told(store, "post.hold") == [(mona, "slack")]
    assert told(store, "post.wait") == [(ada, "mail")]
    assert [(step.action, step.state, step.due_at) for step in planned(store)] == [
        ("mailing_list.ask", "due", now + timedelta(minutes=1)),
        ("post.release", "cancelled", now + GRACE),
        ("mailing_list.look", "due", now + timedelta(minutes=4)),
        ("post.expire", "due", stopped.deadline_at),
    ]
    found = letter(store, "post.wait", ada)
    assert found is not None
    assert found.paragraphs[0] == "A moderator has stopped it, to look at it first."


def test_what_was_stopped_can_be_accepted_stopped_and_accepted_again(
    store: Store, now: datetime, post: int, ada: int, mona: int
) -> None:
    moment = now
    for _ in range(2):
        store.run_sync(withdrawals.stop, post, by=mona, now=moment)
        moment += timedelta(seconds=10)
        store.run_sync(moderation.accept, post, by=mona, now=moment)

    due = [step for step in planned(store, "post.release") if step.state == "due"]
    assert [step.due_at for step in due] == [moment + GRACE]
    assert [step.state for step in planned(store, "post.expire")] == ["cancelled"] * 2
    decided = [notice for notice in notices(store, "post.hold") if "decided" in notice.detail]
    assert [notice.detail for notice in decided] == ["decided2", "decided3"]

    _release(store, post, moment + GRACE)
    assert [row.person_id for row in deliveries(store, post)] == [ada, mona]


def test_what_its_author_reads_in_slack_changes_with_the_post(
    store: Store, now: datetime, list_id: int, ada: int, mona: int
) -> None:
    chat = store.door("slack")
    store.run_sync(linking.meet, "U0ADA", "ada.holm@example.org", now=now)

    def sent(subject: str) -> int:
        what = Composition(list_id=list_id, subject=subject, text="At noon?", key=subject)
        return chat.run_sync(compositions.send, what, write, by=ada, now=now).id

    def read() -> tuple[str, list[str], list[str]]:
        found = letter(store, "post.accept", ada)
        assert found is not None
        pressed = [one.action for one in found.buttons]
        return found.subject, [value for _, value in found.facts], pressed

    first = sent("One")
    assert read()[0::2] == ("On its way at 10:02: One", ["post.withdraw"])
    _release(store, first, now + GRACE)
    assert read() == ("Your post has gone out: One", ["postdocs@lists.example.org", "One"], [])
    second = sent("Two")
    store.run_sync(withdrawals.withdraw, second, by=ada, now=now)
    assert read()[0::2] == ("You took your post back: Two", [])
    third = sent("Three")
    store.run_sync(withdrawals.stop, third, by=mona, now=now)
    assert read()[0::2] == ("A moderator has stopped your post, to look at it first: Three", [])
    store.run_sync(moderation.discard, third, by=mona, now=now)
    assert read()[0::2] == ("Your post: Three", [])

    cards = notices(store, "post.accept")
    assert [(each.channel, each.detail, each.replaces_id is None) for each in cards] == [
        ("slack", "", True),
        ("slack", "release", False),
        ("slack", "", True),
        ("slack", "withdraw", False),
        ("slack", "", True),
        ("slack", "stop2", False),
    ]


def test_what_is_on_its_way_counts_for_the_budget(
    store: Store, now: datetime, list_id: int, ada: int
) -> None:
    policy = ["threads_per_day=2", "newcomer_posts=1"]
    store.run_sync(lists.set_policy, list_id, policy, by=None, now=EARLIER)
    earlier = a_post(store, list_id, a_mail(subject="0"), now=EARLIER)
    store.run_sync(moderation.accept, earlier, by=a_moderator(store, "Jon Vik"), now=EARLIER)
    _release(store, earlier, EARLIER + GRACE)

    made = [a_post(store, list_id, a_mail(subject=f"{n}"), now=now) for n in (1, 2, 3)]

    assert [_post(store, each).state for each in made] == ["releasing", "releasing", "queued"]


def test_only_moderators_see_what_is_on_its_way(
    store: Store, now: datetime, post: int, list_id: int
) -> None:
    later = a_post(store, list_id, a_mail(subject="Later"), now=now + timedelta(seconds=1))

    found = store.read_sync(withdrawals.on_their_way, 10)

    assert [(each.post_id, each.leaves_at) for each in found] == [
        (post, now + GRACE),
        (later, now + GRACE + timedelta(seconds=1)),
    ]


def test_the_post_of_somebody_who_is_erased_does_not_go_out(
    store: Store, now: datetime, post: int, ada: int
) -> None:
    admin = a_person(store, "Adm In", roles=(Role.ADMIN,))

    store.run_sync(erasure.erase, ada, by=admin, now=now)
    _release(store, post, now + GRACE)

    assert _post(store, post).state == "withdrawn"
    assert deliveries(store, post) == []
