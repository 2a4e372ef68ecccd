"""What a process knows of the relay: when it asks again, and how many lines it opens."""

from datetime import datetime, timedelta

import pytest

from community.setbacks import Away
from mailing.presence import FIRST_PAUSE, LONGEST_PAUSE, MAILS_PER_LINE, Presence
from sandbox.jumping import StillClock


def test_while_the_relay_is_there_nothing_is_held_back(now: datetime) -> None:
    presence = Presence(StillClock(now), ceiling=8)

    presence.dial()
    presence.answered()

    assert (presence.room(), presence.most, presence.away_since) == (None, 8, None)


def test_an_absent_relay_is_asked_by_one_mail_with_growing_pauses(now: datetime) -> None:
    clock = StillClock(now)
    presence = Presence(clock, ceiling=8)
    asked = []
    presence.refused("cannot be reached")

    for _ in range(9):
        assert presence.room() == 0
        with pytest.raises(Away):
            presence.dial()
        while presence.room() == 0:
            clock.put_forward(clock.now() + timedelta(seconds=1))
        asked.append(clock.now())
        assert presence.room() == 1
        presence.dial()
        with pytest.raises(Away):
            presence.dial()  # the second mail that would ask at the same time
        presence.refused("cannot be reached")
        presence.refused("cannot be reached")  # a line that broke with it

    pauses = [later - earlier for earlier, later in zip([now, *asked], asked, strict=False)]
    expected = [min(FIRST_PAUSE * 2**n, LONGEST_PAUSE) for n in range(9)]
    assert pauses == expected
    assert presence.away_since == now


def test_when_the_relay_is_back_lines_double_with_what_it_takes(now: datetime) -> None:
    clock = StillClock(now)
    presence = Presence(clock, ceiling=6)
    presence.refused("cannot be reached")
    clock.put_forward(now + FIRST_PAUSE)
    presence.dial()
    lines = []

    for _ in range(8):
        presence.answered()
        lines.append(presence.most)

    assert lines == [2, 2, 4, 4, 4, 4, 6, 6]
    assert (presence.away_since, presence.room()) == (None, None)


def test_lines_that_the_relay_does_not_want_are_not_asked_for_again_at_once(now: datetime) -> None:
    clock = StillClock(now)
    presence = Presence(clock, ceiling=8)
    presence.lines = 3
    presence.crowded()

    for _ in range(20):
        presence.answered()
    assert (presence.most, presence.room()) == (3, 3 * MAILS_PER_LINE)

    clock.put_forward(now + timedelta(minutes=1))
    presence.answered()
    assert presence.most == 6


def test_a_letter_without_a_line_has_one_given_up_for_it(now: datetime) -> None:
    presence = Presence(StillClock(now), ceiling=8)
    presence.lines = 3

    put_off = presence.make_way()

    assert (presence.most, put_off.until) == (2, now + timedelta(seconds=2))


def test_a_pause_is_over_when_the_clock_is_set_back(now: datetime) -> None:
    clock = StillClock(now)
    presence = Presence(clock, ceiling=8)
    presence.refused("cannot be reached")
    held_back = presence.room()

    presence.clock = StillClock(now - timedelta(hours=2))

    presence.dial()
    assert (held_back, presence.room()) == (0, 0)  # one asks, the others wait
