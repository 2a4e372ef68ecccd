from datetime import datetime

from sqlalchemy import select

from community import audiences, lifecycle, ways
from community.audiences import Audience
from community.people import Category, Person, Role
from community.store import Session, Store
from tests.builders import a_coordinator, a_person


def _in(store: Store, audience: Audience) -> list[int]:
    query = audiences.select_people(audience).order_by(Person.id)
    return store.read_sync(lambda session: list(session.scalars(query)))


def _leave(session: Session, person_id: int, now: datetime) -> None:
    person = session.scalars(select(Person).where(Person.id == person_id)).one()
    lifecycle.advance(session, person, "leave", by=None, now=now)


def test_audiences_are_chosen_by_role_and_leave_out_who_has_left_and_who_is_outside(
    store: Store, now: datetime
) -> None:
    postdoc = a_person(store, "Ada Holm")
    mentor = a_person(store, "Per Foss", roles=(Role.MENTOR,))
    both = a_person(store, "Siv Lie", roles=(Role.MEMBER, Role.MENTOR))
    coordinator = a_coordinator(store)
    gone = a_person(store, "Bo Li", roles=(Role.MEMBER, Role.MENTOR))
    store.run_sync(_leave, gone, now)
    a_person(store, "Eve Nord", roles=(Role.GUEST,))
    a_person(store, "Ole Bakk", roles=(Role.ALUMNUS,))

    assert _in(store, Audience.ALL) == [postdoc, mentor, both, coordinator]
    assert _in(store, Audience.POSTDOCS) == [postdoc, both]
    assert _in(store, Audience.MENTORS) == [mentor, both]


def test_of_person_names_every_audience_and_none_for_who_has_left(
    store: Store, now: datetime
) -> None:
    both = a_person(store, "Siv Lie", roles=(Role.MEMBER, Role.MENTOR))
    coordinator = a_coordinator(store)
    gone = a_person(store, "Bo Li")
    store.run_sync(_leave, gone, now)

    assert store.read_sync(audiences.of_person, both) == set(Audience)
    assert store.read_sync(audiences.of_person, coordinator) == {Audience.ALL}
    assert store.read_sync(audiences.of_person, gone) == set()


def test_count_says_how_many_read_each_language_without_those_who_stopped_the_topic(
    store: Store, now: datetime
) -> None:
    a_person(store, "Ada Holm")
    muted = a_person(store, "Bo Li")
    a_person(store, "Siv Lie", language="nb")
    a_person(store, "Per Foss", roles=(Role.MENTOR,), language="nb")
    store.run_sync(ways.mute, Category.ANNOUNCEMENT, by=muted, now=now)

    def count(audience: Audience, category: Category | None = None) -> dict[str, int]:
        return store.read_sync(audiences.count, audience, category=category)

    assert count(Audience.ALL) == {"en": 2, "nb": 2}
    assert count(Audience.POSTDOCS, Category.ANNOUNCEMENT) == {"en": 1, "nb": 1}
    assert count(Audience.POSTDOCS, Category.GATHERING) == {"en": 2, "nb": 1}
    assert count(Audience.MENTORS) == {"en": 0, "nb": 1}
