"""Whoever would be too early for Slack is told a moment of their own, and Slack is not asked."""

from datetime import datetime, timedelta

from bot.rhythm import Rhythm
from community.setbacks import Postponed
from tests.bot.conftest import Hands

SECOND = timedelta(seconds=1)


def told(beat: Rhythm, place: str, who: int) -> datetime | None:
    try:
        beat.wait(place, who)
    except Postponed as later:
        return later.until
    return None


def test_a_burst_goes_at_once_and_the_rest_one_a_second(hands: Hands, now: datetime) -> None:
    beat = Rhythm(hands, burst=3)

    at_once = [told(beat, "D1", number) for number in range(5)]
    elsewhere = told(beat, "D2", 9)
    hands.move(seconds=1)
    in_turn = [told(beat, "D1", number) for number in (3, 4)]
    hands.move(seconds=60)
    after_quiet = [told(beat, "D1", number) for number in range(10, 14)]

    assert at_once == [None, None, None, now + SECOND, now + 2 * SECOND]
    assert elsewhere is None
    # Who comes before its moment keeps it.
    assert in_turn == [None, now + 2 * SECOND]
    assert after_quiet == [None, None, None, hands.now() + SECOND]


def test_who_comes_late_goes_at_once_and_another_pace_is_kept(hands: Hands, now: datetime) -> None:
    beat = Rhythm(hands, pace=timedelta(milliseconds=250))

    asked = [told(beat, "all", number) for number in range(3)]
    hands.move(seconds=9)

    assert asked == [None, now + SECOND / 4, now + SECOND / 2]
    assert [told(beat, "all", number) for number in (1, 2)] == [None, None]
