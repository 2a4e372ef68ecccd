"""A role ends, and what went with it; the last who looks after others keeps it."""

import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from community import erasure, people, roles, roster_files, rosters, stays
from community.errors import Refusal
from community.journal import Entry
from community.people import Person, Role
from community.store import Session, Store
from tests.builders import a_moderator, a_person, letter, told

TODAY = date(2027, 2, 1)
LOOK_AFTER = tuple(roles.LAST)
Ending = Callable[[Session, int, datetime], object]


def test_a_role_is_taken_away_and_written_down(store: Store, now: datetime) -> None:
    ada = a_person(store, roles=(Role.MEMBER, Role.MODERATOR))
    mona = a_moderator(store)

    store.run_sync(roles.take_away, ada, Role.MODERATOR, by=mona, now=now)

    assert store.read_sync(people.roles, ada) == {Role.MEMBER}
    written = select(Entry.object_id, Entry.person_id, Entry.old).where(
        Entry.event == "person.take_role"
    )
    assert store.read_sync(lambda session: session.execute(written).all()) == [
        (ada, mona, "moderator")
    ]
    with pytest.raises(Refusal, match="Only a moderator"):
        store.read_sync(people.require, ada, Role.MODERATOR)
    with pytest.raises(Refusal, match="do not have this role"):
        store.run_sync(roles.take_away, ada, Role.MODERATOR, by=mona, now=now)
    with pytest.raises(Refusal, match="They have no other role"):
        store.run_sync(roles.take_away, ada, Role.MEMBER, by=mona, now=now)


@pytest.mark.parametrize("role", list(roles.LAST))
def test_the_last_who_looks_after_others_keeps_the_role(
    store: Store, now: datetime, role: Role
) -> None:
    ada = a_person(store, roles=(Role.MEMBER, role))

    with pytest.raises(Refusal) as refused:
        store.run_sync(roles.take_away, ada, role, by=None, now=now)

    assert str(refused.value) == roles.LAST[role]
    assert store.read_sync(people.roles, ada) == {Role.MEMBER, role}


def _take_both(session: Session, person_id: int, now: datetime) -> None:
    for role in (Role.COORDINATOR, Role.MODERATOR, Role.ADMIN):
        roles.take_away(session, person_id, role, by=None, now=now)


def _import(session: Session, person_id: int, now: datetime) -> None:
    email = people.reader(session, person_id).email
    file = f"email,name,roles\n{email},Whoever,member\n".encode()
    reading = roster_files.read_bytes(file)
    made = rosters.bring_in(session, reading, language="en", by=None, now=now)
    if made.problems:
        raise Refusal(made.problems[0].message)


def _erase(session: Session, person_id: int, now: datetime) -> None:
    erasure.erase(session, person_id, by=None, now=now)


def _end_stay(session: Session, person_id: int, now: datetime) -> None:
    session.get_one(Person, person_id).ends_on = TODAY - timedelta(days=1)
    session.flush()
    if not stays.end(session, today=TODAY, now=now):
        raise Refusal("They stay.")


def _holders(store: Store) -> dict[Role, list[int]]:
    def read(session: Session) -> dict[Role, list[int]]:
        return {role: list(session.scalars(people.with_role(role))) for role in roles.LAST}

    return store.read_sync(read)


def _all_with(person_ids: list[int]) -> dict[Role, list[int]]:
    return dict.fromkeys(roles.LAST, person_ids)


@pytest.mark.parametrize("end", [_take_both, _import, _erase, _end_stay])
def test_by_whatever_way_roles_end_the_last_who_looks_after_others_is_not_lost(
    store: Store, now: datetime, end: Ending
) -> None:
    ada = a_person(store, roles=(Role.MEMBER, *LOOK_AFTER))

    with pytest.raises(Refusal):
        store.run_sync(end, ada, now)
    assert _holders(store) == _all_with([ada])

    bo = a_person(store, "Bo Li", roles=(Role.MEMBER, *LOOK_AFTER))
    store.run_sync(end, ada, now)
    assert _holders(store) == _all_with([bo])


@pytest.mark.parametrize("end", [_take_both, _import, _erase, _end_stay])
def test_of_two_whose_roles_end_at_one_moment_one_keeps_them(
    store: Store, now: datetime, end: Ending
) -> None:
    ada, bo = (a_person(store, name, roles=(Role.MEMBER, *LOOK_AFTER)) for name in ("Ada", "Bo"))
    start, refused = threading.Barrier(2), list[int]()

    def lose(person_id: int) -> None:
        start.wait()
        try:
            store.run_sync(end, person_id, now)
        except Refusal:
            refused.append(person_id)

    threads = [threading.Thread(target=lose, args=(each,)) for each in (ada, bo)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 1
    assert _holders(store) == _all_with(refused)


def test_who_is_needed_stays_until_somebody_else_has_the_role(store: Store, now: datetime) -> None:
    ada = a_person(store, roles=(Role.MEMBER, Role.COORDINATOR))
    bo = a_person(store, "Bo Li", roles=(Role.MEMBER, Role.COORDINATOR))
    boss = a_person(store, "Kim Dahl", roles=(Role.ADMIN,))

    def both_end(session: Session) -> None:
        session.get_one(Person, ada).ends_on = TODAY - timedelta(days=1)
        session.get_one(Person, bo).ends_on = TODAY - timedelta(days=2)

    store.run_sync(both_end)
    store.run_sync(stays.tell, today=TODAY - timedelta(days=9), now=now)
    warned = letter(store, "person.end_stay", ada)
    assert warned is not None
    assert warned.paragraphs[-2] == (
        "Nobody else is a coordinator, and nobody would look after things."
    )
    left = [store.run_sync(stays.end, today=TODAY, now=now) for _ in range(2)]

    assert (left, _holders(store)[Role.COORDINATOR]) == ([1, 0], [ada])
    assert told(store, "person.keep_role") == [(ada, "mail"), (boss, "mail")]
    theirs, hers = letter(store, "person.keep_role", boss), letter(store, "person.keep_role", ada)
    assert theirs is not None
    assert hers is not None
    assert (theirs.subject, hers.subject) == (
        "Ada Holm is needed, and stays",
        "You are needed, and stay",
    )
    assert theirs.paragraphs[-1] == (
        "So the stay goes on until somebody else has the role. Whoever runs the service gives it: "
        "samband people add ADDRESS --role coordinator"
    )

    cai = a_person(store, "Cai Moe", roles=(Role.COORDINATOR,))
    assert letter(store, "person.keep_role", boss) is None
    assert store.run_sync(stays.end, today=TODAY, now=now) == 1
    assert _holders(store)[Role.COORDINATOR] == [cai]


def test_what_is_needed_is_asked_of_those_who_leave_in_their_order(store: Store) -> None:
    ada, bo = (a_person(store, name, roles=LOOK_AFTER[:2]) for name in ("Ada", "Bo"))

    assert store.read_sync(roles.needed, [bo, ada]) == {bo: LOOK_AFTER[:2]}
    assert store.read_sync(roles.needed, [ada]) == store.read_sync(roles.needed, []) == {}
