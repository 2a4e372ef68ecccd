"""What came back is kept beside its delivery, once."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from community import bounces
from community.bounces import Bounce, Report
from community.store import Store
from tests.builders import a_list, a_mail, a_moderator, a_person, a_post, deliveries

REPORT = Report(
    action="failed", status="5.1.1", diagnostic="550 no such user", raw=b"Subject: \xff\x00\r\n"
)


@pytest.fixture
def delivery(store: Store) -> int:
    ada = a_person(store)
    mona = a_moderator(store)
    list_id = a_list(store, ada)
    post = a_post(store, list_id, a_mail("mona.vik@example.org"))
    assert mona
    return deliveries(store, post)[0].id


def _kept(store: Store, delivery: int) -> Bounce | None:
    return store.read_sync(lambda session: session.get(Bounce, delivery))


def test_a_report_is_kept_with_its_bytes(store: Store, now: datetime, delivery: int) -> None:
    store.run_sync(bounces.receive, delivery, REPORT, now=now)

    kept = _kept(store, delivery)
    assert kept is not None
    assert (kept.action, kept.status, kept.diagnostic) == ("failed", "5.1.1", "550 no such user")
    assert (kept.raw, kept.received_at) == (b"Subject: \xff\x00\r\n", now)


def test_a_second_report_about_the_same_delivery_changes_nothing(
    store: Store, now: datetime, delivery: int
) -> None:
    store.run_sync(bounces.receive, delivery, REPORT, now=now)

    later = replace(REPORT, action="delayed", status="4.2.2")
    store.run_sync(bounces.receive, delivery, later, now=now + timedelta(days=1))

    kept = _kept(store, delivery)
    assert kept is not None
    assert (kept.status, kept.received_at) == ("5.1.1", now)


def test_a_report_about_no_delivery_of_ours_is_dropped(store: Store, now: datetime) -> None:
    assert store.run_sync(bounces.receive, 4711, REPORT, now=now) is None
    assert _kept(store, 4711) is None
