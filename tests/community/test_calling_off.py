"""D1: who leaves, or moves, between a release and the sending: what still waits follows them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest

from bench.town import OPEN
from community import address_requests, deliveries, lists, outbox, stays, subscriptions
from community.due import Outcome, Work
from community.ends import doubts
from community.outbox import Delivery
from community.people import Person
from community.store import Session, Store
from community.subscriptions import Mode
from tests import builders

LEASE = timedelta(seconds=120)


@dataclass
class Town:
    """Two lists with a post each, which Ada and Bo are to get."""

    store: Store
    now: datetime

    def __post_init__(self) -> None:
        builders.a_moderator(self.store)
        self.ada, self.bo = (builders.a_person(self.store, name) for name in ("Ada Li", "Bo Li"))
        self.list_ids = [
            builders.a_list(self.store, self.ada, self.bo, address=f"{name}@lists.example.org")
            for name in ("one", "two")
        ]
        for list_id in self.list_ids:
            self.store.run_sync(lists.set_policy, list_id, OPEN, by=None, now=self.now)
            mail = builders.a_mail("mona.vik@example.org", subject=f"To {list_id}")
            builders.a_post(self.store, list_id, mail, now=self.now)

    def states(self, person_id: int) -> list[tuple[str, str]]:
        """Return whither and in which state a person's copies are, by post."""
        return [
            (row.email, row.state)
            for post_id in (1, 2)
            for row in builders.deliveries(self.store, post_id)
            if row.person_id == person_id
        ]

    def claim(self) -> list[int]:
        """Let a worker have all that is due; return the rows."""
        rows = self.store.run_sync(
            outbox.claim_deliveries, now=self.now, limit=9, lease=LEASE, by="a worker"
        )
        return [row.id for row in rows]


@pytest.fixture
def town(store: Store, now: datetime) -> Town:
    return Town(store, now)


ADA, BO, NEW = "ada.li@example.org", "bo.li@example.org", "ada@home.example"


def _leaves(town: Town) -> None:
    town.store.run_sync(subscriptions.leave, town.list_ids[0], by=town.ada, now=town.now)


def _wants_none(town: Town) -> None:
    one = town.list_ids[0]
    town.store.run_sync(deliveries.set_mode, one, Mode.NONE, by=town.ada, now=town.now)


@pytest.mark.parametrize("goes", [_leaves, _wants_none])
def test_d1_who_leaves_a_list_gets_nothing_of_it_that_still_waits(
    town: Town, goes: Callable[[Town], None]
) -> None:
    goes(town)

    assert town.states(town.ada) == [(ADA, Work.CANCELLED), (ADA, Work.DUE)]
    assert town.states(town.bo) == [(BO, Work.DUE), (BO, Work.DUE)]


def test_d1_whose_stay_is_over_gets_nothing_that_still_waits(town: Town) -> None:
    def over(session: Session) -> None:
        session.get_one(Person, town.ada).ends_on = date(2027, 1, 31)

    town.store.run_sync(over)
    town.store.run_sync(stays.end, today=date(2027, 2, 1), now=town.now)

    assert town.states(town.ada) == [(ADA, Work.CANCELLED), (ADA, Work.CANCELLED)]
    assert town.states(town.bo) == [(BO, Work.DUE), (BO, Work.DUE)]


def test_d1_what_a_worker_holds_while_its_reader_leaves_is_shown_as_in_doubt(town: Town) -> None:
    held = town.claim()
    _leaves(town)
    done = [Outcome(row_id=each, fence=1, state=Work.DONE, reference="250 ok") for each in held]
    town.store.run_sync(outbox.settle_deliveries, done, now=town.now)

    def doubtful(session: Session) -> list[tuple[int, int]]:
        rows = session.query(Delivery.person_id, doubts(Delivery, now=town.now))
        return [
            (row[0], row[1]) for row in rows.filter(Delivery.post_id == 1).order_by(Delivery.id)
        ]

    assert town.states(town.ada)[0] == (ADA, Work.CANCELLED)
    assert sorted(town.store.read_sync(doubtful)) == [(town.ada, 1), (town.bo, 0)]


def test_d1_what_still_waits_goes_to_the_new_address_unless_the_old_one_may_have_it(
    town: Town,
) -> None:
    post = builders.deliveries(town.store, 1)
    mine = next(row for row in post if row.person_id == town.ada)
    town.claim()
    later = town.now + timedelta(minutes=1)
    back = {
        row.id: Outcome(row_id=row.id, fence=1, state=Work.DUE, words=words, again_at=later)
        for post_id in (1, 2)
        for row in builders.deliveries(town.store, post_id)
        for words in ("in doubt: it broke" if row.id == mine.id else "451 later",)
    }
    town.store.run_sync(outbox.settle_deliveries, list(back.values()), now=town.now)

    town.store.run_sync(
        address_requests.add, NEW, to=town.ada, is_primary=True, by=None, now=town.now
    )

    assert town.states(town.ada) == [(ADA, Work.DUE), (NEW, Work.DUE)]
    assert town.states(town.bo) == [(BO, Work.DUE), (BO, Work.DUE)]
