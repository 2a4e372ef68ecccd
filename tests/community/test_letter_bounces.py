"""Letters that came back: what is kept of them, and when their address is asked if it works."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from community import deliveries, digests, letter_bounces, suppressions, weighing
from community.causes import Cause, Report
from community.due import Outcome, Work
from community.letter_bounces import LetterBounce
from community.lists import Mode
from community.outbox import Notice
from community.people import Address
from community.store import Session, Store
from tests.builders import a_list, a_mail, a_moderator, a_person, a_post, notices, planned, told

DAY = timedelta(days=1)
GONE = Report(action="failed", status="5.1.1", diagnostic="550 5.1.1 User unknown")
SPAM = Report(action="failed", status="5.7.1", diagnostic="554 5.7.1 spam")
LATE = Report(action="delayed", status="4.4.1", diagnostic="timed out")


@pytest.fixture
def ada(store: Store, now: datetime) -> int:
    """Give somebody who reads nothing but the daily digest of the list."""
    ada = a_person(store)
    a_list(store, ada)
    a_moderator(store)
    store.run_sync(deliveries.choose(Mode.DAILY), 1, by=ada, now=now)
    return ada


def _digest(store: Store, day: int, *, now: datetime) -> Notice:
    """Make the digest of a day, which the relay takes."""
    at = now + day * DAY
    a_post(store, 1, a_mail("mona.vik@example.org", subject=f"Day {day}"), now=at)
    store.run_sync(digests.make_due, now=at)
    notice = notices(store, "digest.publish")[-1]
    taken = Outcome(row_id=notice.id, fence=notice.claims, state=Work.DONE)
    store.run_sync(suppressions.settle_notices, [taken], now=at)
    return notice


def _kept(store: Store) -> list[tuple[int, int, str, str]]:
    def read(session: Session) -> list[tuple[int, int, str, str]]:
        rows = session.scalars(select(LetterBounce).order_by(LetterBounce.notice_id))
        return [(row.notice_id, row.address_id, row.status, row.cause) for row in rows]

    return store.read_sync(read)


def _state(store: Store, person: int) -> str:
    mine = select(Address).where(Address.person_id == person)
    return store.read_sync(lambda session: session.scalars(mine).one().state)


def _come_back(store: Store, day: int, report: Report = GONE, *, now: datetime) -> None:
    """Have the digest of a day come back, and weigh its address."""
    notice = _digest(store, day, now=now)
    at = now + day * DAY
    store.run_sync(letter_bounces.receive, notice.id, report, now=at)
    weigh_at = at + timedelta(hours=2)
    store.run_sync(weighing.weigh_address, 1, detail="", due_at=weigh_at, now=weigh_at)


def test_a_digest_that_came_back_is_kept_and_weighed_once(
    store: Store, ada: int, now: datetime
) -> None:
    notice = _digest(store, 0, now=now)

    for _ in range(2):
        store.run_sync(letter_bounces.receive, notice.id, GONE, now=now)

    assert _kept(store) == [(notice.id, 1, "5.1.1", Cause.GONE)]
    [step] = planned(store, "address.weigh")
    assert (step.object_id, step.due_at) == (1, now + timedelta(hours=2))


@pytest.mark.parametrize("report", [SPAM, LATE])
def test_what_blames_nobody_is_not_kept(
    store: Store, ada: int, now: datetime, report: Report
) -> None:
    notice = _digest(store, 0, now=now)

    store.run_sync(letter_bounces.receive, notice.id, report, now=now)

    assert (_kept(store), planned(store, "address.weigh")) == ([], [])


def test_a_letter_that_is_gone_is_passed_over(store: Store, ada: int, now: datetime) -> None:
    store.run_sync(letter_bounces.receive, 4711, GONE, now=now)

    assert _kept(store) == []


def test_a_reader_of_digests_at_a_dead_address_is_asked_and_then_left_alone(
    store: Store, ada: int, now: datetime
) -> None:
    for day in range(2):
        _come_back(store, day, now=now)
    assert _state(store, ada) == "deliverable"
    _come_back(store, 2, now=now)

    assert _state(store, ada) == "probed"
    assert told(store, "address.probe") == [(ada, "mail")]

    store.run_sync(suppressions.come_back, 1, GONE, now=now + 3 * DAY)

    assert _state(store, ada) == "suppressed"
    a_post(store, 1, a_mail("mona.vik@example.org", subject="Later"), now=now + 4 * DAY)
    assert store.run_sync(digests.make_due, now=now + 4 * DAY) == 0


def test_digests_that_arrive_speak_for_an_address(store: Store, ada: int, now: datetime) -> None:
    _come_back(store, 0, now=now)
    _come_back(store, 1, now=now)
    for day in (2, 3, 4):
        _digest(store, day, now=now)

    _come_back(store, 10, now=now)

    assert _state(store, ada) == "deliverable"


def test_what_came_back_before_an_address_was_restored_no_longer_counts(
    store: Store, ada: int, now: datetime
) -> None:
    for day in range(3):
        _come_back(store, day, now=now)
    store.run_sync(suppressions.restore, 1, by=ada, now=now + 3 * DAY)

    _come_back(store, 4, now=now)

    assert _state(store, ada) == "deliverable"


def test_a_letter_that_the_relay_refuses_has_come_back_unless_it_was_claimed_again(
    store: Store, ada: int, now: datetime
) -> None:
    for subject in ("Hello", "Lunch"):  # both wait: their author hears
        a_post(store, 1, a_mail(subject=subject), now=now)
    mine, others = notices(store)
    words = "550 5.1.1 User unknown"
    outcomes = [
        Outcome(row_id=one.id, fence=fence, state=Work.FAILED, words=words)
        for one, fence in ((mine, mine.claims), (others, others.claims + 1))
    ]

    store.run_sync(suppressions.settle_notices, outcomes, now=now)

    assert [notice_id for notice_id, *_ in _kept(store)] == [mine.id]
