"""Acts that wait for the writer go together: in order, by one commit, each with its own fate."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from datetime import datetime

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import IntegrityError

from community import arrivals, lists
from community.errors import Refusal
from community.posts import Post
from community.store import Session, Store
from tests.builders import a_list, a_mail, a_person

pytestmark = pytest.mark.anyio

Asked = Callable[[], Coroutine[object, object, object]]


async def _behind_another(store: Store, *asked: Asked) -> list[object]:
    """Have all this asked while the writer is busy; return what came of each."""
    is_busy, may_end = threading.Event(), threading.Event()

    def hold(session: Session) -> None:
        is_busy.set()
        assert may_end.wait(60)

    holding = asyncio.create_task(store.run(hold))
    await asyncio.to_thread(is_busy.wait, 20)
    tasks = [asyncio.create_task(each()) for each in asked]
    await asyncio.sleep(0)  # each has asked by now
    may_end.set()
    await holding
    return await asyncio.gather(*tasks, return_exceptions=True)


def _creating(store: Store, name: str, now: datetime) -> Asked:
    async def create() -> str:
        made = await store.run(lists.create, f"{name}@example.org", by=None, now=now)
        return made.name

    return create


def _names(store: Store) -> list[str]:
    return [a_list.name for a_list in store.read_sync(lists.all_lists)]


def _commits(store: Store) -> list[str]:
    """Return a list that grows with each commit of the writer."""
    seen: list[str] = []
    event.listen(store._writer, "commit", lambda _: seen.append("commit"))
    return seen


async def test_acts_that_wait_share_one_commit(store: Store, now: datetime) -> None:
    seen = _commits(store)

    made = await _behind_another(store, *(_creating(store, name, now) for name in "abc"))

    assert made == ["a", "b", "c"]
    assert _names(store) == ["a", "b", "c"]
    assert len(seen) == (1 if store.is_sqlite else 3)


async def test_a_refusal_undoes_its_own_act_alone(store: Store, now: datetime) -> None:
    async def refuse() -> None:
        def half(session: Session) -> None:
            lists.create(session, "half@example.org", by=None, now=now)
            raise Refusal("No.")

        await store.run(half)

    first, refused, last = await _behind_another(
        store, _creating(store, "a", now), refuse, _creating(store, "b", now)
    )

    assert (first, last) == ("a", "b")
    assert isinstance(refused, Refusal)
    assert _names(store) == ["a", "b"]


async def test_a_fault_is_its_own_acts_alone(store: Store, now: datetime) -> None:
    async def break_down() -> None:
        def half(session: Session) -> None:
            lists.create(session, "half@example.org", by=None, now=now)
            raise ZeroDivisionError

        await store.run(half)

    first, broken, last = await _behind_another(
        store, _creating(store, "a", now), break_down, _creating(store, "b", now)
    )

    assert (first, last) == ("a", "b")
    assert isinstance(broken, ZeroDivisionError)
    assert _names(store) == ["a", "b"]


async def test_nobody_hears_of_a_commit_that_failed(store: Store, now: datetime) -> None:
    if not store.is_sqlite:
        return  # each has a commit of its own there

    async def orphan() -> None:
        def put(session: Session) -> None:
            session.execute(text("PRAGMA defer_foreign_keys=ON"))  # looked at by the commit alone
            session.execute(text("INSERT INTO person_role (person_id, role) VALUES (77, 'admin')"))

        await store.run(put)

    first, failed = await _behind_another(store, _creating(store, "a", now), orphan)

    assert (first, type(failed)) == ("a", IntegrityError)
    assert _names(store) == ["a"]
    roles = select(func.count()).select_from(text("person_role"))
    assert store.read_sync(lambda session: session.scalar(roles)) == 0


async def test_each_act_sees_what_those_before_it_did(store: Store, now: datetime) -> None:
    list_id = a_list(store, a_person(store))

    async def take() -> int:
        return (await store.run(arrivals.receive, list_id, a_mail(), now=now)).id

    made = await _behind_another(store, take, take, take)

    assert made == [made[0]] * 3
    query = select(func.count()).select_from(Post)
    assert store.read_sync(lambda session: session.scalar(query)) == 1


async def test_who_goes_away_before_its_turn_has_done_nothing(store: Store, now: datetime) -> None:
    if not store.is_sqlite:
        return  # several write at once there, so that none waits

    async def leave() -> None:
        task = asyncio.create_task(_creating(store, "gone", now)())
        await asyncio.sleep(0)
        task.cancel()

    await _behind_another(store, leave, _creating(store, "a", now))

    assert _names(store) == ["a"]


async def test_only_what_was_put_wakes_somebody(store: Store, now: datetime) -> None:
    woken: list[str] = []
    store.after_commit(lambda: woken.append("woken"))
    list_id = a_list(store, a_person(store))

    async def take() -> None:
        await store.run(arrivals.receive, list_id, a_mail(), now=now)

    await _behind_another(store, _creating(store, "a", now), take)

    assert woken == ["woken"]
    assert store.read_sync(lists.knows, "a@example.org") is not None
