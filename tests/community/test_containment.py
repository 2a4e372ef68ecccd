"""When a thread stays among those in it: the policy, the thread, the moment."""

from datetime import datetime, timedelta

import pytest

from community import lists, moderation
from community.containment import LAW, Reach, SoFar, is_contained
from community.policies import Policy
from community.posts import Post
from community.store import Store
from tests.builders import a_list, a_mail, a_moderator, a_person, a_post
from texts import say

POLICY = Policy(replies_to_all=2, hours_to_all=24)


def _thread(now: datetime, gone: int, *, hours: int = 1, reach: Reach = Reach.POLICY) -> SoFar:
    return SoFar(gone=gone, since=now - timedelta(hours=hours) if gone else None, reach=reach)


@pytest.mark.parametrize(("gone", "contained"), [(0, False), (1, False), (2, False), (3, True)])
def test_after_so_many_answers_a_thread_stays_among_those_in_it(
    now: datetime, gone: int, contained: bool
) -> None:
    assert is_contained(POLICY, _thread(now, gone), now=now) is contained


def test_after_so_many_hours_it_does_too(now: datetime) -> None:
    assert not is_contained(POLICY, _thread(now, 1, hours=23), now=now)
    assert is_contained(POLICY, _thread(now, 1, hours=24), now=now)
    # What is on its way has not gone out: no hour has passed yet.
    assert not is_contained(POLICY, SoFar(gone=1, since=None), now=now)


def test_who_began_a_thread_reaches_all_after_any_time_but_not_after_any_answers(
    now: datetime,
) -> None:
    since = now - timedelta(days=30)

    assert not is_contained(POLICY, SoFar(gone=2, since=since, is_own=True), now=now)
    assert is_contained(POLICY, SoFar(gone=3, since=since, is_own=True), now=now)


def test_a_moderator_lifts_it_or_calms_a_thread_early(now: datetime) -> None:
    busy = _thread(now, 99, hours=999, reach=Reach.ALL)
    calmed = _thread(now, 1, reach=Reach.FOLLOWERS)

    assert not is_contained(POLICY, busy, now=now)
    assert is_contained(POLICY, calmed, now=now)
    assert not is_contained(POLICY, _thread(now, 0, reach=Reach.FOLLOWERS), now=now)


def test_it_is_printed_with_the_values_of_the_policy() -> None:
    assert "has had 2 answers or is 24 hours old" in say("en", LAW, **POLICY.values())


def test_the_hours_that_an_answer_waited_for_a_moderator_do_not_count(
    store: Store, now: datetime
) -> None:
    list_id = a_list(store, a_person(store), a_person(store, "Bo Li"))
    mona, day = a_moderator(store), timedelta(days=1)
    rules = ["newcomer_posts=0", "hours_to_all=24"]
    store.run_sync(lists.set_policy, list_id, rules, by=None, now=now)
    begun = a_post(store, list_id, a_mail(), now=now)
    message_id = store.read_sync(lambda session: session.get_one(Post, begun).message_id)
    store.run_sync(lists.set_policy, list_id, ["emergency=on"], by=None, now=now)

    def answered(text: str, at: datetime) -> bool:
        mail = a_mail("bo.li@example.org", text=text, answers=(message_id,))
        post_id = a_post(store, list_id, mail, now=at)
        store.run_sync(moderation.accept, post_id, by=mona, now=at + 3 * day)
        return store.read_sync(lambda session: session.get_one(Post, post_id)).is_contained

    assert not answered("I come.", now + day / 2)
    assert answered("Where was it?", now + day)
