"""Gatherings from publishing to their end, on both databases.

The gathering is on Monday 8 February 2027 at 12:00 in Oslo; `now` is a week before.
"""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from community import gathering_cards, gatherings, ways
from community.audiences import Audience
from community.errors import Refusal
from community.gathering_cards import GatheringCard
from community.people import Category, Role
from community.store import Store
from tests.builders import (
    NEXT_WEEK,
    a_coordinator,
    a_gathering,
    a_person,
    notices,
    planned,
    told,
)

ENDS_AT = NEXT_WEEK + timedelta(hours=2)
#: Wednesday 3 February and Friday 5 February, 9:30 in Oslo.
THREE_DAYS_BEFORE = datetime(2027, 2, 3, 8, 30, tzinfo=UTC)
ONE_DAY_BEFORE = datetime(2027, 2, 5, 8, 30, tzinfo=UTC)
#: Thursday 4 February, 12:00 in Oslo.
RELEASE_BY = datetime(2027, 2, 4, 11, 0, tzinfo=UTC)


@pytest.fixture
def kari(store: Store) -> int:
    return a_coordinator(store)


def _refusal(store: Store, act: object, *args: object, **kwargs: object) -> str:
    with pytest.raises(Refusal) as refused:
        store.run_sync(act, *args, **kwargs)  # type: ignore[arg-type]  # any act of this file
    return str(refused.value)


def _card(store: Store, gathering_id: int, reader: int) -> GatheringCard:
    return store.read_sync(gathering_cards.card, gathering_id, reader_id=reader)


def _remind(store: Store, gathering_id: int, detail: str, now: datetime) -> None:
    due_at = {"3d": THREE_DAYS_BEFORE, "1d": ONE_DAY_BEFORE}[detail]
    store.run_sync(gatherings.remind, gathering_id, detail=detail, due_at=due_at, now=now)


def _sent(store: Store, kind: str) -> list[tuple[int, str, str]]:
    return [(notice.person_id, notice.channel, notice.detail) for notice in notices(store, kind)]


def test_publish_tells_the_audience_by_what_each_prefers_and_not_who_stopped_it(
    store: Store, kari: int, now: datetime
) -> None:
    ada = a_person(store, "Ada Holm", slack_id="U1")
    bo = a_person(store, "Bo Li")
    muted = a_person(store, "Siv Lie")
    a_person(store, "Per Foss", roles=(Role.MENTOR,))
    store.run_sync(ways.mute, Category.GATHERING, by=muted, now=now)

    gathering_id = a_gathering(
        store, kari, title=" Spring seminar ", description=" Bring a question. ", now=now
    )

    assert told(store, "gathering.publish") == [(ada, "slack"), (bo, "mail")]
    assert _card(store, gathering_id, ada) == GatheringCard(
        gathering_id=gathering_id,
        state="open",
        title="Spring seminar",
        description="Bring a question.",
        place="Hangaren",
        starts_at=NEXT_WEEK,
        ends_at=ENDS_AT,
        coordinator_name="Kari Berg",
        audience=Audience.POSTDOCS,
        capacity=2,
        taken=0,
        release_by=RELEASE_BY,
        am_registered=False,
        may_register=True,
        sequence=0,
    )


def test_publish_plans_two_reminders_and_the_end(store: Store, kari: int, now: datetime) -> None:
    gathering_id = a_gathering(store, kari, now=now)

    assert [(s.key, s.due_at) for s in planned(store)] == [
        (f"gathering.remind:{gathering_id}:3d", THREE_DAYS_BEFORE),
        (f"gathering.remind:{gathering_id}:1d", ONE_DAY_BEFORE),
        (f"gathering.end:{gathering_id}", ENDS_AT),
    ]


@pytest.mark.parametrize(
    ("published_at", "details"),
    [
        (THREE_DAYS_BEFORE - timedelta(seconds=1), ["3d", "1d"]),
        (THREE_DAYS_BEFORE, ["1d"]),
        (ONE_DAY_BEFORE, []),
    ],
)
def test_publish_leaves_out_reminders_whose_moment_is_past(
    store: Store, kari: int, published_at: datetime, details: list[str]
) -> None:
    a_gathering(store, kari, now=published_at)

    assert [step.detail for step in planned(store, "gathering.remind")] == details


def test_reminders_go_out_on_working_days_before_easter(store: Store, kari: int) -> None:
    after_easter = datetime(2027, 3, 30, 10, 0, tzinfo=UTC)

    a_gathering(store, kari, starts_at=after_easter, now=datetime(2027, 3, 1, 9, 0, tzinfo=UTC))

    # Maundy Thursday 25 March to Easter Monday 29 March are holidays.
    assert [step.due_at for step in planned(store, "gathering.remind")] == [
        datetime(2027, 3, 22, 8, 30, tzinfo=UTC),
        datetime(2027, 3, 24, 8, 30, tzinfo=UTC),
    ]


def test_publish_is_refused_when_something_is_wrong(store: Store, kari: int, now: datetime) -> None:
    ada = a_person(store)
    size = "A gathering lasts from 15 minutes to 3 days."
    places = "A gathering has 1 to 1000 places."

    def refusal(**wrong: object) -> str:
        facts: dict[str, object] = {
            "title": "Seminar",
            "place": "Hangaren",
            "starts_at": NEXT_WEEK,
            "minutes": 60,
            "capacity": 2,
            "audience": Audience.ALL,
            "by": kari,
            "now": now,
        }
        return _refusal(store, gatherings.publish, **{**facts, **wrong})

    assert refusal(by=ada) == "Only a coordinator can do this. Ask one of them."
    assert refusal(title=" ") == "Give it a title, such as “Spring seminar”."
    assert refusal(place="") == "Say where it is, such as “Hangaren” or a link."
    assert refusal(starts_at=now) == "That time is over. Choose one that is still to come."
    assert [refusal(minutes=14), refusal(minutes=3 * 24 * 60 + 1)] == [size, size]
    assert [refusal(capacity=0), refusal(capacity=1001)] == [places, places]
    assert planned(store) == []


def test_reminders_go_to_those_who_have_a_place_at_that_moment(
    store: Store, kari: int, now: datetime
) -> None:
    ada = a_person(store, "Ada Holm", slack_id="U1")
    bo = a_person(store, "Bo Li")
    a_person(store, "Siv Lie")
    gathering_id = a_gathering(store, kari, now=now)
    store.run_sync(ways.mute, Category.GATHERING, by=ada, now=now)  # stops new ones, not this one
    store.run_sync(gatherings.register, gathering_id, by=ada, now=now)
    store.run_sync(gatherings.register, gathering_id, by=bo, now=now)

    _remind(store, gathering_id, "3d", THREE_DAYS_BEFORE)
    store.run_sync(gatherings.release, gathering_id, by=bo, now=THREE_DAYS_BEFORE)
    _remind(store, gathering_id, "1d", ONE_DAY_BEFORE)

    assert sorted(_sent(store, "gathering.remind")) == sorted(
        [(ada, "slack", "3d"), (bo, "mail", "3d"), (ada, "slack", "1d")]
    )


@pytest.mark.parametrize(
    ("detail", "now_late", "reminded"),
    [
        ("3d", ONE_DAY_BEFORE - timedelta(seconds=1), True),
        ("3d", ONE_DAY_BEFORE, False),
        ("1d", NEXT_WEEK - timedelta(seconds=1), True),
        ("1d", NEXT_WEEK, False),
        ("1d", ENDS_AT, False),
    ],
)
def test_a_late_reminder_is_sent_only_where_it_still_helps(
    store: Store, kari: int, now: datetime, detail: str, now_late: datetime, reminded: bool
) -> None:
    ada = a_person(store, "Ada Holm")
    gathering_id = a_gathering(store, kari, now=now)
    store.run_sync(gatherings.register, gathering_id, by=ada, now=now)

    _remind(store, gathering_id, detail, now_late)

    assert told(store, "gathering.remind") == ([(ada, "mail")] if reminded else [])


def test_cancel_tells_who_has_a_place_and_stops_what_was_planned(
    store: Store, kari: int, now: datetime
) -> None:
    ada = a_person(store, "Ada Holm", slack_id="U1")
    bo = a_person(store, "Bo Li")
    gathering_id = a_gathering(store, kari, now=now)
    store.run_sync(gatherings.register, gathering_id, by=ada, now=now)
    store.run_sync(gatherings.register, gathering_id, by=bo, now=now)
    store.run_sync(gatherings.release, gathering_id, by=bo, now=now)

    store.run_sync(gatherings.cancel, gathering_id, by=kari, now=now)
    _remind(store, gathering_id, "1d", ONE_DAY_BEFORE)
    store.run_sync(gatherings.end, gathering_id, detail="", due_at=ENDS_AT, now=ENDS_AT)

    assert told(store, "gathering.cancel") == [(ada, "mail")]
    assert told(store, "gathering.remind") == []
    assert [(step.state, step.last_error) for step in planned(store)] == [
        ("cancelled", "cancelled")
    ] * 3
    assert (ada, "slack", "cancelled") in _sent(store, "gathering.publish")
    cards = [_card(store, gathering_id, person) for person in (ada, bo)]
    assert [(card.state, card.sequence) for card in cards] == [("cancelled", 1), ("cancelled", 1)]


def test_cancel_is_refused_to_members_and_the_second_time(
    store: Store, kari: int, now: datetime
) -> None:
    ada = a_person(store)
    gathering_id = a_gathering(store, kari, now=now)

    by_member = _refusal(store, gatherings.cancel, gathering_id, by=ada, now=now)
    store.run_sync(gatherings.cancel, gathering_id, by=kari, now=now)

    assert by_member == "Only a coordinator can do this. Ask one of them."
    for act in (gatherings.cancel, gatherings.register, gatherings.release):
        assert _refusal(store, act, gathering_id, by=kari, now=now) == (
            "“Spring seminar” has been cancelled."
        )


def test_end_closes_it_and_changes_nothing_the_second_time(
    store: Store, kari: int, now: datetime
) -> None:
    gathering_id = a_gathering(store, kari, now=now)

    for _ in range(2):
        store.run_sync(gatherings.end, gathering_id, detail="", due_at=ENDS_AT, now=ENDS_AT)

    assert _card(store, gathering_id, kari).state == "over"
    assert _refusal(store, gatherings.register, gathering_id, by=kari, now=now) == (
        "“Spring seminar” is over."
    )


def test_card_is_refused_when_there_is_no_such_gathering(store: Store, kari: int) -> None:
    with pytest.raises(Refusal, match="There is no such gathering"):
        _card(store, 999, kari)


def test_upcoming_shows_what_is_for_the_reader_and_everything_to_coordinators(
    store: Store, kari: int, now: datetime
) -> None:
    ada = a_person(store, "Ada Holm")
    mentor = a_person(store, "Per Foss", roles=(Role.MENTOR,))
    later = a_gathering(store, kari, starts_at=NEXT_WEEK + timedelta(days=1), now=now)
    sooner = a_gathering(store, kari, audience=Audience.MENTORS, now=now)
    for_all = a_gathering(store, kari, audience=Audience.ALL, now=now)
    cancelled = a_gathering(store, kari, now=now)
    store.run_sync(gatherings.cancel, cancelled, by=kari, now=now)
    store.run_sync(gatherings.register, for_all, by=mentor, now=now)

    def seen(reader: int, at: datetime = now) -> list[tuple[int, bool, int]]:
        cards = store.read_sync(gathering_cards.upcoming, reader_id=reader, now=at)
        return [(card.gathering_id, card.am_registered, card.taken) for card in cards]

    assert seen(ada) == [(for_all, False, 1), (later, False, 0)]
    assert seen(mentor) == [(sooner, False, 0), (for_all, True, 1)]
    assert seen(kari) == [(sooner, False, 0), (for_all, False, 1), (later, False, 0)]
    assert seen(ada, NEXT_WEEK) == [(later, False, 0)]
    for whom, theirs in ((ada, [False, True]), (mentor, [True, True]), (kari, [True, True])):
        each = [store.read_sync(gathering_cards.is_seen, one, by=whom) for one in (sooner, for_all)]
        assert each == theirs


def test_card_names_nobody_when_the_coordinator_has_been_erased(
    store: Store, kari: int, now: datetime
) -> None:
    gathering_id = a_gathering(store, kari, now=now)
    ada = a_person(store)

    store.run_sync(
        lambda session: session.execute(
            update(gatherings.Gathering).values(coordinator_id=None)
        ).close()
    )

    assert _card(store, gathering_id, ada).coordinator_name == ""
