from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from texts import Language, clock_time, day, listed, moment, number, span

OSLO = ZoneInfo("Europe/Oslo")
START = datetime(2026, 12, 1, 10, 0, tzinfo=OSLO)
END = datetime(2026, 12, 1, 11, 0, tzinfo=OSLO)
NEXT_DAY = datetime(2026, 12, 2, 9, 30, tzinfo=OSLO)


@pytest.mark.parametrize(
    ("language", "year", "said"),
    [
        ("en", False, "Tue 1 Dec, 10:00"),
        ("en", True, "Tue 1 Dec 2026, 10:00"),
        ("nb", False, "tir. 1. des. kl. 10.00"),
        ("nb", True, "tir. 1. des. 2026 kl. 10.00"),
    ],
)
def test_moment_has_weekday_and_clock_time_and_year_on_request(
    language: Language, said: str, *, year: bool
) -> None:
    assert moment(language, START, year=year) == said


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Mon 17 May 2027"), ("nb", "man. 17. mai 2027")]
)
def test_day_is_short(language: Language, said: str) -> None:
    assert day(language, date(2027, 5, 17), year=True) == said


def test_day_of_a_moment_is_its_local_day() -> None:
    late = datetime(2026, 11, 30, 23, 30, tzinfo=UTC).astimezone(OSLO)

    assert day("en", late) == "Tue 1 Dec"


@pytest.mark.parametrize("when", [START, time(10, 0)])
def test_clock_time_is_of_a_moment_or_of_any_day(when: datetime | time) -> None:
    assert (clock_time("en", when), clock_time("nb", when)) == ("10:00", "10.00")


@pytest.mark.parametrize(
    ("language", "end", "said"),
    [
        ("en", END, "Tue 1 Dec, 10:00–11:00"),
        ("nb", END, "tir. 1. des. kl. 10.00–11.00"),
        ("en", NEXT_DAY, "Tue 1 Dec, 10:00 – Wed 2 Dec, 09:30"),
        ("nb", NEXT_DAY, "tir. 1. des. kl. 10.00 – ons. 2. des. kl. 09.30"),
    ],
)
def test_span_says_the_day_once_if_it_is_one(language: Language, end: datetime, said: str) -> None:
    assert span(language, START, end) == said


def test_span_says_the_year_on_request() -> None:
    assert span("en", START, END, year=True) == "Tue 1 Dec 2026, 10:00–11:00"


@pytest.mark.parametrize("when", [datetime(2026, 12, 1), datetime(2026, 12, 1, tzinfo=UTC)])  # noqa: DTZ001
def test_moments_that_are_not_local_are_refused(when: datetime) -> None:
    for say in (moment, day, clock_time):
        with pytest.raises(ValueError, match="not local"):
            say("en", when)
    for ends in ((when, START), (START, when)):
        with pytest.raises(ValueError, match="not local"):
            span("en", *ends)


@pytest.mark.parametrize(
    ("value", "en", "nb"),
    [
        (2027, "2027", "2027"),
        (9999, "9999", "9999"),
        (10000, "10,000", "10\N{NO-BREAK SPACE}000"),
        (-12345, "-12,345", "-12\N{NO-BREAK SPACE}345"),
        (0.73456, "0.735", "0,735"),
        (17.0, "17", "17"),
    ],
)
def test_number_is_grouped_from_ten_thousand(value: float, en: str, nb: str) -> None:
    assert (number("en", value), number("nb", value)) == (en, nb)


@pytest.mark.parametrize(
    ("items", "en", "nb"),
    [
        ([], "", ""),
        (["A"], "A", "A"),
        (["A", "{0}"], "A and {0}", "A og {0}"),
        (["{}", "B", "C", "D"], "{}, B, C and D", "{}, B, C og D"),
    ],
)
def test_listed_joins_as_people_do(items: list[str], en: str, nb: str) -> None:
    assert (listed("en", items), listed("nb", items)) == (en, nb)
