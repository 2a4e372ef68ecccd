from datetime import date, datetime

import pytest
from sqlalchemy import event, select

from community import batches
from community.people import Address, Person
from community.store import Session, Store
from community.subscriptions import Mode, Subscription
from tests.builders import a_list, a_person

PERSON = ("name", "language", "starts_on", "slack_id")
SAME = {"state": "active"}


def insert_people(store: Store, *rows: tuple[object, ...], now: datetime) -> list[int]:
    """Insert people in one batch."""
    return store.run_sync(
        batches.insert, Person, PERSON, rows, same=SAME | {"joined_at": now}, gives="id"
    )


def test_insert_keeps_every_kind_of_value(store: Store, now: datetime) -> None:
    (person_id,) = insert_people(store, ("Åse “Bø”\\", "nb", date(2027, 2, 28), None), now=now)

    person = store.read_sync(Session.get_one, Person, person_id)
    assert (person.name, person.language, person.starts_on) == (
        "Åse “Bø”\\",
        "nb",
        date(2027, 2, 28),
    )
    assert (person.slack_id, person.joined_at, person.state) == (None, now, "active")
    assert person.department == ""  # the default of the class


def test_insert_gives_ids_in_the_order_of_the_rows(store: Store, now: datetime) -> None:
    names = [f"Person {number}" for number in range(batches.ROWS + 7)]

    ids = insert_people(store, *((name, "en", None, None) for name in names), now=now)

    in_order = store.read_sync(
        lambda session: session.scalars(select(Person.name).order_by(Person.id)).all()
    )
    assert (list(in_order), ids) == (names, sorted(ids))
    assert len(ids) == len(names)


def test_insert_keeps_yes_and_no(store: Store) -> None:
    ada = a_person(store)

    store.run_sync(
        batches.insert,
        Address,
        ("email", "is_primary"),
        [("second@example.org", False)],
        same={"person_id": ada},
    )

    query = select(Address.is_primary, Address.state).where(Address.email == "second@example.org")
    row = store.read_sync(lambda session: session.execute(query).one())
    assert tuple(row) == (False, "deliverable")


def test_insert_leaves_out_what_is_there_once(store: Store, now: datetime) -> None:
    ada, bo = a_person(store), a_person(store, "Bo Li")
    list_id = a_list(store, ada)

    def put(session: Session) -> list[int]:
        return batches.insert(
            session,
            Subscription,
            ("person_id", "mode"),
            [(ada, Mode.DAILY), (bo, Mode.DAILY)],
            same={"list_id": list_id, "since": now},
            once=("list_id", "person_id"),
            gives="person_id",
        )

    assert [store.run_sync(put), store.run_sync(put)] == [[bo], []]
    modes = store.read_sync(
        lambda session: [session.get_one(Subscription, (list_id, who)).mode for who in (ada, bo)]
    )
    assert modes == ["each", "daily"]


def test_insert_of_nothing_does_nothing(store: Store, now: datetime) -> None:
    assert insert_people(store, now=now) == []


def test_insert_refuses_a_moment_among_the_values(store: Store, now: datetime) -> None:
    with pytest.raises(TypeError, match="datetime cannot travel in a batch"):
        insert_people(store, ("Ada", "en", now, None), now=now)


def test_insert_comes_after_what_the_session_has_pending(store: Store, now: datetime) -> None:
    def act(session: Session) -> list[int]:
        session.add(Person(id=1000, name="Ada", language="en", state="active", joined_at=now))
        row = (1000, "ada@example.org")
        same = {"is_primary": True}
        return batches.insert(
            session, Address, ("person_id", "email"), [row], same=same, gives="person_id"
        )

    assert store.run_sync(act) == [1000]


@pytest.mark.parametrize("count", [1, 2_000])
def test_among_is_one_short_statement(store: Store, count: int) -> None:
    ada = a_person(store)
    a_person(store, "Bo Li")
    emails = [f"{number}@example.org" for number in range(count)]

    def question(session: Session) -> tuple[list[int], int]:
        said: list[str] = []
        event.listen(
            session.get_bind(), "before_cursor_execute", lambda *call: said.append(call[2])
        )
        found = select(Address.person_id).where(
            batches.among(session, Address.email, [*emails, "ada.holm@example.org"])
        )
        by_id = select(Address.person_id).where(
            batches.among(session, Address.person_id, [ada, *range(10_000, 10_000 + count)])
        )
        people = [*session.scalars(found), *session.scalars(by_id)]
        return people, max(len(statement) for statement in said)

    people, longest = store.read_sync(question)
    assert people == [ada, ada]
    assert longest < 300
