"""The daily digest: fixed when it is made, once, and never empty."""

import threading
from datetime import date, datetime, timedelta

import pytest

from community import digests, lifecycle, lists, moderation
from community.digests import Digest
from community.people import Person
from community.posts import Post
from community.store import Session, Store
from tests.builders import a_list, a_mail, a_moderator, a_person, a_post, notices, planned

TODAY = date(2027, 2, 1)


@pytest.fixture
def ada(store: Store) -> int:
    return a_person(store)


@pytest.fixture
def list_id(store: Store, ada: int) -> int:
    return a_list(store, ada)


def _queue(store: Store, list_id: int, now: datetime, *subjects: str) -> list[int]:
    mona = a_moderator(store, f"Mona {subjects[0]}")
    store.run_sync(lists.set_policy, list_id, ["newcomer_posts=9"], by=None, now=now)
    made = [a_post(store, list_id, a_mail(subject=subject), now=now) for subject in subjects]
    for post in made:
        store.run_sync(moderation.digest, post, by=mona, now=now)
    return made


def _make(store: Store, now: datetime) -> int:
    return store.run_sync(digests.make_due, today=TODAY, now=now)


def _contents(store: Store, digest_id: int) -> list[int]:
    return [post.id for post in store.read_sync(digests.issue, digest_id).posts]


def _numbers(store: Store) -> list[tuple[int, int, date]]:
    def read(session: Session) -> list[tuple[int, int, date]]:
        rows = session.query(Digest).order_by(Digest.id)
        return [(row.list_id, row.number, row.made_on) for row in rows]

    return store.read_sync(read)


def test_a_digest_has_what_waited_in_order_of_arrival(
    store: Store, now: datetime, ada: int, list_id: int
) -> None:
    waiting = _queue(store, list_id, now, "One", "Two", "Three")

    assert _make(store, now) == 1

    issue = store.read_sync(digests.issue, 1)
    assert (issue.list_id, issue.list_address, issue.number) == (
        list_id,
        "postdocs@lists.example.org",
        1,
    )
    assert [post.id for post in issue.posts] == waiting
    assert {(post.state, post.released_at) for post in issue.posts} == {("digested", now)}
    assert [(n.object_id, n.person_id, n.channel) for n in notices(store, "digest.publish")] == [
        (1, ada, "mail")
    ]


def test_no_digest_is_made_when_nothing_waits(store: Store, now: datetime, list_id: int) -> None:
    assert _make(store, now) == 0
    assert (_numbers(store), notices(store), planned(store)) == ([], [], [])


def test_each_post_is_in_one_digest_and_its_contents_stay(
    store: Store, now: datetime, list_id: int
) -> None:
    first = _queue(store, list_id, now, "One")
    _make(store, now)
    second = _queue(store, list_id, now, "Two", "Three")

    assert (_make(store, now + timedelta(days=1)), _make(store, now)) == (1, 0)

    assert (_contents(store, 1), _contents(store, 2)) == (first, second)
    assert _numbers(store) == [(list_id, 1, TODAY), (list_id, 2, TODAY)]


def test_each_list_has_its_own_digests_and_readers(
    store: Store, now: datetime, ada: int, list_id: int
) -> None:
    bo = a_person(store, "Bo Li")
    lab = a_list(store, bo, address="lab@lists.example.org")
    here, there = _queue(store, list_id, now, "Here"), _queue(store, lab, now, "There")

    assert _make(store, now) == 2

    assert (_contents(store, 1), _contents(store, 2)) == (here, there)
    assert _numbers(store) == [(list_id, 1, TODAY), (lab, 1, TODAY)]
    sent = [(n.object_id, n.person_id) for n in notices(store, "digest.publish")]
    assert sorted(sent) == [(1, ada), (2, bo)]


def test_who_has_left_the_list_or_the_community_gets_none(
    store: Store, now: datetime, ada: int, list_id: int
) -> None:
    bo, siv = a_person(store, "Bo Li"), a_person(store, "Siv Lie")
    store.run_sync(lists.subscribe, list_id, [bo, siv], by=None, now=now)
    _queue(store, list_id, now, "One")

    def leave(session: Session) -> None:
        lifecycle.advance(session, session.get_one(Person, bo), "leave", by=None, now=now)
        lists.leave(session, list_id, by=siv, now=now)

    store.run_sync(leave)
    _make(store, now)

    assert [n.person_id for n in notices(store, "digest.publish")] == [ada]


def test_many_makers_at_the_same_moment_make_one_digest(
    store: Store, now: datetime, ada: int, list_id: int
) -> None:
    waiting = _queue(store, list_id, now, "One", "Two")
    ready = threading.Barrier(4)
    faults: list[Exception] = []

    def make() -> None:
        ready.wait()
        try:
            _make(store, now)
        except Exception as fault:
            faults.append(fault)

    makers = [threading.Thread(target=make) for _ in range(4)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()

    assert (faults, _numbers(store)) == ([], [(list_id, 1, TODAY)])
    assert _contents(store, 1) == waiting
    assert [n.person_id for n in notices(store, "digest.publish")] == [ada]


def test_a_digested_post_counts_as_one_that_has_gone_out(
    store: Store, now: datetime, list_id: int
) -> None:
    _queue(store, list_id, now, "One")
    _make(store, now)
    store.run_sync(lists.set_policy, list_id, ["newcomer_posts=1"], by=None, now=now)

    second = a_post(store, list_id, a_mail(subject="Two"), now=now)

    post = store.read_sync(lambda session: session.get_one(Post, second))
    assert (post.state, post.rule) == ("released", "accepted")
