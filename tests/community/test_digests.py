"""The daily digest: fixed when it is made, once, and never empty."""

import threading
from datetime import date, datetime, timedelta

import pytest

from community import deliveries, digests, issues, lifecycle, lists, moderation, subscriptions
from community.calendar import Calendar
from community.deliveries import Format
from community.digests import Digest
from community.errors import Refusal
from community.people import Address, Person
from community.posts import Post
from community.store import Session, Store
from community.subscriptions import Mode
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
    return store.run_sync(digests.make_due, now=now)


def _contents(store: Store, digest_id: int) -> list[int]:
    return [post.id for post in store.read_sync(issues.of_digest, digest_id).posts]


def _numbers(store: Store) -> list[tuple[int, int]]:
    def read(session: Session) -> list[tuple[int, int]]:
        rows = session.query(Digest).order_by(Digest.id)
        return [(row.person_id, row.number) for row in rows]

    return store.read_sync(read)


def test_a_digest_has_what_waited_in_order_of_arrival(
    store: Store, now: datetime, ada: int, list_id: int
) -> None:
    waiting = _queue(store, list_id, now, "One", "Two", "Three")

    assert _make(store, now) == 1

    issue = store.read_sync(issues.of_digest, 1)
    assert (issue.number, issue.mode, issue.format, issue.made_at) == (1, "daily", "html", now)
    assert [(part.list_id, part.address) for part in issue.lists] == [
        (list_id, "postdocs@lists.example.org")
    ]
    assert issue.message_id == f"<digest.{ada}.1@lists.example.org>"
    assert [post.id for post in issue.posts] == waiting
    assert {(post.state, post.released_at) for post in issue.posts} == {("digested", now)}
    assert [(n.object_id, n.person_id, n.channel) for n in notices(store, "digest.publish")] == [
        (1, ada, "mail")
    ]


def test_no_digest_is_made_when_nothing_waits(store: Store, now: datetime, list_id: int) -> None:
    assert _make(store, now) == 0
    assert (_numbers(store), notices(store), planned(store)) == ([], [], [])


def test_each_post_is_in_one_digest_and_its_contents_stay(
    store: Store, now: datetime, ada: int, list_id: int
) -> None:
    first = _queue(store, list_id, now, "One")
    _make(store, now)
    second = _queue(store, list_id, now, "Two", "Three")

    assert (_make(store, now + timedelta(days=1)), _make(store, now)) == (1, 0)

    assert (_contents(store, 1), _contents(store, 2)) == (first, second)
    assert _numbers(store) == [(ada, 1), (ada, 2)]


def test_each_reader_has_digests_of_their_own(
    store: Store, now: datetime, ada: int, list_id: int
) -> None:
    bo = a_person(store, "Bo Li")
    lab = a_list(store, bo, address="lab@lists.example.org")
    here, there = _queue(store, list_id, now, "Here"), _queue(store, lab, now, "There")

    assert _make(store, now) == 2

    assert (_contents(store, 1), _contents(store, 2)) == (here, there)
    assert _numbers(store) == [(ada, 1), (bo, 1)]
    sent = [(n.object_id, n.person_id) for n in notices(store, "digest.publish")]
    assert sorted(sent) == [(1, ada), (2, bo)]


def test_who_has_left_the_list_or_the_community_gets_none(
    store: Store, now: datetime, ada: int, list_id: int
) -> None:
    bo, siv = a_person(store, "Bo Li"), a_person(store, "Siv Lie")
    store.run_sync(subscriptions.subscribe, list_id, [bo, siv], by=None, now=now)
    _queue(store, list_id, now, "One")

    def leave(session: Session) -> None:
        lifecycle.advance(session, session.get_one(Person, bo), "leave", by=None, now=now)
        subscriptions.leave(session, list_id, by=siv, now=now)

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

    assert (faults, _numbers(store)) == ([], [(ada, 1)])
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


def _mode(store: Store, list_id: int, mode: Mode, *, by: int, now: datetime) -> None:
    store.run_sync(deliveries.set_mode, list_id, mode, by=by, now=now)


def _weekly(store: Store, since: date, until: date, now: datetime) -> int:
    return store.run_sync(digests.make_weekly, since=since, until=until, now=now)


def _open(store: Store, list_id: int, now: datetime) -> None:
    store.run_sync(lists.set_policy, list_id, ["newcomer_posts=0"], by=None, now=now)


def test_what_a_digest_reader_has_not_got_at_once_is_in_one_digest(
    store: Store, now: datetime, ada: int, list_id: int
) -> None:
    _open(store, list_id, now)
    _mode(store, list_id, Mode.DAILY, by=ada, now=now)
    first = a_post(store, list_id, a_mail(subject="One"), now=now)
    second = a_post(store, list_id, a_mail(subject="Two"), now=now)

    made = [_make(store, now + timedelta(hours=n)) for n in range(3)]

    assert made == [1, 0, 0]
    assert _contents(store, 1) == [first, second]


def test_a_digest_groups_its_posts_by_thread_in_order_of_arrival(
    store: Store, now: datetime, ada: int, list_id: int
) -> None:
    _open(store, list_id, now)
    _mode(store, list_id, Mode.DAILY, by=ada, now=now)
    lunch = a_mail(subject="Lunch")
    for mail in (
        lunch,
        a_mail(subject="Call"),
        a_mail(subject="Re: Lunch", answers=(lunch.message_id,)),
    ):
        a_post(store, list_id, mail, now=now)
    _make(store, now)

    [part] = store.read_sync(issues.of_digest, 1).lists

    assert [(t.subject, [post.subject for post in t.posts]) for t in part.threads] == [
        ("Lunch", ["Lunch", "Re: Lunch"]),
        ("Call", ["Call"]),
    ]


def test_one_mail_brings_all_lists_of_a_rhythm_and_each_rhythm_its_own(
    store: Store, now: datetime, ada: int, list_id: int
) -> None:
    lab = a_list(store, ada, address="lab@lists.example.org")
    slow = a_list(store, ada, address="slow@lists.example.org")
    for one, mode in ((list_id, Mode.DAILY), (lab, Mode.DAILY), (slow, Mode.WEEKLY)):
        _open(store, one, now)
        _mode(store, one, mode, by=ada, now=now)
        a_post(store, one, a_mail(subject=f"On {one}"), now=now)

    assert (_make(store, now), _weekly(store, TODAY, TODAY, now)) == (1, 1)

    found = [store.read_sync(issues.of_digest, n) for n in (1, 2)]
    assert [(issue.mode, [part.list_id for part in issue.lists]) for issue in found] == [
        (Mode.DAILY, [lab, list_id]),
        (Mode.WEEKLY, [slow]),
    ]
    assert [issue.number for issue in found] == [1, 2]


def test_what_had_collected_comes_once_more_after_choosing_each_post(
    store: Store, now: datetime, ada: int, list_id: int
) -> None:
    _open(store, list_id, now)
    _mode(store, list_id, Mode.WEEKLY, by=ada, now=now)
    before = a_post(store, list_id, a_mail(subject="Before"), now=now)
    _mode(store, list_id, Mode.EACH, by=ada, now=now)
    a_post(store, list_id, a_mail(subject="After"), now=now)

    assert (_make(store, now), _weekly(store, TODAY, TODAY, now)) == (1, 0)
    assert _contents(store, 1) == [before]


def test_what_had_collected_waits_for_the_end_of_a_pause(
    store: Store, now: datetime, ada: int, list_id: int
) -> None:
    _open(store, list_id, now)
    _mode(store, list_id, Mode.DAILY, by=ada, now=now)
    a_post(store, list_id, a_mail(subject="Before"), now=now)
    until = now + timedelta(days=2)
    store.run_sync(deliveries.pause, list_id, until=until, by=ada, now=now)

    assert [_make(store, now + timedelta(days=n)) for n in range(3)] == [0, 0, 1]


def test_what_had_collected_is_forgotten_by_who_wants_no_mail(
    store: Store, now: datetime, ada: int, list_id: int
) -> None:
    _open(store, list_id, now)
    _mode(store, list_id, Mode.DAILY, by=ada, now=now)
    a_post(store, list_id, a_mail(subject="Before"), now=now)
    _mode(store, list_id, Mode.NONE, by=ada, now=now)
    none = _make(store, now)
    _mode(store, list_id, Mode.DAILY, by=ada, now=now)

    assert (none, _make(store, now)) == (0, 0)


def test_overflow_reaches_each_and_digest_readers_once_and_nobody_else(
    store: Store, now: datetime, ada: int, list_id: int
) -> None:
    people = {mode: a_person(store, f"Reader {mode}") for mode in Mode}
    store.run_sync(subscriptions.subscribe, list_id, people.values(), by=None, now=now)
    for mode, person_id in people.items():
        _mode(store, list_id, mode, by=person_id, now=now)
    _queue(store, list_id, now, "One")

    assert (_make(store, now), _weekly(store, TODAY, TODAY, now)) == (3, 1)

    told = [(n.object_id, n.person_id) for n in notices(store, "digest.publish")]
    assert {person_id for _, person_id in told} == {
        *(ada, people[Mode.EACH], people[Mode.DAILY], people[Mode.WEEKLY])
    }
    assert len(told) == 4


def test_a_made_digest_stays_as_it_is_whatever_is_chosen_later(
    store: Store, now: datetime, ada: int, list_id: int
) -> None:
    waiting = _queue(store, list_id, now, "One")
    _make(store, now)
    before = store.read_sync(issues.of_digest, 1)

    store.run_sync(
        deliveries.set_mail,
        digest_format=Format.MIME,
        gets_own=False,
        gets_second=False,
        by=ada,
        now=now,
    )
    _mode(store, list_id, Mode.WEEKLY, by=ada, now=now)
    after = store.read_sync(issues.of_digest, 1)

    assert (after.format, after.number, after.message_id, after.made_at) == (
        *(before.format, before.number, before.message_id, before.made_at),
    )
    assert _contents(store, 1) == waiting


def test_a_digest_that_waits_brings_nothing_of_lists_that_its_reader_has_left_meanwhile(
    store: Store, now: datetime, ada: int, list_id: int
) -> None:
    other = a_list(store, ada, address="physics@lists.example.org")
    _queue(store, list_id, now, "One")
    _queue(store, other, now, "Two")
    _make(store, now)

    def lists_in_it() -> list[int]:
        return [part.list_id for part in store.read_sync(issues.still_wanted, 1).lists]

    assert lists_in_it() == [other, list_id]
    _mode(store, other, Mode.NONE, by=ada, now=now)
    assert lists_in_it() == [list_id]
    store.run_sync(subscriptions.leave, list_id, by=ada, now=now)
    assert lists_in_it() == []
    assert [part.list_id for part in store.read_sync(issues.of_digest, 1).lists] == [other, list_id]


@pytest.mark.parametrize(
    ("day", "begins"),
    [
        (date(2027, 2, 1), True),  # a Monday
        (date(2027, 2, 2), False),
        (date(2027, 2, 7), False),  # a Sunday
        (date(2027, 3, 29), False),  # Easter Monday
        (date(2027, 3, 30), True),
        (date(2027, 5, 17), False),  # Constitution Day and Whit Monday, a Monday
        (date(2027, 5, 18), True),
    ],
)
def test_a_week_begins_on_its_first_working_day(day: date, *, begins: bool) -> None:
    assert digests.begins_week(Calendar(), day) is begins


def test_a_weekly_digest_that_was_missed_is_made_once(
    store: Store, now: datetime, ada: int, list_id: int
) -> None:
    _open(store, list_id, now)
    _mode(store, list_id, Mode.WEEKLY, by=ada, now=now)
    a_post(store, list_id, a_mail(subject="One"), now=now)

    tuesday_to_sunday = _weekly(store, date(2027, 2, 2), date(2027, 2, 7), now)
    three_weeks = _weekly(store, date(2027, 2, 3), date(2027, 2, 20), now)

    assert (tuesday_to_sunday, three_weeks) == (0, 1)


def test_only_its_reader_leaves_the_lists_of_a_digest(
    store: Store, now: datetime, ada: int, list_id: int
) -> None:
    _queue(store, list_id, now, "One")
    _make(store, now)
    bo = a_person(store, "Bo Li")

    with pytest.raises(Refusal, match="somebody else"):
        store.run_sync(issues.leave, 1, by=bo, now=now)
    store.run_sync(issues.leave, 1, by=ada, now=now)

    assert store.read_sync(subscriptions.of_person, ada) == []


def test_a_digest_that_has_collected_waits_until_the_address_works_again(
    store: Store, now: datetime, ada: int, list_id: int
) -> None:
    _open(store, list_id, now)
    _mode(store, list_id, Mode.DAILY, by=ada, now=now)
    before = a_post(store, list_id, a_mail(subject="Before"), now=now)

    def turn(session: Session, state: str) -> None:
        address = session.query(Address).filter_by(person_id=ada).one()
        address.state = state

    store.run_sync(turn, "suppressed")
    a_post(store, list_id, a_mail(subject="Meanwhile"), now=now)
    none = _make(store, now)
    store.run_sync(turn, "deliverable")

    assert (none, _make(store, now)) == (0, 1)
    assert _contents(store, 1) == [before]
