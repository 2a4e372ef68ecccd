"""Lines in digests: what went on in a thread among those in it, without the posts."""

from datetime import datetime

import pytest

from community import deliveries, digests, issues, lists, moderation, subscriptions
from community.posts import Post
from community.store import Store
from community.subscriptions import Mode
from tests.builders import a_list, a_mail, a_moderator, a_person, a_post


@pytest.fixture
def ada(store: Store) -> int:
    return a_person(store)


@pytest.fixture
def list_id(store: Store, ada: int) -> int:
    return a_list(store, ada)


def _make(store: Store, now: datetime) -> int:
    return store.run_sync(digests.make_due, now=now)


def _a_contained_answer(
    store: Store, list_id: int, now: datetime, n: int, first: int | None = None
) -> int:
    """Write an answer that goes to those in its thread alone, or the thread's first post."""
    policy = ["newcomer_posts=0", "replies_to_all=0"]
    store.run_sync(lists.set_policy, list_id, policy, by=None, now=now)
    mona = a_moderator(store) if first is None else None
    if mona is not None:
        store.run_sync(subscriptions.subscribe, list_id, [mona], by=None, now=now)
        store.run_sync(deliveries.set_mode, list_id, Mode.FOLLOWED, by=mona, now=now)
    answers = () if first is None else (_message_id(store, first),)
    mail = a_mail("mona.vik@example.org", subject="Lunch", text=f"Post {n}", answers=answers)
    return a_post(store, list_id, mail, now=now)


def _message_id(store: Store, post_id: int) -> str:
    return store.read_sync(lambda session: session.get_one(Post, post_id).message_id)


def test_lines_come_with_the_next_digest_one_for_each_thread(
    store: Store, now: datetime, ada: int, list_id: int
) -> None:
    first = _a_contained_answer(store, list_id, now, 0)
    for n in (1, 2, 3):
        _a_contained_answer(store, list_id, now, n, first)
    alone = _make(store, now)
    policy = ["newcomer_posts=9"]
    store.run_sync(lists.set_policy, list_id, policy, by=None, now=now)
    queued = a_post(store, list_id, a_mail(subject="Call"), now=now)
    moderator = a_moderator(store, "Nils Moe")
    store.run_sync(moderation.digest, queued, by=moderator, now=now)

    assert (alone, _make(store, now)) == (0, 1)

    issue = store.read_sync(issues.of_digest, 1)
    threads = [part for a_list in issue.lists for part in a_list.threads]
    assert [(part.subject, [post.id for post in part.posts], part.more) for part in threads] == [
        ("Lunch", [], 3),
        ("Call", [queued], 0),
    ]
    assert [post.id for post in issue.posts] == [queued]


def test_lines_alone_come_once_a_week_to_who_reads_no_digests(
    store: Store, now: datetime, ada: int, list_id: int
) -> None:
    first = _a_contained_answer(store, list_id, now, 0)
    _a_contained_answer(store, list_id, now, 1, first)
    daily = _make(store, now)
    weekly = store.run_sync(digests.make_due, now=now, mode=Mode.WEEKLY)
    again = store.run_sync(digests.make_due, now=now, mode=Mode.WEEKLY)

    assert (daily, weekly, again) == (0, 1, 0)
    issue = store.read_sync(issues.of_digest, 1)
    assert (issue.mode, issue.posts) == (Mode.WEEKLY, ())


@pytest.mark.parametrize(
    ("mode", "made_daily", "made_weekly"),
    [(Mode.DAILY, 1, 0), (Mode.WEEKLY, 0, 1), (Mode.NONE, 0, 0), (Mode.FOLLOWED, 0, 0)],
)
def test_lines_come_to_readers_of_digests_in_their_own(
    store: Store,
    now: datetime,
    ada: int,
    list_id: int,
    mode: Mode,
    made_daily: int,
    made_weekly: int,
) -> None:
    first = _a_contained_answer(store, list_id, now, 0)
    store.run_sync(deliveries.set_mode, list_id, mode, by=ada, now=now)
    _a_contained_answer(store, list_id, now, 1, first)

    daily = _make(store, now)
    weekly = store.run_sync(digests.make_due, now=now, mode=Mode.WEEKLY)

    assert (daily, weekly) == (made_daily, made_weekly)
