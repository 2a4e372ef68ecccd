"""R2, R3: kill -9 at random moments while posts come in and go out; longer: `python -m proofs`.

Everything is counted from outside: what an injector heard 250 for, and what a relay has taken.
"""

import pytest

from proofs import kills
from proofs.house import Warm
from proofs.kills import Plan

#: What a killed process may have had on its way at once: a lane holds one mail in doubt.
LANES = 48


@pytest.mark.parametrize("lanes", [0, 1])
def test_r2_r3_d2_kill_9_loses_nothing_and_repeats_one_mail_a_lane_at_most(
    warm: Warm, database_url: str, lanes: int
) -> None:
    tally = kills.run(warm, database_url, Plan(kills=5, members=60, lanes=lanes))

    assert tally.lost == 0
    assert tally.account.is_sound, tally.account
    assert max(tally.second) <= (lanes or LANES)
