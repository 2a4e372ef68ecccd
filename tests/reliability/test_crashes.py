"""R1: die at points of a day of two lists, chosen by a fixed seed; all of them: `python -m proofs`.

A day has about 600 points that change something: statements, commits, words to the relay and of
the mail server. Here a process dies at a few of them; another takes up the day.
"""

from proofs import crashes
from proofs.house import Warm


def test_r1_d2_a_crash_loses_nothing_and_repeats_only_what_was_in_doubt(
    warm: Warm, empty_database_url: str
) -> None:
    """A1-A5, D1, D2, G1 and B1 hold after each: the day ends as it does without a crash."""
    is_sqlite = empty_database_url.startswith("sqlite")

    with crashes.databases(empty_database_url) as fresh:
        found = crashes.run(warm, fresh, most=14 if is_sqlite else 5)

    assert found.faults == []
    # The last points are missed by a day that goes a little otherwise.
    assert found.telling > 300
    assert found.crashes >= (12 if is_sqlite else 4)
