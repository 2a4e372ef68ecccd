"""The monthly letter of a list: figures of last month, once, to whoever gets posts."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from community import (
    digests,
    house_posts,
    list_closures,
    lists,
    moderation,
    monthly_letters,
    standings,
)
from community.calendar import Calendar
from community.monthly_letters import Month
from community.posts import HOUSE, Post
from community.store import Session, Store
from community.subscriptions import Mode, Subscription
from letters import monthly_letters as words
from tests.builders import a_list, a_mail, a_moderator, a_person, a_post, deliveries

JANUARY, FEBRUARY = date(2027, 1, 1), date(2027, 2, 1)
#: Monday 1 February 2027 is the first working day of its month.
NINE = datetime(2027, 2, 1, 8, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def on_january(day: int, hour: int = 9) -> datetime:
    """Return an hour (UTC) of a day of January 2027."""
    return datetime(2027, 1, day, hour, tzinfo=UTC)


def a_january(store: Store) -> int:
    """Let Ada and Bo have a list with a month behind it.

    Ada's first is held for three hours; she writes twice more, then beyond the day's measure; Bo
    reads digests.
    """
    ada, bo = a_person(store), a_person(store, "Bo Li")
    list_id = a_list(store, ada, bo)
    store.run_sync(lists.set_policy, list_id, ["threads_per_day=1"], by=None, now=NINE)

    def read_digests(session: Session) -> None:
        session.get_one(Subscription, (list_id, bo)).mode = Mode.DAILY.value

    store.run_sync(read_digests)
    first = a_post(store, list_id, a_mail(subject="One"), now=on_january(5))
    mona = a_moderator(store)
    store.run_sync(moderation.accept, first, by=mona, now=on_january(5, 12))
    store.run_sync(digests.make_due, now=on_january(5, 15))
    a_post(store, list_id, a_mail(subject="Two"), now=on_january(12, 9))
    a_post(store, list_id, a_mail(subject="Three"), now=on_january(12, 10))
    a_post(store, list_id, a_mail(subject="Away", is_automatic=True), now=on_january(13))
    store.run_sync(digests.make_due, now=on_january(12, 15))
    return list_id


def written(store: Store, *, on: date = FEBRUARY, since: date | None = None) -> int:
    """Write the letters that are due on a day."""
    return store.run_sync(
        house_posts.write_monthly, words.write, since=since or on, until=on, now=NINE
    )


def test_no_letter_to_a_list_that_is_closed(store: Store) -> None:
    a_january(store)
    (a_list,) = store.read_sync(lists.all_lists)

    store.run_sync(list_closures.close, a_list.address, by=None, now=NINE - HOUR)

    assert written(store) == 0


def house_posts_of(store: Store, list_id: int) -> list[Post]:
    """Read what the house has written to a list."""
    query = select(Post).where(Post.list_id == list_id, Post.rule == HOUSE)
    return store.read_sync(lambda session: list(session.scalars(query)))


def test_a_month_is_summed_up(store: Store) -> None:
    list_id = a_january(store)

    found = store.read_sync(monthly_letters.of_month, list_id, JANUARY)

    assert found == Month(
        begins_on=JANUARY,
        posts=3,
        threads=3,
        members=2,
        copies=2,  # One and Two to Ada
        digests=3,  # One to Bo; Two and Three to Bo, Three to Ada
        by_digest=4,
        held=1,
        median_hold=3 * HOUR,
        rule="newcomer",
        rule_count=1,
    )
    assert found.mails_per_member == 2.5
    assert found.digest_share == pytest.approx(4 / 6)


def test_months_end_at_local_midnight(store: Store) -> None:
    list_id = a_list(store, mona := a_moderator(store))
    mail = "mona.vik@example.org"
    a_post(
        store, list_id, a_mail(mail, subject="1"), now=datetime(2026, 12, 31, 22, 59, tzinfo=UTC)
    )
    a_post(store, list_id, a_mail(mail, subject="2"), now=datetime(2026, 12, 31, 23, 0, tzinfo=UTC))
    a_post(store, list_id, a_mail(mail, subject="3"), now=datetime(2027, 1, 31, 22, 59, tzinfo=UTC))
    a_post(store, list_id, a_mail(mail, subject="4"), now=datetime(2027, 1, 31, 23, 0, tzinfo=UTC))

    found = store.read_sync(monthly_letters.of_month, list_id, JANUARY)

    assert (mona, found.posts, found.copies) == (mona, 2, 2)


def test_a_letter_goes_to_each_by_their_choices_and_once(store: Store) -> None:
    list_id = a_january(store)

    assert [written(store), written(store)] == [1, 0]

    [post] = house_posts_of(store, list_id)
    assert post.subject == "Monthly letter, January 2027 / Månedsbrev, januar 2027"
    assert (post.state, post.author_id) == ("released", None)
    assert len(deliveries(store, post.id)) == 1  # to Ada; Bo has it in the next digest
    assert store.run_sync(digests.make_due, now=NINE + 8 * HOUR) == 1


def test_a_letter_is_counted_by_no_budget_and_in_no_month(store: Store) -> None:
    list_id = a_january(store)

    written(store)

    found = store.read_sync(standings.traffic, [list_id], now=NINE + HOUR)[list_id]
    assert (found.threads_today, found.mails_this_week) == (0, 0)
    february = store.read_sync(monthly_letters.of_month, list_id, FEBRUARY)
    assert (february.posts, february.copies) == (0, 0)


def test_a_list_that_wants_none_and_a_list_without_posts_get_none(store: Store) -> None:
    list_id = a_january(store)
    a_list(store, address="quiet@lists.example.org")
    store.run_sync(lists.set_policy, list_id, ["monthly_letter=off"], by=None, now=NINE)

    assert written(store) == 0


@pytest.mark.parametrize(
    ("since", "until", "month"),
    [
        (date(2027, 2, 1), date(2027, 2, 1), date(2027, 1, 1)),
        (date(2027, 2, 2), date(2027, 2, 28), None),
        # 1 and 2 May 2027 are a holiday on a Saturday, and a Sunday.
        (date(2027, 5, 1), date(2027, 5, 2), None),
        (date(2027, 5, 3), date(2027, 5, 3), date(2027, 4, 1)),
        # Down over the first days of two months: only the last month is news.
        (date(2027, 1, 30), date(2027, 3, 5), date(2027, 2, 1)),
        (date(2027, 1, 1), date(2027, 1, 4), date(2026, 12, 1)),
    ],
)
def test_a_letter_is_due_on_the_first_working_day_of_a_month(
    since: date, until: date, month: date | None
) -> None:
    assert monthly_letters.due_month(Calendar(), since=since, until=until) == month
