"""A lane that waits for the disk longer than its next row may: nothing is sent that another may."""

from datetime import datetime, timedelta
from functools import partial

import pytest

from community import outbox
from community.due import Outcome, Work
from community.outbox import Channel, Notice
from community.store import Session, Store
from sandbox.jumping import StillClock
from scheduler.delivery import Deliverer
from scheduler.lanes import MaySend, Send
from tests.scheduler.test_delivery import LEASE, FarSide, put, rows

pytestmark = pytest.mark.anyio


async def test_d3_a_row_whose_lane_waited_half_its_lease_for_the_disk_is_given_back_unsent(
    store: Store, now: datetime
) -> None:
    put(store, now, "a", "b")
    clock = StillClock(now)
    far_side = FarSide()

    def settle_slowly(session: Session, outcomes: list[Outcome], *, now: datetime) -> None:
        clock.put_forward(now + LEASE / 2 + timedelta(seconds=1))
        outbox.settle_notices(session, outcomes, now=now)

    worker = Deliverer(
        store,
        clock,
        far_side.take,
        claim=partial(outbox.claim_notices, channel=Channel.MAIL),
        settle=settle_slowly,
        name="slow disk",
        lanes=1,
        lease=LEASE,
    )

    await worker.drain()

    assert len(far_side.taken) == 1
    assert [(row.detail, row.state, row.claims, row.attempts) for row in rows(store)] == [
        ("a", Work.DONE, 1, 1),
        ("b", Work.DUE, 0, 0),
    ]


class SlowLanes:
    """A far side that takes a while before it lets a row come, as one that thinks at RCPT."""

    most = 1

    def __init__(self, clock: StillClock, *waits: timedelta) -> None:
        self.clock, self.waits = clock, list(waits)
        self.taken: list[str] = []
        #: What was left of each lease.
        self.left: list[timedelta] = []

    def lane(self, *, seconds: float) -> "SlowLanes":
        return self

    async def carry(self, row: Notice, *, following: Notice | None, may_send: MaySend) -> str:
        if self.waits:
            self.clock.put_forward(self.clock.now() + self.waits.pop(0))
        await may_send()
        assert row.next_at is not None
        self.taken.append(row.detail)
        self.left.append(row.next_at - self.clock.now())
        return "250 ok"

    async def aclose(self) -> None:
        """Do nothing."""


async def test_d3_a_row_whose_lease_may_end_while_it_is_sent_is_given_back_unsent(
    store: Store, now: datetime
) -> None:
    put(store, now, "a")
    clock = StillClock(now)
    far_side = SlowLanes(clock, LEASE * 3 / 4 + timedelta(seconds=1))

    await drain_whole(a_worker(store, clock, far_side))

    assert far_side.left == [LEASE]  # claimed anew
    assert [(row.state, row.claims, row.attempts) for row in rows(store)] == [(Work.DONE, 1, 1)]


async def test_what_waits_too_long_behind_a_slow_row_is_given_back_and_never_in_doubt(
    store: Store, now: datetime
) -> None:
    put(store, now, "a", "b", "c", "d")
    clock = StillClock(now)
    waits = [LEASE / 2 + timedelta(seconds=1)]
    taken = []

    async def slow(notice: Notice) -> str:
        taken.append(notice.detail)
        if waits:
            clock.put_forward(now + waits.pop())
        return "250 ok"

    await drain_whole(a_worker(store, clock, slow))

    assert sorted(taken) == ["a", "b", "c", "d"]
    assert {(row.detail, row.state, row.claims - row.attempts) for row in rows(store)} == {
        (each, Work.DONE, 0) for each in "abcd"
    }


def a_worker(
    store: Store, clock: StillClock, far_side: SlowLanes | Send[Notice]
) -> Deliverer[Notice]:
    return Deliverer(
        store,
        clock,
        far_side,
        claim=partial(outbox.claim_notices, channel=Channel.MAIL),
        settle=outbox.settle_notices,
        name="slow",
        lanes=1,
        lease=LEASE,
    )


async def drain_whole(worker: Deliverer[Notice]) -> None:
    """Drain until nothing is due, as the bell does."""
    while await worker.drain():
        pass
