from datetime import datetime

import pytest
from sqlalchemy import select

from community import journal, lists
from community.errors import Refusal
from community.lists import MailingList
from community.policies import Policy
from community.store import Store
from tests.builders import EARLIER, a_coordinator, a_list, a_moderator

ADDRESS = "postdocs@lists.example.org"


def test_create_makes_a_list_with_the_default_policy(store: Store, now: datetime) -> None:
    made = store.run_sync(lists.create, " Postdocs@Lists.Example.org ", by=None, now=now)

    found = store.read_sync(lists.by_address, ADDRESS)
    assert (found.id, found.address, found.created_at) == (made.id, ADDRESS, now)
    assert (found.name, found.list_id) == ("postdocs", "postdocs.lists.example.org")
    assert found.policy == Policy()
    assert [e.event for e in store.read_sync(journal.of, "mailing_list", made.id)] == [
        "mailing_list.create"
    ]


def test_create_refuses_a_second_list_with_the_address(store: Store, now: datetime) -> None:
    a_list(store)

    with pytest.raises(Refusal) as refusal:
        store.run_sync(lists.create, ADDRESS.upper(), by=None, now=now)
    with pytest.raises(Refusal, match="plain letters"):
        store.run_sync(lists.create, "høst@lists.example.org", by=None, now=now)

    assert str(refusal.value) == f"The list {ADDRESS} is there already."


def test_knows_a_list_by_its_address_in_any_case(store: Store) -> None:
    list_id = a_list(store)

    assert store.read_sync(lists.knows, ADDRESS.upper()) == list_id
    assert store.read_sync(lists.knows, "none@lists.example.org") is None


def test_by_address_refuses_and_says_what_there_is(store: Store) -> None:
    with pytest.raises(Refusal) as nothing:
        store.read_sync(lists.by_address, ADDRESS)
    a_list(store)
    a_list(store, address="alumni@lists.example.org")
    with pytest.raises(Refusal) as other:
        store.read_sync(lists.by_address, "none@lists.example.org")

    assert str(nothing.value) == "There is no list yet. Make one: samband list create ADDRESS"
    assert str(other.value) == (
        f"There is no list none@lists.example.org. There is: alumni@lists.example.org, {ADDRESS}."
    )


def test_set_policy_keeps_only_what_differs(store: Store, now: datetime) -> None:
    list_id = a_list(store, grace_seconds=120)

    store.run_sync(
        lists.set_policy, list_id, ["hold_hours=8", "newcomer_posts=1"], by=None, now=now
    )

    found = store.read_sync(lists.by_address, ADDRESS)
    assert found.policy == Policy(hold_hours=8)
    assert found.policy_changes == {"hold_hours": 8}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            "dance=1",
            f"There is no setting “dance”. There is: {', '.join(Policy().values())}.",
        ),
        ("nonmembers=love", "nonmembers can be: hold, reject, forward. “love” is none of them."),
        (
            "hold_hours=-1",
            "hold_hours takes a whole number from 0 to 10000, such as hold_hours=3. “-1” is none.",
        ),
    ],
)
def test_set_policy_changes_nothing_when_one_is_wrong(
    store: Store, now: datetime, change: str, words: str
) -> None:
    list_id = a_list(store, grace_seconds=120)

    with pytest.raises(Refusal) as refusal:
        store.run_sync(lists.set_policy, list_id, ["threads_per_day=1", change], by=None, now=now)

    assert str(refusal.value) == words
    assert store.read_sync(lists.by_address, ADDRESS).policy == Policy()


def test_set_policy_is_for_coordinators(store: Store, now: datetime) -> None:
    list_id, mona, kari = a_list(store), a_moderator(store), a_coordinator(store)
    change = ["hold_hours=8"]

    with pytest.raises(Refusal, match="Only a coordinator"):
        store.run_sync(lists.set_policy, list_id, change, by=mona, now=now)
    store.run_sync(lists.set_policy, list_id, change, by=kari, now=now)

    assert store.read_sync(lists.by_address, ADDRESS).policy == Policy(
        hold_hours=8, grace_seconds=0
    )


def test_all_lists_are_by_address(store: Store) -> None:
    for name in ("zoo", "alumni"):
        a_list(store, address=f"{name}@lists.example.org")

    assert [a_list.name for a_list in store.read_sync(lists.all_lists)] == ["alumni", "zoo"]
    made = store.read_sync(lambda session: session.scalars(select(MailingList.created_at)).all())
    assert list(made) == [EARLIER, EARLIER]
