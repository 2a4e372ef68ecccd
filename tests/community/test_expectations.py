"""The ladder to the first meeting: when each rung speaks, to whom, and when it ends."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from community import expectations, meetings, mentoring, steps
from community.calendar import Calendar
from community.outbox import Notice
from community.people import Role
from community.store import Store
from scheduler.jobs import STEPS
from tests.builders import a_coordinator, a_person, notices, planned

OSLO = Calendar()


@pytest.fixture
def kari(store: Store) -> int:
    return a_coordinator(store)


@pytest.fixture
def ada(store: Store) -> int:
    return a_person(store, "Ada Holm", slack_id="U1")


@pytest.fixture
def per(store: Store) -> int:
    return a_person(store, "Per Foss", roles=(Role.MENTOR,))


@pytest.fixture
def begin(store: Store, kari: int, ada: int, per: int) -> Callable[[datetime], int]:
    """Give what makes the pair at a moment."""

    def at(now: datetime) -> int:
        return store.run_sync(
            expectations.begin, postdoc_id=ada, mentor_id=per, by=kari, now=now
        ).id

    return at


def _sweep(store: Store, until: datetime) -> None:
    """Take every step that is due by then, each at its own moment."""
    while (step_id := store.read_sync(steps.first_due, now=until)) is not None:
        due_at = next(step.due_at for step in planned(store) if step.id == step_id)
        assert store.run_sync(steps.take, STEPS, step_id, now=due_at)


def _deliver(store: Store, now: datetime) -> None:
    sent = update(Notice).where(Notice.state == "due")
    sent = sent.values(state="done", next_at=None, settled_at=now)
    store.run_sync(lambda session: session.execute(sent).close())


def _said(store: Store) -> list[tuple[str, str, int]]:
    return [
        (notice.kind.partition(".")[2], notice.detail, notice.person_id)
        for notice in notices(store)
    ]


@pytest.mark.parametrize(
    ("made", "rungs"),
    [
        pytest.param(
            (2027, 2, 1, 9, 0),
            (
                *("01.02 10:00", "03.02 09:30", "08.02 09:30", "11.02 09:30", "15.02 09:30"),
                "22.02 09:30",
            ),
            id="Monday morning",
        ),
        pytest.param(
            (2027, 2, 6, 20, 0),
            (
                *("08.02 09:00", "09.02 09:30", "12.02 09:30", "17.02 09:30", "19.02 09:30"),
                "26.02 09:30",
            ),
            id="Saturday evening",
        ),
        pytest.param(
            # Easter is on 28 March 2027; the week before it and its Monday are still.
            (2027, 3, 18, 9, 0),
            (
                *("18.03 10:00", "30.03 09:00", "02.04 09:30", "07.04 09:30", "09.04 09:30"),
                "16.04 09:30",
            ),
            id="before Easter",
        ),
        pytest.param(
            (2027, 6, 29, 8, 0),
            (
                *("29.06 10:00", "02.08 09:00", "05.08 09:30", "10.08 09:30", "12.08 09:30"),
                "19.08 09:30",
            ),
            id="before the July rest",
        ),
        pytest.param(
            (2027, 7, 14, 8, 0),
            (
                *("02.08 09:00", "04.08 09:30", "09.08 09:30", "12.08 09:30", "16.08 09:30"),
                "23.08 09:30",
            ),
            id="within the July rest",
        ),
    ],
)
def test_each_rung_keeps_its_distance_and_stops_in_a_rest(
    store: Store,
    begin: Callable[[datetime], int],
    made: tuple[int, int, int, int, int],
    rungs: tuple[str, ...],
) -> None:
    begin(datetime(*made, tzinfo=UTC))

    ladder = planned(store, "mentorship.nudge")
    assert [step.detail for step in ladder] == ["1", "2", "3", "4", "5", "6"]
    assert tuple(f"{OSLO.local(step.due_at):%d.%m %H:%M}" for step in ladder) == rungs


def test_a_pair_that_says_nothing_is_nudged_and_then_left_to_people(
    store: Store,
    now: datetime,
    begin: Callable[[datetime], int],
    kari: int,
    ada: int,
    per: int,
) -> None:
    begin(now)

    _sweep(store, now + timedelta(days=60))

    # Two who are told at one moment are told in any order.
    assert sorted(_said(store)) == [
        ("nudge", "1", ada),
        ("nudge", "1", per),
        ("nudge", "2", ada),
        ("nudge", "3", ada),
        ("nudge", "4", ada),
        ("nudge", "4", per),
        ("watch", "rung-5", kari),
        ("watch", "rung-6", kari),
    ]


def _offer(store: Store, pair: int, by: int, now: datetime, *days: int) -> None:
    times = [now + timedelta(days=day) for day in days]
    store.run_sync(
        meetings.offer, pair, time_1=times[0], time_2=times[1], time_3=times[2], by=by, now=now
    )


@pytest.mark.parametrize(("offers", "chooses"), [("ada", "per"), ("per", "ada")])
def test_while_times_wait_the_one_who_chooses_is_reminded(
    store: Store,
    now: datetime,
    begin: Callable[[datetime], int],
    ada: int,
    per: int,
    offers: str,
    chooses: str,
) -> None:
    ids = {"ada": ada, "per": per}
    pair = begin(now)
    _sweep(store, now)
    _offer(store, pair, ids[offers], now, 20, 21, 22)

    _sweep(store, now + timedelta(days=8))

    assert _said(store)[2:] == [("offer", "1", ids[chooses]), ("nudge", "3", ids[chooses])]


def test_of_several_late_rungs_the_last_one_speaks(
    store: Store, now: datetime, begin: Callable[[datetime], int], ada: int, per: int
) -> None:
    begin(now)
    late = now + timedelta(days=10)  # the service stood still until rung 4 was due

    while (step_id := store.read_sync(steps.first_due, now=late)) is not None:
        store.run_sync(steps.take, STEPS, step_id, now=late)

    assert _said(store) == [("nudge", "4", ada), ("nudge", "4", per)]


@pytest.mark.parametrize(("ending", "shown"), [("booked", "booked0"), ("handed back", "ended")])
def test_booking_and_handing_back_stop_the_ladder(
    store: Store,
    now: datetime,
    begin: Callable[[datetime], int],
    kari: int,
    per: int,
    ending: str,
    shown: str,
) -> None:
    pair = begin(now)
    _sweep(store, now)
    if ending == "booked":
        starts_at = now + timedelta(days=40)
        store.run_sync(meetings.book, pair, starts_at=starts_at, by=per, now=now)
    else:
        store.run_sync(expectations.hand_back, pair, by=per, now=now)

    _sweep(store, now + timedelta(days=39))

    ladder = planned(store, "mentorship.nudge")
    assert [step.state for step in ladder] == ["done"] + ["cancelled"] * 5
    assert {step.last_error for step in ladder[1:]} == {ending}
    # Of the rungs the first alone; what stands in Slack of it says by now why no other comes.
    said = [detail for kind, detail, _ in _said(store) if kind == "nudge"]
    assert [detail for detail in said if detail.isdigit()] == ["1", "1"]
    assert set(said) - {"1"} == {shown}


def test_a_rung_looks_again_before_it_speaks(
    store: Store, now: datetime, begin: Callable[[datetime], int], per: int
) -> None:
    pair = begin(now)
    store.run_sync(expectations.hand_back, pair, by=per, now=now)
    before = _said(store)

    for rung in expectations.LADDER:
        store.run_sync(expectations.nudge, pair, detail=rung, due_at=now, now=now)

    assert _said(store) == before


def test_who_stopped_the_reminders_gets_none_and_the_other_does(
    store: Store, now: datetime, begin: Callable[[datetime], int], ada: int, per: int
) -> None:
    pair = begin(now)
    store.run_sync(mentoring.mute, pair, by=per, now=now)

    _sweep(store, now + timedelta(days=60))

    nudged = [(detail, person) for kind, detail, person in _said(store) if kind == "nudge"]
    assert nudged == [("1", ada), ("2", ada), ("3", ada), ("4", ada)]


@pytest.mark.parametrize(
    ("by_postdoc", "by_mentor", "again"),
    [
        *((1, None, None), (None, 1, None), (9, None, None), (1, 4, None), (1, None, 4)),
        *((4, 9, None), (4, 1, 9), (1, 4, 9)),
    ],
)
def test_nobody_is_nudged_beyond_the_ceiling_whatever_happens(
    store: Store,
    now: datetime,
    begin: Callable[[datetime], int],
    ada: int,
    per: int,
    by_postdoc: int | None,
    by_mentor: int | None,
    again: int | None,
) -> None:
    """Count offers too: they are the other one's own words and always come, a nudge gives way."""
    pair = begin(now)
    offers = [(by_postdoc, ada), (by_mentor, per), (again, ada)]
    for n, (day, by) in enumerate(sorted((d, by) for d, by in offers if d is not None)):
        _sweep(store, now + timedelta(days=day))
        _deliver(store, now)
        _offer(store, pair, by, now + timedelta(days=day), 50 + n, 51 + n, 52 + n)
        _deliver(store, now)
    _sweep(store, now + timedelta(days=60))

    most = {ada: expectations.MOST_TO_POSTDOC, per: expectations.MOST_TO_MENTOR}
    assert most == {ada: 4, per: 3}
    heard = [(kind, person) for kind, _, person in _said(store) if kind != "watch"]
    for at, (kind, person) in enumerate(heard):
        before = [other for _, other in heard[:at]].count(person)
        assert kind == "offer" or before < most[person]


def test_suggested_times_lie_on_three_working_days_in_core_hours(now: datetime) -> None:
    friday = datetime(2027, 3, 19, 12, tzinfo=UTC)

    assert [
        [f"{OSLO.local(time):%a %d.%m %H:%M}" for time in expectations.suggested(OSLO, start)]
        for start in (now, friday)
    ] == [
        ["Thu 04.02 10:00", "Mon 08.02 13:00", "Wed 10.02 09:00"],
        ["Wed 24.03 10:00", "Wed 31.03 13:00", "Fri 02.04 09:00"],
    ]
