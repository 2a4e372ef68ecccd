"""What came in twice has its effect once."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from community import receipts
from community.errors import Refusal
from community.meetups import Meetup, propose
from community.receipts import Repeated
from community.store import Store
from tests.builders import NEXT_WEEK, a_person


def topics(store: Store) -> list[str]:
    return store.read_sync(
        lambda session: list(session.scalars(select(Meetup.topic).order_by(Meetup.id)))
    )


def proposed(store: Store, key: str, by: int, now: datetime, topic: str = "Lunch") -> Meetup:
    return store.run_sync(
        receipts.act_once,
        key,
        propose,
        topic=topic,
        place="Hangaren",
        starts_at=NEXT_WEEK,
        by=by,
        now=now,
    )


def test_act_once_acts_the_first_time_only(store: Store, now: datetime) -> None:
    ada = a_person(store)

    proposed(store, "slack:V1", ada, now)
    with pytest.raises(Repeated):
        proposed(store, "slack:V1", ada, now)
    proposed(store, "slack:V2", ada, now, "Coffee")

    assert topics(store) == ["Lunch", "Coffee"]


def test_act_once_may_be_tried_again_after_a_refusal(store: Store, now: datetime) -> None:
    ada = a_person(store)

    with pytest.raises(Refusal):
        proposed(store, "slack:V1", ada, now, topic=" ")
    proposed(store, "slack:V1", ada, now)

    assert topics(store) == ["Lunch"]


def test_forget_old_keeps_what_may_come_again(store: Store, now: datetime) -> None:
    store.run_sync(receipts.once, "old", now - timedelta(days=3, seconds=1))
    store.run_sync(receipts.once, "new", now - timedelta(days=3))

    gone = store.run_sync(receipts.forget_old, now=now)

    assert gone == 1
    assert store.run_sync(receipts.once, "new", now) is False
