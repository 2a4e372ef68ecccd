"""Meetups from proposal to end, on both databases."""

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from community import lifecycle, meetups, ways
from community.errors import Refusal
from community.meetups import MeetupCard
from community.people import Category, Person, PersonRole, Role
from community.store import Session, Store
from tests.builders import (
    NEXT_WEEK,
    a_coordinator,
    a_meetup,
    a_person,
    notices,
    planned,
    told,
)

PHYSICS, CHEMISTRY, LAW = "1.3", "1.4", "5.5"
ENDS_AT = NEXT_WEEK + timedelta(hours=1)


@pytest.fixture
def ada(store: Store) -> int:
    return a_person(store, "Ada Holm", fields=(PHYSICS,))


@pytest.fixture
def bo(store: Store) -> int:
    return a_person(store, "Bo Li", fields=(LAW,))


def _refusal(store: Store, act: object, *args: object, **kwargs: object) -> str:
    with pytest.raises(Refusal) as refused:
        store.run_sync(act, *args, **kwargs)  # type: ignore[arg-type]  # any act of this file
    return str(refused.value)


def _card(store: Store, meetup_id: int, reader: int) -> MeetupCard:
    return store.read_sync(meetups.card, meetup_id, reader_id=reader)


def _sent(store: Store, kind: str) -> list[tuple[int, str, str]]:
    return [(notice.person_id, notice.channel, notice.detail) for notice in notices(store, kind)]


def test_propose_tells_people_of_related_fields_and_has_the_host_come(
    store: Store, now: datetime, ada: int, bo: int
) -> None:
    near = a_person(store, "Siv Lie", fields=(CHEMISTRY,), slack_id="U1")
    same = a_person(store, "Eli Moe", fields=(LAW, PHYSICS))
    muted = a_person(store, "Tor Vik", fields=(PHYSICS,))
    a_person(store, "Per Foss", fields=(PHYSICS,), roles=(Role.MENTOR,))
    store.run_sync(ways.mute, Category.MEETUP, by=muted, now=now)

    meetup_id = a_meetup(store, ada, topic=" Lunch ", now=now)

    assert told(store, "meetup.propose") == [(near, "slack"), (same, "mail")]
    assert _sent(store, "meetup.invite") == [(ada, "mail", "0")]
    assert [(step.key, step.due_at) for step in planned(store)] == [
        (f"meetup.end:{meetup_id}", ENDS_AT)
    ]
    assert _card(store, meetup_id, bo) == MeetupCard(
        meetup_id=meetup_id,
        state="open",
        topic="Lunch",
        place="Hangaren",
        starts_at=NEXT_WEEK,
        ends_at=ENDS_AT,
        host_id=ada,
        host_name="Ada Holm",
        host_fields=(PHYSICS,),
        going=("Ada Holm",),
        max_people=5,
        sequence=0,
        am_going=False,
    )


def test_propose_is_refused_when_something_is_wrong(store: Store, now: datetime, ada: int) -> None:
    mentor = a_person(store, "Per Foss", roles=(Role.MENTOR,))
    people_count = "A meetup is for 2 to 30 people."
    length = "A meetup lasts from 15 minutes to 8 hours."

    def refusal(**wrong: object) -> str:
        facts: dict[str, object] = {
            "topic": "Lunch",
            "place": "Hangaren",
            "starts_at": NEXT_WEEK,
            "by": ada,
            "now": now,
        }
        return _refusal(store, meetups.propose, **{**facts, **wrong})

    assert refusal(by=mentor) == (
        "This is for members of the community. Ask a coordinator to add you."
    )
    assert refusal(topic=" ") == (
        "Say in a few words what it is about, such as “Lunch” or “Grant writing”."
    )
    assert refusal(place=" ") == "Say where you meet, such as “Hangaren” or a link."
    assert refusal(starts_at=now) == "That time is over. Choose one that is still to come."
    assert [refusal(minutes=14), refusal(minutes=481)] == [length, length]
    assert [refusal(max_people=1), refusal(max_people=31)] == [people_count, people_count]
    assert (notices(store), planned(store)) == ([], [])


def test_join_puts_it_into_the_calendar_and_tells_the_host_once(
    store: Store, now: datetime, ada: int, bo: int
) -> None:
    meetup_id = a_meetup(store, ada)

    for _ in range(2):
        store.run_sync(meetups.join, meetup_id, by=bo, now=now)

    card = _card(store, meetup_id, bo)
    assert (card.going, card.am_going) == (("Ada Holm", "Bo Li"), True)
    assert _sent(store, "meetup.invite") == [(ada, "mail", "0"), (bo, "mail", "0")]
    assert _sent(store, "meetup.join") == [(ada, "mail", str(bo))]


def test_join_is_refused_when_full(store: Store, now: datetime, ada: int, bo: int) -> None:
    meetup_id = a_meetup(store, ada, max_people=2)
    store.run_sync(meetups.join, meetup_id, by=bo, now=now)
    siv = a_person(store, "Siv Lie")

    assert _refusal(store, meetups.join, meetup_id, by=siv, now=now) == (
        "“Lunch” is full (2 people). Propose one of your own: /postdoc meetup"
    )


def test_leave_takes_it_out_of_the_calendar_and_tells_the_host(
    store: Store, now: datetime, ada: int, bo: int
) -> None:
    meetup_id = a_meetup(store, ada)
    store.run_sync(meetups.leave, meetup_id, by=bo, now=now)  # does not go: nothing
    store.run_sync(meetups.join, meetup_id, by=bo, now=now)

    for _ in range(2):
        store.run_sync(meetups.leave, meetup_id, by=bo, now=now)

    card = _card(store, meetup_id, bo)
    assert (card.going, card.am_going, card.sequence) == (("Ada Holm",), False, 1)
    assert _sent(store, "meetup.uninvite") == [(bo, "mail", "1")]
    assert _sent(store, "meetup.leave") == [(ada, "mail", f"{bo}-1")]


def test_who_joins_again_after_leaving_is_invited_again(
    store: Store, now: datetime, ada: int, bo: int
) -> None:
    meetup_id = a_meetup(store, ada)

    for act in (meetups.join, meetups.leave, meetups.join):
        store.run_sync(act, meetup_id, by=bo, now=now)

    assert _card(store, meetup_id, bo).am_going
    invited = [detail for person, _, detail in _sent(store, "meetup.invite") if person == bo]
    assert invited == ["0", "1"]


def test_the_host_cannot_leave(store: Store, now: datetime, ada: int) -> None:
    meetup_id = a_meetup(store, ada)

    assert _refusal(store, meetups.leave, meetup_id, by=ada, now=now) == (
        "You host this meetup. Cancel it instead; everybody who comes is told."
    )


@pytest.mark.parametrize("by_coordinator", [True, False])
def test_cancel_tells_everybody_who_comes(
    store: Store, now: datetime, ada: int, bo: int, *, by_coordinator: bool
) -> None:
    near = a_person(store, "Siv Lie", fields=(PHYSICS,), slack_id="U1")
    meetup_id = a_meetup(store, ada)
    store.run_sync(meetups.join, meetup_id, by=bo, now=now)
    by = a_coordinator(store) if by_coordinator else ada

    store.run_sync(meetups.cancel, meetup_id, by=by, now=now)
    store.run_sync(meetups.end, meetup_id, detail="", due_at=ENDS_AT, now=ENDS_AT)

    assert told(store, "meetup.cancel") == [(ada, "mail"), (bo, "mail")]
    assert _sent(store, "meetup.propose") == [(near, "slack", ""), (near, "slack", "cancelled")]
    assert [step.state for step in planned(store)] == ["cancelled"]
    card = _card(store, meetup_id, bo)
    assert (card.state, card.sequence) == ("cancelled", 1)


def test_cancel_is_refused_to_others(store: Store, now: datetime, ada: int, bo: int) -> None:
    meetup_id = a_meetup(store, ada)

    assert _refusal(store, meetups.cancel, meetup_id, by=bo, now=now) == (
        "Only a coordinator can do this. Ask one of them."
    )


@pytest.mark.parametrize("act", [meetups.join, meetups.leave, meetups.cancel])
def test_nothing_can_be_done_with_what_is_cancelled_over_or_not_there(
    store: Store, now: datetime, ada: int, bo: int, act: object
) -> None:
    cancelled, ended, past = (a_meetup(store, ada) for _ in range(3))
    store.run_sync(meetups.cancel, cancelled, by=ada, now=now)
    for _ in range(2):
        store.run_sync(meetups.end, ended, detail="", due_at=ENDS_AT, now=ENDS_AT)

    assert _refusal(store, act, cancelled, by=bo, now=now) == "“Lunch” has been cancelled."
    assert _refusal(store, act, ended, by=bo, now=now) == "“Lunch” is over."
    assert _refusal(store, act, past, by=bo, now=ENDS_AT) == "“Lunch” is over."
    assert _refusal(store, act, 999, by=bo, now=now) == "There is no such meetup."


def test_card_is_refused_when_there_is_no_such_meetup(store: Store) -> None:
    with pytest.raises(Refusal, match="There is no such meetup"):
        _card(store, 999, 1)


def test_upcoming_shows_open_meetups_the_next_one_first(
    store: Store, now: datetime, ada: int, bo: int
) -> None:
    later = a_meetup(store, ada, starts_at=NEXT_WEEK + timedelta(days=1))
    sooner = a_meetup(store, bo)
    cancelled = a_meetup(store, ada)
    store.run_sync(meetups.cancel, cancelled, by=ada, now=now)

    def seen(at: datetime) -> list[tuple[int, bool]]:
        cards = store.read_sync(meetups.upcoming, reader_id=bo, now=at)
        return [(card.meetup_id, card.am_going) for card in cards]

    assert seen(now) == [(sooner, True), (later, False)]
    assert seen(NEXT_WEEK) == [(later, False)]


@pytest.mark.parametrize("role", [Role.GUEST, Role.ALUMNUS])
def test_who_is_not_of_the_community_neither_sees_nor_joins_it(
    store: Store, now: datetime, ada: int, role: Role
) -> None:
    outsider, bo = a_person(store, "Eve Nord"), a_person(store, "Bo Li")
    before, after = a_meetup(store, ada), a_meetup(store, ada)
    store.run_sync(meetups.join, before, by=outsider, now=now)
    store.run_sync(_be, outsider, role)

    seen = store.read_sync(meetups.upcoming, reader_id=outsider, now=now)
    said = [
        _refusal(store, meetups.join, after, by=outsider, now=now),
        _refusal(store, meetups.require_seen, after, by=outsider),
    ]

    assert said == ["This is for members of the community. Ask a coordinator to add you."] * 2
    assert [card.meetup_id for card in seen] == [before]
    store.read_sync(meetups.require_seen, before, by=outsider)
    store.run_sync(meetups.leave, before, by=outsider, now=now)
    assert _card(store, before, bo).going == ("Ada Holm",)


def test_who_has_left_does_not_join_by_an_old_link(store: Store, now: datetime, ada: int) -> None:
    gone, meetup_id = a_person(store, "Eve Nord"), a_meetup(store, ada)
    store.run_sync(_leave, gone, now)

    assert "members of the community" in _refusal(store, meetups.join, meetup_id, by=gone, now=now)


def _be(session: Session, person_id: int, role: Role) -> None:
    session.execute(
        update(PersonRole).where(PersonRole.person_id == person_id).values(role=role.value)
    )


def _leave(session: Session, person_id: int, now: datetime) -> None:
    lifecycle.advance(session, session.get_one(Person, person_id), "leave", by=None, now=now)


def test_the_last_place_goes_to_one_of_two_who_press_at_the_same_time(
    store: Store, now: datetime, ada: int, bo: int
) -> None:
    siv = a_person(store, "Siv Lie")
    meetup_id = a_meetup(store, ada, max_people=2)
    start = threading.Barrier(2)
    got: list[str] = []

    def press(person: int) -> None:
        start.wait()
        try:
            store.run_sync(meetups.join, meetup_id, by=person, now=now)
            got.append("in")
        except Refusal:
            got.append("refused")

    threads = [threading.Thread(target=press, args=(person,)) for person in (bo, siv)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(got) == ["in", "refused"]
    assert len(_card(store, meetup_id, ada).going) == 2
