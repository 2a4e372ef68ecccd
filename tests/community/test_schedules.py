"""What comes again and again: one ring of many acts, and a missed one comes once."""

import threading
from datetime import datetime, timedelta

import pytest

from community import schedules, steps
from community.schedules import Schedule
from community.store import Session, Store
from tests.builders import a_meetup, a_person

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


class Act:
    """Remembers for which moments it was called."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.meant: list[datetime] = []
        self.fault = fault

    def __call__(self, session: Session, *, meant: datetime, now: datetime) -> None:
        self.meant.append(meant)
        if self.fault:
            raise self.fault


def _fire(store: Store, act: Act, now: datetime) -> bool:
    return store.run_sync(
        schedules.fire, "digest", act, following=lambda after: after + DAY, now=now
    )


def _row(store: Store) -> tuple[datetime, datetime | None]:
    row = store.read_sync(lambda session: session.get_one(Schedule, "digest"))
    return row.next_at, row.last_at


def test_ensure_keeps_the_moment_that_is_there(store: Store, now: datetime) -> None:
    for later in (0, 1, 2):
        store.run_sync(schedules.ensure, "digest", next_at=now + later * DAY)

    assert _row(store) == (now, None)


def test_fire_acts_when_it_is_due_and_moves_on(store: Store, now: datetime) -> None:
    act = Act()
    store.run_sync(schedules.ensure, "digest", next_at=now)

    rung = [_fire(store, act, moment) for moment in (now - HOUR, now + HOUR, now + 2 * HOUR)]

    assert rung == [False, True, False]
    assert act.meant == [now]
    assert _row(store) == (now + HOUR + DAY, now)


def test_a_schedule_missed_for_a_week_runs_once(store: Store, now: datetime) -> None:
    act = Act()
    store.run_sync(schedules.ensure, "digest", next_at=now)

    assert [_fire(store, act, now + 7 * DAY) for _ in range(3)] == [True, False, False]
    assert act.meant == [now]


def test_an_unknown_schedule_does_not_fire(store: Store, now: datetime) -> None:
    assert _fire(store, Act(), now) is False


def test_an_act_that_raises_leaves_it_due_until_it_is_pushed_on(
    store: Store, now: datetime
) -> None:
    store.run_sync(schedules.ensure, "digest", next_at=now)

    with pytest.raises(ZeroDivisionError):
        _fire(store, Act(ZeroDivisionError()), now)
    assert _row(store) == (now, None)

    for _ in range(2):
        store.run_sync(schedules.push_on, "digest", now=now)
    assert _row(store) == (now + timedelta(minutes=10), None)


def test_of_eight_that_ring_at_the_same_moment_one_acts(store: Store, now: datetime) -> None:
    act = Act()
    store.run_sync(schedules.ensure, "digest", next_at=now)
    fired: list[bool] = []
    ready = threading.Barrier(8)

    def ring() -> None:
        ready.wait()
        fired.append(_fire(store, act, now))

    threads = [threading.Thread(target=ring) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (sorted(fired), act.meant) == ([False] * 7 + [True], [now])


def test_coming_lists_the_next_one_first(store: Store, now: datetime) -> None:
    for name, days in (("stays", 1), ("digest", 2), ("alike", 1)):
        store.run_sync(schedules.ensure, name, next_at=now + days * DAY)

    coming = store.read_sync(schedules.coming)
    assert [row.name for row in coming] == ["alike", "stays", "digest"]


def test_next_moment_is_the_first_of_jobs_steps_and_sends(store: Store, now: datetime) -> None:
    assert store.read_sync(schedules.next_moment) is None

    store.run_sync(schedules.ensure, "digest", next_at=now + 9 * DAY)
    assert store.read_sync(schedules.next_moment) == now + 9 * DAY

    store.run_sync(steps.plan, "meetup.end", 1, due_at=now + 8 * DAY)
    assert store.read_sync(schedules.next_moment) == now + 8 * DAY

    a_meetup(store, a_person(store), now=now)  # puts an invitation at once
    assert store.read_sync(schedules.next_moment) == now


def test_processes_that_start_together_make_each_row_once(store: Store, now: datetime) -> None:
    together = threading.Barrier(4, timeout=60)

    def ensure(session: Session) -> None:
        if not store.is_sqlite:  # it has one writer
            together.wait()
        schedules.ensure(session, "stays", next_at=now)

    threads = [threading.Thread(target=store.run_sync, args=(ensure,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert [row.next_at for row in store.read_sync(schedules.coming)] == [now]
