"""What is left of a budget, in one sentence."""

from community.meters import Meter
from letters.meters import left


def test_it_says_what_is_left_and_what_becomes_of_the_rest() -> None:
    some = Meter(threads_left=2, threads_per_day=4, mails_left=6, mails_per_week=10)
    none = Meter(threads_left=0, threads_per_day=4, mails_left=6, mails_per_week=10)

    assert left("en", some) == "2 of 4 new threads left today, 6 of 10 mails left this week."
    assert left("en", none).endswith("this week: a new thread goes into the next digest.")
    assert left("nb", some).startswith("2 av 4 nye tråder igjen i dag")
