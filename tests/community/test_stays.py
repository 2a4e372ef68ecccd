"""The end of a stay: one letter before, then quiet; who likes stays on as an alumnus."""

from datetime import date, datetime, timedelta

import pytest

from community import lists, people, stays
from community.errors import Refusal
from community.people import Person, Role
from community.store import Session, Store
from tests import builders

TODAY = date(2027, 2, 1)


def a_stay(store: Store, name: str, last: date | None) -> int:
    person_id = builders.a_person(store, name)

    def end(session: Session) -> None:
        session.get_one(Person, person_id).ends_on = last

    store.run_sync(end)
    return person_id


def told(store: Store, now: datetime, today: date = TODAY) -> int:
    return store.run_sync(stays.tell, today=today, now=now)


def test_one_letter_goes_out_two_weeks_before_and_none_again(store: Store, now: datetime) -> None:
    ada = a_stay(store, "Ada Holm", TODAY + timedelta(days=14))
    bo = a_stay(store, "Bo Lie", TODAY)
    builders.a_list(store, ada)
    a_stay(store, "Dag Moe", TODAY + timedelta(days=15))
    a_stay(store, "Eli Nes", TODAY - timedelta(days=1))
    a_stay(store, "Fia Os", None)

    assert (told(store, now), told(store, now)) == (2, 0)
    assert builders.told(store, "person.end_stay") == [(ada, "mail"), (bo, "mail")]
    said = builders.letter(store, "person.end_stay", ada)
    assert said is not None
    assert said.subject == "Your stay ends on Mon 15 Feb 2027"
    assert [one.action for one in said.buttons] == ["person.stay_on", "person.add_address"]
    assert said.reply_to == "postdocs-owner@lists.example.org"
    other = builders.letter(store, "person.end_stay", bo)
    assert other is not None
    assert other.reply_to == "samband@lists.example.org"


def test_a_longer_stay_is_told_anew_and_the_old_letter_is_void(store: Store, now: datetime) -> None:
    ada = a_stay(store, "Ada Holm", TODAY)
    told(store, now)

    def extend(session: Session) -> None:
        session.get_one(Person, ada).ends_on = TODAY + timedelta(days=200)

    store.run_sync(extend)

    assert builders.letter(store, "person.end_stay", ada) is None
    assert told(store, now, TODAY + timedelta(days=190)) == 1


def test_an_alumnus_keeps_the_lists_and_loses_the_rest(store: Store, now: datetime) -> None:
    ada = a_stay(store, "Ada Holm", TODAY)
    list_id = builders.a_list(store, ada)

    for _ in range(2):
        store.run_sync(stays.stay_on, 0, by=ada, now=now)
    store.run_sync(people.end_stays, today=TODAY + timedelta(days=9), now=now)

    assert store.read_sync(people.roles, ada) == frozenset({Role.ALUMNUS})
    assert store.read_sync(lists.is_subscriber, list_id, ada)
    assert store.read_sync(people.by_email, "ada.holm@example.org") is not None
    assert told(store, now) == 0


def test_who_has_left_cannot_stay_on(store: Store, now: datetime) -> None:
    ada = a_stay(store, "Ada Holm", TODAY)
    store.run_sync(people.end_stays, today=TODAY + timedelta(days=1), now=now)

    with pytest.raises(Refusal, match="Your stay is over"):
        store.run_sync(stays.stay_on, 0, by=ada, now=now)
