"""2027: Easter Sunday 28 March (the clocks change that night), Whit Monday on 17 May."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from community.calendar import Calendar, Overlay, Rest

OSLO = ZoneInfo("Europe/Oslo")
CALENDAR = Calendar()


def oslo(text: str) -> datetime:
    """Return the UTC moment of a wall time in Oslo, `2027-03-24 09:30`."""
    return datetime.fromisoformat(text).replace(tzinfo=OSLO).astimezone(UTC)


def wall(moment: datetime) -> str:
    """Return a UTC moment as clocks in Oslo show it."""
    assert moment.tzinfo is UTC
    return moment.astimezone(OSLO).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    "day",
    [
        "2027-01-01",  # New Year
        "2027-03-25",  # Maundy Thursday
        "2027-03-26",  # Good Friday
        "2027-03-29",  # Easter Monday
        "2027-05-06",  # Ascension
        "2027-05-17",  # Constitution Day and Whit Monday
        "2026-05-01",  # a Friday
        "2026-12-24",  # the university's
        "2026-12-25",
        "2026-12-31",  # the university's
        "2027-02-06",  # a Saturday
        "2027-02-07",  # a Sunday
    ],
)
def test_nobody_works_on_weekends_holidays_and_the_universitys_days_off(day: str) -> None:
    assert not CALENDAR.is_working_day(date.fromisoformat(day))


@pytest.mark.parametrize(
    "day",
    ["2027-03-24", "2027-03-30", "2027-05-18", "2026-12-23", "2026-12-28", "2027-07-15"],
)
def test_people_work_on_other_days_at_rest_or_not(day: str) -> None:
    assert CALENDAR.is_working_day(date.fromisoformat(day))


def test_days_off_follow_the_overlay() -> None:
    overlay = Overlay(days_off=((3, 24),), days_off_from_easter=(2,))
    calendar = Calendar(overlay=overlay)

    days = (date(2027, 3, 24), date(2027, 3, 30), date(2026, 12, 24))

    assert [calendar.is_working_day(day) for day in days] == [False, False, True]


@pytest.mark.parametrize(
    ("day", "rests"),
    [
        ("2027-06-30", False),
        ("2027-07-01", True),
        ("2027-07-31", True),
        ("2027-08-01", False),
        ("2026-12-19", False),
        ("2026-12-20", True),
        ("2027-01-02", True),
        ("2027-01-03", False),
        ("2027-03-21", False),
        ("2027-03-22", True),
        ("2027-03-29", True),
        ("2027-03-30", False),
    ],
)
def test_nudges_rest_in_july_at_easter_and_over_new_year(day: str, *, rests: bool) -> None:
    assert CALENDAR.is_at_rest(date.fromisoformat(day)) is rests


def test_nothing_rests_at_easter_when_the_overlay_says_so() -> None:
    calendar = Calendar(overlay=Overlay(rest_from_easter=None))

    assert not calendar.is_at_rest(date(2027, 3, 24))


def test_rests_that_leave_no_day_are_refused() -> None:
    rests = (Rest(first=(1, 1), last=(6, 30)), Rest(first=(6, 15), last=(12, 31)))

    with pytest.raises(ValueError, match="no day of the year"):
        Overlay(rests=rests)


@pytest.mark.parametrize(
    ("start", "n", "due"),
    [
        ("2027-02-01 10:00", 0, "2027-02-01 09:30"),  # day 0 may be past already
        ("2027-02-01 10:00", 1, "2027-02-02 09:30"),
        ("2027-02-05 23:30", 1, "2027-02-08 09:30"),  # Friday late
        ("2027-02-06 12:00", 0, "2027-02-08 09:30"),  # Saturday
        ("2027-02-06 12:00", 1, "2027-02-08 09:30"),
        ("2027-02-06 12:00", 2, "2027-02-09 09:30"),
        ("2027-02-01 00:10", 5, "2027-02-08 09:30"),  # still Sunday in UTC
        ("2027-03-24 10:00", 1, "2027-03-30 09:30"),  # over Easter and the clock change
        ("2027-05-14 10:00", 1, "2027-05-18 09:30"),  # over Whitsun and 17 May
        ("2026-12-23 10:00", 1, "2026-12-28 09:30"),
        ("2026-12-30 10:00", 1, "2027-01-04 09:30"),
        ("2027-02-01 10:00", 15, "2027-02-22 09:30"),
    ],
)
def test_add_working_days_counts_days_people_work(start: str, n: int, due: str) -> None:
    assert wall(CALENDAR.add_working_days(oslo(start), n)) == due


@pytest.mark.parametrize(
    ("moment", "n", "due"),
    [
        ("2027-02-05 14:00", 0, "2027-02-05 09:30"),
        ("2027-02-05 14:00", 1, "2027-02-04 09:30"),
        ("2027-02-07 14:00", 0, "2027-02-05 09:30"),  # a Sunday
        ("2027-02-07 14:00", 1, "2027-02-05 09:30"),
        ("2027-02-08 14:00", 3, "2027-02-03 09:30"),
        ("2027-03-30 09:00", 1, "2027-03-24 09:30"),  # back over Easter
        ("2027-05-18 09:00", 1, "2027-05-14 09:30"),
        ("2027-01-04 09:00", 3, "2026-12-28 09:30"),
    ],
)
def test_before_working_days_counts_back(moment: str, n: int, due: str) -> None:
    assert wall(CALENDAR.before_working_days(oslo(moment), n)) == due


def test_working_days_take_the_clock_time_asked_for() -> None:
    start = oslo("2027-02-01 10:00")

    assert wall(CALENDAR.add_working_days(start, 1, time(14))) == "2027-02-02 14:00"
    assert wall(CALENDAR.before_working_days(start, 1, at=time(8, 15))) == "2027-01-29 08:15"
    assert wall(CALENDAR.next_working_day_at(start, time(8))) == "2027-02-02 08:00"


def test_working_days_are_not_counted_below_zero() -> None:
    with pytest.raises(ValueError, match="-1 working days"):
        CALENDAR.add_working_days(oslo("2027-02-01 10:00"), -1)
    with pytest.raises(ValueError, match="-2 working days"):
        CALENDAR.before_working_days(oslo("2027-02-01 10:00"), -2)


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2027-02-01 08:00", "2027-02-01 09:30"),
        ("2027-02-01 09:30", "2027-02-02 09:30"),  # always later than now
        ("2027-02-05 10:00", "2027-02-08 09:30"),
        ("2027-03-24 23:00", "2027-03-30 09:30"),
    ],
)
def test_next_working_day_is_later_than_now(now: str, then: str) -> None:
    assert wall(CALENDAR.next_working_day_at(oslo(now))) == then


@pytest.mark.parametrize(
    ("now", "sends"),
    [
        ("2027-02-01 08:59", "2027-02-01 09:00"),
        ("2027-02-01 09:00", "2027-02-01 09:00"),
        ("2027-02-01 14:29", "2027-02-01 14:29"),
        ("2027-02-01 14:30", "2027-02-02 09:00"),
        ("2027-02-05 20:00", "2027-02-08 09:00"),
        ("2027-03-20 10:00", "2027-03-30 09:00"),  # nudges rest in Easter week
        ("2027-05-17 10:00", "2027-05-18 09:00"),
        ("2027-06-30 15:00", "2027-08-02 09:00"),  # so is July
        ("2026-12-18 16:00", "2027-01-04 09:00"),  # and Christmas
    ],
)
def test_next_send_window_is_now_or_the_next_opening(now: str, sends: str) -> None:
    assert wall(CALENDAR.next_send_window(oslo(now))) == sends


@pytest.mark.parametrize(
    ("now", "hours", "then"),
    [
        ("2027-02-01 10:00", 0, "2027-02-01 10:00"),
        ("2027-02-01 10:00", 4, "2027-02-01 14:00"),
        ("2027-02-01 10:00", 6, "2027-02-01 16:00"),
        ("2027-02-01 10:00", 7.5, "2027-02-02 09:30"),
        ("2027-02-01 06:00", 1, "2027-02-01 09:00"),
        ("2027-02-01 16:00", 1, "2027-02-02 09:00"),
        ("2027-02-05 15:00", 24, "2027-02-10 15:00"),
        ("2027-02-06 12:00", 0, "2027-02-08 08:00"),  # Saturday: from Monday on
        ("2027-03-24 15:00", 2, "2027-03-30 09:00"),  # over Easter and the clock change
        ("2027-07-01 08:00", 8, "2027-07-01 16:00"),  # moderators work in July
    ],
)
def test_working_hours_run_from_eight_to_four(now: str, hours: float, then: str) -> None:
    assert wall(CALENDAR.working_hours_later(oslo(now), hours)) == then


def test_working_hours_are_not_counted_back() -> None:
    with pytest.raises(ValueError, match="in the past"):
        CALENDAR.working_hours_later(oslo("2027-02-01 10:00"), -1)


@pytest.mark.parametrize(
    ("day", "at", "moment"),
    [
        ("2027-02-01", "09:30", "2027-02-01T08:30Z"),
        ("2027-07-01", "09:30", "2027-07-01T07:30Z"),
        ("2027-03-28", "01:59", "2027-03-28T00:59Z"),
        ("2027-03-28", "02:00", "2027-03-28T01:00Z"),  # the gap: 03:00 summer time
        ("2027-03-28", "02:30:15", "2027-03-28T01:00Z"),
        ("2027-03-28", "03:00", "2027-03-28T01:00Z"),
        ("2027-10-31", "02:30", "2027-10-31T00:30Z"),  # the fold: the first of two
        ("2027-10-31", "03:00", "2027-10-31T02:00Z"),
    ],
)
def test_at_local_finds_the_moment_on_nights_when_the_clocks_change(
    day: str, at: str, moment: str
) -> None:
    found = CALENDAR.at_local(date.fromisoformat(day), time.fromisoformat(at))

    assert found == datetime.fromisoformat(moment)
    assert found.tzinfo is UTC


def test_at_local_takes_the_first_of_two_even_when_told_the_second() -> None:
    found = CALENDAR.at_local(date(2027, 10, 31), time(2, 30, fold=1))

    assert found == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


def test_local_is_what_clocks_show() -> None:
    shown = CALENDAR.local(datetime(2027, 7, 1, 22, 30, tzinfo=UTC))

    assert shown.isoformat() == "2027-07-02T00:30:00+02:00"


def test_a_calendar_keeps_the_clocks_of_its_zone() -> None:
    calendar = Calendar("America/New_York")

    moment = calendar.add_working_days(datetime(2027, 2, 1, 15, tzinfo=UTC), 1)

    assert moment == datetime(2027, 2, 2, 14, 30, tzinfo=UTC)


def test_moments_without_a_zone_are_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        CALENDAR.local(datetime(2027, 2, 1, 10))  # noqa: DTZ001


@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "2100-01-01", "9999-12-31"])
def test_a_year_that_nobody_means_is_no_plan(day: str) -> None:
    with pytest.raises(ValueError, match="no year of ours"):
        CALENDAR.planned(date.fromisoformat(day), time(9))


def test_what_is_planned_is_the_moment_on_the_clocks() -> None:
    assert CALENDAR.planned(date(2099, 12, 31), time(9)) == oslo("2099-12-31 09:00")


def test_working_days_go_on_where_no_holiday_is_known() -> None:
    friday = oslo("2207-02-06 12:00")

    assert wall(CALENDAR.before_working_days(friday, 3)) == "2207-02-03 09:30"
    assert wall(CALENDAR.next_send_window(friday)) == "2207-02-06 12:00"
