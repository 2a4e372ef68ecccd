"""A far side that does not answer for one row keeps nothing else back (D5)."""

import asyncio
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from community import outbox
from community.outbox import Channel, Notice
from community.store import Session, Store
from sandbox.jumping import StillClock
from scheduler.delivery import Deliverer
from tests import builders

pytestmark = pytest.mark.anyio


async def test_d5_what_is_put_while_a_row_is_stuck_goes_past_it(
    store: Store, now: datetime
) -> None:
    person = builders.a_person(store)
    let_go, bell, nothing_left = asyncio.Event(), asyncio.Event(), asyncio.Event()
    loop, taken = asyncio.get_running_loop(), list[str]()

    def claim(session: Session, **how: Any) -> list[Notice]:
        rows = outbox.claim_notices(session, channel=Channel.MAIL, **how)
        if not rows:
            loop.call_soon_threadsafe(nothing_left.set)
        return rows

    async def send(row: Notice) -> str:
        if row.detail == "a":
            await let_go.wait()
        taken.append(row.detail)
        return "taken"

    several: Deliverer[Notice] = Deliverer(
        store, StillClock(now), send, claim=claim, settle=outbox.settle_notices, name="test"
    )
    several.patience_seconds = 0.01
    work = asyncio.create_task(several.work(bell))
    async with asyncio.timeout(10):
        for detail in "abc":
            nothing_left.clear()
            store.run_sync(outbox.put, "test.say", 7, person, detail=detail, now=now)
            bell.set()
            await nothing_left.wait()
        work.cancel()  # what is being sent is finished
        let_go.set()
        with pytest.raises(asyncio.CancelledError):
            await work

    states = store.read_sync(lambda session: set(session.scalars(select(Notice.state))))
    assert (taken, states) == (["b", "c", "a"], {"done"})
