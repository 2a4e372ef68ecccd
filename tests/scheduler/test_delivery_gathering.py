"""What is put one by one within a moment is claimed together, where a worker waits for that."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from community import outbox
from community.outbox import Channel, Notice
from community.store import Session, Store
from sandbox.jumping import StillClock
from scheduler.delivery import MOST_GATHERINGS, Deliverer
from scheduler.lanes import Send
from tests.builders import a_person

pytestmark = pytest.mark.anyio


def put(session: Session, person: int, detail: str, *, now: datetime) -> None:
    """Have something said to a person by mail."""
    about = ("person.link", 1, person)
    outbox.put(session, *about, detail=detail, channel=Channel.MAIL, now=now)


class Gathering(Deliverer[Notice]):
    """A deliverer that gathers, and writes down what each claim had."""

    def __init__(self, store: Store, send: Send[Notice], *, now: datetime) -> None:
        self.claimed = list[list[str]]()
        super().__init__(
            store,
            StillClock(now),
            send,
            claim=self._claim_noted,
            settle=outbox.settle_notices,
            name="test",
            gathers_seconds=0.001,
        )

    def _claim_noted(self, session: Session, **values: Any) -> list[Notice]:
        rows = outbox.claim_notices(session, channel=Channel.MAIL, **values)
        self.claimed.append([row.detail for row in rows])
        return rows


async def test_what_is_put_soon_after_the_bell_is_claimed_along(
    store: Store, now: datetime
) -> None:
    ada, done = a_person(store), asyncio.Event()

    async def take(notice: Notice) -> str:
        if notice.detail == "second":
            done.set()
        return "taken"

    worker = Gathering(store, take, now=now)
    bell = asyncio.Event()
    store.run_sync(put, ada, "first", now=now)
    bell.set()
    working = asyncio.create_task(worker.work(bell))
    await asyncio.sleep(0)  # it has heard the bell, and cannot go on before this has ended:
    store.run_sync(put, ada, "second", now=now)
    async with asyncio.timeout(30):
        await done.wait()

    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    assert worker.claimed[0] == ["first", "second"]


async def test_what_is_put_while_letters_go_out_waits_for_the_next_round(
    store: Store, now: datetime
) -> None:
    ada = a_person(store)

    async def take(notice: Notice) -> str:
        await store.run(put, ada, f"after {notice.detail}", now=now)
        return "taken"

    worker = Gathering(store, take, now=now)
    store.run_sync(put, ada, "first", now=now)

    rounds = [await worker.drain() for _ in range(2)]

    assert rounds == [1, 1]
    assert worker.claimed == [["first"], ["after first"]]


class Insistent(asyncio.Event):
    """A bell that rings again whenever it is cleared, so many times, as if more had been put."""

    def __init__(self, times: int, put: Callable[[str], None]) -> None:
        super().__init__()
        self.times, self._put = times, put
        self._number = 0
        self.set()

    def clear(self) -> None:
        super().clear()
        if self._number < self.times:
            self._number += 1
            self._put(f"{self._number}")
            self.set()


@pytest.mark.parametrize(
    ("times", "first_claim"),
    [
        pytest.param(3, 3, id="until-nothing-comes"),
        pytest.param(100, MOST_GATHERINGS + 1, id="a-while-at-most"),
    ],
)
async def test_as_long_as_more_comes_a_worker_gathers_on(
    times: int, first_claim: int, store: Store, now: datetime
) -> None:
    ada, is_claimed = a_person(store), asyncio.Event()

    async def take(notice: Notice) -> str:
        is_claimed.set()
        return "taken"

    worker = Gathering(store, take, now=now)
    bell = Insistent(times, lambda detail: store.run_sync(put, ada, detail, now=now))
    working = asyncio.create_task(worker.work(bell))
    async with asyncio.timeout(30):
        await is_claimed.wait()
    bell.times = 0

    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    assert len(worker.claimed[0]) == first_claim
