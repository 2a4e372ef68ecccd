"""The watch: whoever waits is woken when something is due, and nobody else is."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from community import outbox, schedules, steps
from community.outbox import Channel, Notice
from community.queues import Queue
from community.store import Session, Store
from sandbox.jumping import StillClock
from scheduler.delivery import Deliverer
from scheduler.watching import Watch
from tests import builders

pytestmark = pytest.mark.anyio

#: Nothing in a test waits so long.
NEVER = 3_600.0
LATER = timedelta(hours=1)


@asynccontextmanager
async def running(watch: Watch) -> AsyncIterator[None]:
    """Let a watch look until the context ends."""
    task = asyncio.create_task(watch.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def rings(bell: asyncio.Event) -> bool:
    """Wait for a bell, and clear it as its worker does."""
    async with asyncio.timeout(30):
        await bell.wait()
    bell.clear()
    return True


async def test_it_rings_only_where_something_is_due(store: Store, now: datetime) -> None:
    store.run_sync(steps.plan, "meetup.end", 1, due_at=now + LATER)
    store.run_sync(outbox.put, "test.say", 1, builders.a_person(store), now=now)
    watch = Watch(store, StillClock(now))
    bells = {queue: watch.bell(queue) for queue in Queue}

    due = await watch.look()

    assert due == {Queue.MAIL_NOTICES}
    assert {queue for queue, bell in bells.items() if bell.is_set()} == due


async def test_what_is_due_later_rings_when_its_moment_has_come(
    store: Store, now: datetime
) -> None:
    store.run_sync(steps.plan, "meetup.end", 1, due_at=now + LATER)
    clock = StillClock(now)
    watch = Watch(store, clock)
    bell = watch.bell(Queue.TIME)

    await watch.look()
    before = bell.is_set()
    clock.put_forward(now + LATER)
    await watch.look()

    assert (before, bell.is_set()) == (False, True)


async def test_what_this_process_puts_rings_at_once(store: Store, now: datetime) -> None:
    person = builders.a_person(store)
    watch = Watch(store, StillClock(now), pause_seconds=NEVER)
    bell = watch.bell(Queue.MAIL_NOTICES)

    async with running(watch):
        for number in range(3):
            await store.run(outbox.put, "test.say", number, person, now=now)
            assert await rings(bell)


async def test_what_another_process_puts_rings_at_a_later_look(store: Store, now: datetime) -> None:
    person = builders.a_person(store)
    watch = Watch(store, StillClock(now), pause_seconds=0.0)
    bell = watch.bell(Queue.MAIL_NOTICES)
    other = Store(store.url)

    async with running(watch):
        await asyncio.to_thread(other.run_sync, outbox.put, "test.say", 1, person, now=now)
        assert await rings(bell)
    other.close()


async def test_it_rings_again_as_long_as_something_is_due(store: Store, now: datetime) -> None:
    store.run_sync(steps.plan, "meetup.end", 1, due_at=now)
    watch = Watch(store, StillClock(now), pause_seconds=0.0)
    bell = watch.bell(Queue.TIME)

    async with running(watch):
        for _ in range(3):
            assert await rings(bell)


async def test_a_look_that_fails_is_not_the_last(store: Store, now: datetime) -> None:
    store.run_sync(steps.plan, "meetup.end", 1, due_at=now)
    watch = Watch(store, StillClock(now), pause_seconds=0.0)
    bell = watch.bell(Queue.TIME)

    def rename(old: str, new: str) -> None:
        store.run_sync(lambda session: session.execute(text(f"ALTER TABLE {old} RENAME TO {new}")))

    rename("schedule", "away")
    async with running(watch):
        await asyncio.sleep(0)
        await asyncio.to_thread(rename, "away", "schedule")
        assert await rings(bell)


async def test_a_database_that_is_away_is_said_once_and_so_is_that_it_is_back(
    store: Store, now: datetime
) -> None:
    class Away(StillClock):
        looks = 0

        def now(self) -> datetime:
            self.looks += 1
            if self.looks <= 3:
                raise OperationalError("SELECT", {}, Exception("away"))
            return super().now()

    store.run_sync(steps.plan, "meetup.end", 1, due_at=now)
    watch = Watch(store, Away(now), pause_seconds=0.0)
    bell = watch.bell(Queue.TIME)

    with capture_logs() as logs:
        async with running(watch):
            assert await rings(bell)

    said = [line["event"] for line in logs]
    assert said == ["watch.database_away", "watch.database_back"]


async def test_a_row_put_while_its_worker_is_busy_is_sent_too(store: Store, now: datetime) -> None:
    person = builders.a_person(store)
    clock = StillClock(now)
    watch = Watch(store, clock, pause_seconds=NEVER)
    taken: asyncio.Queue[int] = asyncio.Queue()

    async def take(notice: Notice) -> str:
        if notice.object_id < 9:
            await store.run(outbox.put, "test.say", notice.object_id + 1, person, now=now)
        taken.put_nowait(notice.object_id)
        return "taken"

    worker = Deliverer(
        store,
        clock,
        take,
        claim=partial(outbox.claim_notices, channel=Channel.MAIL),
        settle=outbox.settle_notices,
        name="test",
        lanes=1,
    )
    working = asyncio.create_task(worker.work(watch.bell(Queue.MAIL_NOTICES)))
    async with running(watch):
        await store.run(outbox.put, "test.say", 0, person, now=now)
        async with asyncio.timeout(30):
            assert [await taken.get() for _ in range(10)] == list(range(10))
    working.cancel()
    with suppress(asyncio.CancelledError):
        await working


async def test_an_idle_look_only_reads(store: Store, now: datetime) -> None:
    store.run_sync(schedules.ensure, "tidying", next_at=now + LATER)
    watch = Watch(store, StillClock(now))
    watch.bell(Queue.TIME)
    said: list[str] = []

    def listen(session: Session) -> None:
        event.listen(
            session.get_bind(), "before_cursor_execute", lambda *call: said.append(call[2])
        )

    store.read_sync(listen)
    await watch.look()

    assert [statement.split()[0] for statement in said] == ["SELECT", "WITH"]
