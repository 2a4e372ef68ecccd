from datetime import date, datetime

import pytest
from sqlalchemy.exc import IntegrityError

from community import people, stays
from community.errors import Refusal
from community.people import Address, Person, Role
from community.store import Session, Store
from tests.builders import a_person

TODAY = date(2027, 2, 1)


def stay_until(store: Store, person_id: int, day: date | None) -> None:
    """Set the last day of a stay."""

    def act(session: Session) -> None:
        session.get_one(Person, person_id).ends_on = day

    store.run_sync(act)


def another_address(store: Store, person_id: int, email: str, *, is_primary: bool = False) -> None:
    """Give somebody another address."""

    def act(session: Session) -> None:
        session.add(Address(person_id=person_id, email=email, is_primary=is_primary))

    store.run_sync(act)


def id_of(person: Person | None) -> int | None:
    return person.id if person else None


def chosen(store: Store, *wanted: Role) -> list[int]:
    """Read the ids of the active people with these roles."""
    query = people.with_role(*wanted)
    return sorted(store.read_sync(lambda session: session.scalars(query).all()))


def test_by_email_finds_by_any_address_in_any_case(store: Store) -> None:
    ada = a_person(store)
    another_address(store, ada, "ada@old.example.org")

    assert id_of(store.read_sync(people.by_email, " ADA.Holm@example.org")) == ada
    assert id_of(store.read_sync(people.by_email, "ada@old.example.org")) == ada
    assert store.read_sync(people.by_email, "x@example.org") is None


def test_by_slack_finds_who_is_linked(store: Store) -> None:
    ada = a_person(store, slack_id="U1AA")

    assert id_of(store.read_sync(people.by_slack, "U1AA")) == ada
    assert store.read_sync(people.by_slack, "U2BB") is None


def test_who_has_left_is_found_by_nobody(store: Store, now: datetime) -> None:
    ada = a_person(store, slack_id="U1AA")
    stay_until(store, ada, date(2027, 1, 31))

    store.run_sync(stays.end, today=TODAY, now=now)

    assert store.read_sync(people.by_email, "ada.holm@example.org") is None
    assert store.read_sync(people.by_slack, "U1AA") is None
    assert chosen(store, Role.MEMBER) == []


def test_one_address_belongs_to_one_person_and_one_is_primary(store: Store) -> None:
    ada, bo = a_person(store), a_person(store, "Bo Li")

    with pytest.raises(IntegrityError):
        another_address(store, bo, "ada.holm@example.org")
    with pytest.raises(IntegrityError):
        another_address(store, ada, "ada@new.example.org", is_primary=True)


def test_reader_has_what_a_door_needs(store: Store) -> None:
    ada = a_person(
        store,
        roles=(Role.MEMBER, Role.MODERATOR),
        fields=("2.2", "1.2"),
        slack_id="U1AA",
        language="nb",
    )

    reader = store.read_sync(people.reader, ada)

    assert reader == people.Reader(
        person_id=ada,
        name="Ada Holm",
        language="nb",
        email="ada.holm@example.org",
        slack_id="U1AA",
        roles=frozenset({Role.MEMBER, Role.MODERATOR}),
        fields=("2.2", "1.2"),
    )


def test_reader_refuses_who_is_gone(store: Store) -> None:
    with pytest.raises(Refusal) as refusal:
        store.read_sync(people.reader, 99)

    assert str(refusal.value) == "We do not know you (any more). Write to the coordinators."


def test_with_role_takes_whoever_has_one_of_them(store: Store) -> None:
    ada = a_person(store)
    eva = a_person(store, "Eva Ås", roles=(Role.MENTOR, Role.MEMBER))
    kari = a_person(store, "Kari Berg", roles=(Role.COORDINATOR,))

    assert chosen(store, Role.MENTOR) == [eva]
    assert chosen(store, Role.MEMBER, Role.COORDINATOR) == [ada, eva, kari]


def test_in_related_fields_takes_members_of_near_fields(store: Store) -> None:
    same = a_person(store, "Same", fields=("1.2",))
    area = a_person(store, "Area", fields=("6.1", "1.1"))
    a_person(store, "Far", fields=("6.1",))
    a_person(store, "Mentor", fields=("1.2",), roles=(Role.MENTOR,))
    query = people.in_related_fields(("1.2",))

    found = store.read_sync(lambda session: session.scalars(query).all())

    assert sorted(found) == [same, area]


@pytest.mark.parametrize("role", list(Role))
def test_require_lets_through_whoever_has_the_role(store: Store, role: Role) -> None:
    person = a_person(store, roles=(role,))

    store.read_sync(people.require, person, role)  # raises when it does not


def test_require_lets_an_administrator_do_everything(store: Store) -> None:
    admin = a_person(store, roles=(Role.ADMIN,))

    store.read_sync(people.require, admin, Role.MODERATOR)  # raises when it does not


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.MENTOR])
def test_require_refuses_everybody_else_and_says_whom_to_ask(store: Store, role: Role) -> None:
    mentor = a_person(store, roles=(Role.MENTOR,))

    for who in (mentor, None):
        with pytest.raises(Refusal) as refusal:
            store.read_sync(people.require, who, role)
        assert str(refusal.value) == people.NO_RIGHT[role]


def test_set_language_changes_what_is_said_from_now_on(store: Store, now: datetime) -> None:
    ada = a_person(store)

    store.run_sync(people.set_language, "nb", by=ada, now=now)

    assert store.read_sync(people.reader, ada).language == "nb"


def test_set_language_refuses_a_language_that_we_do_not_speak(store: Store, now: datetime) -> None:
    ada = a_person(store)

    with pytest.raises(Refusal) as refusal:
        store.run_sync(people.set_language, "fr", by=ada, now=now)

    assert str(refusal.value) == "Type “en” for English or “nb” for bokmål."


def test_fields_of_many_are_in_each_ones_order(store: Store) -> None:
    ada = a_person(store, fields=("1.3", "1.1"))
    bo = a_person(store, "Bo Lie")

    assert store.read_sync(people.fields_of, [ada, bo]) == {ada: ("1.3", "1.1"), bo: ()}
