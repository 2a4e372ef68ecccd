"""Letters that came back: what is kept of them, and when their address is asked if it works."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, select

from community import (
    address_requests,
    deliveries,
    digests,
    letter_bounces,
    suppressions,
    weighing,
)
from community.causes import Cause, Report
from community.due import Outcome, Work
from community.letter_bounces import LetterBounce
from community.outbox import Notice
from community.people import Address
from community.store import Session, Store
from community.subscriptions import Mode
from tests.builders import a_list, a_mail, a_moderator, a_person, a_post, notices, planned, told

DAY = timedelta(days=1)
GONE = Report(action="failed", status="5.1.1", diagnostic="550 5.1.1 User unknown")
SPAM = Report(action="failed", status="5.7.1", diagnostic="554 5.7.1 spam")
ADA, HOME = "ada.holm@example.org", "ada@home.example"
LATE = Report(action="delayed", status="4.4.1", diagnostic="timed out")
FORWARDED = replace(GONE, about="ada@old.example.com")


@pytest.fixture
def ada(store: Store, now: datetime) -> int:
    """Give somebody who reads nothing but the daily digest of the list."""
    ada = a_person(store)
    a_list(store, ada)
    a_moderator(store)
    store.run_sync(deliveries.choose(Mode.DAILY), 1, by=ada, now=now)
    return ada


def _digest(store: Store, day: int, to: str = ADA, *, now: datetime) -> Notice:
    """Make the digest of a day, which the relay takes for an address."""
    at = now + day * DAY
    a_post(store, 1, a_mail("mona.vik@example.org", subject=f"Day {day}"), now=at)
    store.run_sync(digests.make_due, now=at)
    notice = notices(store, "digest.publish")[-1]
    taken = Outcome(row_id=notice.id, fence=notice.claims, state=Work.DONE, sent_to=to)
    store.run_sync(suppressions.settle_notices, [taken], now=at)
    return notice


def _kept(store: Store) -> list[tuple[int, int, str, str]]:
    def read(session: Session) -> list[tuple[int, int, str, str]]:
        rows = session.scalars(select(LetterBounce).order_by(LetterBounce.notice_id))
        return [(row.notice_id, row.address_id, row.status, row.cause) for row in rows]

    return store.read_sync(read)


def _state(store: Store, email: str = ADA) -> str:
    its = select(Address).where(Address.email == email)
    return store.read_sync(lambda session: session.scalars(its).one().state)


def _move(store: Store, *, now: datetime) -> None:
    """Have Ada's mail go to another address from now on; it is the one after all others."""
    store.run_sync(address_requests.add, HOME, to=1, is_primary=True, by=None, now=now)


def _come_back(store: Store, day: int, to: str = ADA, *, now: datetime) -> None:
    """Have the digest of a day come back from an address, and weigh both of Ada's."""
    notice = _digest(store, day, to, now=now)
    at = now + day * DAY
    store.run_sync(letter_bounces.receive, notice.id, GONE, now=at)
    weigh_at = at + timedelta(hours=2)
    for mine in store.read_sync(address_requests.of_person, 1):
        address_id = mine.address_id
        store.run_sync(weighing.weigh_address, address_id, detail="", due_at=weigh_at, now=weigh_at)


def test_a_digest_that_came_back_is_kept_and_weighed_once(
    store: Store, ada: int, now: datetime
) -> None:
    notice = _digest(store, 0, now=now)

    for _ in range(2):
        store.run_sync(letter_bounces.receive, notice.id, GONE, now=now)

    assert _kept(store) == [(notice.id, 1, "5.1.1", Cause.GONE)]
    [step] = planned(store, "address.weigh")
    assert (step.object_id, step.due_at) == (1, now + timedelta(hours=2))


@pytest.mark.parametrize("report", [SPAM, LATE, FORWARDED])
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
    assert _state(store) == "deliverable"
    _come_back(store, 2, now=now)

    assert _state(store) == "probed"
    assert told(store, "address.probe") == [(ada, "mail")]

    store.run_sync(suppressions.come_back, 1, GONE, now=now + 3 * DAY)

    assert _state(store) == "suppressed"
    a_post(store, 1, a_mail("mona.vik@example.org", subject="Later"), now=now + 4 * DAY)
    assert store.run_sync(digests.make_due, now=now + 4 * DAY) == 0


def test_digests_that_arrive_speak_for_an_address(store: Store, ada: int, now: datetime) -> None:
    _come_back(store, 0, now=now)
    _come_back(store, 1, now=now)
    for day in (2, 3, 4):
        _digest(store, day, now=now)

    _come_back(store, 10, now=now)

    assert _state(store) == "deliverable"


def test_what_came_back_before_an_address_was_restored_no_longer_counts(
    store: Store, ada: int, now: datetime
) -> None:
    for day in range(3):
        _come_back(store, day, now=now)
    store.run_sync(suppressions.restore, 1, by=ada, now=now + 3 * DAY)

    _come_back(store, 4, now=now)

    assert _state(store) == "deliverable"


def test_a_letter_that_the_relay_refuses_has_come_back_unless_it_was_claimed_again(
    store: Store, ada: int, now: datetime
) -> None:
    for subject in ("Hello", "Lunch"):  # both wait: their author hears
        a_post(store, 1, a_mail(subject=subject), now=now)
    mine, others = notices(store)
    words = "550 5.1.1 User unknown"
    outcomes = [
        Outcome(row_id=one.id, fence=fence, state=Work.FAILED, words=words, sent_to=ADA)
        for one, fence in ((mine, mine.claims), (others, others.claims + 1))
    ]

    store.run_sync(suppressions.settle_notices, outcomes, now=now)

    assert [notice_id for notice_id, *_ in _kept(store)] == [mine.id]


def test_a_letter_comes_back_from_where_it_went_though_its_reader_has_moved(
    store: Store, ada: int, now: datetime
) -> None:
    for day in range(2):
        _come_back(store, day, now=now)
    third = _digest(store, 2, now=now)
    _move(store, now=now + 2 * DAY)

    store.run_sync(letter_bounces.receive, third.id, GONE, now=now + 3 * DAY)
    for address_id in (1, 3):
        at = now + 3 * DAY
        store.run_sync(weighing.weigh_address, address_id, detail="", due_at=at, now=at)

    assert [address_id for _, address_id, *_ in _kept(store)] == [1, 1, 1]
    assert (_state(store), _state(store, HOME)) == ("deliverable", "deliverable")
    assert told(store, "address.probe") == []  # nothing goes to the old one any more


def test_what_one_address_took_does_not_speak_for_another(
    store: Store, ada: int, now: datetime
) -> None:
    _move(store, now=now)
    for day in range(2):
        _come_back(store, day, HOME, now=now)
    store.run_sync(address_requests.make_primary, 1, by=ada, now=now + 2 * DAY)
    for day in (2, 3, 4):
        _digest(store, day, now=now)
    store.run_sync(address_requests.make_primary, 3, by=ada, now=now + 5 * DAY)

    _come_back(store, 10, HOME, now=now)

    assert (_state(store), _state(store, HOME)) == ("deliverable", "probed")


def test_who_mistypes_a_further_address_does_not_lose_the_first(
    store: Store, ada: int, now: datetime
) -> None:
    store.run_sync(address_requests.ask, 0, email="ada@hme.example", by=ada, now=now)
    asked = notices(store, "address_request.confirm")[-1]
    words, fence = "550 5.1.1 User unknown", asked.claims
    refused = Outcome(asked.id, fence, Work.FAILED, words, sent_to="ada@hme.example")

    store.run_sync(suppressions.settle_notices, [refused], now=now)

    assert (_kept(store), planned(store, "address.weigh")) == ([], [])


def test_a_report_that_overtakes_its_letters_settlement_is_kept_and_one_of_old_is_not(
    store: Store, ada: int, now: datetime
) -> None:
    a_post(store, 1, a_mail("mona.vik@example.org", subject="Lunch"), now=now)
    store.run_sync(digests.make_due, now=now)
    notice = notices(store, "digest.publish")[-1]

    store.run_sync(letter_bounces.receive, notice.id, GONE, now=now)
    kept = _kept(store)
    unknown = Outcome(row_id=notice.id, fence=notice.claims, state=Work.DONE)
    store.run_sync(suppressions.settle_notices, [unknown], now=now)
    store.run_sync(lambda session: session.execute(delete(LetterBounce)))
    store.run_sync(letter_bounces.receive, notice.id, GONE, now=now)

    assert kept == [(notice.id, 1, "5.1.1", Cause.GONE)]
    assert _kept(store) == []


@pytest.mark.parametrize(("dead", "probed"), [(10, 0), (3, 3)])
def test_digests_that_come_back_from_most_readers_are_nobodys_fault(
    store: Store, now: datetime, dead: int, probed: int
) -> None:
    """A relay that knows nobody for some days is at fault, and not ten addresses at once."""
    readers = [a_person(store, f"Reader {letter}") for letter in "ABCDEFGHIJ"]
    a_list(store, *readers)
    a_moderator(store)
    for reader in readers:
        store.run_sync(deliveries.choose(Mode.DAILY), 1, by=reader, now=now)

    for day in range(4):
        at = now + day * DAY
        a_post(store, 1, a_mail("mona.vik@example.org", subject=f"Day {day}"), now=at)
        store.run_sync(digests.make_due, now=at)
        for notice in notices(store, "digest.publish"):
            if notice.state == Work.DUE:
                to = f"reader.{'abcdefghij'[readers.index(notice.person_id)]}@example.org"
                taken = Outcome(row_id=notice.id, fence=0, state=Work.DONE, sent_to=to)
                store.run_sync(suppressions.settle_notices, [taken], now=at)
                if notice.person_id in readers[:dead]:
                    store.run_sync(letter_bounces.receive, notice.id, GONE, now=at)
        for step in planned(store, "address.weigh"):
            number = step.object_id
            store.run_sync(weighing.weigh_address, number, detail="", due_at=at, now=at)

    assert len(told(store, "address.probe")) == probed
