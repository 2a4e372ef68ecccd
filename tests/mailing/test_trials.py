"""A post that cannot be prepared is tried three times, whatever it does, and then reported."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from community import overview
from community.due import Work
from community.outbox import Delivery
from community.posts import Post
from community.setbacks import Postponed, Undelivered
from community.store import Session, Store
from mailing.trials import Trials
from sandbox.jumping import StillClock
from tests.builders import a_list, a_mail, a_moderator, a_person, a_post, deliveries

pytestmark = pytest.mark.anyio


class Died(BaseException):
    """A process is killed."""


class Preparing:
    """Prepares posts, if it does not fail."""

    def __init__(self, fault: BaseException | None) -> None:
        self.fault, self.tries = fault, 0

    async def __call__(self, post_id: int) -> str:
        """Prepare one."""
        self.tries += 1
        if self.fault is not None:
            raise self.fault
        return "prepared"


def _a_post(store: Store, now: datetime) -> int:
    """Have a post on its way to three, of whom the first has it."""
    a_moderator(store)
    readers = [a_person(store, name) for name in ("Ada Holm", "Bo Li", "Eva Dahl")]
    post_id = a_post(store, a_list(store, *readers), a_mail("mona.vik@example.org"), now=now)
    first = deliveries(store, post_id)[0].id

    def served(session: Session) -> None:
        done = {"state": Work.DONE, "next_at": None, "settled_at": now}
        session.execute(update(Delivery).where(Delivery.id == first).values(**done))

    store.run_sync(served)
    return post_id


def _tries(store: Store) -> int:
    return store.read_sync(lambda session: session.scalars(select(Post.preparations)).one())


async def test_d6_a_post_that_raises_is_prepared_once_for_all_and_set_aside_the_third_time(
    store: Store, now: datetime
) -> None:
    post_id, clock = _a_post(store, now), StillClock(now)
    trials, preparing = Trials(store, clock), Preparing(KeyError())

    with capture_logs() as logs:
        for _ in range(2):
            for _ in range(20):
                with pytest.raises(Postponed) as waits:
                    await trials.run(post_id, preparing)
            clock.put_forward(waits.value.until)
        with pytest.raises(Undelivered) as over:
            await trials.run(post_id, preparing)

    assert preparing.tries == 3
    assert [line["event"] for line in logs] == [*["fanout.broke"] * 3, "fanout.set_aside"]
    assert over.value.permanent
    words = f"internal fault: KeyError (reference {logs[3]['reference']})"
    assert [(row.state, row.last_error) for row in deliveries(store, post_id)] == [
        (Work.DONE, None),
        (Work.FAILED, words),
        (Work.FAILED, words),
    ]


async def test_d6_a_post_whose_preparation_kills_is_tried_by_three_processes(
    store: Store, now: datetime
) -> None:
    post_id, clock, preparing = _a_post(store, now), StillClock(now), Preparing(Died())

    for _ in range(3):
        with pytest.raises(Died):
            await Trials(store, clock).run(post_id, preparing)
    with pytest.raises(Postponed):  # the third may be alive
        await Trials(store, clock).run(post_id, preparing)
    clock.put_forward(now + timedelta(seconds=15))
    with pytest.raises(Undelivered):
        await Trials(store, clock).run(post_id, preparing)

    assert preparing.tries == 3
    states = [row.state for row in deliveries(store, post_id)]
    assert states == [Work.DONE, Work.FAILED, Work.FAILED]

    last = deliveries(store, post_id)[2].id
    store.run_sync(overview.retry, f"delivery:{last}", now=clock.now())
    assert await Trials(store, clock).run(post_id, Preparing(None)) == "prepared"
    assert _tries(store) == 0


async def test_d6_a_database_that_goes_away_says_nothing_against_a_post(
    store: Store, now: datetime
) -> None:
    post_id = _a_post(store, now)
    trials = Trials(store, StillClock(now))

    for _ in range(7):
        with pytest.raises(OperationalError):
            await trials.run(post_id, Preparing(OperationalError("", {}, Exception())))

    assert await trials.run(post_id, Preparing(None)) == "prepared"
    assert _tries(store) == 0
