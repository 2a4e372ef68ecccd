"""What processes die of, or what raises each time, is tried three times and then reported (D6)."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from community import outbox, overview
from community.due import Outcome, Work
from community.outbox import Channel, Notice
from community.posts import PostSource
from community.setbacks import Crowded, Undelivered
from community.store import Session, Store
from sandbox.jumping import StillClock
from scheduler.delivery import Deliverer
from tests.builders import deliveries
from tests.mailing.relay_double import RelayDouble
from tests.scheduler.test_delivery import LEASE, FarSide, deliverer, put, rows
from tests.scheduler.test_delivery_away import furnished

pytestmark = pytest.mark.anyio


class Died(BaseException):
    """A process is killed: nothing that it has not written is kept."""


class Deadly(FarSide):
    """Kills whoever sends one of the notices."""

    def __init__(self, deadly: str) -> None:
        super().__init__()
        self.deadly, self.kills = deadly, 0

    async def take(self, notice: Notice) -> str:
        """Take one notice, or kill."""
        if notice.detail == self.deadly:
            self.kills += 1
            raise Died
        return await super().take(notice)


async def _until_it_is_over(store: Store, clock: StillClock, far_side: FarSide) -> int:
    """Start processes until one of them finds nothing to die of; return how many died."""
    for died in range(10):
        try:
            await deliverer(store, clock, far_side).drain()
        except BaseExceptionGroup:
            clock.put_forward(clock.now() + LEASE)
        else:
            return died
    raise AssertionError("processes die for ever")


async def test_d6_what_kills_whoever_sends_it_is_tried_three_times_and_nothing_else_is_lost(
    store: Store, now: datetime
) -> None:
    put(store, now, *"abcdefghij")
    far_side = Deadly("c")

    with capture_logs() as logs:
        died = await _until_it_is_over(store, StillClock(now), far_side)

    assert (died, far_side.kills) == (3, 3)
    states = {row.detail: row.state for row in rows(store)}
    assert states == {**dict.fromkeys("abdefghij", Work.DONE), "c": Work.FAILED}
    (told,) = [line for line in logs if line["event"] == "delivery.set_aside"]
    words = f"whoever sends it dies (reference {told['reference']})"
    assert [row.last_error for row in rows(store) if row.detail == "c"] == [words]
    (shown,) = store.read_sync(overview.outbox, now=now)
    assert (shown.state, shown.last_error, shown.in_doubt) == (Work.FAILED, words, True)


async def test_d6_what_was_set_aside_goes_out_when_it_is_released(
    store: Store, now: datetime
) -> None:
    put(store, now, "c")
    clock, far_side = StillClock(now), Deadly("c")
    await _until_it_is_over(store, clock, far_side)

    far_side.deadly = "nothing"
    store.run_sync(overview.retry, f"notice:{rows(store)[0].id}", now=clock.now())

    assert await _until_it_is_over(store, clock, far_side) == 0
    assert [(row.state, row.faults) for row in rows(store)] == [(Work.DONE, 0)]


async def test_d6_what_was_only_claimed_when_processes_died_is_sent(
    store: Store, now: datetime
) -> None:
    put(store, now, *"abc")
    clock = StillClock(now)
    claim = partial(outbox.claim_notices, channel=Channel.MAIL, limit=9, lease=LEASE, by="killed")
    for _ in range(7):
        assert len(await store.run(claim, now=clock.now())) == 3
        clock.put_forward(clock.now() + LEASE)
    far_side = FarSide()

    assert await _until_it_is_over(store, clock, far_side) == 0
    assert [(row.state, row.faults) for row in rows(store)] == [(Work.DONE, 0)] * 3


async def test_d6_a_suspect_without_a_line_is_not_called_deadly_when_its_process_dies(
    store: Store, now: datetime
) -> None:
    put(store, now, "a")
    clock = StillClock(now)
    claim = partial(outbox.claim_notices, channel=Channel.MAIL, limit=9, lease=LEASE, by="killed")
    for _ in range(3):
        await store.run(claim, now=clock.now())
        clock.put_forward(clock.now() + LEASE)
    store.run_sync(outbox.put, "test.say", 7, rows(store)[0].person_id, detail="b", now=now)
    is_written = asyncio.Event()

    async def take(notice: Notice) -> str:
        if notice.detail == "a":
            raise Crowded
        async with asyncio.timeout(10):
            await is_written.wait()
        raise Died

    far_side = FarSide()
    far_side.take = take  # type: ignore[method-assign]
    worker = deliverer(store, clock, far_side)

    async def settle(outcomes: Sequence[Outcome]) -> None:
        await Deliverer.settle(worker, outcomes)
        is_written.set()

    worker.settle = settle  # type: ignore[method-assign]
    with pytest.raises(BaseExceptionGroup):
        await worker.drain()
    clock.put_forward(clock.now() + LEASE)

    assert await _until_it_is_over(store, clock, FarSide()) == 0
    assert [(row.state, row.faults) for row in rows(store)] == [(Work.DONE, 0)] * 2


async def test_d6_a_suspect_that_the_far_side_defers_is_never_ended_by_count(
    store: Store, now: datetime
) -> None:
    put(store, now, "a")
    clock = StillClock(now)
    claim = partial(outbox.claim_notices, channel=Channel.MAIL, limit=9, lease=LEASE, by="killed")
    for _ in range(3):
        await store.run(claim, now=clock.now())
        clock.put_forward(clock.now() + LEASE)

    await _fail(store, clock, *[Undelivered("451 busy", permanent=False)] * 6)

    assert [(row.state, row.faults, row.attempts) for row in rows(store)] == [(Work.DUE, 0, 6)]


async def _fail(store: Store, clock: StillClock, *faults: Exception) -> None:
    """Have a row fail so, each time it is due."""
    for fault in faults:
        await deliverer(store, clock, FarSide(fault)).drain()
        clock.put_forward(rows(store)[0].next_at or clock.now() + timedelta(days=1))


async def test_d6_a_bug_is_tried_three_times_and_then_set_aside_with_its_reference(
    store: Store, now: datetime
) -> None:
    put(store, now, "a")
    clock = StillClock(now)

    await _fail(store, clock, ZeroDivisionError(), ZeroDivisionError())
    assert [(row.state, row.faults) for row in rows(store)] == [(Work.DUE, 2)]
    with capture_logs() as logs:
        await _fail(store, clock, ZeroDivisionError())

    reference = logs[0]["reference"]
    words = f"internal fault: ZeroDivisionError (reference {reference})"
    assert [(row.state, row.last_error) for row in rows(store)] == [(Work.FAILED, words)]


@pytest.mark.parametrize(
    "innocent", [Undelivered("451", permanent=False), OperationalError("", {}, Exception())]
)
async def test_d6_a_row_that_is_deferred_or_without_a_database_is_never_ended_by_count(
    store: Store, now: datetime, innocent: Exception
) -> None:
    put(store, now, "a")

    await _fail(store, StillClock(now), ZeroDivisionError(), *[innocent] * 6)

    assert [(row.state, row.faults, row.attempts) for row in rows(store)] == [(Work.DUE, 0, 7)]


async def test_d6_what_breaks_for_all_is_one_line_in_the_log(store: Store, now: datetime) -> None:
    put(store, now, *"abcdefgh")

    with capture_logs() as logs:
        await deliverer(store, StillClock(now), FarSide(*[KeyError()] * 8)).drain()

    assert [line["event"] for line in logs] == ["delivery.fault"]
    assert {row.last_error for row in rows(store)} == {
        f"internal fault: KeyError (reference {logs[0]['reference']})"
    }


async def test_d6_a_post_that_cannot_be_prepared_is_set_aside_by_three_lines_for_all_its_readers(
    store: Store, now: datetime
) -> None:
    double = RelayDouble()
    async with furnished(store, now, double, readers=12) as relays:

        def spoil(session: Session) -> None:
            session.execute(update(PostSource).values(sha256="0" * 64))

        store.run_sync(spoil)
        with capture_logs() as logs:
            for _ in range(3):
                await relays.posts.drain()
                relays.pass_time(300)

        assert [line["event"] for line in logs] == [*["fanout.broke"] * 3, "fanout.set_aside"]
        words = f"internal fault: Damaged (reference {logs[3]['reference']})"
        assert {(row.state, row.last_error) for row in deliveries(store, 1)} == {
            (Work.FAILED, words)
        }
        assert double.taken == []
