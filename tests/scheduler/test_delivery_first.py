"""The first claim of a round, where the far side has lanes that must be made ready."""

from datetime import datetime
from typing import Any

import pytest

from community import outbox
from community.outbox import Channel, Notice
from community.store import Session, Store
from sandbox.jumping import StillClock
from scheduler.delivery import Deliverer
from scheduler.lanes import MaySend
from tests import builders

pytestmark = pytest.mark.anyio


class TwoLanes:
    """A far side with lanes of its own, each of which must be made ready."""

    most = 2

    def __init__(self) -> None:
        self.taken: list[str] = []

    def lane(self, *, seconds: float) -> "TwoLanes":
        return self

    async def carry(self, row: Notice, *, following: Notice | None, may_send: MaySend) -> str:
        """Take one notice."""
        await may_send()
        self.taken.append(row.key)
        return "taken"

    async def aclose(self) -> None:
        """Do nothing."""


async def test_the_first_claim_is_as_small_as_what_the_lanes_begin_with(
    store: Store, now: datetime
) -> None:
    person = builders.a_person(store)
    for detail in "abcdefghij":
        store.run_sync(outbox.put, "test.say", 7, person, detail=detail, now=now)
    far_side = TwoLanes()
    limits: list[int] = []

    def claim(session: Session, *, limit: int, **how: Any) -> list[Notice]:
        limits.append(limit)
        return outbox.claim_notices(session, channel=Channel.MAIL, limit=limit, **how)

    several: Deliverer[Notice] = Deliverer(
        store, StillClock(now), far_side, claim=claim, settle=outbox.settle_notices, name="test"
    )

    assert await several.drain() == 10
    assert len(set(far_side.taken)) == 10
    assert limits[:2] == [4, several.batch]
    assert several.batch > 10
