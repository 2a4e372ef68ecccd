"""What came back is kept once for each delivery, judged, and weighed later (B1)."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from community import bounces, subscriptions
from community.bounces import MOST_KEPT_BYTES, Bounce, Returned, Tally
from community.causes import Cause, Report
from community.due import Outcome, Work
from community.store import Store
from tests.builders import a_list, a_mail, a_moderator, a_person, a_post, deliveries, planned, told

GONE = Report(action="failed", status="5.1.1", diagnostic="550 5.1.1 User unknown")
LATE = Report(action="delayed", status="4.4.1", diagnostic="timed out")
SPAM = Report(action="failed", status="5.7.1", diagnostic="554 5.7.1 spam")
COMPLAINT = Report(action="complaint", status="", diagnostic="abuse")
UNREADABLE = Report(action="", status="", diagnostic="")
FORWARDED = replace(GONE, about="ada@old.example.com")
LIST = "postdocs@lists.example.org"


@pytest.fixture
def post(store: Store) -> int:
    """Give a post on its way to Ada and to Bo."""
    ada, bo = a_person(store), a_person(store, "Bo Li")
    list_id = a_list(store, ada, bo, a_moderator(store))
    return a_post(store, list_id, a_mail("mona.vik@example.org"))


def receive(store: Store, delivery_id: int, report: Report, *, now: datetime) -> Bounce | None:
    return store.run_sync(bounces.receive, delivery_id, report, raw=b"raw", now=now)


def test_a_report_is_kept_and_planned_to_be_weighed(store: Store, now: datetime, post: int) -> None:
    ada = deliveries(store, post)[0]

    receive(store, ada.id, GONE, now=now)

    assert store.read_sync(bounces.recent, limit=5) == [
        Returned(
            delivery_id=ada.id,
            post_id=post,
            person="Ada Holm",
            email="ada.holm@example.org",
            received_at=now,
            cause=Cause.GONE,
            status="5.1.1",
            diagnostic="550 5.1.1 User unknown",
        )
    ]
    assert [(step.object_id, step.due_at) for step in planned(store, "post.weigh")] == [
        (post, now + timedelta(hours=2))
    ]


def test_the_same_report_twice_changes_nothing(store: Store, now: datetime, post: int) -> None:
    ada = deliveries(store, post)[0]

    receive(store, ada.id, GONE, now=now)
    receive(store, ada.id, GONE, now=now + timedelta(hours=3))

    assert [one.received_at for one in store.read_sync(bounces.recent, limit=5)] == [now]
    assert len(planned(store, "post.weigh")) == 1


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        (LATE, GONE, Cause.GONE),
        (GONE, LATE, Cause.GONE),
        (UNREADABLE, GONE, Cause.GONE),
        (GONE, SPAM, Cause.GONE),
        (SPAM, COMPLAINT, Cause.COMPLAINT),
    ],
)
def test_the_graver_of_two_reports_counts(
    store: Store, now: datetime, post: int, first: Report, second: Report, kept: Cause
) -> None:
    ada = deliveries(store, post)[0]

    receive(store, ada.id, first, now=now)
    receive(store, ada.id, second, now=now)

    assert [one.cause for one in store.read_sync(bounces.recent, limit=5)] == [kept]


@pytest.mark.parametrize("report", [LATE, UNREADABLE, FORWARDED])
def test_what_is_no_failure_is_kept_and_weighs_nothing(
    store: Store, now: datetime, post: int, report: Report
) -> None:
    receive(store, deliveries(store, post)[0].id, report, now=now)

    assert len(store.read_sync(bounces.recent, limit=5)) == 1
    assert planned(store, "post.weigh") == []


def test_a_report_about_nothing_of_ours_changes_nothing(store: Store, now: datetime) -> None:
    assert receive(store, 4711, GONE, now=now) is None
    assert store.read_sync(bounces.recent, limit=5) == []


def test_of_a_long_report_its_beginning_is_kept(store: Store, now: datetime, post: int) -> None:
    delivery = deliveries(store, post)[0].id
    raw = b"x" * (MOST_KEPT_BYTES + 1)

    kept = store.run_sync(bounces.receive, delivery, GONE, raw=raw, now=now)

    assert kept is not None
    assert kept.raw == raw[:-1]


def test_who_complains_is_off_the_list_and_told_once(
    store: Store, now: datetime, post: int
) -> None:
    ada = deliveries(store, post)[0]

    receive(store, ada.id, COMPLAINT, now=now)
    receive(store, ada.id, COMPLAINT, now=now)

    assert store.read_sync(subscriptions.is_subscriber, 1, ada.person_id) is False
    assert told(store, "mailing_list.complain") == [(ada.person_id, "mail")]
    assert planned(store, "post.weigh") == []


def test_who_complains_after_leaving_is_not_told(store: Store, now: datetime, post: int) -> None:
    ada = deliveries(store, post)[0]
    store.run_sync(subscriptions.leave, 1, by=ada.person_id, now=now)

    receive(store, ada.id, COMPLAINT, now=now)

    assert told(store, "mailing_list.complain") == []


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        ("550 5.1.1 User unknown", Cause.GONE),
        ("554 5.7.1 spam", Cause.CONTENT),
        ("451 4.3.0 try again later", Cause.SOFT),  # for five days
        ("the relay cannot be reached", None),
        ("in doubt: the line broke", None),
    ],
)
def test_what_the_relay_refuses_has_come_back_too(
    store: Store, now: datetime, post: int, words: str, cause: Cause | None
) -> None:
    ada, bo = deliveries(store, post)[:2]
    outcomes = [
        Outcome(row_id=ada.id, fence=ada.claims, state=Work.FAILED, words=words),
        Outcome(row_id=bo.id, fence=bo.claims, state=Work.DONE, reference="250 queued"),
    ]

    store.run_sync(bounces.settle, outcomes, now=now)

    assert [one.state for one in deliveries(store, post)[:2]] == ["failed", "done"]
    found = [(one.delivery_id, one.cause) for one in store.read_sync(bounces.recent, limit=5)]
    assert found == ([(ada.id, cause)] if cause else [])


def test_a_refusal_of_what_was_claimed_again_is_not_counted(
    store: Store, now: datetime, post: int
) -> None:
    ada = deliveries(store, post)[0]
    words = "550 5.1.1 User unknown"
    stale = Outcome(row_id=ada.id, fence=ada.claims + 1, state=Work.FAILED, words=words)

    store.run_sync(bounces.settle, [stale], now=now)

    assert store.read_sync(bounces.recent, limit=5) == []


def test_tallies_count_by_list_and_cause(store: Store, now: datetime, post: int) -> None:
    for delivery in deliveries(store, post):
        receive(store, delivery.id, SPAM, now=now)

    assert store.read_sync(bounces.tallies, since=now - timedelta(days=1)) == [
        Tally(list_address=LIST, cause=Cause.CONTENT, count=3)
    ]
    assert store.read_sync(bounces.tallies, since=now) == []
