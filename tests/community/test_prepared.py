from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import (
    bindparam,
    event,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError, NoResultFound, OperationalError

from community.people import Person
from community.posts import Thread
from community.prepared import Prepared
from community.store import Moment, Session, Store
from tests.builders import a_list, a_person

COLUMNS = ("list_id", "subject", "started_at")
NAMED = bindparam("subject", type_=Thread.subject.type)
ADD = Prepared(insert(Thread).returning(Thread.id), *COLUMNS)
FIND = Prepared(select(Thread.subject, Thread.started_at).where(Thread.subject == NAMED))


def _thread(list_id: int, subject: str, now: datetime) -> dict[str, Any]:
    return {"list_id": list_id, "subject": subject, "started_at": now}


def test_what_is_put_is_found_with_its_types(store: Store, now: datetime) -> None:
    list_id = a_list(store)
    elsewhere = now.astimezone(timezone(timedelta(hours=2)))

    def put(session: Session) -> list[tuple[Any, ...]]:
        ADD.row_of_each(session, [_thread(list_id, "100 % 'so' :b ?", elsewhere)])
        return FIND.rows(session, {"subject": "100 % 'so' :b ?"})

    assert store.run_sync(put) == [("100 % 'so' :b ?", now)]
    assert store.read_sync(FIND.rows, {"subject": "no such"}) == []


def test_each_gives_its_row_in_order_and_has_the_defaults(store: Store, now: datetime) -> None:
    list_id = a_list(store)
    three = [_thread(list_id, f"Thread {number}", now) for number in range(3)]

    def put(session: Session) -> list[tuple[str, str]]:
        ids = [number for (number,) in ADD.row_of_each(session, three)]
        return [(each.subject, each.reach) for each in (session.get_one(Thread, i) for i in ids)]

    assert store.run_sync(put) == [("Thread 0", ""), ("Thread 1", ""), ("Thread 2", "")]
    assert store.run_sync(ADD.row_of_each, []) == []


def test_each_counts_what_it_changed(store: Store, now: datetime) -> None:
    list_id = a_list(store)
    once = Prepared(
        insert(Thread).from_select(
            ["list_id", "subject", "started_at"],
            select(literal(list_id), NAMED, bindparam("started_at", type_=Moment())).where(
                func.length(NAMED) > 1
            ),
        )
    )
    rows = [{"subject": subject, "started_at": now} for subject in ("aa", "b", "cc")]

    assert store.run_sync(once.each, rows) == 2
    assert store.run_sync(once.each, rows[:1]) == 1
    assert store.run_sync(once.each, []) == 0


def test_a_change_is_counted_or_gives_its_rows_with_their_types(
    store: Store, now: datetime
) -> None:
    list_id, later = a_list(store), now + timedelta(days=1)
    store.run_sync(ADD.row_of_each, [_thread(list_id, subject, now) for subject in ("a", "b", "c")])
    change = update(Thread).values(started_at=bindparam("at", type_=Moment()))
    counted = Prepared(change.where(Thread.subject != NAMED))
    telling = Prepared(
        change.where(Thread.subject != NAMED).returning(Thread.subject, Thread.started_at)
    )

    assert store.run_sync(counted.each, [{"subject": "b", "at": later}]) == 2
    assert store.run_sync(counted.each, [{"subject": "b", "at": later}] * 2) == 4
    assert sorted(store.run_sync(telling.rows, {"subject": "a", "at": now})) == [
        ("b", now),
        ("c", now),
    ]
    assert store.run_sync(telling.rows, {"subject": "a", "at": later})[0][1] == later


def test_a_value_of_the_statement_itself_is_kept(store: Store, now: datetime) -> None:
    a_person(store, "Ada Holm")
    active = Prepared(
        select(Person.name, Person.joined_at > bindparam("since", type_=Moment())).where(
            or_(Person.state == "active", Person.state == "asked")
        )
    )

    assert store.read_sync(active.one, {"since": now + timedelta(days=1)}) == ("Ada Holm", False)


def test_words_that_are_always_the_same_stand_in_sqlites_text(store: Store, now: datetime) -> None:
    list_id, odd = a_list(store), "100 % 'so' :b ? \\ %s"
    store.run_sync(ADD.row_of_each, [_thread(list_id, odd, now), _thread(list_id, "b", now)])
    always = Prepared(
        select(Thread.subject, literal("it's")).where(Thread.subject == odd, NAMED != "")
    )

    def ask(session: Session) -> tuple[list[tuple[Any, ...]], Any]:
        told: list[Any] = []
        event.listen(session.connection(), "before_cursor_execute", lambda *it: told.append(it[3]))
        return always.rows(session, {"subject": "x"}), told

    rows, told = store.read_sync(ask)
    assert rows == [(odd, "it's")]
    if store.is_sqlite:
        assert told == [["x"]]


def test_no_row_where_one_must_be_is_said_as_ever(store: Store) -> None:
    with pytest.raises(NoResultFound):
        store.read_sync(FIND.one, {"subject": "no such"})


def test_an_error_of_the_driver_comes_as_ever(store: Store, now: datetime) -> None:
    def put(session: Session) -> None:
        ADD.row_of_each(session, [_thread(999, "Secret", now)])
        session.execute(text("SELECT 1"))

    with pytest.raises(IntegrityError) as caught:
        store.run_sync(put)
    assert "Secret" not in str(caught.value)
    assert store.read_sync(lambda session: session.scalar(select(func.count(Thread.id)))) == 0


def test_who_is_gone_is_asked_no_more(store: Store) -> None:
    if store.is_sqlite:
        return  # it is in this process

    def cut(session: Session) -> None:
        number = session.scalar(text("SELECT pg_backend_pid()"))
        with store._reader.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:number)"), {"number": number})
        FIND.rows(session, {"subject": "no such"})

    with pytest.raises(OperationalError):
        store.run_sync(cut)
    assert store.run_sync(FIND.rows, {"subject": "no such"}) == []


def test_who_listens_hears_of_it(store: Store) -> None:
    def ask(session: Session) -> list[str]:
        heard: list[str] = []
        connection = session.connection()
        for name in ("before_cursor_execute", "after_cursor_execute"):
            event.listen(connection, name, lambda *told, name=name: heard.append(name + told[2]))
        FIND.rows(session, {"subject": "a"})
        return [each.split()[0] for each in heard]

    assert store.read_sync(ask) == ["before_cursor_executeSELECT", "after_cursor_executeSELECT"]


def test_a_list_among_the_values_is_refused(store: Store) -> None:
    several = Prepared(select(Thread.id).where(Thread.id.in_(bindparam("ids", expanding=True))))

    with pytest.raises(TypeError):
        store.read_sync(several.rows, {"ids": [1, 2]})
