"""One mail that comes once by each of its addresses: one post, for all whom they name (A4)."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from community import (
    arrivals,
    conservation,
    deliveries,
    journal,
    lists,
    mailbags,
    moderation,
    overflows,
    releases,
)
from community.cases import Decision
from community.due import GIVE_UP_AFTER
from community.fanouts import DigestEntry
from community.mailbags import Handed
from community.posts import Post, Thread
from community.received import Received
from community.store import Session, Store
from community.subscriptions import Mode
from tests.builders import a_list, a_mail, a_moderator, a_person, planned
from tests.builders import deliveries as sent

PHYSICS, LAW = "1.3", "5.5"
MONA = "mona.vik@example.org"


class Town:
    """Ada of physics, Bo of law and Cai of neither; Mona writes, and is never held."""

    def __init__(self, store: Store, now: datetime, *, grace_seconds: int = 0) -> None:
        self.store, self.now = store, now
        self.ada = a_person(store, "Ada Ek", fields=(PHYSICS,))
        self.bo = a_person(store, "Bo Lie", fields=(LAW,))
        self.cai = a_person(store, "Cai Moe")
        self.mona = a_moderator(store)
        everybody = (self.ada, self.bo, self.cai)
        self.list_id = a_list(store, *everybody, grace_seconds=grace_seconds)

    def mail(self, sender: str = MONA) -> Received:
        return replace(a_mail(sender), to_addresses=("friends@example.com",))

    def take(self, *fields: tuple[str, ...], sender: str = MONA) -> None:
        """Take one mail as often as it comes, each time by an address with these fields."""
        for each in fields:
            handed = Handed([self.list_id], self.mail(sender), {self.list_id: each})
            assert self.store.run_sync(mailbags.receive_all, [handed], now=self.now) == [None]

    def post(self) -> Post:
        (post,) = self.store.read_sync(lambda session: session.scalars(select(Post)).all())
        return post

    def thread(self) -> Thread:
        return self.store.read_sync(lambda session: session.scalars(select(Thread)).one())

    def copies(self) -> list[int]:
        return sorted(row.person_id for row in sent(self.store, self.post().id))

    def entries(self) -> list[int]:
        return sorted(
            self.store.read_sync(
                lambda session: session.scalars(select(DigestEntry.person_id)).all()
            )
        )

    def release(self) -> None:
        (step,) = planned(self.store, "post.release")
        at = step.due_at
        self.store.run_sync(releases.release, 1, detail=step.detail, due_at=at, now=at)

    def is_sound(self) -> bool:
        seen = self.store.read_sync(conservation.everything, now=self.now)
        return not seen.broken and not seen.missing


def test_a4_what_has_left_goes_to_the_people_of_a_further_field_too(
    store: Store, now: datetime
) -> None:
    town = Town(store, now)

    town.take((PHYSICS,), (LAW,), (PHYSICS,), (LAW,))

    assert (town.post().fields, town.thread().fields) == (f"{PHYSICS} {LAW}",) * 2
    assert town.copies() == [town.ada, town.bo]
    assert town.is_sound()
    (widened,) = store.read_sync(
        lambda session: [e for e in journal.of(session, "post", 1) if e.event == "post.widen"]
    )
    assert (widened.at, widened.new) == (now, None)


def test_a_mail_that_comes_again_after_days_goes_to_nobody_else(
    store: Store, now: datetime
) -> None:
    town = Town(store, now)
    town.take((PHYSICS,))

    town.now = now + GIVE_UP_AFTER + timedelta(seconds=1)
    town.take((LAW,), ())

    assert (town.post().fields, town.copies()) == (PHYSICS, [town.ada])


def test_a4_a_copy_for_all_brings_it_to_all(store: Store, now: datetime) -> None:
    town = Town(store, now)

    town.take((PHYSICS,), (), (LAW,))

    assert (town.post().fields, town.copies()) == ("", [town.ada, town.bo, town.cai])
    assert town.is_sound()


def test_a_reader_of_digests_finds_it_once(store: Store, now: datetime) -> None:
    town = Town(store, now)
    for who in (town.ada, town.bo):
        store.run_sync(deliveries.set_mode, town.list_id, Mode.DAILY, by=who, now=now)

    town.take((PHYSICS,), (LAW,), (LAW,))

    assert (town.copies(), town.entries()) == ([], [town.ada, town.bo])
    assert town.is_sound()


def test_in_its_grace_it_waits_with_the_others(store: Store, now: datetime) -> None:
    town = Town(store, now, grace_seconds=120)
    town.take((PHYSICS,), (LAW,))
    assert town.copies() == []

    town.release()

    assert town.copies() == [town.ada, town.bo]


def test_what_is_held_is_decided_for_all_whom_it_names_and_for_no_more_after_that(
    store: Store, now: datetime
) -> None:
    town = Town(store, now)
    ada = "ada.ek@example.org"
    town.take((PHYSICS,), (LAW,), sender=ada)
    assert (town.post().state, town.post().fields) == ("held", f"{PHYSICS} {LAW}")

    store.run_sync(moderation.decide, 1, Decision.ACCEPT, by=town.mona, now=now)
    town.take((), ("6.1",), sender=ada)

    assert (town.post().fields, town.copies()) == (f"{PHYSICS} {LAW}", [town.ada, town.bo])


def test_beyond_the_budget_no_copy_brings_it_to_all_at_once(store: Store, now: datetime) -> None:
    town = Town(store, now)
    changes = ["threads_per_day=1"]
    store.run_sync(lists.set_policy, town.list_id, changes, by=None, now=now)
    town.take((PHYSICS,))
    other = [Handed([town.list_id], a_mail(MONA, subject="To all"))]
    store.run_sync(mailbags.receive_all, other, now=now)

    store.run_sync(_again, town, ())
    assert _fields(store) == [PHYSICS, ""]

    store.run_sync(_again, town, (LAW,))
    assert _fields(store) == [f"{PHYSICS} {LAW}", ""]


def test_what_its_author_has_narrowed_stays_so(store: Store, now: datetime) -> None:
    town = Town(store, now)
    changes = ["posts_per_member_per_week=0", "newcomer_posts=0"]
    store.run_sync(lists.set_policy, town.list_id, changes, by=None, now=now)
    ada = "ada.ek@example.org"
    town.take((), (LAW,), sender=ada)
    assert (town.post().state, town.post().fields) == ("queued", "")

    store.run_sync(overflows.narrow, 1, by=town.ada, now=now)
    town.take((), (LAW,), sender=ada)

    assert (town.post().fields, town.copies()) == (PHYSICS, [town.ada])


def test_an_answer_stays_where_its_thread_is(store: Store, now: datetime) -> None:
    town = Town(store, now)
    town.take((PHYSICS,))
    answer = replace(
        a_mail(MONA, subject="Re: Lunch", answers=(town.post().message_id,)), to_addresses=()
    )

    for fields in ((LAW,), ()):
        handed = Handed([town.list_id], answer, {town.list_id: fields})
        store.run_sync(mailbags.receive_all, [handed], now=now)

    assert _fields(store) == [PHYSICS, PHYSICS]


@pytest.mark.parametrize("grace_seconds", [0, 120])
def test_a4_copies_that_come_at_once_are_one_post_for_all_whom_they_name(
    store: Store, now: datetime, grace_seconds: int
) -> None:
    town = Town(store, now, grace_seconds=grace_seconds)
    start = threading.Barrier(4)

    def take(fields: tuple[str, ...]) -> None:
        start.wait()
        town.take(fields)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(take, [(PHYSICS,), (LAW,), (PHYSICS,), (LAW,)]))

    if grace_seconds:
        town.release()
    assert town.post().fields == f"{PHYSICS} {LAW}"
    assert town.copies() == [town.ada, town.bo]
    assert town.is_sound()


def _again(session: Session, town: Town, fields: tuple[str, ...]) -> int | None:
    (a_list_,) = lists.locked(session, [town.list_id])
    return arrivals.same(session, a_list_, replace(town.mail(), fields=fields), now=town.now)


def _fields(store: Store) -> list[str]:
    query = select(Post.fields).order_by(Post.id)
    return store.read_sync(lambda session: list(session.scalars(query)))
