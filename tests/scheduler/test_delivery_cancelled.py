"""What becomes of a drain that breaks off: it ends, and what was sent is settled."""

import asyncio
from datetime import datetime
from functools import partial

import pytest
from sqlalchemy.exc import OperationalError

from community import outbox
from community.due import Outcome, Work
from community.outbox import Channel, Notice
from community.store import Session, Store
from sandbox.jumping import StillClock
from scheduler.delivery import Deliverer
from tests import builders

pytestmark = pytest.mark.anyio


def settle(session: Session, outcomes: list[Outcome], *, now: datetime) -> None:
    """Fail, which ends the ledger and with it the drain."""
    raise ValueError("a bug")


async def take(notice: Notice) -> str:
    """Send `first` at once; of all others, take no notice that they are cancelled.

    aiosmtplib does so when the answer comes in the same instant (asyncio.wait_for before 3.12).
    """
    if notice.detail != "first":
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return "taken all the same"
    return "taken"


async def test_a_drain_ends_when_a_lane_misses_that_it_was_cancelled(
    store: Store, now: datetime
) -> None:
    person = builders.a_person(store)
    for detail in ("first", "second"):
        store.run_sync(outbox.put, "test.say", 7, person, detail=detail, now=now)
    broken = Deliverer(
        store,
        StillClock(now),
        take,
        claim=partial(outbox.claim_notices, channel=Channel.MAIL),
        settle=settle,
        name="test",
        lanes=2,
    )

    with pytest.raises(ExceptionGroup) as ended:
        async with asyncio.timeout(60):  # it hung for ever
            await broken.drain()

    assert [str(fault) for fault in ended.value.exceptions] == ["a bug"]


async def test_d3_what_is_being_sent_is_settled_when_nothing_more_can_be_claimed(
    store: Store, now: datetime
) -> None:
    """Seen with a full disk: the relay had the mail, and got it again."""
    person = builders.a_person(store)
    store.run_sync(outbox.put, "test.say", 7, person, now=now)
    is_away = asyncio.Event()
    claims = iter([True])

    def claim(session: Session, **words: object) -> list[Notice]:
        if next(claims, False):
            return outbox.claim_notices(session, channel=Channel.MAIL, **words)  # type: ignore[arg-type]
        loop.call_soon_threadsafe(is_away.set)
        raise OperationalError("claim", {}, Exception("database or disk is full"))

    async def send(notice: Notice) -> str:
        await is_away.wait()
        return "taken"

    loop = asyncio.get_running_loop()
    deliverer = Deliverer(
        store, StillClock(now), send, claim=claim, settle=outbox.settle_notices, name="test"
    )

    with pytest.raises(OperationalError):
        await deliverer.drain()

    assert [row.state for row in builders.notices(store)] == [Work.DONE]
