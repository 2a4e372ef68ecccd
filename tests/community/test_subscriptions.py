from datetime import datetime

import pytest
from sqlalchemy import select

from community import join_requests, joining, journal, lifecycle, subscriptions
from community.errors import Refusal
from community.people import Address, Person, Role
from community.store import Session, Store
from tests.builders import EARLIER, a_list, a_person

ADDRESS = "postdocs@lists.example.org"


def on_it(store: Store, list_id: int) -> list[int]:
    """Read who gets the posts of a list."""
    return sorted(
        store.read_sync(lambda session: session.scalars(subscriptions.subscribers(list_id)).all())
    )


def let_go(store: Store, person_id: int, now: datetime) -> None:
    """Let somebody leave the community."""

    def act(session: Session) -> None:
        person = session.get_one(Person, person_id)
        lifecycle.advance(session, person, "leave", by=None, now=now)

    store.run_sync(act)


def suppress(store: Store, person_id: int) -> None:
    """Have mail no longer reach somebody."""

    def act(session: Session) -> None:
        address = session.scalars(select(Address).where(Address.person_id == person_id)).one()
        lifecycle.advance(session, address, "probe", by=None, now=EARLIER)
        lifecycle.advance(session, address, "suppress", by=None, now=EARLIER)

    store.run_sync(act)


def test_subscribe_puts_each_person_on_once(store: Store, now: datetime) -> None:
    ada, bo = a_person(store), a_person(store, "Bo Li")
    list_id = a_list(store, ada)

    new = store.run_sync(subscriptions.subscribe, list_id, [ada, bo, bo], by=None, now=now)

    assert new == 1
    assert on_it(store, list_id) == [ada, bo]
    assert store.read_sync(subscriptions.count_subscribers, list_id) == 2


def test_subscribe_writes_down_who_did_it(store: Store, now: datetime) -> None:
    ada, bo, kari = a_person(store), a_person(store, "Bo Li"), a_person(store, "Kari Berg")
    list_id = a_list(store, ada)

    store.run_sync(subscriptions.subscribe, list_id, [ada, bo], by=kari, now=now)
    store.run_sync(subscriptions.subscribe, list_id, [kari], by=None, now=now)

    entries = store.read_sync(journal.of, "mailing_list", list_id)
    assert [(entry.event, entry.person_id, entry.at) for entry in entries] == [
        ("mailing_list.create", None, EARLIER),
        ("mailing_list.subscribe", ada, EARLIER),
        ("mailing_list.subscribe", kari, now),
        ("mailing_list.subscribe", kari, now),
    ]


def test_subscribe_by_email_names_everybody_who_is_unknown(store: Store, now: datetime) -> None:
    ada, list_id = a_person(store), a_list(store)
    emails = ["ADA.holm@example.org", "x@example.org", "y@example.org"]

    with pytest.raises(Refusal) as refusal:
        store.run_sync(subscriptions.subscribe_by_email, list_id, emails, by=None, now=now)
    refused = on_it(store, list_id)
    new = store.run_sync(
        subscriptions.subscribe_by_email, list_id, ["ADA.holm@example.org"], by=None, now=now
    )

    assert refusal.value.facts == {"emails": "x@example.org, y@example.org"}
    assert (refused, new, on_it(store, list_id)) == ([], 1, [ada])


def test_subscribe_all_takes_active_members_only(store: Store, now: datetime) -> None:
    ada, gone = a_person(store), a_person(store, "Bo Li")
    a_person(store, "Eva Ås", roles=(Role.MENTOR,))
    let_go(store, gone, now)
    list_id = a_list(store)

    assert store.run_sync(subscriptions.subscribe_all, list_id, by=None, now=now) == 1
    assert on_it(store, list_id) == [ada]


def test_who_has_left_gets_no_posts(store: Store, now: datetime) -> None:
    ada = a_person(store)
    list_id = a_list(store, ada)

    let_go(store, ada, now)

    assert on_it(store, list_id) == []
    assert store.read_sync(subscriptions.count_subscribers, list_id) == 0


def test_whom_mail_does_not_reach_is_on_the_list_and_counted_beside(store: Store) -> None:
    ada, bo, gone = a_person(store), a_person(store, "Bo Li"), a_person(store, "Eva Ås")
    list_id = a_list(store, ada, bo)
    for person_id in (ada, gone):
        suppress(store, person_id)

    assert store.read_sync(subscriptions.count_subscribers, list_id) == 2
    assert store.read_sync(subscriptions.count_unreached, list_id) == 1


def test_join_and_leave_twice_change_nothing_the_second_time(store: Store, now: datetime) -> None:
    ada, list_id = a_person(store), a_list(store)

    for _ in range(2):
        store.run_sync(joining.join, list_id, by=ada, now=now)
    joined = store.read_sync(subscriptions.is_subscriber, list_id, ada)
    for _ in range(2):
        store.run_sync(subscriptions.leave, list_id, by=ada, now=now)

    assert (joined, store.read_sync(subscriptions.is_subscriber, list_id, ada)) == (True, False)
    entries = store.read_sync(journal.of, "mailing_list", list_id)
    assert [(entry.event, entry.person_id) for entry in entries] == [
        ("mailing_list.create", None),
        ("mailing_list.subscribe", ada),
        ("mailing_list.leave", ada),
    ]


def test_who_has_left_joins_nothing_by_an_old_link(store: Store, now: datetime) -> None:
    ada = a_person(store)
    was_on, other = a_list(store, ada), a_list(store, address="other@lists.example.org")
    let_go(store, ada, now)

    for list_id in (was_on, other):
        for act in (joining.join, joining.come_back, join_requests.ask_as_member):
            with pytest.raises(Refusal, match="Your stay is over"):
                store.run_sync(act, list_id, by=ada, now=now)

    assert (on_it(store, was_on), on_it(store, other)) == ([], [])


def test_of_person_gives_the_lists_by_address(store: Store) -> None:
    ada = a_person(store)
    for name in ("zoo", "alumni"):
        a_list(store, ada, address=f"{name}@lists.example.org")
    a_list(store)

    found = store.read_sync(subscriptions.of_person, ada)

    assert [a_list.name for a_list in found] == ["alumni", "zoo"]
