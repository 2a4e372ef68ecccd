"""The replay: it counts as the database does, and lets time pass."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from community.calendar import Calendar
from community.cases import Author, Decision, PostFacts
from community.policies import Policy
from community.replays import Mail, Replay

#: Monday 1 February 2027, 10:00 in Oslo.
MONDAY = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ACCEPT, HOLD, DIGEST = Decision.ACCEPT, Decision.HOLD, Decision.DIGEST


def a_mail(
    number: int,
    came_at: datetime,
    *,
    writer: str = "ada",
    is_reply: bool = False,
    is_automatic: bool = False,
    accepted_posts: int = 1,
    settled: Decision = ACCEPT,
    settled_at: datetime | None = None,
) -> Mail:
    """Give a mail of a member; nothing speaks against it."""
    return Mail(
        number=number,
        came_at=came_at,
        thread=0 if is_reply else number,
        writer=writer,
        post=PostFacts(
            is_unreadable=False,
            is_loop=False,
            is_automatic=is_automatic,
            from_addresses=(f"{writer}@example.org",),
            is_reply=is_reply,
        ),
        author=Author(
            is_subscriber=True,
            is_moderator=False,
            accepted_posts=accepted_posts,
        ),
        settled=settled,
        settled_at=settled_at,
    )


def judged(policy: Policy, *mails: Mail) -> list[str]:
    """Return which rule spoke about each mail, in order."""
    replay = Replay(policy, Calendar())
    return [replay.judge(mail).verdict.rule for mail in mails]


def test_a_day_has_its_budget_and_midnight_brings_a_new_one() -> None:
    policy = Policy(threads_per_day=2, mails_per_member_per_week=100)
    mails = [a_mail(n, MONDAY + n * HOUR, writer=f"w{n}") for n in range(3)]
    late = a_mail(3, datetime(2027, 2, 1, 22, 30, tzinfo=UTC), writer="x")
    next_day = a_mail(4, datetime(2027, 2, 1, 23, 30, tzinfo=UTC), writer="y")

    rules = judged(policy, *mails, late, next_day)

    assert rules == ["accepted", "accepted", "budget", "budget", "accepted"]


def test_what_was_moved_to_the_digest_counts_from_its_digest_on() -> None:
    policy = Policy(posts_per_member_per_week=1, threads_per_day=100)
    before = datetime(2027, 2, 1, 14, 0, tzinfo=UTC)  # 15:00, an hour before the digest
    mails = [
        a_mail(1, before - DAY, writer="ada"),
        a_mail(2, before, writer="ada"),
        # A week after the first, within a week of the second's digest at 16:00.
        a_mail(3, before + 6 * DAY + 2 * HOUR, writer="ada"),
        a_mail(4, before + 7 * DAY + 2 * HOUR, writer="ada"),
    ]

    assert judged(policy, *mails) == ["accepted", "quota", "quota", "quota"]
    alone = [mails[1], mails[3]]
    assert judged(policy, *alone) == ["accepted", "accepted"]


@pytest.mark.parametrize(
    ("settled", "later", "rule"),
    [
        (ACCEPT, None, "accepted"),
        (ACCEPT, 10 * HOUR, "newcomer"),
        (Decision.RETURN, None, "newcomer"),
        (HOLD, None, "newcomer"),
    ],
)
def test_a_newcomer_is_known_once_the_first_post_is_out(
    settled: Decision, later: timedelta | None, rule: str
) -> None:
    at = None if later is None else MONDAY + later
    first = a_mail(1, MONDAY, accepted_posts=0, settled=settled, settled_at=at)
    second = a_mail(2, MONDAY + HOUR, accepted_posts=0)

    assert judged(Policy(), first, second) == ["newcomer", rule]


def test_what_is_noted_counts_as_what_it_became() -> None:
    policy = Policy(posts_per_member_per_week=1)
    replay = Replay(policy, Calendar())

    replay.note(a_mail(1, MONDAY), Decision.DISCARD)
    assert replay.judge(a_mail(2, MONDAY + HOUR)).verdict.decision is ACCEPT
    replay.note(a_mail(3, MONDAY + 2 * HOUR, writer="bo"), ACCEPT)
    assert replay.judge(a_mail(4, MONDAY + 3 * HOUR, writer="bo")).verdict.decision is DIGEST


def test_what_comes_again_and_again_within_ten_minutes_waits() -> None:
    minutes = (0, 9, 9, 10, 20)
    same = [
        replace(a_mail(n, MONDAY + at * MINUTE, writer=f"w{n}"), said="Away.")
        for n, at in enumerate(minutes)
    ]

    assert judged(Policy(threads_per_day=9), *same) == ["accepted"] * 2 + ["repeated"] * 2 + [
        "accepted"
    ]
    assert judged(Policy(threads_per_day=9, repeats=0), *same) == ["accepted"] * 5


def test_a_hundred_a_day_for_years_are_counted_over_seven_days_alone() -> None:
    policy = Policy(
        threads_per_day=10_000, mails_per_member_per_week=701, posts_per_member_per_week=10_000
    )
    mails = [a_mail(n, MONDAY + n * DAY / 100) for n in range(5_000)]

    # One that came a week ago to the second was still in its grace then.
    assert judged(policy, *mails).count("budget") == 0
    assert judged(replaced(policy, 700), *mails).count("budget") > 0


def replaced(policy: Policy, mails: int) -> Policy:
    """Return the policy with another weekly budget."""
    return policy.changed([f"mails_per_member_per_week={mails}"])


def test_a_long_thread_goes_on_among_those_in_it() -> None:
    policy = Policy(replies_to_all=2, hours_to_all=10_000)
    replay = Replay(policy, Calendar())
    begun = replace(a_mail(0, MONDAY), thread=0)
    answers = [a_mail(n, MONDAY + n * HOUR, writer=f"w{n % 3}", is_reply=True) for n in range(1, 5)]

    reached = [replay.judge(mail).contained_to for mail in (begun, *answers)]

    assert reached == [None, None, None, 3, 4]
