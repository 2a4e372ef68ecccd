"""What waits at the same moment is taken together, and none spoils another."""

import asyncio
import threading
from collections.abc import Sequence
from datetime import datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from community.store import Session, Store
from mailing import bundling
from mailing.bundling import Bundles
from sandbox.jumping import StillClock

pytestmark = pytest.mark.anyio


class Counting:
    """Says which words came together; one of them breaks it."""

    def __init__(self) -> None:
        self.groups: list[list[str]] = []
        self.has_begun, self.may_end = threading.Event(), threading.Event()

    def take(self, session: Session, words: Sequence[str], *, now: datetime) -> list[int]:
        self.groups.append(list(words))
        self.has_begun.set()
        if "first" in words:
            assert self.may_end.wait(60)
        if "bad" in words:
            raise ZeroDivisionError
        if "away" in words:
            raise OperationalError("SELECT", {}, Exception("away"))
        session.execute(text("SELECT 1"))
        return [len(word) for word in words]


@pytest.fixture
def counting() -> Counting:
    return Counting()


@pytest.fixture
def bundles(store: Store, now: datetime, counting: Counting) -> Bundles[str, int]:
    return Bundles(store, StillClock(now), counting.take, octets=len)


async def _all(bundles: Bundles[str, int], *words: str) -> list[object]:
    return await asyncio.gather(*map(bundles.take, words), return_exceptions=True)


async def test_what_waits_at_the_same_moment_is_taken_together(
    bundles: Bundles[str, int], counting: Counting
) -> None:
    came = await _all(bundles, "a", "bb", "ccc")

    assert came == [1, 2, 3]
    assert counting.groups == [["a", "bb", "ccc"]]


async def test_what_comes_while_a_group_is_taken_is_the_next(
    bundles: Bundles[str, int], counting: Counting
) -> None:
    first = asyncio.create_task(bundles.take("first"))
    await asyncio.to_thread(counting.has_begun.wait, 20)
    others = asyncio.gather(bundles.take("a"), bundles.take("bb"))
    await asyncio.sleep(0)  # each waits by now
    counting.may_end.set()
    came = await others

    assert (await first, list(came)) == (5, [1, 2])
    assert counting.groups == [["first"], ["a", "bb"]]


async def test_one_that_breaks_spoils_no_other(
    bundles: Bundles[str, int], counting: Counting
) -> None:
    first, bad, last = await _all(bundles, "a", "bad", "ccc")

    assert (first, type(bad), last) == (1, ZeroDivisionError, 3)


async def test_all_hear_that_the_database_is_away(
    bundles: Bundles[str, int], counting: Counting
) -> None:
    came = await _all(bundles, "a", "away", "ccc")

    assert [type(each) for each in came] == [OperationalError] * 3
    assert len(counting.groups) == 1


async def test_no_group_is_larger_than_it_may_be(
    bundles: Bundles[str, int], counting: Counting
) -> None:
    words = ["word"] * (bundling.MOST + 1)

    await _all(bundles, *words)

    assert [len(group) for group in counting.groups] == [bundling.MOST, 1]


async def test_large_things_go_in_smaller_groups(
    store: Store, now: datetime, counting: Counting
) -> None:
    large = Bundles[str, int](
        store, StillClock(now), counting.take, octets=lambda _: bundling.MOST_OCTETS // 2
    )

    await _all(large, "a", "b", "c")

    assert counting.groups == [["a", "b"], ["c"]]


async def test_who_goes_away_holds_up_nobody(
    bundles: Bundles[str, int], counting: Counting
) -> None:
    leaving = asyncio.create_task(bundles.take("leaving"))
    staying = asyncio.create_task(bundles.take("staying"))
    await asyncio.sleep(0)
    leaving.cancel()

    assert await staying == 7
    assert counting.groups == [["leaving", "staying"]]
