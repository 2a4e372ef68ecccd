"""The scheduler: each job and step once, however often and by however many it is rung."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from community import schedules, steps
from community.due import Work
from community.store import Store
from sandbox.jumping import StillClock
from scheduler.jobs import JOBS, STEPS, Job, Scheduler
from tests import builders

pytestmark = pytest.mark.anyio

OSLO = ZoneInfo("Europe/Oslo")


def job(name: str) -> Job:
    return next(job for job in JOBS if job.name == name)


def coming(store: Store) -> dict[str, datetime]:
    return {row.name: row.next_at for row in store.read_sync(schedules.coming)}


@pytest.mark.parametrize(
    ("now", "following"),
    [
        # Winter, summer, and the days on which the clocks change.
        (datetime(2027, 2, 1, 9, 0, tzinfo=UTC), datetime(2027, 2, 1, 15, 0, tzinfo=UTC)),
        (datetime(2027, 2, 1, 15, 0, 1, tzinfo=UTC), datetime(2027, 2, 2, 15, 0, tzinfo=UTC)),
        (datetime(2027, 6, 1, 9, 0, tzinfo=UTC), datetime(2027, 6, 1, 14, 0, tzinfo=UTC)),
        (datetime(2027, 3, 28, 0, 30, tzinfo=UTC), datetime(2027, 3, 28, 14, 0, tzinfo=UTC)),
        (datetime(2027, 10, 31, 0, 30, tzinfo=UTC), datetime(2027, 10, 31, 15, 0, tzinfo=UTC)),
    ],
)
def test_a_job_rings_at_its_hour_on_the_wall(now: datetime, following: datetime) -> None:
    assert job("digest").following(now, zone=OSLO) == following


def test_no_job_rings_in_the_hour_that_some_nights_have_twice_or_not_at_all() -> None:
    assert [job.name for job in JOBS if job.hour == 2] == []


async def test_each_job_runs_once_however_many_ring(store: Store, now: datetime) -> None:
    clock = StillClock(now)
    schedulers = [Scheduler(store, clock), Scheduler(store, clock)]
    for scheduler in schedulers:
        await scheduler.prepare()
    meant = coming(store)["stays"]
    assert meant == datetime(2027, 2, 2, 4, 10, tzinfo=UTC)

    clock.put_forward(meant)
    done = await asyncio.gather(*(scheduler.sweep() for scheduler in schedulers))

    assert sum(done) == len(JOBS)
    assert coming(store)["stays"] == datetime(2027, 2, 3, 4, 10, tzinfo=UTC)


async def test_a_job_missed_for_a_week_runs_once(store: Store, now: datetime) -> None:
    clock = StillClock(now)
    scheduler = Scheduler(store, clock)
    await scheduler.prepare()

    clock.put_forward(now + timedelta(days=7))

    assert await scheduler.sweep() == len(JOBS)
    assert await scheduler.sweep() == 0
    assert coming(store) == {
        "digest": datetime(2027, 2, 8, 15, 0, tzinfo=UTC),
        "tidying": datetime(2027, 2, 9, 3, 30, tzinfo=UTC),
        "stays": datetime(2027, 2, 9, 4, 10, tzinfo=UTC),
    }


async def test_a_step_is_done_once_when_two_sweep_at_the_same_time(
    store: Store, now: datetime
) -> None:
    host = builders.a_person(store, fields=("1.3",))
    meetup = builders.a_meetup(store, host, starts_at=now)
    clock = StillClock(now + timedelta(hours=2))

    done = await asyncio.gather(Scheduler(store, clock).sweep(), Scheduler(store, clock).sweep())

    assert sum(done) == 1
    assert [(step.key, step.state) for step in builders.planned(store)] == [
        (f"meetup.end:{meetup}", Work.DONE)
    ]


async def test_a_step_that_raises_is_pushed_on_and_the_others_go_on(
    store: Store, now: datetime
) -> None:
    host = builders.a_person(store)
    meetup = builders.a_meetup(store, host, starts_at=now)
    gone = 4711
    store.run_sync(steps.plan, "meetup.end", gone, due_at=now)
    clock = StillClock(now + timedelta(hours=2))

    assert await Scheduler(store, clock).sweep() == 1

    states = {step.object_id: step for step in builders.planned(store)}
    assert states[meetup].state == Work.DONE
    assert (states[gone].state, states[gone].attempts) == (Work.DUE, 1)
    assert states[gone].last_error == "internal fault: NoResultFound"


async def test_a_job_that_raises_is_tried_again_in_ten_minutes(store: Store, now: datetime) -> None:
    store.run_sync(schedules.ensure, "stays", next_at=now)

    store.run_sync(schedules.push_on, "stays", now=now)

    assert coming(store) == {"stays": now + timedelta(minutes=10)}


def test_every_step_that_acts_plan_has_its_act() -> None:
    source = "".join(path.read_text() for path in Path("community").glob("*.py"))

    assert set(re.findall(r'steps\.plan\(\s*session,\s*"([a-z_.]+)"', source)) == set(STEPS)


async def test_start_and_stop_leave_nothing_running(store: Store, now: datetime) -> None:
    scheduler = Scheduler(store, StillClock(now))

    await scheduler.start()
    await scheduler.stop()

    assert {row.name for row in store.read_sync(schedules.coming)} == {job.name for job in JOBS}
