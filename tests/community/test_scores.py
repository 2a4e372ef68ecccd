"""The arithmetic of what speaks against an address."""

from datetime import datetime, timedelta

import pytest

from community.causes import Cause
from community.scores import HALF_LIFE, LIMIT, WEIGHTS, Happened, is_refused, score

DAY = timedelta(days=1)


def bounces(now: datetime, cause: Cause, *days_ago: float) -> list[Happened]:
    return [Happened(at=now - DAY * ago, cause=cause) for ago in days_ago]


def test_a_bounce_fades_by_half_in_a_half_life(now: datetime) -> None:
    happened = [Happened(at=now - HALF_LIFE, cause=Cause.GONE)]

    assert score(happened, now=now) == pytest.approx(WEIGHTS[Cause.GONE] / 2)


def test_many_on_one_day_count_as_the_worst_of_them(now: datetime) -> None:
    happened = bounces(now, Cause.GONE, 0, 0.1, 0.2) + bounces(now, Cause.SOFT, 0.05)

    assert score(happened, now=now) == WEIGHTS[Cause.GONE]


def test_an_address_that_is_gone_reaches_the_limit_at_the_third_bounce(now: datetime) -> None:
    assert score(bounces(now, Cause.GONE, 1, 0), now=now) < LIMIT
    assert score(bounces(now, Cause.GONE, 2, 1, 0), now=now) >= LIMIT
    assert score(bounces(now, Cause.GONE, 14, 7, 0), now=now) >= LIMIT


def test_a_full_mailbox_reaches_it_in_a_week_of_daily_ones_and_never_weekly(now: datetime) -> None:
    assert score(bounces(now, Cause.SOFT, *range(6)), now=now) < LIMIT
    assert score(bounces(now, Cause.SOFT, *range(8)), now=now) >= LIMIT
    assert score(bounces(now, Cause.SOFT, *range(0, 84, 7)), now=now) < LIMIT


@pytest.mark.parametrize("cause", [Cause.CONTENT, Cause.PASSING, Cause.UNKNOWN, Cause.COMPLAINT])
def test_what_is_not_the_readers_fault_never_weighs(now: datetime, cause: Cause) -> None:
    assert score(bounces(now, cause, *range(50)), now=now) == 0


def test_a_mail_that_arrived_halves_what_speaks_against_the_address(now: datetime) -> None:
    before = bounces(now, Cause.GONE, 10)
    arrived = [Happened(at=now - 6 * DAY, cause=None)]

    assert score(before + arrived, now=now) == pytest.approx(score(before, now=now) / 2)


def test_a_mail_of_the_last_days_may_still_come_back(now: datetime) -> None:
    before = bounces(now, Cause.GONE, 10)
    taken = [Happened(at=now - 4 * DAY, cause=None)]

    assert score(before + taken, now=now) == score(before, now=now)


@pytest.mark.parametrize(
    ("copies", "failed", "refused"),
    [
        (1, 1, False),  # one reader: it may be the address
        (5, 1, False),
        (5, 2, False),
        (10, 2, False),
        (15, 3, False),  # exactly a fifth
        (14, 3, True),
        (3, 2, True),  # most of them
        (2, 2, True),
        (100, 20, False),
        (100, 21, True),
        (0, 0, False),
    ],
)
def test_a_post_is_refused_when_many_copies_came_back(
    copies: int, failed: int, *, refused: bool
) -> None:
    assert is_refused(copies=copies, failed=failed) is refused
