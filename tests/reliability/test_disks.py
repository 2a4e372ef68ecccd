"""R6, R7: the disk is full or cannot sync, and is well again; longer: `python -m proofs disks`."""

import pytest

from proofs import disks
from proofs.house import Warm


def test_r6_a3_a_full_disk_answers_later_and_loses_nothing(warm: Warm) -> None:
    tally = disks.fall_ill(warm, [disks.full(octets) for octets in (0, 3_000, 60_000)])

    assert tally.ill["451"] > 0
    assert tally.is_sound, tally


@pytest.mark.usefixtures("strace")
def test_r6_r7_a3_a_failing_disk_answers_later_and_loses_nothing(warm: Warm) -> None:
    ill = {
        "pwrite64": [("ENOSPC", "1+"), ("ENOSPC", "7+"), ("EIO", "1+"), ("EIO", "9")],
        "fdatasync": [("EIO", "1+"), ("EIO", "2")],
    }
    illnesses = [disks.failing(call, *each) for call, some in ill.items() for each in some]

    # One after the other in one service: what could not be settled waits half a minute once.
    tally = disks.fall_ill(warm, illnesses)

    assert tally.ill["451"] > len(illnesses)
    assert tally.is_sound, tally
