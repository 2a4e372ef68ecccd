"""R16: of decisions about the same posts through all doors at once, one counts.

Longer: `python -m proofs decisions`.
"""

from proofs import decisions

POSTS = 40


def test_r16_m1_of_decisions_through_four_doors_at_once_one_counts_and_the_others_hear_whose(
    database_url: str,
) -> None:
    tally = decisions.run(database_url, POSTS)

    assert tally.wrong == ()
    assert tally.won.total() == POSTS
    assert tally.is_sound
