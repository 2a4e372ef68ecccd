"""How fast mail may leave: buckets for the relay and for domains, and domains that want a pause."""

from datetime import datetime, timedelta

import pytest

from community.setbacks import Postponed, Undelivered
from mailing import outcomes
from mailing.paces import FIRST_PAUSE, LONGEST_WAIT, Paces
from sandbox.jumping import StillClock

ADA, BO = "ada@gmail.com", "bo@example.org"


def _taken(paces: Paces, email: str, tries: int) -> int:
    """Return how many of so many copies may go now."""
    gone = 0
    for _ in range(tries):
        try:
            paces.take(email)
        except Postponed:
            continue
        gone += 1
    return gone


def test_without_limits_everything_goes(now: datetime) -> None:
    paces = Paces(StillClock(now))

    assert _taken(paces, ADA, 1_000) == 1_000
    assert paces.room() is None


def test_the_relay_gets_its_mails_a_second_and_no_more_are_taken_up(now: datetime) -> None:
    clock = StillClock(now)
    paces = Paces(clock, per_second=5)
    gone = _taken(paces, ADA, 100)

    for second in range(1, 11):
        clock.put_forward(now + timedelta(seconds=second))
        assert paces.room() == 5
        gone += _taken(paces, BO, 100)
        assert paces.room() == 0

    assert gone == 10 + 10 * 5  # the bucket was full at the start


def test_what_a_domain_may_not_get_now_is_put_off_one_after_the_other(now: datetime) -> None:
    paces = Paces(StillClock(now), domains={"gmail.com": 2})
    assert _taken(paces, ADA, 4) == 4
    put_off = []

    for _ in range(2_000):
        with pytest.raises(Postponed) as kept:
            paces.take(ADA)
        put_off.append(kept.value.until - now)

    per_second = [put_off.count(timedelta(seconds=second)) for second in range(2, 60)]
    assert set(per_second) == {2}
    assert max(put_off) <= LONGEST_WAIT + timedelta(seconds=1)
    assert _taken(paces, BO, 100) == 100


def test_letters_go_before_posts_and_count(now: datetime) -> None:
    paces = Paces(StillClock(now), per_second=5, domains={"gmail.com": 5})

    for _ in range(8):
        paces.take_for_letter(ADA)

    assert _taken(paces, ADA, 100) == 2


def test_a_domain_that_asks_to_slow_down_gets_pauses_that_double(now: datetime) -> None:
    clock = StillClock(now)
    paces = Paces(clock)

    paces.slow_down(ADA)
    paces.slow_down("other@gmail.com")  # was under way
    assert (_taken(paces, "third@gmail.com", 3), _taken(paces, BO, 3)) == (0, 3)
    with pytest.raises(Postponed):
        paces.take_for_letter(ADA)

    clock.put_forward(now + FIRST_PAUSE)
    assert _taken(paces, ADA, 3) == 3
    paces.slow_down(ADA)
    clock.put_forward(clock.now() + 2 * FIRST_PAUSE - timedelta(seconds=1))
    assert _taken(paces, ADA, 3) == 0

    clock.put_forward(clock.now() + timedelta(seconds=1))
    paces.went(ADA)
    paces.slow_down(ADA)
    clock.put_forward(clock.now() + FIRST_PAUSE)
    assert _taken(paces, ADA, 3) == 3


def test_a_domains_pause_is_over_when_the_clock_is_set_back(now: datetime) -> None:
    paces = Paces(StillClock(now))
    paces.slow_down(ADA)
    before = _taken(paces, ADA, 3)

    paces.clock = StillClock(now - timedelta(hours=2))

    assert (before, _taken(paces, ADA, 3)) == (0, 3)


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("421 4.7.0 try later", True),
        ("450 4.7.1 too many from you", True),
        ("451 4.7.650 rate limited", True),
        ("451 4.7.1 Greylisted, come back", False),
        ("450 4.2.2 mailbox full", False),
        ("550 5.7.1 no", False),
        ("the relay cannot be reached", False),
    ],
)
def test_only_answers_about_our_pace_slow_us_down(reason: str, expected: bool) -> None:
    assert outcomes.wants_less(Undelivered(reason, permanent=False)) is expected
