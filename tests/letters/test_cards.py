"""The card of a thing on the page before something is done with it."""

from datetime import datetime

import pytest

from community import expectations, meetings, meetups, moderation
from community.errors import Refusal
from community.people import Role
from community.store import Store
from community.threads import Unseen
from letters import cards
from letters.actions import ACTIONS
from letters.letter import Letter
from tests import builders


def card(store: Store, action: str, object_id: int, person_id: int, now: datetime) -> Letter:
    to = builders.a_reader(store, person_id)
    house = builders.a_house()
    return store.read_sync(cards.about, action, object_id, to=to, house=house, now=now)


def test_meetup_is_shown_as_it_is_now_also_when_it_is_off(store: Store, now: datetime) -> None:
    ada, bo = builders.a_person(store), builders.a_person(store, "Bo Lie", language="nb")
    meetup = builders.a_meetup(store, ada)

    before = card(store, "meetup.join", meetup, bo, now)
    store.run_sync(meetups.cancel, meetup, by=ada, now=now)
    after = card(store, "meetup.join", meetup, bo, now)

    assert (before.subject, before.language) == ("Treff: Lunch", "nb")
    assert after.paragraphs == ("Dette treffet er avlyst.",)


def test_held_post_is_shown_to_moderators_alone(store: Store, now: datetime) -> None:
    ada, mona = builders.a_person(store), builders.a_moderator(store)
    post = builders.a_post(store, builders.a_list(store), builders.a_mail(text="Words"))

    shown = card(store, "post.accept", post, mona, now)

    assert (shown.quote, cards.is_possible("post.accept", shown)) == ("Words", True)
    with pytest.raises(Refusal, match="Only a moderator"):
        card(store, "post.accept", post, ada, now)
    store.run_sync(moderation.discard, post, by=mona, now=now)
    assert not cards.is_possible("post.accept", card(store, "post.accept", post, mona, now))


def test_pair_its_times_and_its_meeting_are_shown_to_the_two_and_to_coordinators(
    store: Store, now: datetime
) -> None:
    ada, bo = builders.a_person(store), builders.a_person(store, "Bo Lie")
    mia = builders.a_person(store, "Mia Dahl", roles=(Role.MENTOR,))
    kari = builders.a_coordinator(store)
    pair = store.run_sync(expectations.begin, postdoc_id=ada, mentor_id=mia, by=kari, now=now).id
    at = builders.NEXT_WEEK
    store.run_sync(meetings.offer, pair, time_1=at, time_2=at, time_3=at, by=ada, now=now)
    slot = store.read_sync(meetings.offered, pair)[0].id

    offered = card(store, "slot.pick", slot, mia, now)
    meeting = store.run_sync(meetings.book, pair, starts_at=at, place="Room 1", by=mia, now=now).id
    booked = card(store, "meeting.move", meeting, kari, now)

    two = (("Postdoc", "Ada Holm"), ("Mentor", "Mia Dahl"))
    assert offered.facts == (*two, ("Offered time", "Mon 8 Feb, 12:00"))
    assert booked.facts == (*two, ("When", "Mon 8 Feb, 12:00–13:00"), ("Where", "Room 1"))
    for action, number in (("mentorship.book", pair), ("slot.pick", slot), ("meeting.move", 1)):
        with pytest.raises(Refusal, match="Only a coordinator"):
            card(store, action, number, bo, now)


def test_stopping_needs_no_card(store: Store, now: datetime) -> None:
    ada = builders.a_person(store)

    assert card(store, "announcement.mute", 99, ada, now).subject == ""


def test_thing_that_is_not_there_is_refused(store: Store, now: datetime) -> None:
    kari = builders.a_person(store, "Kari Berg", roles=(Role.COORDINATOR, Role.MODERATOR))

    for action in sorted(ACTIONS):
        noun, _, verb = action.partition(".")
        if verb == "mute" or noun in ("person", "onboarding"):
            assert card(store, action, 99, kari, now).facts == (), action
        else:
            with pytest.raises((Refusal, Unseen)):
                card(store, action, 99, kari, now)
