import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from mailing.dns import NoAnswer, Texts
from mailing.keys import LEAST_KEPT, MOST_KEPT, Keys
from sandbox.jumping import StillClock

pytestmark = pytest.mark.anyio

NAME = "s1._domainkey.example.org"


class Zone:
    """A resolver that knows a few names; it never answers for those that it is silent about."""

    def __init__(
        self, records: Mapping[str, Texts], *, silent: frozenset[str] = frozenset()
    ) -> None:
        self.records, self.silent = records, silent
        self.asked: list[str] = []

    async def ask(self, name: str) -> Texts:
        self.asked.append(name)
        if name in self.silent:
            await asyncio.Event().wait()
        if name.startswith("broken"):
            raise NoAnswer("the resolver failed")
        return self.records.get(name, Texts([], 0))


async def test_every_name_has_its_records_or_none(now: datetime) -> None:
    zone = Zone({NAME: Texts(["v=DKIM1; p="], 60)}, silent=frozenset({"slow.example"}))
    keys = Keys(zone.ask, StillClock(now), wait_seconds=0.05)

    assert await keys.answers([NAME, "none.example", "slow.example", "broken.example"]) == {
        NAME: ["v=DKIM1; p="],
        "none.example": [],
        "slow.example": None,
        "broken.example": None,
    }


@pytest.mark.parametrize(
    ("seconds", "kept"),
    [(0, LEAST_KEPT), (1, LEAST_KEPT), (1800, timedelta(minutes=30)), (2**31, MOST_KEPT)],
)
async def test_an_answer_is_remembered_as_long_as_it_holds_within_bounds(
    now: datetime, seconds: int, kept: timedelta
) -> None:
    zone, clock = Zone({NAME: Texts(["v=DKIM1; p="], seconds)}), StillClock(now)
    keys = Keys(zone.ask, clock)

    for moment in (now, now + kept - timedelta(seconds=1)):
        clock.put_forward(moment)
        assert await keys.answers([NAME]) == {NAME: ["v=DKIM1; p="]}
    assert zone.asked == [NAME]

    clock.put_forward(now + kept)
    await keys.answers([NAME])
    assert zone.asked == [NAME] * 2


async def test_no_answer_is_not_remembered(now: datetime) -> None:
    zone = Zone({})
    keys = Keys(zone.ask, StillClock(now))

    for _ in range(2):
        assert await keys.answers(["broken.example"]) == {"broken.example": None}

    assert zone.asked == ["broken.example"] * 2


async def test_no_more_than_ten_names_and_nothing_but_names_are_asked(now: datetime) -> None:
    zone = Zone({})
    keys = Keys(zone.ask, StillClock(now))
    odd = ["a b.example", "", "x" * 300, "http://evil.example/", "ø.example"]

    await keys.answers([*odd, *(f"n{number}.example" for number in range(30))])

    assert zone.asked == [f"n{number}.example" for number in range(5)]
