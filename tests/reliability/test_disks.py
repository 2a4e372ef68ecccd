"""R6, R7: the disk is full or cannot sync, and is well again; longer: `python -m proofs disks`."""

import pytest

from proofs import disks
from proofs.disks import Illness
from proofs.house import Warm


def test_r6_a3_a_full_disk_answers_later_and_loses_nothing(warm: Warm) -> None:
    tally = disks.fall_ill(warm, [disks.full(octets) for octets in (0, 3_000, 60_000)])

    assert tally.ill["451"] > 0
    assert tally.is_sound, tally


@pytest.mark.usefixtures("strace")
@pytest.mark.parametrize(
    "illnesses",
    [
        pytest.param([disks.failing("pwrite64", "ENOSPC", f"{at}+") for at in (1, 7)], id="full"),
        pytest.param([disks.failing("pwrite64", "EIO", at) for at in ("1+", "9")], id="write"),
        pytest.param([disks.failing("fdatasync", "EIO", at) for at in ("1+", "2")], id="sync"),
    ],
)
def test_r6_r7_a3_a_failing_disk_answers_later_and_loses_nothing(
    warm: Warm, illnesses: list[Illness]
) -> None:
    tally = disks.fall_ill(warm, illnesses)

    assert tally.ill["451"] > 0
    assert tally.is_sound, tally
