"""What somebody has done already with one thing."""

from datetime import datetime, timedelta

from community import deeds, gatherings, joining, meetups, moderation, subscriptions, ways
from community.audiences import Audience
from community.people import Category
from community.store import Store
from tests import builders

HOUR = timedelta(hours=1)


def done(store: Store, action: str, object_id: int, person_id: int) -> datetime | None:
    return store.read_sync(deeds.done_at, action, object_id, person_id=person_id)


def test_word_about_a_meetup_counts_until_it_is_taken_back(store: Store, now: datetime) -> None:
    ada, bo = builders.a_person(store), builders.a_person(store, "Bo Lie")
    meetup = builders.a_meetup(store, ada)

    before = done(store, "meetup.join", meetup, bo)
    store.run_sync(meetups.join, meetup, by=bo, now=now)
    joined = done(store, "meetup.join", meetup, bo)
    store.run_sync(meetups.leave, meetup, by=bo, now=now + HOUR)

    assert (before, joined) == (None, now)
    assert done(store, "meetup.join", meetup, bo) is None
    assert done(store, "meetup.leave", meetup, bo) == now + HOUR


def test_cancelling_a_meetup_is_a_deed_of_its_host(store: Store, now: datetime) -> None:
    ada = builders.a_person(store)
    meetup = builders.a_meetup(store, ada)

    store.run_sync(meetups.cancel, meetup, by=ada, now=now)

    assert done(store, "meetup.cancel", meetup, ada) == now


def test_place_at_a_gathering_counts_until_it_is_released(store: Store, now: datetime) -> None:
    ada, kari = builders.a_person(store), builders.a_coordinator(store)
    gathering = store.run_sync(
        gatherings.publish,
        title="Seminar",
        place="Room 1",
        starts_at=builders.NEXT_WEEK,
        minutes=60,
        capacity=10,
        audience=Audience.ALL,
        by=kari,
        now=now,
    ).id

    store.run_sync(gatherings.register, gathering, by=ada, now=now)
    registered = done(store, "gathering.register", gathering, ada)
    store.run_sync(gatherings.release, gathering, by=ada, now=now + HOUR)

    assert registered == now
    assert done(store, "gathering.register", gathering, ada) is None
    assert done(store, "gathering.release", gathering, ada) == now + HOUR


def test_decision_is_a_deed_of_the_moderator_who_took_it(store: Store, now: datetime) -> None:
    mona, other = builders.a_moderator(store), builders.a_moderator(store, "Nils Aas")
    post = builders.a_post(store, builders.a_list(store), builders.a_mail())

    store.run_sync(moderation.accept, post, by=mona, now=now)

    assert done(store, "post.accept", post, mona) == now
    assert done(store, "post.accept", post, other) is None


def test_place_on_a_list_counts_by_the_words_of_the_links(store: Store, now: datetime) -> None:
    ada = builders.a_person(store)
    list_id = builders.a_list(store)

    store.run_sync(joining.join, list_id, by=ada, now=now)
    joined = done(store, "mailing_list.join", list_id, ada)
    store.run_sync(subscriptions.leave, list_id, by=ada, now=now + HOUR)

    assert joined == now
    assert done(store, "mailing_list.join", list_id, ada) is None
    assert done(store, "mailing_list.leave", list_id, ada) == now + HOUR


def test_stopping_counts_until_it_comes_again(store: Store, now: datetime) -> None:
    ada = builders.a_person(store)

    store.run_sync(ways.mute, Category.MEETUP, by=ada, now=now)
    stopped = done(store, "meetup.mute", 1, ada)
    store.run_sync(ways.unmute, Category.MEETUP, by=ada, now=now + HOUR)

    assert stopped == now
    assert done(store, "meetup.mute", 1, ada) is None
    assert done(store, "gathering.mute", 1, ada) is None
