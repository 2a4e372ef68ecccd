"""Pages of outcomes: whoever waits for one hears of its end, whatever the end is."""

import asyncio

import pytest

from community.due import Outcome, Work
from scheduler.ledger import Ledger

pytestmark = pytest.mark.anyio

OUTCOME = Outcome(row_id=1, fence=1, state=Work.DONE)


class Disk:
    """Keeps what it is given, or fails; holds on to it until it is let go."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.fault, self.kept = fault, list[Outcome]()
        self.reached, self.go_on = asyncio.Event(), asyncio.Event()

    async def persist(self, outcomes: list[Outcome]) -> None:
        self.reached.set()
        await self.go_on.wait()
        if self.fault is not None:
            raise self.fault
        self.kept += outcomes


def ledger_on(disk: Disk) -> Ledger:
    return Ledger(disk.persist, lanes=lambda: 1, patience_seconds=60)


async def test_a_page_is_done_when_it_is_on_disk() -> None:
    disk = Disk()
    ledger = ledger_on(disk)
    writing = asyncio.create_task(ledger.write())

    page = ledger.enter(OUTCOME)
    await disk.reached.wait()
    before = page.done()
    disk.go_on.set()
    await page

    assert (before, disk.kept) == (False, [OUTCOME])
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing


async def test_d6_an_outcome_that_cannot_be_written_is_written_without_its_words() -> None:
    kept: list[Outcome] = []

    async def persist(outcomes: list[Outcome]) -> None:
        if any("bad" in (each.words or each.reference or "") for each in outcomes):
            raise ValueError("of one of them")
        kept.extend(outcomes)

    done, refused = OUTCOME._replace(reference="bad"), OUTCOME._replace(row_id=2, words="bad")
    other = OUTCOME._replace(row_id=3, reference="250 ok")
    ledger = Ledger(persist, lanes=lambda: 3, patience_seconds=60)
    for each in (done, refused, other):
        page = ledger.enter(each)
    writing = asyncio.create_task(ledger.write())
    await asyncio.wait([page, writing], return_when=asyncio.FIRST_COMPLETED)
    writing.cancel()
    await asyncio.wait([writing])

    assert kept == [OUTCOME, OUTCOME._replace(row_id=2, words="internal fault: ValueError"), other]


@pytest.mark.parametrize("fault", [None, ValueError("a bug")])
async def test_nobody_waits_for_a_page_when_the_ledger_has_ended(fault: Exception | None) -> None:
    disk = Disk(fault)
    ledger = ledger_on(disk)
    writing = asyncio.create_task(ledger.write())

    being_written = ledger.enter(OUTCOME)
    await disk.reached.wait()
    entered_since = ledger.enter(OUTCOME)
    if fault is None:
        writing.cancel()
    disk.go_on.set()
    await asyncio.wait([writing])

    assert being_written.cancelled()
    assert entered_since.cancelled()
    assert ledger.enter(OUTCOME).cancelled()
    assert writing.cancelled() or writing.exception() is fault
