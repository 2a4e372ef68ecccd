"""The end of a stay: one letter before, then quiet; who likes stays on as an alumnus."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import event

from community import (
    gathering_cards,
    gatherings,
    journal,
    meetups,
    people,
    stays,
    subscriptions,
)
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
    store.run_sync(stays.end, today=TODAY + timedelta(days=9), now=now)

    assert store.read_sync(people.roles, ada) == frozenset({Role.ALUMNUS})
    assert store.read_sync(subscriptions.is_subscriber, list_id, ada)
    assert store.read_sync(people.by_email, "ada.holm@example.org") is not None
    assert told(store, now) == 0


def test_end_lets_go_whose_last_day_is_over_all_at_once(store: Store, now: datetime) -> None:
    days = (TODAY - timedelta(days=1), TODAY, None)
    over, today, open_end = (a_stay(store, f"Ada {n}", day) for n, day in enumerate(days))

    def end(session: Session) -> tuple[int, int]:
        seen: list[str] = []

        def note(*call: str) -> None:
            seen.append(call[2])

        event.listen(session.get_bind(), "before_cursor_execute", note)
        left = stays.end(session, today=TODAY, now=now)
        event.remove(session.get_bind(), "before_cursor_execute", note)
        return left, len(seen)

    one, statements = store.run_sync(end)
    none, _ = store.run_sync(end)
    more = [a_stay(store, f"Bo {n}", TODAY - timedelta(days=3)) for n in range(3)]

    assert (one, none) == (1, 0)
    assert store.run_sync(end) == (3, statements)
    members = set(store.read_sync(lambda s: s.scalars(people.with_role(Role.MEMBER)).all()))
    assert members == {today, open_end}
    for each in (over, *more):
        assert [entry.event for entry in store.read_sync(journal.of, "person", each)] == [
            "person.add",
            "person.leave",
        ]


def test_who_has_left_keeps_no_place_from_others(store: Store, now: datetime) -> None:
    ada, bo = a_stay(store, "Ada Holm", TODAY), a_stay(store, "Bo Li", None)
    gathering = builders.a_gathering(store, builders.a_coordinator(store), capacity=1)
    meetup = builders.a_meetup(store, builders.a_person(store, "Cai Moe"), max_people=2)
    store.run_sync(gatherings.register, gathering, by=ada, now=now)
    store.run_sync(meetups.join, meetup, by=ada, now=now)
    store.run_sync(stays.end, today=TODAY + timedelta(days=1), now=now)

    free = store.read_sync(gathering_cards.card, gathering, reader_id=bo)
    store.run_sync(gatherings.register, gathering, by=bo, now=now)
    store.run_sync(meetups.join, meetup, by=bo, now=now)

    assert (free.taken, free.may_register) == (0, True)
    assert store.read_sync(gathering_cards.card, gathering, reader_id=bo).taken == 1
    assert store.read_sync(meetups.card, meetup, reader_id=bo).going == ("Cai Moe", "Bo Li")


def test_who_has_left_cannot_stay_on(store: Store, now: datetime) -> None:
    ada = a_stay(store, "Ada Holm", TODAY)
    store.run_sync(stays.end, today=TODAY + timedelta(days=1), now=now)

    with pytest.raises(Refusal, match="Your stay is over"):
        store.run_sync(stays.stay_on, 0, by=ada, now=now)
