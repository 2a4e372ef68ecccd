"""The meeting of a pair: offered, picked, booked, moved, reminded of and held."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from community import expectations, journal, meetings, mentoring, progress
from community.calendar import Calendar
from community.errors import Refusal
from community.meetings import Meeting
from community.people import Role
from community.progress import Progress
from community.store import Store
from tests.builders import a_coordinator, a_person, notices, planned

DAY = timedelta(days=1)
#: Friday 12 February 2027, 11:00 in Oslo, and two times after it.
FRIDAY = datetime(2027, 2, 12, 10, tzinfo=UTC)
MONDAY, TUESDAY = FRIDAY + 3 * DAY, FRIDAY + 4 * DAY
GONE = "This time is no longer on offer. Choose another, or write to each other."
NO_MEETING = "There is no such meeting."
MET = "You have met already. Agree on the next meeting between yourselves."


@pytest.fixture
def ada(store: Store) -> int:
    return a_person(store, "Ada Holm", slack_id="U1")


@pytest.fixture
def per(store: Store) -> int:
    return a_person(store, "Per Foss", roles=(Role.MENTOR,))


@pytest.fixture
def pair(store: Store, now: datetime, ada: int, per: int) -> int:
    kari = a_coordinator(store)
    made = store.run_sync(expectations.begin, postdoc_id=ada, mentor_id=per, by=kari, now=now)
    return made.id


def _refusal(store: Store, act: object, *args: object, **kwargs: object) -> str:
    with pytest.raises(Refusal) as refused:
        store.run_sync(act, *args, **kwargs)  # type: ignore[arg-type]  # any act of this file
    return str(refused.value)


def _offer(store: Store, pair: int, by: int, now: datetime, *times: datetime) -> None:
    store.run_sync(
        meetings.offer, pair, time_1=times[0], time_2=times[1], time_3=times[2], by=by, now=now
    )


def _book(
    store: Store, pair: int, by: int, now: datetime, starts_at: datetime = FRIDAY, place: str = ""
) -> Meeting:
    return store.run_sync(meetings.book, pair, starts_at=starts_at, by=by, now=now, place=place)


def _progress(store: Store, pair: int) -> Progress:
    return store.read_sync(progress.of_pair, pair)


def _said(store: Store, kind: str) -> list[tuple[int, str, str]]:
    return [(n.person_id, n.channel, n.detail) for n in notices(store, f"meeting.{kind}")]


def _reminders(store: Store, state: str = "due") -> list[tuple[str, str]]:
    local = Calendar().local
    return [
        (step.detail, f"{local(step.due_at):%a %d.%m %H:%M}")
        for step in planned(store, "meeting.remind")
        if step.state == state
    ]


def test_offered_times_reach_the_other_one(
    store: Store, now: datetime, pair: int, ada: int, per: int
) -> None:
    _offer(store, pair, ada, now, TUESDAY, FRIDAY, MONDAY)

    found = _progress(store, pair)
    assert [moment for _, moment in found.times] == [FRIDAY, MONDAY, TUESDAY]
    assert (found.offered_by, found.meeting) == (ada, None)
    assert [(n.person_id, n.detail) for n in notices(store, "mentorship.offer")] == [(per, "1")]


def test_the_same_times_again_are_not_said_again_and_other_times_are(
    store: Store, now: datetime, pair: int, ada: int, per: int
) -> None:
    first, second = (FRIDAY, MONDAY, TUESDAY), (FRIDAY, MONDAY, TUESDAY + DAY)
    for times in (first, first, second, first):
        _offer(store, pair, ada, now, *times)

    # A time that was withdrawn is on offer again, and the mentor hears of it.
    assert [moment for _, moment in _progress(store, pair).times] == list(first)
    offers = notices(store, "mentorship.offer")
    assert [(n.person_id, n.detail, n.state) for n in offers] == [
        (per, "1", "cancelled"),
        (per, "2", "cancelled"),
        (per, "3", "due"),
    ]


def test_the_mentor_offers_and_the_postdoc_hears(
    store: Store, now: datetime, pair: int, ada: int, per: int
) -> None:
    _offer(store, pair, ada, now, FRIDAY, MONDAY, TUESDAY)
    _offer(store, pair, per, now, FRIDAY, MONDAY, TUESDAY)

    assert _progress(store, pair).offered_by == per
    live = [n for n in notices(store, "mentorship.offer") if n.state == "due"]
    assert [(n.person_id, n.channel) for n in live] == [(ada, "slack")]


def test_offering_is_refused_when_something_is_wrong(
    store: Store, now: datetime, pair: int, ada: int
) -> None:
    eve = a_person(store, "Eve Lund")

    def refusal(by: int, first: datetime) -> str:
        return _refusal(
            store,
            meetings.offer,
            pair,
            time_1=first,
            time_2=MONDAY,
            time_3=TUESDAY,
            by=by,
            now=now,
        )

    assert refusal(eve, FRIDAY) == "Only a coordinator can do this. Ask one of them."
    assert refusal(ada, now) == ("One of these times is over. Choose times that are still to come.")
    _book(store, pair, ada, now)
    assert refusal(ada, FRIDAY) == "You have a time already. Move it instead."
    assert (_progress(store, pair).times, notices(store, "mentorship.offer")) == ((), [])


def _slots(store: Store, pair: int) -> list[int]:
    return [slot_id for slot_id, _ in _progress(store, pair).times]


def test_pick_books_for_both_stops_the_ladder_and_withdraws_the_rest(
    store: Store, now: datetime, pair: int, ada: int, per: int
) -> None:
    _offer(store, pair, ada, now, FRIDAY, MONDAY, TUESDAY)
    slots = _slots(store, pair)

    for _ in range(2):  # a double click
        meeting = store.run_sync(meetings.pick, slots[1], by=per, now=now)

    assert (meeting.state, meeting.starts_at, meeting.sequence) == ("booked", MONDAY, 0)
    assert _said(store, "invite") == [(ada, "mail", "0"), (per, "mail", "0")]
    assert _progress(store, pair).times == ()
    lives = [store.read_sync(journal.of, "slot", slot)[-1].event for slot in slots]
    assert lives == ["slot.withdraw", "slot.pick", "slot.withdraw"]
    assert {step.state for step in planned(store, "mentorship.nudge")} == {"cancelled"}
    assert _refusal(store, meetings.pick, slots[0], by=per, now=now) == GONE


def test_pick_is_refused_when_it_is_too_late_or_not_theirs(
    store: Store, now: datetime, pair: int, ada: int, per: int
) -> None:
    _offer(store, pair, ada, now, FRIDAY, MONDAY, TUESDAY)
    first, second, _ = _slots(store, pair)
    eve = a_person(store, "Eve Lund")

    assert _refusal(store, meetings.pick, first, by=per, now=FRIDAY) == GONE
    assert _refusal(store, meetings.pick, 4711, by=per, now=now) == (
        "This time is no longer on offer."
    )
    assert _refusal(store, meetings.pick, first, by=eve, now=now) == (
        "Only a coordinator can do this. Ask one of them."
    )
    assert _progress(store, pair).meeting is None
    store.run_sync(meetings.pick, second, by=per, now=FRIDAY)


def test_reminders_come_three_and_one_working_day_before_and_a_question_after(
    store: Store, now: datetime, pair: int, ada: int, per: int
) -> None:
    meeting = _book(store, pair, ada, now)
    assert _reminders(store) == [
        ("3d-0", "Tue 09.02 09:30"),
        ("1d-0", "Thu 11.02 09:30"),
        ("after-0", "Fri 12.02 14:00"),
    ]

    for step in planned(store, "meeting.remind"):
        store.run_sync(
            meetings.remind, meeting.id, detail=step.detail, due_at=step.due_at, now=step.due_at
        )

    assert _said(store, "remind") == [
        (person, channel, detail)
        for detail in ("3d-0", "1d-0", "after-0")
        for person, channel in ((ada, "slack"), (per, "mail"))
    ]


def test_who_stopped_our_reminders_gets_none(
    store: Store, now: datetime, pair: int, ada: int, per: int
) -> None:
    meeting = _book(store, pair, ada, now)
    store.run_sync(mentoring.mute, pair, by=per, now=now)

    store.run_sync(meetings.remind, meeting.id, detail="1d-0", due_at=now, now=now)

    assert _said(store, "remind") == [(ada, "slack", "1d-0")]


def test_booking_for_tomorrow_leaves_out_reminders_that_are_over(
    store: Store, now: datetime, pair: int, ada: int
) -> None:
    _book(store, pair, ada, now, now + DAY)

    # The day before at 9:30 is over at 10:00.
    assert _reminders(store) == [("after-0", "Tue 02.02 13:00")]


def test_the_same_time_again_keeps_the_reminders(
    store: Store, now: datetime, pair: int, ada: int, per: int
) -> None:
    for by in (ada, per, ada):
        meeting = _book(store, pair, by, now, place="Hangaren")

    assert meeting.sequence == 0
    assert [detail for detail, _ in _reminders(store)] == ["3d-0", "1d-0", "after-0"]
    assert len(_said(store, "invite")) == 2


def test_move_raises_the_sequence_and_plans_the_reminders_anew(
    store: Store, now: datetime, pair: int, ada: int, per: int
) -> None:
    meeting = _book(store, pair, ada, now, place="Hangaren")

    store.run_sync(meetings.move, meeting.id, starts_at=TUESDAY, by=per, now=now)

    moved = _progress(store, pair).meeting
    assert moved is not None
    assert (moved.starts_at, moved.place, moved.sequence) == (TUESDAY, "Hangaren", 1)
    assert moved.ends_at == TUESDAY + timedelta(hours=1)
    assert [detail for detail, _ in _reminders(store, "cancelled")] == ["3d-0", "1d-0", "after-0"]
    assert _reminders(store) == [
        ("3d-1", "Thu 11.02 09:30"),
        ("1d-1", "Mon 15.02 09:30"),
        ("after-1", "Tue 16.02 14:00"),
    ]
    assert _said(store, "invite")[2:] == [(ada, "mail", "1"), (per, "mail", "1")]

    store.run_sync(meetings.move, meeting.id, starts_at=TUESDAY, by=per, now=now, place="Zoom")
    again = _progress(store, pair).meeting
    assert again is not None
    assert (again.place, again.sequence) == ("Zoom", 2)
    assert _refusal(store, meetings.move, 4711, starts_at=FRIDAY, by=per, now=now) == NO_MEETING


def test_a_time_that_is_over_means_that_they_have_met(
    store: Store, now: datetime, pair: int, ada: int
) -> None:
    meeting = _book(store, pair, ada, now, now - DAY)

    assert meeting.state == "met"
    assert (_reminders(store), _said(store, "invite")) == ([], [])
    assert {step.state for step in planned(store, "mentorship.nudge")} == {"cancelled"}
    assert _refusal(store, meetings.book, pair, starts_at=FRIDAY, by=ada, now=now) == MET


def test_the_booked_time_told_again_when_it_is_over_means_that_they_have_met(
    store: Store, now: datetime, pair: int, ada: int, per: int
) -> None:
    _book(store, pair, ada, now)

    meeting = _book(store, pair, per, FRIDAY + DAY)

    assert (meeting.state, meeting.sequence) == ("met", 0)
    assert _reminders(store) == []


def test_confirm_takes_one_word_and_twice_changes_nothing(
    store: Store, now: datetime, pair: int, ada: int, per: int
) -> None:
    meeting = _book(store, pair, ada, now)

    for by in (per, ada):
        store.run_sync(meetings.confirm, meeting.id, by=by, now=FRIDAY + DAY)

    life = [(e.event, e.person_id) for e in store.read_sync(journal.of, "meeting", meeting.id)]
    assert life == [("meeting.book", ada), ("meeting.confirm", per)]
    assert _reminders(store) == []
    assert _refusal(store, meetings.confirm, 4711, by=per, now=now) == NO_MEETING
    assert _refusal(store, meetings.decline, meeting.id, by=per, now=now) == NO_MEETING


def test_decline_tells_the_other_one_once_and_the_time_stands(
    store: Store, now: datetime, pair: int, ada: int, per: int
) -> None:
    meeting = _book(store, pair, ada, now)

    for by in (per, per, ada):
        store.run_sync(meetings.decline, meeting.id, by=by, now=now)

    assert _said(store, "decline") == [(ada, "slack", f"{per}-0"), (per, "mail", f"{ada}-0")]
    found = _progress(store, pair).meeting
    assert found is not None
    assert (found.state, found.starts_at) == ("booked", FRIDAY)


def _cancelled(store: Store, pair: int, meeting: int, by: int, now: datetime) -> None:
    store.run_sync(expectations.hand_back, pair, by=by, now=now)


def _met(store: Store, pair: int, meeting: int, by: int, now: datetime) -> None:
    store.run_sync(meetings.confirm, meeting, by=by, now=now)


@pytest.mark.parametrize("ending", [_cancelled, _met])
def test_a_reminder_looks_again_before_it_speaks(
    store: Store,
    now: datetime,
    pair: int,
    ada: int,
    ending: Callable[[Store, int, int, int, datetime], None],
) -> None:
    meeting = _book(store, pair, ada, now)
    ending(store, pair, meeting.id, ada, now)

    for detail, moment in (("1d-0", now), ("after-0", FRIDAY + DAY)):
        store.run_sync(meetings.remind, meeting.id, detail=detail, due_at=moment, now=moment)

    assert _said(store, "remind") == []


def test_a_reminder_that_comes_too_late_or_too_early_is_left_out(
    store: Store, now: datetime, pair: int, ada: int
) -> None:
    meeting = _book(store, pair, ada, now)

    for detail, moment in (("1d-0", FRIDAY), ("after-0", FRIDAY - DAY)):
        store.run_sync(meetings.remind, meeting.id, detail=detail, due_at=moment, now=moment)

    assert _said(store, "remind") == []


def test_nobody_else_touches_a_meeting(store: Store, now: datetime, pair: int, ada: int) -> None:
    meeting = _book(store, pair, ada, now)
    eve = a_person(store, "Eve Lund", roles=(Role.MEMBER, Role.MENTOR))
    words = "Only a coordinator can do this. Ask one of them."

    for act in (meetings.confirm, meetings.decline):
        assert _refusal(store, act, meeting.id, by=eve, now=now) == words
    assert _refusal(store, meetings.move, meeting.id, starts_at=MONDAY, by=eve, now=now) == words
