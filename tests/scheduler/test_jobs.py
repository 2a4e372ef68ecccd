"""The scheduler: each job and step once, however often and by however many it is rung."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text
from structlog.testing import capture_logs

from community import conservation, deliveries, lists, schedules, steps
from community.due import Work
from community.people import Person
from community.store import Session, Store
from community.subscriptions import Mode
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


async def test_time_goes_on_after_a_sweep_that_broke(store: Store, now: datetime) -> None:
    scheduler, bell = Scheduler(store, StillClock(now)), asyncio.Event()
    await scheduler.prepare()
    store.run_sync(steps.plan, "meetup.end", 99, due_at=now)
    working = asyncio.create_task(scheduler.work(bell))

    async def ring() -> None:
        bell.set()
        for _ in range(3):  # it wakes, and begins
            await asyncio.sleep(0)
        await scheduler.stop()  # when the sweep is over

    with capture_logs() as logs:
        for old, new in (("schedule", "away"), ("away", "schedule")):
            store.run_sync(Session.execute, text(f"ALTER TABLE {old} RENAME TO {new}"))
            await ring()
    working.cancel()

    assert {entry["event"] for entry in logs} & {"scheduler.broke", "scheduler.database_away"}
    # There is no such meetup: it was tried.
    assert [step.attempts for step in builders.planned(store, "meetup.end")] == [1]


async def test_the_check_is_made_every_hour_and_logs_what_is_broken(
    store: Store, now: datetime
) -> None:
    clock = StillClock(now)
    scheduler = Scheduler(store, clock)
    await scheduler.prepare()
    meant = coming(store)["check"]
    store.run_sync(steps.plan, "meetup.end", 99, due_at=now + timedelta(days=1))

    clock.put_forward(meant)
    with capture_logs() as logs:
        assert await scheduler.sweep() == 1

    assert meant == datetime(2027, 2, 1, 9, 20, tzinfo=UTC)
    assert coming(store)["check"] == meant + timedelta(hours=1)
    assert logs == [
        {
            "event": "check.broken",
            "log_level": "error",
            "check": "step.object",
            "count": 1,
            "ids": (1,),
        }
    ]


def test_the_check_looks_before_it_writes_and_writes_what_was_seen(
    store: Store, now: datetime
) -> None:
    check = job("check")
    assert check.look is not None
    later = now + timedelta(days=1)
    store.run_sync(steps.plan, "meetup.end", 99, due_at=later)

    found = store.read_sync(check.look, now=now)
    store.run_sync(steps.cancel, "meetup.end", 99, now=now, why="mended meanwhile")
    store.run_sync(check.act, found=found, meant=now, now=now)

    kept = [(flaw.name, flaw.ids) for flaw in store.read_sync(conservation.flaws)]
    assert kept == [("step.object", "1")]


async def test_each_job_runs_once_however_many_ring(store: Store, now: datetime) -> None:
    clock = StillClock(now)
    schedulers = [Scheduler(store, clock), Scheduler(store, clock)]
    for scheduler in schedulers:
        await scheduler.prepare()
    meant = coming(store)["stays"]
    assert meant == datetime(2027, 2, 2, 4, 10, tzinfo=UTC)

    clock.put_forward(meant)
    done = await asyncio.gather(*(scheduler.sweep() for scheduler in schedulers))

    # The weekly digest, the dockets and the monthly letter ring later in the morning.
    assert sum(done) == len(JOBS) - 3
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
        "weekly_digest": datetime(2027, 2, 9, 7, 0, tzinfo=UTC),
        "dockets": datetime(2027, 2, 9, 7, 15, tzinfo=UTC),
        "monthly_letter": datetime(2027, 2, 9, 8, 0, tzinfo=UTC),
        "check": datetime(2027, 2, 8, 9, 20, tzinfo=UTC),
        "keeping": datetime(2027, 2, 8, 9, 35, tzinfo=UTC),
        "indexing": datetime(2027, 2, 8, 9, 50, tzinfo=UTC),
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

    planned = re.findall(r'steps\.(?:plan\(\s*session,|Plan\()\s*"([a-z_.]+)"', source)
    assert set(planned) == set(STEPS)


async def test_start_and_stop_leave_nothing_running(store: Store, now: datetime) -> None:
    scheduler = Scheduler(store, StillClock(now))

    await scheduler.start()
    await scheduler.stop()

    assert {row.name for row in store.read_sync(schedules.coming)} == {job.name for job in JOBS}


#: From one look to the next, begun at 08:00 UTC: closely around 16:00 and 08:00 in Oslo.
HOURS_OF_A_DAY = (5, 1, 1, 1, 1, 12, 1, 1, 1)


async def test_digests_keep_their_hours_over_easter_and_the_change_to_summer(store: Store) -> None:
    # Thursday 25 March 2027: the clocks change on Sunday, and Monday is a holiday.
    clock = StillClock(datetime(2027, 3, 25, 8, 0, tzinfo=UTC))
    daily, weekly = builders.a_person(store), builders.a_person(store, "Bo Li")
    list_id = builders.a_list(store, daily, weekly)
    quiet = ["newcomer_posts=0", "posts_per_member_per_week=99", "threads_per_day=99"]
    store.run_sync(lists.set_policy, list_id, quiet, by=None, now=clock.now())
    for person_id, mode in ((daily, Mode.DAILY), (weekly, Mode.WEEKLY)):
        store.run_sync(deliveries.set_mode, list_id, mode, by=person_id, now=clock.now())
    scheduler = Scheduler(store, clock)
    await scheduler.prepare()

    for n in range(7):
        builders.a_post(store, list_id, builders.a_mail(subject=f"Post {n}"), now=clock.now())
        for hours in HOURS_OF_A_DAY:
            clock.put_forward(clock.now() + timedelta(hours=hours))
            await scheduler.sweep()

    made = [(n.person_id, n.due_at.astimezone(OSLO)) for n in builders.notices(store)]
    assert [f"{at:%a %d %H:%M %z}" for person_id, at in made if person_id == daily] == [
        *("Thu 25 16:00 +0100", "Fri 26 16:00 +0100", "Sat 27 16:00 +0100"),
        *("Sun 28 16:00 +0200", "Mon 29 16:00 +0200", "Tue 30 16:00 +0200"),
        "Wed 31 16:00 +0200",
    ]
    assert [f"{at:%a %d %H:%M %z}" for person_id, at in made if person_id == weekly] == [
        "Tue 30 08:00 +0200"
    ]


async def test_a_weekly_digest_is_made_up_for_after_a_night_and_a_day_down(
    store: Store, now: datetime
) -> None:
    ada = builders.a_person(store)
    list_id = builders.a_list(store, ada)
    store.run_sync(lists.set_policy, list_id, ["newcomer_posts=0"], by=None, now=now)
    store.run_sync(deliveries.set_mode, list_id, Mode.WEEKLY, by=ada, now=now)
    builders.a_post(store, list_id, builders.a_mail(), now=now)
    clock = StillClock(now + timedelta(days=6))  # Sunday
    scheduler = Scheduler(store, clock)
    await scheduler.prepare()

    clock.put_forward(now + timedelta(days=8))  # Tuesday; nobody rang on Monday
    for _ in range(3):
        await scheduler.sweep()

    assert builders.told(store, "digest.publish") == [(ada, "mail")]


async def test_after_days_down_nobody_is_told_of_a_last_day_that_is_over(
    store: Store, now: datetime
) -> None:
    over = builders.a_person(store, "Ada Holm")
    soon = builders.a_person(store, "Bo Li")

    def end(session: Session) -> None:
        for person_id, days in ((over, 2), (soon, 5)):
            session.get_one(Person, person_id).ends_on = now.date() + timedelta(days=days)

    store.run_sync(end)
    clock = StillClock(now)
    scheduler = Scheduler(store, clock)
    await scheduler.prepare()

    clock.put_forward(now + timedelta(days=4))
    await scheduler.sweep()

    assert builders.told(store, "person.end_stay") == [(soon, "mail")]
    both = select(Person.state).where(Person.id.in_((over, soon))).order_by(Person.id)
    states = store.read_sync(lambda session: list(session.scalars(both)))
    assert states == ["left", "active"]
