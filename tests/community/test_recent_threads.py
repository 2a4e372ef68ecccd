"""The threads that chat shows: of all my lists, by few statements, however many there are."""

from datetime import datetime

from community import lists, people, recent_threads
from community.people import Reader
from community.store import Store
from tests.builders import a_list, a_mail, a_person, a_post
from tests.community.plans import plans, statements


def _lists(store: Store, ada: int, now: datetime, count: int) -> list[int]:
    made = [a_list(store, ada, address=f"list{n}@lists.example.org") for n in range(count)]
    for list_id in made:
        store.run_sync(lists.set_policy, list_id, ["newcomer_posts=0"], by=None, now=now)
    return made


def _reader(store: Store, person_id: int) -> Reader:
    return store.read_sync(people.reader, person_id)


def test_threads_of_all_lists_come_with_the_newest_post_first(store: Store, now: datetime) -> None:
    ada = a_person(store)
    first, second, _ = _lists(store, ada, now, 3)
    others = a_list(store, a_person(store, "Bo Li"), address="others@lists.example.org")
    for list_id, subject in ((first, "Lunch"), (second, "Call"), (first, "Tea"), (others, "No")):
        a_post(store, list_id, a_mail(subject=subject), now=now)

    found = store.read_sync(recent_threads.recent, reader=_reader(store, ada), most=2)

    assert [(each.line.subject, each.list_name) for each in found] == [
        ("Tea", "list0"),
        ("Call", "list1"),
    ]


def test_more_lists_take_no_more_statements(store: Store, now: datetime) -> None:
    ada = a_person(store)
    taken = []
    for n in range(3):
        list_id = a_list(store, ada, address=f"list{n}@lists.example.org")
        a_post(store, list_id, a_mail(), now=now)
        reader = _reader(store, ada)
        taken.append(statements(store, recent_threads.recent, reader=reader, most=8))

    assert taken[1:] == taken[:2]
    assert "SCAN post" not in plans(store, recent_threads.recent, reader=reader, most=8)


def test_whoever_is_on_no_list_has_none(store: Store) -> None:
    reader = _reader(store, a_person(store))

    assert store.read_sync(recent_threads.recent, reader=reader, most=8) == ()
