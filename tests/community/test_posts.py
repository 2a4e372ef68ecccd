"""Receiving posts: once, in their thread, judged by rules whose facts come from the database."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from community import arrivals, joining, journal, lists, sources
from community.errors import Refusal
from community.posts import Post, PostSource, Thread
from community.received import Received
from community.sources import Source
from community.store import Store
from tests.builders import (
    EARLIER,
    a_list,
    a_mail,
    a_moderator,
    a_person,
    a_post,
    deliveries,
    notices,
    planned,
    told,
)

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@pytest.fixture
def ada(store: Store) -> int:
    return a_person(store)


@pytest.fixture
def list_id(store: Store, ada: int) -> int:
    """Give a list that holds nobody's first post."""
    made = a_list(store, ada)
    _set(store, made, "newcomer_posts=0")
    return made


def _set(store: Store, list_id: int, *changes: str) -> None:
    store.run_sync(lists.set_policy, list_id, changes, by=None, now=EARLIER)


def _post(store: Store, post_id: int) -> Post:
    return store.read_sync(lambda session: session.get_one(Post, post_id))


def _fate(store: Store, post_id: int) -> tuple[str, str]:
    post = _post(store, post_id)
    return post.state, post.rule


def _count(store: Store, model: type[Post] | type[Thread] | type[PostSource]) -> int:
    query = select(func.count()).select_from(model)
    return store.read_sync(lambda session: session.scalar(query) or 0)


def _numbered(n: int, *, answers: tuple[str, ...] = ()) -> Received:
    return a_mail(subject=f"Post {n}", answers=answers)


def test_an_accepted_post_goes_to_every_subscriber_with_its_bytes(
    store: Store, now: datetime, ada: int, list_id: int
) -> None:
    bo = a_person(store, "Bo Li")
    a_person(store, "Siv Lie")
    store.run_sync(joining.join, list_id, by=bo, now=now)
    mail = a_mail(subject="Lunch")

    post_id = a_post(store, list_id, mail, now=now)

    post = _post(store, post_id)
    assert (post.state, post.rule, post.released_at) == ("released", "accepted", now)
    assert (post.author_id, post.from_email, post.size_bytes) == (
        ada,
        "ada.holm@example.org",
        len(mail.raw),
    )
    assert (post.deadline_at, post.decided_at, post.decided_by) == (None, None, None)
    assert [(row.person_id, row.email) for row in deliveries(store, post_id)] == [
        (ada, "ada.holm@example.org"),
        (bo, "bo.li@example.org"),
    ]
    assert store.read_sync(sources.source, post_id) == Source(
        post_id=post_id,
        list_id=list_id,
        list_address="postdocs@lists.example.org",
        message_id=mail.message_id,
        raw=mail.raw,
    )
    about = [notice for notice in notices(store) if notice.kind != "mailing_list.welcome"]
    assert (about, planned(store)) == ([], [])
    life = store.read_sync(journal.of, "post", post_id)
    assert [(entry.event, entry.person_id, entry.new) for entry in life] == [
        ("post.accept", None, "releasing"),
        ("post.release", None, "released"),
    ]


def test_the_same_mail_twice_is_one_post(store: Store, now: datetime, list_id: int) -> None:
    first = a_post(store, list_id, a_mail(), now=now)
    again = a_post(store, list_id, a_mail(), now=now + DAY)
    other = a_post(store, list_id, a_mail(text="Another word."), now=now)

    assert (again == first, other == first) == (True, False)
    assert (_count(store, Post), _count(store, Thread)) == (2, 2)
    assert len(deliveries(store, first)) == 1


def test_the_same_mail_to_two_lists_is_a_post_on_each(
    store: Store, now: datetime, ada: int, list_id: int
) -> None:
    second = a_list(store, ada, address="lab@lists.example.org")

    assert a_post(store, list_id, a_mail(), now=now) != a_post(store, second, a_mail(), now=now)


def _at_once(store: Store, list_id: int, mails: list[Received], now: datetime) -> list[int]:
    """Receive all these mails at the same moment; return the ids of their posts."""
    made: list[int] = []
    ready = threading.Barrier(len(mails))

    def one(mail: Received) -> None:
        ready.wait()
        made.append(store.run_sync(arrivals.receive, list_id, mail, now=now).id)

    threads = [threading.Thread(target=one, args=(mail,)) for mail in mails]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return made


def test_the_same_mail_at_the_same_moment_is_one_post_and_no_error(
    store: Store, now: datetime, list_id: int
) -> None:
    for n in range(4):
        made = _at_once(store, list_id, [_numbered(n)] * 8, now)

        assert (len(made), len(set(made))) == (8, 1)
        assert len(deliveries(store, made[0])) == 1
    assert (_count(store, Post), _count(store, Thread)) == (4, 4)


def test_a_budget_holds_when_all_come_at_the_same_moment(
    store: Store, now: datetime, list_id: int
) -> None:
    made = _at_once(store, list_id, [_numbered(n) for n in range(8)], now)

    assert sorted(_fate(store, post)[0] for post in made) == ["queued"] * 4 + ["released"] * 4


def test_an_answer_joins_the_thread_of_the_nearest_post_it_answers(
    store: Store, now: datetime, ada: int, list_id: int
) -> None:
    old = _post(store, a_post(store, list_id, _numbered(1), now=now))
    near = _post(store, a_post(store, list_id, _numbered(2), now=now))
    elsewhere = a_list(store, ada, address="lab@lists.example.org")
    _set(store, elsewhere, "newcomer_posts=0")

    def thread_of(list_id: int, n: int, *answers: str) -> int:
        mail = _numbered(n, answers=answers)
        return _post(store, a_post(store, list_id, mail, now=now)).thread_id

    assert thread_of(list_id, 3, near.message_id, old.message_id) == near.thread_id
    assert thread_of(list_id, 4, "gone@example.org", old.message_id) == old.thread_id
    new = {thread_of(list_id, 5, "gone@example.org"), thread_of(elsewhere, 6, old.message_id)}
    assert new & {old.thread_id, near.thread_id} == set()


def test_what_another_list_has_sent_on_is_never_answered(
    store: Store, now: datetime, ada: int, list_id: int
) -> None:
    """B1; nor is its author offered a link while it waits in its grace."""
    sent_on, own = (a_mail(subject=subject) for subject in ("Through a list", "From Ada"))
    sent_on = replace(sent_on, list_ids=("other.lists.example.org",))
    for policy, kind in (("grace_seconds=120", "post.accept"), ("newcomer_posts=100", "post.wait")):
        _set(store, list_id, policy)
        through, direct = (
            a_post(store, list_id, replace(mail, fingerprint=kind + mail.fingerprint), now=now)
            for mail in (sent_on, own)
        )

        assert [notice.object_id for notice in notices(store, kind)] == [direct]
        assert _post(store, through).state == _post(store, direct).state


def test_a_first_post_waits_and_moderators_and_author_are_told(
    store: Store, now: datetime, ada: int, list_id: int
) -> None:
    _set(store, list_id, "newcomer_posts=1")
    mona = a_moderator(store, slack_id="U1")

    post_id = a_post(store, list_id, a_mail(), now=now)

    assert _fate(store, post_id) == ("held", "newcomer")
    assert told(store, "post.hold") == [(mona, "slack")]  # by mail: dockets.py
    assert told(store, "post.wait") == [(ada, "mail")]
    assert deliveries(store, post_id) == []
    # 24 working hours of 8 a day from Monday 10:00: Thursday 10:00.
    deadline = now + 3 * DAY
    assert _post(store, post_id).deadline_at == deadline
    due_at = {step.action: step.due_at - now for step in planned(store)}
    asked = {"mailing_list.ask": MINUTE, "mailing_list.look": 4 * MINUTE}
    assert due_at == asked | {"post.expire": deadline - now}


@pytest.mark.parametrize(
    ("came", "hours", "deadline"),
    [
        # Friday 15:00 plus two working hours: Monday 09:00.
        (datetime(2027, 2, 5, 14, tzinfo=UTC), 2, datetime(2027, 2, 8, 8, tzinfo=UTC)),
        # The evening before Maundy Thursday: the Tuesday after Easter, in summer time.
        (datetime(2027, 3, 24, 19, tzinfo=UTC), 1, datetime(2027, 3, 30, 7, tzinfo=UTC)),
        (datetime(2027, 2, 1, 9, tzinfo=UTC), 0, datetime(2027, 2, 1, 9, tzinfo=UTC)),
    ],
)
def test_a_hold_ends_after_so_many_working_hours(
    store: Store, list_id: int, came: datetime, hours: int, deadline: datetime
) -> None:
    _set(store, list_id, "newcomer_posts=1", f"hold_hours={hours}")

    post_id = a_post(store, list_id, a_mail(), now=came)

    assert _post(store, post_id).deadline_at == deadline


def test_a_stranger_is_held_and_not_written_to(store: Store, now: datetime, list_id: int) -> None:
    mona = a_moderator(store, slack_id="U1")

    post_id = a_post(store, list_id, a_mail("eve@elsewhere.example"), now=now)

    assert _fate(store, post_id) == ("held", "nonmember")
    assert [(n.kind, n.person_id) for n in notices(store)] == [("post.hold", mona)]


def test_a_rejected_mail_leaves_no_trace(store: Store, now: datetime, list_id: int) -> None:
    _set(store, list_id, "nonmembers=reject")

    with pytest.raises(Refusal) as refused:
        a_post(store, list_id, a_mail("eve@elsewhere.example"), now=now)

    assert str(refused.value) == (
        "Only people on the list postdocs@lists.example.org may post to it. "
        "Ask to join, or write to a member."
    )
    assert [_count(store, model) for model in (Post, Thread, PostSource)] == [0, 0, 0]
    assert (notices(store), planned(store)) == ([], [])


def test_what_cannot_be_read_is_put_aside_with_its_bytes(
    store: Store, now: datetime, list_id: int
) -> None:
    mona = a_moderator(store, slack_id="U1")
    mail = a_mail(is_unreadable=True)

    post_id = a_post(store, list_id, mail, now=now)

    assert _fate(store, post_id) == ("quarantined", "unreadable")
    assert store.read_sync(sources.source, post_id).raw == mail.raw
    assert [(n.kind, n.person_id) for n in notices(store)] == [("post.hold", mona)]


@pytest.mark.parametrize(
    ("mail", "rule"),
    [
        (a_mail(is_automatic=True), "automatic"),
        (replace(a_mail(), list_ids=("postdocs.lists.example.org",)), "loop"),
    ],
)
def test_an_automatic_answer_and_a_loop_are_discarded_without_a_word(
    store: Store, now: datetime, list_id: int, mail: Received, rule: str
) -> None:
    a_moderator(store)

    post_id = a_post(store, list_id, mail, now=now)

    assert _fate(store, post_id) == ("discarded", rule)
    assert (notices(store), deliveries(store, post_id)) == ([], [])


def test_another_lists_mail_is_no_loop(store: Store, now: datetime, list_id: int) -> None:
    mail = replace(a_mail(), list_ids=("other.lists.example.org",))

    assert _fate(store, a_post(store, list_id, mail, now=now)) == ("released", "accepted")


def test_the_quota_counts_one_persons_posts_of_seven_days(
    store: Store, now: datetime, ada: int, list_id: int
) -> None:
    _set(store, list_id, "posts_per_member_per_week=2")
    bo = a_person(store, "Bo Li")
    store.run_sync(joining.join, list_id, by=bo, now=now)
    fates = [
        _fate(store, a_post(store, list_id, _numbered(n), now=now + n * DAY)) for n in range(3)
    ]
    by_bo = a_post(store, list_id, a_mail("bo.li@example.org"), now=now + 2 * DAY)
    week_later = a_post(store, list_id, _numbered(9), now=now + 7 * DAY)

    assert fates == [("released", "accepted")] * 2 + [("queued", "quota")]
    assert told(store, "post.digest") == [(ada, "mail")]
    assert _fate(store, by_bo) == ("released", "accepted")
    # The first one is a whole week old by then, the second not.
    assert _fate(store, week_later) == ("released", "accepted")


def test_the_days_budget_begins_anew_at_local_midnight(store: Store, list_id: int) -> None:
    _set(store, list_id, "threads_per_day=1")
    # 23:30 in Oslo is 22:30 in UTC; 00:30 is still the same day in UTC.
    evening = datetime(2027, 2, 1, 22, 30, tzinfo=UTC)

    fates = [
        _fate(store, a_post(store, list_id, _numbered(n), now=evening + n * timedelta(minutes=20)))
        for n in range(3)
    ]

    assert fates == [("released", "accepted"), ("queued", "budget"), ("released", "accepted")]
