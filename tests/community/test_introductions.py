"""Whom others see, what of them, and how they are found."""

from datetime import datetime

import pytest

from community import introductions
from community.errors import Refusal
from community.introductions import PersonCard
from community.people import Address, Person, PersonRole, Role
from community.store import Session, Store
from tests.builders import EARLIER, a_person


def show(store: Store, person: int, now: datetime, **chosen: bool | str) -> None:
    given = {f"shows_{name}": False for name in ("department", "language", "email")}
    everything = {"is_listed": True, "about": "", **given, **chosen}
    store.run_sync(introductions.introduce, **everything, by=person, now=now)  # type: ignore[arg-type]


def names(store: Store, words: str, by: int) -> list[str]:
    return [card.name for card in store.read_sync(introductions.find, words, by=by).cards]


def test_who_is_found_is_who_has_not_said_no(store: Store, now: datetime) -> None:
    ada = a_person(store)
    a_person(store, "Bo Adahl")
    shy = a_person(store, "Ada Shy")
    a_person(store, "Ada Guest", roles=(Role.GUEST,))
    mentor = a_person(store, "Ada Mentor", roles=(Role.MENTOR,))
    gone = a_person(store, "Ada Gone")

    def leave(session: Session) -> None:
        session.get_one(Person, gone).state = "left"

    store.run_sync(leave)
    show(store, shy, now, is_listed=False)

    assert names(store, "ada", ada) == ["Ada Holm", "Bo Adahl"]
    show(store, mentor, now)
    assert names(store, "ADA", mentor) == ["Ada Holm", "Ada Mentor", "Bo Adahl"]
    assert names(store, "ada holm", ada) == ["Ada Holm"]
    assert names(store, "a%a", ada) == []


def test_who_is_called_so_is_found_before_hundreds_whose_names_only_have_it(store: Store) -> None:
    ada = a_person(store)
    li = a_person(store, "Zoe Li")

    def fill(session: Session) -> None:
        for number in range(60):
            one = Person(name=f"Elin {number}", language="en", state="active", joined_at=EARLIER)
            session.add(one)
            session.flush()
            session.add(PersonRole(person_id=one.id, role=Role.MEMBER))
            email = f"{number}@example.org"
            session.add(Address(person_id=one.id, email=email, is_primary=True))

    store.run_sync(fill)

    found = store.read_sync(introductions.find, "li", by=ada).cards

    assert found[0].person_id == li
    assert len(found) == introductions.MOST_FOUND


def test_a_name_is_found_with_its_letters_and_a_wrong_one_brings_the_nearest(store: Store) -> None:
    ada = a_person(store)
    a_person(store, "Øyvind Ås", slack_id="U1")

    assert names(store, "øyvind", ada) == names(store, "ås ØYV", ada) == ["Øyvind Ås"]
    assert store.read_sync(introductions.find, "oyvind", by=ada).near == ("Øyvind Ås",)
    by_slack = [store.read_sync(introductions.by_slack, each, by=ada) for each in ("U1", "U2")]
    assert [[card.name for card in found.cards] for found in by_slack] == [["Øyvind Ås"], []]
    with pytest.raises(Refusal, match="Type a name"):
        names(store, " @ ", ada)


def test_others_see_what_is_shown_and_no_more(store: Store, now: datetime) -> None:
    ada = a_person(store, slack_id="U1", fields=("1.3", "2.5"))

    def place(session: Session) -> None:
        session.get_one(Person, ada).department = "Physics"

    store.run_sync(place)
    bare = PersonCard(
        person_id=ada,
        name="Ada Holm",
        fields=("1.3", "2.5"),
        department="",
        language="",
        email="",
        about="",
        is_mentor=False,
        slack_id="U1",
    )
    assert store.read_sync(introductions.find, "ada", by=ada).cards == (bare,)

    show(
        store,
        ada,
        now,
        about=" Ask me\nabout lasers ",
        shows_email=True,
        shows_department=True,
        shows_language=True,
    )

    [card] = store.read_sync(introductions.find, "ada", by=ada).cards
    assert (card.department, card.language) == ("Physics", "en")
    assert (card.email, card.about) == ("ada.holm@example.org", "Ask me about lasers")
    with pytest.raises(Refusal, match="at most 200"):
        show(store, ada, now, about="x" * 201)


def test_people_of_a_field_come_nearest_first_and_page_by_page(store: Store) -> None:
    ada = a_person(store, fields=("1.3",))
    for number in range(8):
        a_person(store, f"P{number} Near", fields=("1.4",))
    a_person(store, "Z Same", fields=("6.1", "1.3"))
    a_person(store, "Far Away", fields=("6.2",))

    first = store.read_sync(introductions.of_fields, (), by=ada)
    second = store.read_sync(introductions.of_fields, ("1.3",), number=2, by=ada)

    assert (first.fields, first.count, first.number, first.has_more) == (("1.3",), 10, 1, True)
    assert [card.name for card in first.cards][:3] == ["Ada Holm", "Z Same", "P0 Near"]
    assert [card.name for card in second.cards] == ["P6 Near", "P7 Near"]
    assert not second.has_more
    nobody = store.read_sync(introductions.of_fields, ("4.1",), by=ada)
    assert (nobody.count, nobody.cards) == (0, ())


def test_who_has_no_field_finds_everybody_by_name(store: Store, now: datetime) -> None:
    kari = a_person(store, "Kari Berg", roles=(Role.COORDINATOR,))
    for name in ("Bo Li", "Ada Holm"):
        a_person(store, name, fields=("1.3",))

    found = store.read_sync(introductions.of_fields, (), by=kari)

    assert (found.fields, found.count) == ((), 2)
    assert [card.name for card in found.cards] == ["Ada Holm", "Bo Li"]


def test_guests_and_strangers_see_nobody(store: Store, now: datetime) -> None:
    guest = a_person(store, "Gus Ter", roles=(Role.GUEST,))
    a_person(store)

    for who in (guest, 99):
        with pytest.raises(Refusal):
            names(store, "ada", who)
        with pytest.raises(Refusal):
            store.read_sync(introductions.of_fields, ("1.3",), by=who)
        with pytest.raises(Refusal):
            store.read_sync(introductions.by_slack, "U1", by=who)
        with pytest.raises(Refusal):
            show(store, who, now)
