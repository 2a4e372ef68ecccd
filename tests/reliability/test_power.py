"""R4, R5: the power goes at any write, and every 250 was true; longer: `python -m proofs power`.

Each figure has its control: with a weaker setting of SQLite the same proof must fail.
"""

import pytest

from proofs import power
from proofs.house import Warm

pytestmark = pytest.mark.usefixtures("strace")


def test_r5_a1_each_of_200_acks_is_said_after_its_sync(warm: Warm) -> None:
    recording = power.record(warm, posts=200, detail=False)

    assert len(recording.acked) == 200
    assert power.unsynced(recording) == 0


def test_r4_a1_a_power_cut_at_any_write_loses_no_mail_that_was_acknowledged(warm: Warm) -> None:
    cuts = power.cut(power.record(warm, posts=30), states=300)

    assert (cuts.losing, cuts.broken) == (0, 0)
    assert cuts.states > 250  # how they are spread hangs on how many writes there were


def test_r4_r5_the_proof_finds_what_is_lost_without_the_sync(warm: Warm) -> None:
    recording = power.record(warm, posts=10, synchronous="NORMAL")

    assert power.unsynced(recording) == 10
    assert power.cut(recording, states=40).losing > 0
