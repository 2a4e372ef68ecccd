"""What is left of a budget: before a post, after it, and never less than nothing."""

from datetime import datetime

from sqlalchemy import event

from community import lists, meters
from community.cases import Traffic
from community.meters import Meter
from community.policies import Policy
from community.posts import Post
from community.store import Session, Store
from tests.builders import a_list, a_mail, a_moderator, a_person, a_post

POLICY = Policy(threads_per_day=4, mails_per_member_per_week=10)


def _meter(threads: int, mails: int) -> Meter:
    return Meter(threads_left=threads, threads_per_day=4, mails_left=mails, mails_per_week=10)


def test_what_was_carried_is_taken_off_and_nothing_is_owed() -> None:
    assert meters.left(POLICY, Traffic(threads_today=1, mails_this_week=4)) == _meter(3, 6)
    assert meters.left(POLICY, Traffic(threads_today=9, mails_this_week=99)) == _meter(0, 0)
    assert [_meter(1, 1).is_full, _meter(0, 9).is_full, _meter(4, 0).is_full] == [False, True, True]


def test_a_post_knows_what_it_left(store: Store, now: datetime) -> None:
    a_moderator(store)
    list_id = a_list(store, a_person(store))
    policy = ["newcomer_posts=0", "threads_per_day=4", "mails_per_member_per_week=10"]
    store.run_sync(lists.set_policy, list_id, policy, by=None, now=now)

    first = a_post(store, list_id, a_mail(), now=now)
    held = a_post(store, list_id, a_mail("eve@elsewhere.example"), now=now)

    def left(post_id: int) -> Meter | None:
        return store.read_sync(lambda s: meters.after(s.get_one(Post, post_id).judgement))

    assert store.read_sync(meters.of_list, list_id, now=now) == _meter(3, 9)
    assert (left(first), left(held)) == (_meter(3, 9), _meter(3, 9))
    assert meters.after({}) is None


def test_what_is_left_of_many_lists_is_asked_by_one_statement(store: Store, now: datetime) -> None:
    for number in range(3):
        list_id = a_list(store, a_person(store, f"Ada {number}"), address=f"l{number}@b.example")
        store.run_sync(lists.set_policy, list_id, ["newcomer_posts=0"], by=None, now=now)
        for of_it in range(number):
            mail = a_mail(f"ada.{number}@example.org", text=f"Words {number} {of_it}")
            a_post(store, list_id, mail, now=now)

    def ask(session: Session) -> tuple[list[int], int]:
        seen: list[str] = []
        event.listen(session.connection(), "before_cursor_execute", lambda *c: seen.append(c[2]))
        found = meters.of_lists(session, now=now)
        return [each.mails_per_week - each.mails_left for _, each in found], len(seen)

    assert store.read_sync(ask) == ([0, 1, 2], 2)
