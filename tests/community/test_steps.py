"""Steps: one act, once, in one transaction."""

import threading
from datetime import datetime, timedelta

from community import journal, steps
from community.steps import MOST_ATTEMPTS, StepAct
from community.store import Session, Store
from tests.builders import planned

Call = tuple[int, str, datetime, datetime]


def _noted(
    session: Session, object_id: int, *, detail: str, due_at: datetime, now: datetime
) -> None:
    journal.write(session, "person", object_id, detail, by=None, now=now)


def _broken(
    session: Session, object_id: int, *, detail: str, due_at: datetime, now: datetime
) -> None:
    _noted(session, object_id, detail=detail, due_at=due_at, now=now)
    raise RuntimeError("broken")


ACTS: dict[str, StepAct] = {"person.note": _noted, "person.break": _broken}


def _plan(
    store: Store, due_at: datetime, object_id: int = 7, *, action: str = "person.note"
) -> int:
    store.run_sync(steps.plan, action, object_id, due_at=due_at, detail="3d")
    return planned(store)[-1].id


def _noted_events(store: Store, object_id: int = 7) -> list[str]:
    return [entry.event for entry in store.read_sync(journal.of, "person", object_id)]


def test_plan_twice_keeps_the_first_moment(store: Store, now: datetime) -> None:
    _plan(store, now)
    _plan(store, now + timedelta(days=1))
    store.run_sync(steps.plan, "person.note", 7, due_at=now)

    assert [(step.key, step.due_at, step.detail) for step in planned(store)] == [
        ("person.note:7:3d", now, "3d"),
        ("person.note:7", now, ""),
    ]


def test_cancel_stops_every_step_of_one_kind_for_one_thing(store: Store, now: datetime) -> None:
    for object_id, detail in ((7, "3d"), (7, "1d"), (8, "3d")):
        store.run_sync(steps.plan, "person.note", object_id, due_at=now, detail=detail)
    store.run_sync(steps.plan, "person.other", 7, due_at=now)

    cancelled = store.run_sync(steps.cancel, "person.note", 7, now=now, why="left")

    assert cancelled == 2
    assert {step.key: (step.state, step.last_error) for step in planned(store)} == {
        "person.note:7:3d": ("cancelled", "left"),
        "person.note:7:1d": ("cancelled", "left"),
        "person.note:8:3d": ("due", None),
        "person.other:7": ("due", None),
    }


def test_first_due_is_what_waits_longest(store: Store, now: datetime) -> None:
    later = _plan(store, now, 1)
    sooner = store.run_sync(steps.first_due, now=now - timedelta(seconds=1))
    longest = now - timedelta(hours=1)
    store.run_sync(steps.plan, "person.note", 2, due_at=longest)

    assert sooner is None
    first = planned(store)[0]
    assert first.object_id == 2
    assert store.read_sync(steps.first_due, now=now) == first.id
    assert store.read_sync(steps.first_due, now=now) != later


def test_take_does_the_act_and_settles_it_once(store: Store, now: datetime) -> None:
    step_id = _plan(store, now)

    early = store.run_sync(steps.take, ACTS, step_id, now=now - timedelta(seconds=1))
    taken = [store.run_sync(steps.take, ACTS, step_id, now=now) for _ in range(2)]

    assert (early, taken) == (False, [True, False])
    assert _noted_events(store) == ["person.3d"]
    [step] = planned(store)
    assert (step.state, step.settled_at, step.attempts) == ("done", now, 1)


def test_take_gives_the_act_what_it_was_planned_with(store: Store, now: datetime) -> None:
    calls: list[Call] = []

    def remembered(
        session: Session, object_id: int, *, detail: str, due_at: datetime, now: datetime
    ) -> None:
        calls.append((object_id, detail, due_at, now))

    step_id = _plan(store, now)
    later = now + timedelta(hours=3)

    store.run_sync(steps.take, {"person.note": remembered}, step_id, now=later)

    assert calls == [(7, "3d", now, later)]


def test_take_of_what_another_process_is_doing_leaves_it_alone(store: Store, now: datetime) -> None:
    step_id = _plan(store, now)
    taken: list[bool] = []

    def take_too() -> None:
        taken.append(store.run_sync(steps.take, ACTS, step_id, now=now))

    beside = threading.Thread(target=take_too)

    def act(
        session: Session, object_id: int, *, detail: str, due_at: datetime, now: datetime
    ) -> None:
        _noted(session, object_id, detail=detail, due_at=due_at, now=now)
        beside.start()
        if not store.is_sqlite:  # where one writes at a time, the other waits for our end
            beside.join()

    taken_here = store.run_sync(steps.take, {"person.note": act}, step_id, now=now)
    beside.join()

    assert (taken_here, taken) == (True, [False])
    assert _noted_events(store) == ["person.3d"]


def test_take_of_a_cancelled_step_does_nothing(store: Store, now: datetime) -> None:
    step_id = _plan(store, now)
    store.run_sync(steps.cancel, "person.note", 7, now=now, why="left")

    assert store.run_sync(steps.take, ACTS, step_id, now=now) is False
    assert _noted_events(store) == []


def test_an_act_that_cancels_its_own_step_leaves_it_cancelled(store: Store, now: datetime) -> None:
    def settled(
        session: Session, object_id: int, *, detail: str, due_at: datetime, now: datetime
    ) -> None:
        steps.cancel(session, "person.note", object_id, now=now, why="decided")

    step_id = _plan(store, now)

    store.run_sync(steps.take, {"person.note": settled}, step_id, now=now)

    assert [(step.state, step.last_error) for step in planned(store)] == [("cancelled", "decided")]


def test_a_step_that_raises_changes_nothing_and_is_pushed_on(store: Store, now: datetime) -> None:
    step_id = _plan(store, now, action="person.break")

    try:
        store.run_sync(steps.take, ACTS, step_id, now=now)
    except RuntimeError as error:
        store.run_sync(steps.push_on, step_id, error=str(error), now=now)

    assert _noted_events(store) == []
    [step] = planned(store)
    assert (step.state, step.attempts, step.last_error, step.due_at) == ("due", 1, "broken", now)
    assert step.next_at is not None
    assert timedelta(seconds=24) <= step.next_at - now < timedelta(seconds=36)
    assert store.read_sync(steps.first_due, now=now) is None


def test_a_step_that_keeps_raising_is_failed_after_twelve_attempts(
    store: Store, now: datetime
) -> None:
    step_id = _plan(store, now, action="person.break")
    states = []

    for _ in range(MOST_ATTEMPTS + 1):
        store.run_sync(steps.push_on, step_id, error="broken", now=now)
        [step] = planned(store)
        states.append(step.state)

    assert states == ["due"] * 11 + ["failed"] * 2
    assert (step.attempts, step.next_at, step.settled_at) == (12, None, now)


def test_push_on_of_a_step_that_is_gone_changes_nothing(store: Store, now: datetime) -> None:
    store.run_sync(steps.push_on, 999, error="broken", now=now)

    assert planned(store) == []
