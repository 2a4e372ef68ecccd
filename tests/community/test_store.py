"""The store: one transaction per act, one writer on SQLite, whoever loses a race begins anew."""

import threading
from datetime import datetime
from pathlib import Path

import anyio
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, StatementError

from community import lists, ways
from community.lists import MailingList
from community.people import Category
from community.store import MOST_ATTEMPTS, Session, Store, calendar_of, is_away
from community.ways import Way
from tests import builders


def addresses(store: Store) -> list[str]:
    query = select(MailingList.address).order_by(MailingList.address)
    return store.read_sync(lambda session: list(session.scalars(query)))


def test_what_an_act_did_is_gone_when_it_raises(store: Store, now: datetime) -> None:
    def half(session: Session) -> None:
        lists.create(session, "half@example.org", by=None, now=now)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.run_sync(half)

    assert addresses(store) == []


@pytest.mark.anyio
async def test_whoever_waits_hears_of_every_bug(store: Store) -> None:
    def stop(session: Session) -> None:
        next(iter(()))

    for ask in (store.run, store.read):
        with pytest.raises(RuntimeError, match="StopIteration"), anyio.fail_after(30):
            await ask(stop)


@pytest.mark.anyio
async def test_run_wakes_only_after_an_act_that_put_something(store: Store, now: datetime) -> None:
    woken: list[str] = []
    store.after_commit(lambda: woken.append("woken"))
    host = builders.a_person(store, fields=("1.3",))
    builders.a_person(store, "Bo Vik", fields=("1.3",))

    await store.run(lists.create, "quiet@example.org", by=None, now=now)
    assert woken == []

    from community import meetups

    await store.run(
        meetups.propose, topic="Lunch", place="Here", starts_at=builders.NEXT_WEEK, by=host, now=now
    )
    assert woken == ["woken"]


def test_a_moment_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(StatementError, match="without a time zone"):
        store.run_sync(lists.create, "naive@example.org", by=None, now=datetime(2027, 2, 1))  # noqa: DTZ001


def test_a_moment_comes_back_as_it_was_stored(store: Store, now: datetime) -> None:
    made = store.run_sync(lists.create, "aware@example.org", by=None, now=now)

    stored = store.read_sync(lambda session: session.get_one(MailingList, made.id).created_at)

    assert (stored, stored.utcoffset()) == (now, now.utcoffset())


def test_whoever_loses_a_deadlock_begins_anew(store: Store, now: datetime) -> None:
    first, second = (
        store.run_sync(lists.create, f"{name}@example.org", by=None, now=now).id
        for name in ("first", "second")
    )
    both_hold_one = threading.Barrier(2)
    tries: list[int] = []

    def lock(session: Session, one: int, other: int) -> None:
        tries.append(one)
        session.get_one(MailingList, one, with_for_update=True)
        if len(tries) <= 2 and not store.is_sqlite:
            both_hold_one.wait()
        session.get_one(MailingList, other, with_for_update=True).policy_changes = {"by": one}

    threads = [
        threading.Thread(target=store.run_sync, args=(lock, one, other))
        for one, other in ((first, second), (second, first))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    # On SQLite there is one writer and so never a deadlock. On PostgreSQL whoever begins anew may
    # have the lock before the one who waited for it, and both are where they were.
    again = len(tries) - 2
    assert again == 0 if store.is_sqlite else 0 < again < MOST_ATTEMPTS
    changes = store.read_sync(
        lambda session: [a_list.policy_changes for a_list in lists.all_lists(session)]
    )
    assert changes == [{"by": second}, {"by": first}]


def test_whoever_makes_what_another_has_just_made_begins_anew(store: Store, now: datetime) -> None:
    ada = builders.a_person(store)
    both_have_looked = threading.Barrier(2)
    tries: list[str] = []

    def choose(session: Session, way: Way) -> None:
        tries.append(way)
        ways.choose(session, Category.MEETUP, way, by=ada, now=now)
        if len(tries) <= 2 and not store.is_sqlite:
            both_have_looked.wait()
        session.flush()

    threads = [
        threading.Thread(target=store.run_sync, args=(choose, way)) for way in (Way.MAIL, Way.NONE)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    # On SQLite one looks only when the other is done.
    assert len(tries) == (2 if store.is_sqlite else 3)
    last = store.read_sync(ways.of_person, ada)[Category.MEETUP]
    assert last is Way(tries[-1])


def test_an_act_finds_the_calendar_of_its_house(store: Store) -> None:
    assert store.run_sync(calendar_of) is store.calendar


def test_an_id_is_never_given_a_second_time(store: Store, now: datetime) -> None:
    made = store.run_sync(lists.create, "old@example.org", by=None, now=now).id
    store.run_sync(lambda session: session.delete(session.get_one(MailingList, made)))

    again = store.run_sync(lists.create, "new@example.org", by=None, now=now).id

    assert again > made


def test_is_away_tells_a_database_that_cannot_answer_from_what_is_wrong_with_us(
    store: Store, tmp_path: Path
) -> None:
    gone = Store(f"postgresql://nobody@/none?host={tmp_path}")
    read_only = Store(f"sqlite:///{tmp_path / 'read-only.db'}")

    def ask(session: Session) -> None:
        session.execute(text("SELECT 1 FROM nowhere"))

    def write(session: Session) -> None:
        session.execute(text("PRAGMA query_only = ON"))  # as on a disk that became read-only
        session.execute(text("CREATE TABLE some (id INTEGER)"))

    with pytest.raises(DBAPIError) as wrong:
        store.read_sync(ask)
    with pytest.raises(DBAPIError) as refused:
        read_only.run_sync(write)
    with pytest.raises(DBAPIError) as lost:
        gone.read_sync(ask)
    gone.close()
    read_only.close()

    errors = (wrong.value, refused.value, lost.value, ValueError())
    assert [is_away(error) for error in errors] == [False, True, True, False]
