"""Places at a gathering: taken, released, and the last one, on both databases.

The gathering is on Monday 8 February 2027 at 12:00 in Oslo; `now` is a week before.
"""

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from community import gathering_cards, gatherings
from community.audiences import Audience
from community.errors import Refusal
from community.gathering_cards import GatheringCard
from community.gatherings import Registration
from community.people import Role
from community.store import Session, Store
from tests.builders import (
    NEXT_WEEK,
    a_coordinator,
    a_gathering,
    a_person,
    notices,
)

ENDS_AT = NEXT_WEEK + timedelta(hours=2)


@pytest.fixture
def kari(store: Store) -> int:
    return a_coordinator(store)


def _refusal(store: Store, act: object, *args: object, **kwargs: object) -> str:
    with pytest.raises(Refusal) as refused:
        store.run_sync(act, *args, **kwargs)  # type: ignore[arg-type]  # any act of this file
    return str(refused.value)


def _card(store: Store, gathering_id: int, reader: int) -> GatheringCard:
    return store.read_sync(gathering_cards.card, gathering_id, reader_id=reader)


def _sent(store: Store, kind: str) -> list[tuple[int, str, str]]:
    return [(notice.person_id, notice.channel, notice.detail) for notice in notices(store, kind)]


def test_register_gives_a_place_and_an_invitation_once(
    store: Store, kari: int, now: datetime
) -> None:
    ada = a_person(store, "Ada Holm", slack_id="U1")
    gathering_id = a_gathering(store, kari, now=now)

    store.run_sync(gatherings.register, gathering_id, by=ada, now=now)
    store.run_sync(gatherings.register, gathering_id, by=ada, now=now)

    card = _card(store, gathering_id, ada)
    assert (card.am_registered, card.may_register, card.taken) == (True, False, 1)
    assert _sent(store, "gathering.invite") == [(ada, "mail", "0")]


def test_register_is_refused_to_who_is_not_in_the_audience(
    store: Store, kari: int, now: datetime
) -> None:
    ada = a_person(store, "Ada Holm")
    mentor = a_person(store, "Per Foss", roles=(Role.MENTOR,))
    for_postdocs = a_gathering(store, kari, now=now)
    for_mentors = a_gathering(store, kari, audience=Audience.MENTORS, now=now)
    for_all = a_gathering(store, kari, audience=Audience.ALL, now=now)

    def refusal(gathering_id: int, by: int) -> str:
        return _refusal(store, gatherings.register, gathering_id, by=by, now=now)

    assert refusal(for_postdocs, mentor) == "“Spring seminar” is for postdocs."
    assert refusal(for_mentors, ada) == "“Spring seminar” is for mentors."
    assert refusal(for_all, 999) == (
        "“Spring seminar” is for people in the community. Ask a coordinator to add you."
    )
    assert not _card(store, for_postdocs, mentor).may_register


def test_register_is_refused_when_full_until_a_place_is_released(
    store: Store, kari: int, now: datetime
) -> None:
    ada, bo = a_person(store, "Ada Holm"), a_person(store, "Bo Li")
    gathering_id = a_gathering(store, kari, capacity=1, now=now)
    store.run_sync(gatherings.register, gathering_id, by=ada, now=now)

    full = _refusal(store, gatherings.register, gathering_id, by=bo, now=now)
    store.run_sync(gatherings.release, gathering_id, by=ada, now=now)
    store.run_sync(gatherings.register, gathering_id, by=bo, now=now)

    assert full == (
        "“Spring seminar” is full: 1 of 1 places are taken. Try again later; "
        "somebody may release one."
    )
    assert _card(store, gathering_id, bo).am_registered
    assert not _card(store, gathering_id, ada).may_register


@pytest.mark.parametrize("act", [gatherings.register, gatherings.release])
def test_places_are_neither_taken_nor_released_when_it_has_begun_is_over_or_never_was(
    store: Store, kari: int, now: datetime, act: object
) -> None:
    ada = a_person(store)
    gathering_id = a_gathering(store, kari, now=now)

    assert _refusal(store, act, gathering_id, by=ada, now=NEXT_WEEK) == (
        "“Spring seminar” has begun."
    )
    assert _refusal(store, act, gathering_id, by=ada, now=ENDS_AT) == "“Spring seminar” is over."
    assert _refusal(store, act, 999, by=ada, now=now) == "There is no such gathering."


def test_release_takes_it_out_of_the_calendar_once(store: Store, kari: int, now: datetime) -> None:
    ada = a_person(store, "Ada Holm")
    gathering_id = a_gathering(store, kari, now=now)
    store.run_sync(gatherings.release, gathering_id, by=ada, now=now)  # has no place: nothing
    store.run_sync(gatherings.register, gathering_id, by=ada, now=now)

    store.run_sync(gatherings.release, gathering_id, by=ada, now=now)
    store.run_sync(gatherings.release, gathering_id, by=ada, now=now)

    assert _sent(store, "gathering.uninvite") == [(ada, "mail", "1")]
    card = _card(store, gathering_id, ada)
    assert (card.am_registered, card.taken, card.sequence) == (False, 0, 1)


def test_registering_again_after_a_release_raises_the_sequence(
    store: Store, kari: int, now: datetime
) -> None:
    ada = a_person(store, "Ada Holm")
    gathering_id = a_gathering(store, kari, now=now)

    for act in (gatherings.register, gatherings.release) * 2:
        store.run_sync(act, gathering_id, by=ada, now=now)

    assert _sent(store, "gathering.invite") == [(ada, "mail", "0"), (ada, "mail", "2")]
    assert _sent(store, "gathering.uninvite") == [(ada, "mail", "1"), (ada, "mail", "3")]


def test_the_last_place_goes_to_one_of_two_who_press_at_the_same_time(
    store: Store, kari: int, now: datetime
) -> None:
    ada, bo = a_person(store, "Ada Holm"), a_person(store, "Bo Li")
    gathering_id = a_gathering(store, kari, capacity=1, now=now)
    start = threading.Barrier(2)
    got: dict[int, str] = {}

    def press(person: int) -> None:
        start.wait()
        try:
            store.run_sync(gatherings.register, gathering_id, by=person, now=now)
            got[person] = "place"
        except Refusal:
            got[person] = "refusal"

    threads = [threading.Thread(target=press, args=(person,)) for person in (ada, bo)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(got.values()) == ["place", "refusal"]
    assert _card(store, gathering_id, kari).taken == 1


def test_one_person_who_presses_twice_at_the_same_time_has_one_place(
    store: Store, kari: int, now: datetime
) -> None:
    ada = a_person(store)
    gathering_id = a_gathering(store, kari, now=now)
    start = threading.Barrier(2)

    def press() -> None:
        start.wait()
        store.run_sync(gatherings.register, gathering_id, by=ada, now=now)

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert _card(store, gathering_id, ada).taken == 1
    assert _sent(store, "gathering.invite") == [(ada, "mail", "0")]


def test_the_database_refuses_a_second_registration_of_one_person(
    store: Store, kari: int, now: datetime
) -> None:
    ada = a_person(store)
    gathering_id = a_gathering(store, kari, now=now)
    store.run_sync(gatherings.register, gathering_id, by=ada, now=now)

    def again(session: Session) -> None:
        same = Registration(
            gathering_id=gathering_id, person_id=ada, state="registered", sequence=0
        )
        session.add(same)
        session.flush()

    with pytest.raises(IntegrityError):
        store.run_sync(again)
    rows = store.read_sync(lambda session: len(session.scalars(select(Registration)).all()))
    assert rows == 1
