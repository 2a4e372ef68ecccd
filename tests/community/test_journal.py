from datetime import datetime, timedelta

from sqlalchemy import delete

from community import journal
from community.people import Person
from community.store import Session, Store
from tests.builders import a_person

Row = tuple[str, int | None, str | None, str | None, datetime]


def _rows(store: Store, noun: str, object_id: int) -> list[Row]:
    entries = store.read_sync(journal.of, noun, object_id)
    return [(entry.event, entry.person_id, entry.old, entry.new, entry.at) for entry in entries]


def test_of_gives_the_life_of_one_thing_oldest_first(store: Store, now: datetime) -> None:
    ada = a_person(store)
    later = now + timedelta(hours=1)

    store.run_sync(journal.write, "meetup", 1, "propose", by=ada, now=now, new="open")
    store.run_sync(journal.write, "meetup", 2, "propose", by=ada, now=now, new="open")
    store.run_sync(journal.write, "post", 1, "accept", by=ada, now=now, new="released")
    store.run_sync(journal.write, "meetup", 1, "end", by=None, now=later, old="open", new="over")

    assert _rows(store, "meetup", 1) == [
        ("meetup.propose", ada, None, "open", now),
        ("meetup.end", None, "open", "over", later),
    ]


def test_write_all_adds_one_row_for_each_thing(store: Store, now: datetime) -> None:
    ada = a_person(store)

    store.run_sync(journal.write_all, "meetup", "end", [(1, None), (2, ada)], now=now, new="over")

    assert _rows(store, "meetup", 1) == [("meetup.end", None, None, "over", now)]
    assert _rows(store, "meetup", 2) == [("meetup.end", ada, None, "over", now)]


def test_an_event_says_by_which_door_it_came(store: Store, now: datetime) -> None:
    store.run_sync(journal.write, "meetup", 1, "propose", by=None, now=now, new="open")
    web = store.door("web")
    web.run_sync(journal.write, "meetup", 1, "cancel", by=None, now=now, old="open", new="over")

    entries = store.read_sync(journal.of, "meetup", 1)

    assert [(entry.event, entry.door) for entry in entries] == [
        ("meetup.propose", ""),
        ("meetup.cancel", "web"),
    ]


def test_an_event_outlives_the_person_without_saying_who_it_was(
    store: Store, now: datetime
) -> None:
    ada = a_person(store)
    store.run_sync(journal.write, "meetup", 1, "propose", by=ada, now=now, new="open")

    def erase(session: Session) -> None:
        session.execute(delete(Person).where(Person.id == ada))

    store.run_sync(erase)

    assert _rows(store, "meetup", 1) == [("meetup.propose", None, None, "open", now)]
