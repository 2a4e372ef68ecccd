"""One mail to several lists of this house: one copy per person, at once or in one digest."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from community import deliveries, digests, lists, releases
from community.fanouts import DigestEntry
from community.store import Session, Store
from community.subscriptions import Mode
from tests.builders import a_list, a_mail, a_moderator, a_person, a_post
from tests.builders import deliveries as sent

MAIL = a_mail("mona.vik@example.org")


class Town:
    """Ada on both lists, Bo on the first and Cai on the second alone; Mona writes to both."""

    def __init__(self, store: Store, now: datetime, *, grace_seconds: int = 0) -> None:
        self.store, self.now = store, now
        self.ada, self.bo, self.cai = (a_person(store, n) for n in ("Ada Ek", "Bo Lie", "Cai Moe"))
        self.mona = a_moderator(store)
        first = a_list(store, self.ada, self.bo, grace_seconds=grace_seconds)
        lab = "lab@lists.example.org"
        second = a_list(store, self.ada, self.cai, address=lab, grace_seconds=grace_seconds)
        self.lists = (first, second)

    def write(self) -> tuple[int, int]:
        """Receive one mail on each list."""
        first, second = (a_post(self.store, each, MAIL, now=self.now) for each in self.lists)
        return first, second

    def copies(self, post_id: int) -> list[int]:
        return [row.person_id for row in sent(self.store, post_id)]

    def entries(self, post_id: int) -> set[int]:
        def of(session: Session) -> set[int]:
            query = select(DigestEntry.person_id).where(DigestEntry.post_id == post_id)
            return set(session.scalars(query))

        return self.store.read_sync(of)


@pytest.fixture
def town(store: Store, now: datetime) -> Town:
    return Town(store, now)


def test_who_is_on_both_lists_gets_one_copy(town: Town) -> None:
    first, second = town.write()

    assert (town.copies(first), town.copies(second)) == ([town.ada, town.bo], [town.cai])


def test_a_mail_that_says_the_same_for_itself_is_another_from_another_author(town: Town) -> None:
    first = a_post(town.store, town.lists[0], MAIL, now=town.now)
    town.store.run_sync(
        lists.set_policy, town.lists[1], ["newcomer_posts=0"], by=None, now=town.now
    )
    other = replace(a_mail("cai.moe@example.org"), message_id=MAIL.message_id)
    second = a_post(town.store, town.lists[1], other, now=town.now)

    assert (town.copies(first), town.copies(second)) == (
        [town.ada, town.bo],
        [town.ada, town.cai],
    )


def test_who_has_it_in_a_digest_of_one_list_does_not_get_it_by_the_other(town: Town) -> None:
    town.store.run_sync(deliveries.set_mode, town.lists[0], Mode.DAILY, by=town.ada, now=town.now)

    first, second = town.write()

    assert (town.copies(first), town.entries(first)) == ([town.bo], {town.ada})
    assert (town.copies(second), town.entries(second)) == ([town.cai], set())


def test_who_has_it_by_mail_does_not_get_it_again_in_a_digest(town: Town) -> None:
    town.store.run_sync(deliveries.set_mode, town.lists[1], Mode.DAILY, by=town.ada, now=town.now)

    first, second = town.write()

    assert (town.copies(first), town.entries(first)) == ([town.ada, town.bo], set())
    assert (town.copies(second), town.entries(second)) == ([town.cai], set())


def test_who_wants_nothing_of_one_list_gets_it_by_the_other(town: Town) -> None:
    town.store.run_sync(deliveries.set_mode, town.lists[0], Mode.NONE, by=town.ada, now=town.now)

    first, second = town.write()

    assert (town.copies(first), town.copies(second)) == ([town.bo], [town.ada, town.cai])


def test_posts_that_leave_later_know_of_each_other_in_either_order(
    store: Store, now: datetime
) -> None:
    town = Town(store, now, grace_seconds=120)
    first, second = town.write()
    later = now + timedelta(minutes=3)

    for post_id in (second, first):
        store.run_sync(releases.release, post_id, detail="", due_at=later, now=later)

    assert (town.copies(second), town.copies(first)) == ([town.ada, town.cai], [town.bo])


def test_beyond_both_budgets_it_comes_in_one_digest_once(town: Town) -> None:
    for each in town.lists:
        quiet = ["threads_per_day=0"]
        town.store.run_sync(lists.set_policy, each, quiet, by=None, now=town.now)
    first, second = town.write()

    later = town.now + timedelta(days=2)
    town.store.run_sync(digests.make_due, now=later)

    assert (town.entries(first), town.entries(second)) == ({town.ada, town.bo}, {town.cai})
