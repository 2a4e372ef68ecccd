"""The deliverer against a far side that records what it took, and fails on order."""

import asyncio
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, update

from community import due, outbox
from community.due import GIVE_UP_AFTER, Work
from community.outbox import Channel, Notice
from community.setbacks import Crowded, Undelivered
from community.store import Session, Store
from sandbox.jumping import StillClock
from scheduler.delivery import Deliverer
from scheduler.lanes import MaySend, Needless
from tests import builders

pytestmark = pytest.mark.anyio

LEASE = timedelta(seconds=120)


class FarSide:
    """Takes notices and remembers them; raises what it is told to, once each."""

    def __init__(self, *faults: Exception) -> None:
        self.taken: list[str] = []
        self.faults = list(faults)

    async def take(self, notice: Notice) -> str:
        """Take one notice, or raise the next fault."""
        notice.sent_to = f"{notice.detail}@example.org"
        if self.faults:
            raise self.faults.pop(0)
        self.taken.append(notice.key)
        return f"taken {notice.key}"


def deliverer(
    store: Store, clock: StillClock, far_side: FarSide, *, lanes: int = 3
) -> Deliverer[Notice]:
    return Deliverer(
        store,
        clock,
        far_side.take,
        claim=partial(outbox.claim_notices, channel=Channel.MAIL),
        settle=outbox.settle_notices,
        name="test",
        lanes=lanes,
        batch=4,
        lease=LEASE,
    )


def put(store: Store, now: datetime, *details: str, slack: bool = False) -> int:
    """Put a notice about nothing for each detail, to one person."""
    person = builders.a_person(store, slack_id="U1" if slack else None)
    for detail in details:
        store.run_sync(outbox.put, "test.say", 7, person, detail=detail, now=now)
    return person


def rows(store: Store) -> list[Notice]:
    return builders.notices(store, "test.say")


async def test_drain_sends_each_notice_once_and_keeps_the_answer(
    store: Store, now: datetime
) -> None:
    put(store, now, *"abcdefghij")
    far_side = FarSide()

    tried = await deliverer(store, StillClock(now), far_side).drain()

    assert tried == 10
    assert sorted(far_side.taken) == [f"test.say:7:{detail}:1:mail" for detail in "abcdefghij"]
    assert {(row.state, row.reference, row.next_at, row.settled_at) for row in rows(store)} == {
        (Work.DONE, f"taken {row.key}", None, now) for row in rows(store)
    }
    assert [row.sent_to for row in rows(store)] == [
        f"{row.detail}@example.org" for row in rows(store)
    ]


async def test_drain_leaves_what_is_not_due_yet(store: Store, now: datetime) -> None:
    put(store, now + timedelta(seconds=1), "a")
    far_side = FarSide()

    assert await deliverer(store, StillClock(now), far_side).drain() == 0
    assert far_side.taken == []


async def test_a_temporary_failure_is_tried_again_later_with_its_reason(
    store: Store, now: datetime
) -> None:
    put(store, now, "a")
    clock = StillClock(now)
    far_side = FarSide(Undelivered("451 busy", permanent=False))

    await deliverer(store, clock, far_side).drain()

    waiting = rows(store)[0]
    assert (waiting.state, waiting.last_error, waiting.attempts) == (Work.DUE, "451 busy", 1)
    assert waiting.next_at is not None
    assert timedelta(seconds=24) <= waiting.next_at - now <= timedelta(seconds=36)

    clock.put_forward(waiting.next_at)
    await deliverer(store, clock, far_side).drain()

    assert far_side.taken == ["test.say:7:a:1:mail"]
    assert rows(store)[0].state == Work.DONE


async def test_retry_after_wins_over_the_back_off(store: Store, now: datetime) -> None:
    put(store, now, "a")
    far_side = FarSide(Undelivered("429", permanent=False, retry_after=7))

    await deliverer(store, StillClock(now), far_side).drain()

    assert rows(store)[0].next_at == now + timedelta(seconds=7)


async def test_a_permanent_failure_is_failed_at_once_with_its_reason(
    store: Store, now: datetime
) -> None:
    put(store, now, "a")
    far_side = FarSide(Undelivered("550 no such user", permanent=True))

    await deliverer(store, StillClock(now), far_side).drain()

    failed = rows(store)[0]
    assert (failed.state, failed.last_error, failed.next_at, failed.sent_to) == (
        Work.FAILED,
        "550 no such user",
        None,
        "a@example.org",
    )


async def test_what_fails_for_five_days_is_given_up(store: Store, now: datetime) -> None:
    put(store, now, "a")
    far_side = FarSide(Undelivered("451 busy", permanent=False))
    later = StillClock(now + GIVE_UP_AFTER + timedelta(seconds=1))

    await deliverer(store, later, far_side).drain()

    assert (rows(store)[0].state, rows(store)[0].last_error) == (Work.FAILED, "451 busy")


async def test_what_no_longer_applies_is_cancelled(store: Store, now: datetime) -> None:
    put(store, now, "a")

    await deliverer(store, StillClock(now), FarSide(Needless())).drain()

    assert (rows(store)[0].state, rows(store)[0].last_error) == (
        Work.CANCELLED,
        "no longer applies",
    )


async def test_a_bug_in_a_sender_makes_that_row_wait_and_no_other(
    store: Store, now: datetime
) -> None:
    put(store, now, "a", "b", "c")
    far_side = FarSide(ZeroDivisionError())

    await deliverer(store, StillClock(now), far_side, lanes=1).drain()

    assert [row.state for row in rows(store)] == [Work.DUE, Work.DONE, Work.DONE]
    assert (rows(store)[0].last_error or "").startswith("internal fault: ZeroDivisionError")


async def test_what_slack_will_never_take_goes_out_by_mail(store: Store, now: datetime) -> None:
    put(store, now, "a", slack=True)
    far_side = FarSide(Undelivered("user_not_found", permanent=True))
    slack = Deliverer(
        store,
        StillClock(now),
        far_side.take,
        claim=partial(outbox.claim_notices, channel=Channel.SLACK),
        settle=outbox.settle_notices,
        name="slack",
    )

    await slack.drain()

    assert [(row.channel, row.state) for row in rows(store)] == [
        ("slack", Work.FAILED),
        ("mail", Work.DUE),
    ]


async def test_two_workers_send_each_row_once(store: Store, now: datetime) -> None:
    put(store, now, *(str(number) for number in range(40)))
    clock = StillClock(now)
    far_side = FarSide()
    workers = [deliverer(store, clock, far_side) for _ in range(2)]

    await asyncio.gather(*(worker.drain() for worker in workers))

    assert len(far_side.taken) == 40
    assert len(set(far_side.taken)) == 40


async def test_a_row_that_waited_half_its_lease_is_left_to_the_next_claim(
    store: Store, now: datetime
) -> None:
    put(store, now, "a", "b")
    clock = StillClock(now)
    taken: list[str] = []

    async def slow(notice: Notice) -> str:
        taken.append(notice.detail)
        clock.put_forward(now + LEASE / 2 + timedelta(seconds=1))
        return ""

    worker = Deliverer(
        store,
        clock,
        slow,
        claim=partial(outbox.claim_notices, channel=Channel.MAIL),
        settle=outbox.settle_notices,
        name="slow",
        lanes=1,
        lease=LEASE,
    )

    await worker.drain()

    assert taken == ["a"]
    assert [(row.detail, row.state, row.claims, row.attempts) for row in rows(store)] == [
        ("a", Work.DONE, 1, 1),
        ("b", Work.DUE, 0, 0),
    ]


async def test_a_row_cancelled_while_it_is_sent_stays_cancelled(
    store: Store, now: datetime
) -> None:
    person = put(store, now, "a")

    async def cancelled_meanwhile(notice: Notice) -> str:
        await store.run(outbox.cancel, "test.say", 7, now=now, why="booked")
        raise Undelivered("451", permanent=False)

    far_side = FarSide()
    far_side.take = cancelled_meanwhile  # type: ignore[method-assign]
    worker = deliverer(store, StillClock(now), far_side)

    await worker.drain()

    assert person == rows(store)[0].person_id
    assert (rows(store)[0].state, rows(store)[0].last_error) == (Work.CANCELLED, "booked")


async def test_a_worker_that_lost_its_lease_settles_nothing(store: Store, now: datetime) -> None:
    put(store, now, "a")

    async def overtaken(notice: Notice) -> str:
        def claim_again(session: Session) -> None:
            session.execute(update(Notice).values(claims=Notice.claims + 1, claimed_by="other"))

        await store.run(claim_again)
        return "mine"

    far_side = FarSide()
    far_side.take = overtaken  # type: ignore[method-assign]
    worker = deliverer(store, StillClock(now), far_side)

    await worker.drain()

    row = rows(store)[0]
    assert (row.state, row.reference, row.claimed_by) == (Work.DUE, None, "other")


async def test_give_back_makes_claimed_rows_due_at_once(store: Store, now: datetime) -> None:
    person, later = put(store, now, "a"), now + timedelta(minutes=1)
    store.run_sync(outbox.put, "test.say", 7, person, detail="b", now=later)
    claim = partial(outbox.claim_notices, channel=Channel.MAIL)
    store.run_sync(claim, now=later, limit=1, lease=LEASE, by="killed")

    assert store.run_sync(due.give_back, Notice, now=later) == 1

    far_side = FarSide()
    await deliverer(store, StillClock(later), far_side).drain()
    assert sorted(far_side.taken) == ["test.say:7:a:1:mail", "test.say:7:b:1:mail"]
    doubtful = select(Notice.detail).where(Notice.claims > Notice.attempts)
    assert store.read_sync(lambda session: list(session.scalars(doubtful))) == ["a"]


class Turnstile:
    """A far side with lanes of its own, of which all but the first are told that it is full."""

    def __init__(self) -> None:
        self.most = 3
        self.taken: list[str] = []
        self.opened = 0

    def lane(self, *, seconds: float) -> "TurnstileLane":
        """Open a lane."""
        self.opened += 1
        return TurnstileLane(self, is_first=self.opened == 1)


class TurnstileLane:
    """One lane of it."""

    def __init__(self, turnstile: Turnstile, *, is_first: bool) -> None:
        self.turnstile, self.is_first = turnstile, is_first

    async def carry(self, row: Notice, *, following: Notice | None, may_send: MaySend) -> str:
        """Take a row, or have no room for it."""
        if not self.is_first:
            raise Crowded
        await may_send()
        self.turnstile.taken.append(row.detail)
        return "taken"

    async def aclose(self) -> None:
        """Do nothing."""


async def test_what_a_crowded_lane_had_goes_on_by_the_others(store: Store, now: datetime) -> None:
    put(store, now, *"abcdefgh")
    turnstile = Turnstile()
    worker = Deliverer(
        store,
        StillClock(now),
        turnstile,
        claim=partial(outbox.claim_notices, channel=Channel.MAIL),
        settle=outbox.settle_notices,
        name="turnstile",
    )

    await worker.drain()

    assert sorted(turnstile.taken) == list("abcdefgh")
    assert {(row.state, row.attempts) for row in rows(store)} == {(Work.DONE, 1)}


async def test_who_is_stopped_finishes_and_settles_what_is_being_sent(
    store: Store, now: datetime
) -> None:
    put(store, now, "a", "b", "c")
    begun, allowed = asyncio.Event(), asyncio.Event()
    far_side = FarSide()

    async def slow(notice: Notice) -> str:
        begun.set()
        await allowed.wait()
        return f"taken {notice.detail}"

    far_side.take = slow  # type: ignore[method-assign]
    bell = asyncio.Event()
    bell.set()
    working = asyncio.create_task(deliverer(store, StillClock(now), far_side, lanes=1).work(bell))
    await begun.wait()
    working.cancel()
    allowed.set()

    with pytest.raises(asyncio.CancelledError):
        await working

    assert [(row.state, row.attempts) for row in rows(store)] == [
        (Work.DONE, 1),
        (Work.DONE, 1),  # its lane had it in hand
        (Work.DUE, 0),
    ]


async def test_a_claim_that_breaks_does_not_end_the_work(store: Store, now: datetime) -> None:
    put(store, now, "a")
    faults, taken = [ValueError("a bug")], asyncio.Event()

    def claim(session: Session, **values: Any) -> list[Notice]:
        if faults:
            raise faults.pop()
        return outbox.claim_notices(session, channel=Channel.MAIL, **values)

    async def take(notice: Notice) -> str:
        taken.set()
        return "taken"

    bell, clock = asyncio.Event(), StillClock(now)
    worker = Deliverer(store, clock, take, claim=claim, settle=outbox.settle_notices, name="test")
    working = asyncio.create_task(worker.work(bell))
    async with asyncio.timeout(30):
        while not taken.is_set():
            bell.set()
            await asyncio.sleep(0)

    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    assert faults == []
