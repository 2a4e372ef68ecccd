"""Rows that come due: put once, claimed by one, settled by who holds the fence."""

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import set_attribute

from community import due, outbox, steps
from community.due import Outcome, Work
from community.outbox import Notice
from community.steps import Step
from community.store import Session, Store
from tests.builders import a_person, notices, planned

LEASE = timedelta(minutes=5)


def _plan(store: Store, now: datetime, *object_ids: int) -> list[int]:
    for object_id in object_ids:
        store.run_sync(steps.plan, "meetup.end", object_id, due_at=now)
    return [step.id for step in planned(store)]


def _claim(store: Store, now: datetime, *, limit: int = 10, by: str = "one") -> list[Step]:
    return store.run_sync(due.claim, Step, now=now, limit=limit, lease=LEASE, by=by)


def _settle(store: Store, now: datetime, *outcomes: Outcome) -> int:
    return store.run_sync(due.settle, Step, outcomes, now=now)


def _cancel(store: Store, now: datetime, object_id: int) -> int:
    return store.run_sync(
        due.cancel, Step, Step.object_id == object_id, now=now, why="not needed any more"
    )


def _outcome(row: Step, state: Work = Work.DONE, again_at: datetime | None = None) -> Outcome:
    return Outcome(row_id=row.id, fence=row.claims, state=state, words="words", again_at=again_at)


def test_claim_takes_what_is_due_oldest_first_and_no_more_than_the_limit(
    store: Store, now: datetime
) -> None:
    for object_id, minutes in ((1, 1), (2, -1), (3, 0), (4, -2), (5, -3)):
        due_at = now + timedelta(minutes=minutes)
        store.run_sync(steps.plan, "meetup.end", object_id, due_at=due_at)

    first, second, third = (_claim(store, now, limit=3) for _ in range(3))

    assert [step.object_id for step in first] == [5, 4, 2]
    assert [step.object_id for step in second] == [3]
    assert third == []
    claimed = first[0]
    assert (claimed.next_at, claimed.claims, claimed.attempts, claimed.claimed_by) == (
        now + LEASE,
        1,
        0,
        "one",
    )


def test_claim_looks_only_at_what_is_asked_for(store: Store, now: datetime) -> None:
    _plan(store, now, 1, 2)

    claimed = store.run_sync(
        due.claim, Step, now=now, limit=5, lease=LEASE, by="one", where=[Step.object_id == 2]
    )

    assert [step.object_id for step in claimed] == [2]


def test_a_claim_is_free_again_when_its_lease_ends(store: Store, now: datetime) -> None:
    _plan(store, now, 1)
    _claim(store, now)

    early = _claim(store, now + LEASE - timedelta(microseconds=1), by="two")
    late = _claim(store, now + LEASE, by="two")

    assert early == []
    assert [(step.claims, step.claimed_by) for step in late] == [(2, "two")]


def test_claims_by_two_at_the_same_time_have_no_row_in_common(store: Store, now: datetime) -> None:
    _plan(store, now, *range(1, 21))
    start = threading.Barrier(2)
    taken: list[int] = []

    def work(name: str) -> None:
        start.wait()
        for _ in range(4):
            taken.extend(step.object_id for step in _claim(store, now, limit=4, by=name))

    threads = [threading.Thread(target=work, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken.extend(step.object_id for step in _claim(store, now, limit=20))  # what was skipped

    assert sorted(taken) == list(range(1, 21))


def test_settle_writes_down_each_outcome(store: Store, now: datetime) -> None:
    _plan(store, now, 1, 2, 3)
    done, failed, again = _claim(store, now)
    later = now + timedelta(hours=1)

    settled = _settle(
        store,
        now,
        _outcome(done),
        _outcome(failed, Work.FAILED),
        _outcome(again, Work.DUE, later),
    )

    assert settled == 3
    rows = [(s.state, s.next_at, s.settled_at, s.attempts, s.last_error) for s in planned(store)]
    assert rows == [
        ("done", None, now, 1, "words"),
        ("failed", None, now, 1, "words"),
        ("due", later, None, 1, "words"),
    ]
    assert [step.object_id for step in _claim(store, later)] == [3]


def test_settle_keeps_the_reference_of_the_far_side(store: Store, now: datetime) -> None:
    ada = a_person(store)
    store.run_sync(outbox.put, "meetup.invite", 1, ada, now=now)
    [notice] = store.run_sync(due.claim, Notice, now=now, limit=1, lease=LEASE, by="one")

    def outcome(reference: str | None) -> Outcome:
        return Outcome(row_id=notice.id, fence=1, state=Work.DUE, again_at=now, reference=reference)

    for reference in ("250 queued", None):
        store.run_sync(due.settle, Notice, [outcome(reference)], now=now)

    assert [(row.reference, row.attempts) for row in notices(store)] == [("250 queued", 2)]


def test_settle_leaves_a_row_alone_that_somebody_else_has_claimed_since(
    store: Store, now: datetime
) -> None:
    _plan(store, now, 1)
    [mine] = _claim(store, now, by="one")
    [theirs] = _claim(store, now + LEASE, by="two")

    late = _settle(store, now + LEASE, _outcome(mine, Work.FAILED))
    in_time = _settle(store, now + LEASE, _outcome(theirs))

    assert (late, in_time) == (0, 1)
    assert [(step.state, step.attempts) for step in planned(store)] == [("done", 1)]


def test_settling_twice_changes_nothing_the_second_time(store: Store, now: datetime) -> None:
    _plan(store, now, 1)
    [row] = _claim(store, now)

    counts = [_settle(store, now, _outcome(row)), _settle(store, now, _outcome(row, Work.FAILED))]

    assert counts == [1, 0]
    assert planned(store)[0].state == "done"


def test_cancel_wins_over_a_retry_of_what_is_being_tried(store: Store, now: datetime) -> None:
    _plan(store, now, 1, 2)
    tried, _other = _claim(store, now)

    cancelled = _cancel(store, now, 1)
    settled = _settle(store, now, _outcome(tried, Work.DUE, now + LEASE))

    assert (cancelled, settled) == (1, 0)
    rows = [(s.object_id, s.state, s.next_at, s.last_error) for s in planned(store)]
    assert rows == [
        (1, "cancelled", None, "not needed any more"),
        (2, "due", now + LEASE, None),
    ]


def test_cancel_leaves_what_is_settled(store: Store, now: datetime) -> None:
    _plan(store, now, 1)
    [row] = _claim(store, now)
    _settle(store, now, _outcome(row))

    assert _cancel(store, now, 1) == 0
    assert planned(store)[0].state == "done"


def test_give_back_frees_what_is_leased_and_nothing_else(store: Store, now: datetime) -> None:
    _plan(store, now, 1, 2, 3)
    leased, retried, done = _claim(store, now)
    later = now + timedelta(hours=1)
    _settle(store, now, _outcome(retried, Work.DUE, later), _outcome(done))
    store.run_sync(steps.plan, "meetup.end", 4, due_at=later)

    given = store.run_sync(due.give_back, Step, now=now)

    assert given == 1
    [again] = _claim(store, now)
    assert (again.id, again.claims) == (leased.id, 2)
    _settle(store, now, _outcome(again))
    assert [step.object_id for step in _claim(store, later)] == [2, 4]


@pytest.mark.parametrize(
    ("attempts", "seconds"),
    [(0, 30), (1, 60), (2, 120), (8, 7680), (9, 4 * 3600), (1000, 4 * 3600)],
)
def test_retry_at_doubles_up_to_four_hours_give_or_take_a_fifth(
    now: datetime, attempts: int, seconds: int
) -> None:
    waits = {
        (due.retry_at(now, attempts=attempts, row_id=row, retry_after=None) - now)
        / timedelta(seconds=seconds)
        for row in range(500)
    }

    assert min(waits) >= 0.8
    assert max(waits) < 1.2
    assert len(waits) > 400  # spread out, not all at once


def test_retry_at_is_the_same_wherever_it_is_computed(now: datetime) -> None:
    at = [due.retry_at(now, attempts=0, row_id=row, retry_after=None) for row in (0, 1)]

    assert at == [now + timedelta(seconds=24), now + timedelta(seconds=33.132)]


def test_retry_at_does_what_the_far_side_asks(now: datetime) -> None:
    assert due.retry_at(now, attempts=9, row_id=7, retry_after=3) == now + timedelta(seconds=3)


@pytest.mark.parametrize(
    ("column", "value"), [("state", "lost"), ("state", "done"), ("next_at", None), ("key", None)]
)
def test_the_database_refuses_a_row_that_is_neither_due_nor_settled(
    store: Store, now: datetime, column: str, value: str | None
) -> None:
    def spoil(session: Session) -> None:
        step = session.scalars(select(Step)).one()
        set_attribute(step, column, value)
        session.flush()

    _plan(store, now, 1)

    with pytest.raises(IntegrityError):
        store.run_sync(spoil)
