"""A lane that waits for the disk longer than its next row may: nothing is sent that another may."""

from datetime import datetime, timedelta
from functools import partial

import pytest

from community import outbox
from community.due import Outcome, Work
from community.outbox import Channel
from community.store import Session, Store
from sandbox.jumping import StillClock
from scheduler.delivery import Deliverer
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
