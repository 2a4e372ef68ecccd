"""Which queues have something due: one cheap read, whatever waits for later or is over."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, select, update

from community import due, outbox, queues, schedules, steps
from community.due import Outcome, Work
from community.outbox import Channel, Notice
from community.people import Person
from community.queues import Queue
from community.steps import Step
from community.store import Session, Store
from tests import builders

MOMENT = timedelta(microseconds=1)
Put = Callable[[Store, datetime], object]


def put_schedule(store: Store, at: datetime) -> None:
    store.run_sync(schedules.ensure, "tidying", next_at=at)


def put_step(store: Store, at: datetime) -> None:
    store.run_sync(steps.plan, "meetup.end", 1, due_at=at)


def put_notice(store: Store, at: datetime, slack_id: str | None = None) -> None:
    person = builders.a_person(store, slack_id=slack_id)
    store.run_sync(outbox.put, "test.say", 1, person, now=at)


def put_slack_notice(store: Store, at: datetime) -> None:
    put_notice(store, at, slack_id="U1")


def put_delivery(store: Store, at: datetime) -> None:
    ada = builders.a_person(store)
    post = builders.a_post(store, builders.a_list(store, ada), builders.a_mail())

    def put(session: Session) -> None:
        # Whatever else the post has put is over.
        for model in (Step, Notice):
            over = update(model).values(state=Work.CANCELLED, next_at=None, settled_at=at)
            session.execute(over)
        outbox.put_deliveries(session, post, select(Person.id), together=1, now=at)

    store.run_sync(put)


PUTS: list[tuple[Put, Queue]] = [
    (put_schedule, Queue.TIME),
    (put_step, Queue.TIME),
    (put_notice, Queue.MAIL_NOTICES),
    (put_slack_notice, Queue.SLACK_NOTICES),
    (put_delivery, Queue.POSTS),
]


def due_at(store: Store, now: datetime) -> frozenset[Queue]:
    return store.read_sync(queues.due, now=now)


@pytest.mark.parametrize(("put", "queue"), PUTS)
def test_a_queue_is_due_from_the_moment_of_its_first_row(
    store: Store, now: datetime, put: Put, queue: Queue
) -> None:
    put(store, now)

    assert due_at(store, now - MOMENT) == frozenset()
    assert due_at(store, now) == {queue}
    assert due_at(store, now + timedelta(days=300)) == {queue}


def test_nothing_is_due_in_an_empty_house(store: Store, now: datetime) -> None:
    assert due_at(store, now) == frozenset()


def test_a_claimed_row_is_due_again_when_its_lease_ends(store: Store, now: datetime) -> None:
    put_notice(store, now)
    lease = timedelta(seconds=120)

    (row,) = store.run_sync(
        outbox.claim_notices, channel=Channel.MAIL, now=now, limit=1, lease=lease, by="a test"
    )
    claimed = [due_at(store, now), due_at(store, now + lease)]
    done = Outcome(row_id=row.id, fence=row.claims, state=Work.DONE)
    store.run_sync(due.settle, Notice, [done], now=now)

    assert claimed == [frozenset(), {Queue.MAIL_NOTICES}]
    assert due_at(store, now + lease) == frozenset()


@pytest.mark.parametrize("waiting", [1, 50])
def test_it_asks_as_often_however_much_waits(store: Store, now: datetime, waiting: int) -> None:
    person = builders.a_person(store)
    for number in range(waiting):
        store.run_sync(outbox.put, "test.say", number, person, now=now)
        store.run_sync(steps.plan, "meetup.end", number, due_at=now)

    def statements(session: Session) -> int:
        seen: list[str] = []
        connection = session.connection()
        event.listen(connection, "before_cursor_execute", lambda *call: seen.append(call[2]))
        assert queues.due(session, now=now) == {Queue.TIME, Queue.MAIL_NOTICES}
        return len(seen)

    assert store.read_sync(statements) == 2
