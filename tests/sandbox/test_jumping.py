"""Time in the sandbox: forward only, by way of every moment at which something is due."""

from datetime import UTC, datetime, timedelta

import pytest

from community.calendar import Calendar
from sandbox import jumping
from sandbox.jumping import JumpClock, StillClock

pytestmark = pytest.mark.anyio

HOUR = timedelta(hours=1)


class Work:
    """Something due at some moments; each is done at its own."""

    def __init__(self, clock: StillClock, *due: datetime) -> None:
        self.clock, self.due = clock, sorted(due)
        self.done: list[datetime] = []

    async def next_moment(self) -> datetime | None:
        return self.due[0] if self.due else None

    async def work_through(self) -> int:
        now = [moment for moment in self.due if moment <= self.clock.now()]
        self.due = self.due[len(now) :]
        self.done += [self.clock.now()] * len(now)
        return len(now)


async def _jump(work: Work, to: datetime) -> list[datetime]:
    return await jumping.jump(
        work.clock, to, next_moment=work.next_moment, work_through=work.work_through
    )


async def test_what_comes_due_on_the_way_happens_in_order_at_its_moment(now: datetime) -> None:
    clock = StillClock(now)
    work = Work(clock, now + 2 * HOUR, now, now + HOUR, now + HOUR, now + 4 * HOUR)

    happened = await _jump(work, now + 3 * HOUR)

    assert happened == [now, now + HOUR, now + 2 * HOUR]
    assert work.done == [now, now + HOUR, now + HOUR, now + 2 * HOUR]
    assert (clock.now(), work.due) == (now + 3 * HOUR, [now + 4 * HOUR])


async def test_time_is_never_put_back(now: datetime) -> None:
    clock = StillClock(now)

    assert await _jump(Work(clock), now - HOUR) == []
    assert clock.now() == now


async def test_what_plans_itself_for_ever_ends_the_jump(now: datetime) -> None:
    clock, asked = StillClock(now), []

    async def again() -> datetime:
        asked.append(1)
        return now

    async def nothing() -> int:
        return 0

    await jumping.jump(clock, now + HOUR, next_moment=again, work_through=nothing)

    assert (len(asked), clock.now()) == (jumping.MOST_MOMENTS, now + HOUR)


def test_a_jump_clock_goes_on_from_where_it_was_put(now: datetime) -> None:
    base = StillClock(now)
    clock = JumpClock(base)

    clock.put_forward(now + HOUR)
    clock.put_forward(now)
    base.put_forward(now + timedelta(minutes=1))

    assert clock.now() == now + HOUR + timedelta(minutes=1)
    assert clock.ahead == HOUR


@pytest.mark.parametrize(
    ("name", "moment"),
    [
        ("hour", datetime(2027, 2, 5, 15, tzinfo=UTC)),
        ("week", datetime(2027, 2, 12, 14, tzinfo=UTC)),
        ("working-day", datetime(2027, 2, 8, 8, 30, tzinfo=UTC)),
    ],
)
def test_each_button_leads_to_its_moment(name: str, moment: datetime) -> None:
    friday = datetime(2027, 2, 5, 14, tzinfo=UTC)

    assert jumping.target(name, friday, Calendar()) == moment
