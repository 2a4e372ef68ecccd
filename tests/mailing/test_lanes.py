"""Lanes to the relay: what is said on one line of one mail is never taken for another."""

import pytest

from community.setbacks import Undelivered
from tests.mailing.relay_double import SILENT, RelayDouble
from tests.mailing.test_pipelined import (
    KARI,
    LATE,
    OLA,
    PER,
    a_copy,
    a_double,
    a_shared_copy,
    answering,
    at_once,
    carry,
    laid,
    spoken,
)

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("ahead", ["550 5.1.1 unknown\r\n503 5.5.1 nobody", "250 ok\r\n354 go on"])
async def test_what_is_said_of_the_next_mail_is_not_taken_for_a_half_that_goes_before_it(
    ahead: str,
) -> None:
    """A shared mail is refused and goes again in halves; the next envelope was said with it."""
    double = a_double()
    # All in one segment, as of a relay that works through what lies there before it answers.
    answers = iter([f"554 5.7.1 no\r\n250 2.1.0 ok\r\n{ahead}"])
    double.script = lambda verb, argument: next(answers, None) if verb == "DOT" else None
    async with spoken(double) as lane:
        both = a_shared_copy(KARI, OLA)
        with pytest.raises(Undelivered, match="no"):
            await lane.carry(both, following=a_copy(PER), may_send=at_once)
        halves = [await carry(lane, KARI), await carry(lane, OLA)]

    assert halves == ["250 2.0.0 queued as 17"] * 2
    assert len(double.said) == 2


@pytest.mark.parametrize("offers", [("PIPELINING",), ()])
async def test_a_line_that_is_not_to_be_had_in_time_leaves_no_doubt(
    offers: tuple[str, ...],
) -> None:
    double = RelayDouble(script=answering("EHLO", SILENT), extensions=offers)
    async with laid(double) as lanes:
        lane = lanes.lane(seconds=0.2)
        with pytest.raises(Undelivered) as failed:
            await carry(lane, KARI)
        await lane.aclose()

    told = failed.value
    assert (told.permanent, told.in_doubt, told.reason) == (False, False, LATE)
