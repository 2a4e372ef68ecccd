import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from mailing.dmarc import Dmarc
from mailing.dns import NoAnswer
from sandbox.jumping import StillClock

pytestmark = pytest.mark.anyio


class Zone:
    """A resolver that knows a few names and writes down what it was asked."""

    def __init__(self, records: Mapping[str, list[str]], *, is_away: bool = False) -> None:
        self.records, self.is_away = records, is_away
        self.asked: list[str] = []

    async def texts(self, name: str) -> list[str]:
        self.asked.append(name)
        if self.is_away:
            raise NoAnswer("the resolver does not answer")
        return self.records.get(name, [])


def dmarc(zone: Zone, now: datetime) -> Dmarc:
    return Dmarc(zone.texts, StillClock(now))


@pytest.mark.parametrize(
    ("records", "forbids"),
    [
        (["v=DMARC1; p=reject; rua=mailto:dmarc@yahoo.example"], True),
        (["v=spf1 -all", "v = DMARC1 ;P = Quarantine"], True),
        (["v=DMARC1;p=quarantine;pct=0"], True),
        (["v=DMARC1; p=none; sp=reject"], False),
        (["v=DMARC1"], False),
    ],
)
async def test_the_record_of_the_domain_itself_counts_first(
    now: datetime, records: list[str], forbids: bool
) -> None:
    zone = Zone({"_dmarc.yahoo.example": records})

    assert await dmarc(zone, now).forbids("yahoo.example") is forbids
    assert zone.asked == ["_dmarc.yahoo.example"]


@pytest.mark.parametrize(
    ("record", "forbids"),
    [
        ("v=DMARC1; p=reject", True),
        ("v=DMARC1; p=reject; sp=none", False),
        ("v=DMARC1; p=none; sp=quarantine", True),
    ],
)
async def test_what_the_domain_above_wants_for_those_below_counts_for_who_says_nothing(
    now: datetime, record: str, forbids: bool
) -> None:
    zone = Zone({"_dmarc.uni.ac.example": [record]})

    assert await dmarc(zone, now).forbids("mail.physics.uni.ac.example") is forbids
    assert zone.asked == [
        "_dmarc.mail.physics.uni.ac.example",
        "_dmarc.physics.uni.ac.example",
        "_dmarc.uni.ac.example",
        "_dmarc.ac.example",
        "_dmarc.example",
    ]


@pytest.mark.parametrize(
    ("records", "forbids"),
    [
        # Of several the highest is the organisation's.
        ({"lab.uni.example": "v=DMARC1; p=reject", "uni.example": "v=DMARC1; p=none"}, False),
        ({"lab.uni.example": "v=DMARC1; p=none", "uni.example": "v=DMARC1; p=reject"}, True),
        # What speaks for everybody's names is no organisation: the one below it is.
        ({"uni.example": "v=DMARC1; p=none", "example": "v=DMARC1; p=reject; psd=y"}, False),
        ({"uni.example": "v=DMARC1; p=reject", "example": "v=DMARC1; p=none; psd=y"}, True),
        ({"lab.uni.example": "v=DMARC1; p=none", "example": "v=DMARC1; p=reject; PSD = Y"}, True),
        ({"example": "v=DMARC1; p=reject; psd=y"}, True),
        # One that is an organisation by itself, whatever stands above it.
        (
            {"lab.uni.example": "v=DMARC1; p=none; psd=n", "uni.example": "v=DMARC1; p=reject"},
            False,
        ),
    ],
)
async def test_the_organisation_is_found_as_receivers_find_it(
    now: datetime, records: dict[str, str], forbids: bool
) -> None:
    zone = Zone({f"_dmarc.{name}": [record] for name, record in records.items()})

    assert await dmarc(zone, now).forbids("mail.lab.uni.example") is forbids


@pytest.mark.parametrize(
    "records",
    [
        ["v=DMARC1; p=reject", "v=DMARC1; p=none"],
        ["v=DMARC12; p=reject"],
        ["v=spf1 -all"],
        [],
    ],
)
async def test_what_is_no_record_or_several_says_nothing(now: datetime, records: list[str]) -> None:
    zone = Zone({"_dmarc.yahoo.example": records})

    assert await dmarc(zone, now).forbids("yahoo.example") is False
    assert zone.asked == ["_dmarc.yahoo.example", "_dmarc.example"]


async def test_an_answer_is_remembered_for_an_hour(now: datetime) -> None:
    zone, clock = Zone({"_dmarc.strict.example": ["v=DMARC1; p=reject"]}), StillClock(now)
    asking = Dmarc(zone.texts, clock)

    assert [await asking.forbids("strict.example") for _ in range(3)] == [True] * 3
    assert len(zone.asked) == 1

    clock.put_forward(now + timedelta(hours=1))
    zone.records = {}
    assert await asking.forbids("strict.example") is False


async def test_who_does_not_answer_forbids_until_asked_again(now: datetime) -> None:
    zone = Zone({}, is_away=True)
    asking = dmarc(zone, now)

    assert await asking.forbids("lost.example") is True
    zone.is_away = False
    assert await asking.forbids("lost.example") is False


async def test_who_answers_too_slowly_forbids(now: datetime) -> None:
    never = asyncio.Event()

    async def texts(name: str) -> list[str]:
        await never.wait()
        return []

    asking = Dmarc(texts, StillClock(now), wait_seconds=0.01)

    assert await asking.forbids("slow.example") is True


async def test_a_name_of_many_labels_costs_few_questions(now: datetime) -> None:
    zone = Zone({})

    assert await dmarc(zone, now).forbids(".".join("abcdefghijkl") + ".example") is False
    assert len(zone.asked) == 8
    assert zone.asked[1] == "_dmarc.g.h.i.j.k.l.example"
