"""R8: the database is locked, or dies and comes back; longer: `python -m proofs databases`."""

from proofs import databases, disks
from proofs.house import Warm


def test_r8_a3_a_locked_sqlite_answers_later_and_loses_nothing(warm: Warm) -> None:
    tally = disks.fall_ill(warm, [databases.locked])

    assert tally.ill == {"451": 2}
    assert tally.is_sound, tally


def test_r8_a3_ended_sessions_of_postgresql_lose_nothing(warm: Warm) -> None:
    tally = disks.fall_ill(warm, [databases.terminated] * 3, database="postgresql")

    assert tally.is_sound, tally


def test_r8_a3_a_postgresql_that_is_killed_answers_later_and_loses_nothing(warm: Warm) -> None:
    with databases.killed(2) as kills:
        tally = disks.fall_ill(warm, kills, database="postgresql")

    assert tally.ill == {"451": 4}
    assert tally.is_sound, tally
