"""The sums of a rehearsal: per week, per member, by rule."""

from datetime import UTC, date, datetime, timedelta

import pytest

from community import rehearsals
from community.calendar import Calendar
from community.cases import Decision
from community.policies import Policy
from community.rehearsals import Rehearsal
from tests.community.test_replays import DAY, HOUR, MONDAY, a_mail


def rehearsed(policy: Policy, *, days: int, a_day: int) -> Rehearsal:
    """Rehearse a policy on so many threads a day, by ten people in turn."""
    mails = (
        a_mail(n, MONDAY + n // a_day * DAY + n % a_day * HOUR / 10, writer=f"w{n % 10}")
        for n in range(days * a_day)
    )
    found = rehearsals.of_mails(mails, policy, Calendar())
    assert found is not None
    return found


def test_the_sums_say_who_gets_how_much_with_and_without_the_rules() -> None:
    policy = Policy(threads_per_day=4, mails_per_member_per_week=100, posts_per_member_per_week=100)

    found = rehearsed(policy, days=14, a_day=6)

    assert found.mails == 84
    assert found.members == 10
    assert found.decisions == {Decision.ACCEPT: 56, Decision.DIGEST: 28}
    assert found.rules == (("budget", 28),)
    assert [(week.begins_on, week.mails, week.at_once) for week in found.weeks] == [
        (date(2027, 2, 1), 42, 28),
        (date(2027, 2, 8), 42, 28),
    ]
    assert [week.digests for week in found.weeks] == [7, 7]
    span = (13 * DAY + 5 * HOUR / 10) / timedelta(days=7)
    assert found.without == pytest.approx(84 / span)
    assert found.under == pytest.approx((56 + 14) / span)


def test_weeks_without_a_mail_are_shown_and_a_single_day_counts_as_a_week() -> None:
    mails = [a_mail(1, MONDAY), a_mail(2, MONDAY + 22 * DAY, writer="bo")]

    apart = rehearsals.of_mails(mails, Policy(), Calendar(), members=60)
    alone = rehearsals.of_mails(mails[:1], Policy(), Calendar())

    assert apart is not None
    assert alone is not None
    assert [week.mails for week in apart.weeks] == [1, 0, 0, 1]
    assert apart.members == 60
    assert alone.without == alone.under == 1.0


def test_what_is_kept_off_the_list_is_counted_as_such() -> None:
    mails = [
        a_mail(1, MONDAY, is_automatic=True),
        a_mail(2, MONDAY, accepted_posts=0, writer="bo", settled=Decision.RETURN),
        a_mail(3, MONDAY, accepted_posts=0, writer="cy"),
    ]

    found = rehearsals.of_mails(mails, Policy(), Calendar())

    assert found is not None
    assert found.decisions == {Decision.DISCARD: 1, Decision.HOLD: 2}
    assert found.rules == (("newcomer", 2), ("automatic", 1))
    [week] = found.weeks
    assert (week.mails, week.at_once, week.in_digest, week.kept_off) == (3, 1, 0, 2)


def test_a_digest_on_the_next_monday_belongs_to_that_week() -> None:
    late_on_sunday = datetime(2027, 2, 7, 20, 0, tzinfo=UTC)
    policy = Policy(threads_per_day=0)

    found = rehearsals.of_mails([a_mail(1, late_on_sunday)], policy, Calendar())

    assert found is not None
    assert [(week.in_digest, week.digests) for week in found.weeks] == [(1, 0), (0, 1)]


def test_no_mails_make_no_rehearsal() -> None:
    assert rehearsals.of_mails([], Policy(), Calendar()) is None
