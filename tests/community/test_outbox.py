"""Notices and deliveries: put once per person, by the right channel, to who wants them."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from community import due, lifecycle, outbox, people, ways
from community.due import Due, Outcome, Work
from community.outbox import Channel, Notice
from community.parcels import Parcel
from community.people import Category, Person
from community.setbacks import Undelivered
from community.store import Session, Store
from tests.builders import a_list, a_mail, a_person, a_post, deliveries, notices, told

LEASE = timedelta(minutes=5)


def _keys(store: Store) -> list[str]:
    return sorted(notice.key for notice in notices(store))


def _leave(store: Store, person_id: int, now: datetime) -> None:
    def leave(session: Session) -> None:
        lifecycle.advance(session, session.get_one(Person, person_id), "leave", by=None, now=now)

    store.run_sync(leave)


def test_put_says_it_once_by_what_each_prefers(store: Store, now: datetime) -> None:
    ada = a_person(store, "Ada Holm", slack_id="U1")
    bo = a_person(store, "Bo Li")

    counts = [
        store.run_sync(outbox.put, "meetup.join", 7, ada, bo, detail="x", now=now) for _ in range(2)
    ]

    assert counts == [2, 0]
    assert _keys(store) == [f"meetup.join:7:x:{ada}:slack", f"meetup.join:7:x:{bo}:mail"]
    first = notices(store)[0]
    assert (first.state, first.due_at, first.next_at) == ("due", now, now)
    assert (first.claims, first.attempts) == (0, 0)


def test_put_with_another_detail_or_object_is_another_notice(store: Store, now: datetime) -> None:
    ada = a_person(store)

    for object_id, detail in ((7, ""), (7, "1d"), (8, "")):
        store.run_sync(outbox.put, "meetup.join", object_id, ada, detail=detail, now=now)

    assert _keys(store) == [
        f"meetup.join:7:1d:{ada}:mail",
        f"meetup.join:7::{ada}:mail",
        f"meetup.join:8::{ada}:mail",
    ]


def test_put_by_a_channel_reaches_who_has_it(store: Store, now: datetime) -> None:
    ada = a_person(store, "Ada Holm", slack_id="U1")
    bo = a_person(store, "Bo Li")

    store.run_sync(outbox.put, "a.mail", 1, ada, bo, channel=Channel.MAIL, now=now)
    store.run_sync(outbox.put, "a.slack", 1, ada, bo, channel=Channel.SLACK, now=now)

    assert told(store, "a.mail") == [(ada, "mail"), (bo, "mail")]
    assert told(store, "a.slack") == [(ada, "slack")]


def test_put_to_nobody_puts_nothing(store: Store, now: datetime) -> None:
    assert store.run_sync(outbox.put, "meetup.join", 1, now=now) == 0


def test_put_to_all_leaves_out_who_has_left_or_stopped_the_kind(
    store: Store, now: datetime
) -> None:
    ada = a_person(store, "Ada Holm")
    muted = a_person(store, "Bo Li")
    gone = a_person(store, "Siv Lie")
    store.run_sync(ways.mute, Category.MEETUP, by=muted, now=now)
    _leave(store, gone, now)
    everybody = select(Person.id)

    kinds = ("meetup.propose", "meetup.join", "gathering.publish", "a.kind")
    for kind in kinds:
        store.run_sync(outbox.put_to_all, kind, 1, everybody, now=now)

    assert told(store, "meetup.propose") == [(ada, "mail")]
    for kind in kinds[1:]:
        assert told(store, kind) == [(ada, "mail"), (muted, "mail")]


def test_put_instead_brings_each_slack_message_up_to_date_once(store: Store, now: datetime) -> None:
    ada = a_person(store, "Ada Holm", slack_id="U1")
    bo = a_person(store, "Bo Li")
    store.run_sync(outbox.put, "meetup.propose", 7, ada, bo, now=now)
    store.run_sync(outbox.put, "meetup.propose", 8, ada, now=now)

    counts = [
        store.run_sync(outbox.put_instead, "meetup.propose", 7, detail="cancelled", now=now)
        for _ in range(2)
    ]
    again = store.run_sync(outbox.put_instead, "meetup.propose", 7, detail="full", now=now)

    assert (counts, again) == ([1, 0], 1)
    updates = [notice for notice in notices(store) if notice.replaces_id is not None]
    [original] = [
        notice
        for notice in notices(store)
        if (notice.object_id, notice.channel, notice.replaces_id) == (7, "slack", None)
    ]
    assert [(n.person_id, n.detail, n.channel, n.replaces_id) for n in updates] == [
        (ada, "cancelled", "slack", original.id),
        (ada, "full", "slack", original.id),
    ]


def test_put_deliveries_goes_to_the_primary_address_of_everybody_once(
    store: Store, now: datetime
) -> None:
    ada = a_person(store, "Ada Holm")
    bo = a_person(store, "Bo Li")
    gone = a_person(store, "Siv Lie")
    list_id = a_list(store, ada, bo, gone)
    post_id = a_post(store, list_id, a_mail())
    store.run_sync(
        lambda session: session.add(
            people.Address(person_id=bo, email="bo@other.example.org", is_primary=False)
        )
    )
    _leave(store, gone, now)
    everybody = select(Person.id)

    counts = [
        store.run_sync(outbox.put_deliveries, post_id, everybody, together=1, now=now)
        for _ in range(2)
    ]

    assert counts == [2, 0]
    assert sorted((row.person_id, row.email, row.key) for row in deliveries(store, post_id)) == [
        (ada, "ada.holm@example.org", f"post:{post_id}:person:{ada}"),
        (bo, "bo.li@example.org", f"post:{post_id}:person:{bo}"),
    ]


def _claimed(store: Store, channel: Channel, now: datetime) -> list[Notice]:
    return store.run_sync(
        outbox.claim_notices, channel=channel, now=now, limit=10, lease=LEASE, by="one"
    )


def _outcome(row: Due | Parcel, state: Work, reference: str | None = None) -> Outcome:
    return Outcome(row_id=row.id, fence=row.claims, state=state, words="words", reference=reference)


def test_claims_take_what_is_due_by_channel_and_deliveries_apart(
    store: Store, now: datetime
) -> None:
    ada = a_person(store, "Ada Holm", slack_id="U1")
    bo = a_person(store, "Bo Li")
    post_id = a_post(store, a_list(store, bo), a_mail())
    store.run_sync(outbox.put, "meetup.join", 7, ada, bo, now=now)
    store.run_sync(outbox.put_deliveries, post_id, select(Person.id), together=1, now=now)

    by_slack = _claimed(store, Channel.SLACK, now)
    by_mail = [row for row in _claimed(store, Channel.MAIL, now) if row.kind == "meetup.join"]
    posts = store.run_sync(outbox.claim_deliveries, now=now, limit=1, lease=LEASE, by="one")
    store.run_sync(outbox.settle_deliveries, [_outcome(posts[0], Work.DONE, "250 queued")], now=now)

    assert [row.person_id for row in by_slack] == [ada]
    assert [row.person_id for row in by_mail] == [bo]
    rows = [(row.person_id, row.state, row.reference) for row in deliveries(store, post_id)]
    assert sorted(rows) == [(ada, "done", "250 queued"), (bo, "due", None)]


def test_what_slack_will_never_take_is_said_by_mail_once(store: Store, now: datetime) -> None:
    ada = a_person(store, slack_id="U1")
    store.run_sync(outbox.put, "meetup.join", 7, ada, detail="x", now=now)
    [notice] = _claimed(store, Channel.SLACK, now)

    for _ in range(2):
        store.run_sync(outbox.settle_notices, [_outcome(notice, Work.FAILED)], now=now)

    assert [(row.key, row.state) for row in notices(store)] == [
        (f"meetup.join:7:x:{ada}:slack", "failed"),
        (f"meetup.join:7:x:{ada}:mail", "due"),
    ]


def test_d3_the_outcome_of_a_notice_that_is_gone_meanwhile_keeps_no_other_back(
    store: Store, now: datetime
) -> None:
    bo, ada = a_person(store, "Bo Li", slack_id="U2"), a_person(store, slack_id="U1")
    store.run_sync(outbox.put, "meetup.join", 7, bo, ada, now=now)
    rows = _claimed(store, Channel.SLACK, now)
    store.run_sync(lambda session: session.delete(session.get_one(Person, bo)))

    failed = [_outcome(row, Work.FAILED) for row in rows]
    store.run_sync(outbox.settle_notices, failed, now=now)

    assert [(each.person_id, each.channel, each.state) for each in notices(store)] == [
        (ada, "slack", "failed"),
        (ada, "mail", "due"),
    ]


def test_what_mail_will_never_take_is_not_said_again(store: Store, now: datetime) -> None:
    ada = a_person(store)
    store.run_sync(outbox.put, "meetup.join", 7, ada, now=now)
    [notice] = _claimed(store, Channel.MAIL, now)

    store.run_sync(outbox.settle_notices, [_outcome(notice, Work.FAILED)], now=now)

    assert [row.state for row in notices(store)] == ["failed"]


def _updated(store: Store, now: datetime, state: Work, reference: str | None) -> Notice:
    """Put a message and its update; settle the message; return the update."""
    ada = a_person(store, slack_id="U1")
    store.run_sync(outbox.put, "meetup.propose", 7, ada, now=now)
    [first] = _claimed(store, Channel.SLACK, now)
    store.run_sync(outbox.put_instead, "meetup.propose", 7, detail="cancelled", now=now)
    outcome = Outcome(
        row_id=first.id, fence=first.claims, state=state, again_at=now, reference=reference
    )
    store.run_sync(due.settle, Notice, [outcome], now=now)
    return notices(store)[1]


def test_an_update_of_a_slack_message_is_not_said_by_mail(store: Store, now: datetime) -> None:
    _updated(store, now, Work.DONE, "C1:1.0")
    [update] = _claimed(store, Channel.SLACK, now)

    store.run_sync(outbox.settle_notices, [_outcome(update, Work.FAILED)], now=now)

    assert [(row.channel, row.state) for row in notices(store)] == [
        ("slack", "done"),
        ("slack", "failed"),
    ]


def test_replaced_says_where_the_earlier_message_stands(store: Store, now: datetime) -> None:
    update = _updated(store, now, Work.DONE, "C1:1.0")

    assert store.read_sync(outbox.replaced, update) == "C1:1.0"
    assert store.read_sync(outbox.replaced, notices(store)[0]) is None


@pytest.mark.parametrize(("state", "error"), [("due", Undelivered), ("failed", outbox.NeverSaid)])
def test_replaced_waits_for_the_earlier_message_unless_it_never_comes(
    store: Store, now: datetime, state: str, error: type[Exception]
) -> None:
    update = _updated(store, now, Work(state), None)

    with pytest.raises(error) as raised:
        store.read_sync(outbox.replaced, update)

    assert getattr(raised.value, "permanent", False) is False


def test_cancel_stops_what_has_not_gone_out(store: Store, now: datetime) -> None:
    ada, bo = a_person(store, "Ada Holm"), a_person(store, "Bo Li")
    store.run_sync(outbox.put, "meetup.join", 7, ada, now=now)
    [sent] = _claimed(store, Channel.MAIL, now)
    store.run_sync(outbox.settle_notices, [_outcome(sent, Work.DONE)], now=now)
    store.run_sync(outbox.put, "meetup.join", 7, bo, now=now)
    store.run_sync(outbox.put, "meetup.join", 8, bo, now=now)

    cancelled = store.run_sync(outbox.cancel, "meetup.join", 7, now=now, why="over")

    assert cancelled == 1
    assert [(row.person_id, row.object_id, row.state) for row in notices(store)] == [
        (ada, 7, "done"),
        (bo, 7, "cancelled"),
        (bo, 8, "due"),
    ]


def test_a_notice_that_was_cancelled_is_not_put_again(store: Store, now: datetime) -> None:
    ada = a_person(store)
    store.run_sync(outbox.put, "meetup.join", 7, ada, now=now)
    store.run_sync(due.cancel, Notice, Notice.object_id == 7, now=now, why="left")

    again = store.run_sync(outbox.put, "meetup.join", 7, ada, now=now)

    assert again == 0
    assert told(store, "meetup.join") == []


def test_undelivered_carries_what_the_scheduler_settles_by() -> None:
    with pytest.raises(Undelivered, match="busy") as raised:
        raise Undelivered("busy", permanent=False, retry_after=30, in_doubt=True)

    error = raised.value
    assert (error.reason, error.permanent, error.retry_after, error.in_doubt) == (
        "busy",
        False,
        30,
        True,
    )
