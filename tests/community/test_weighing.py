"""Which address is asked whether it works, and when nobody is blamed."""

from datetime import datetime, timedelta

import pytest

from community import bounces, subscriptions, suppressions, weighing
from community.causes import Report
from community.due import Outcome, Work
from community.people import Address
from community.store import Store
from tests.builders import (
    a_coordinator,
    a_list,
    a_mail,
    a_moderator,
    a_person,
    a_post,
    deliveries,
    planned,
    told,
)

DAY = timedelta(days=1)
GONE = Report(action="failed", status="5.1.1", diagnostic="550 5.1.1 User unknown")
FULL = Report(action="failed", status="5.2.2", diagnostic="mailbox full")
SPAM = Report(action="failed", status="5.7.1", diagnostic="554 5.7.1 spam")


@pytest.fixture
def readers(store: Store) -> list[int]:
    """Give ten readers of the list, the moderator who writes to it last; and a coordinator."""
    people = [a_person(store, f"Reader {letter}") for letter in "ABCDEFGHI"]
    people.append(a_moderator(store))
    a_list(store, *people)
    a_coordinator(store)
    return people


def post_and_settle(store: Store, subject: str, *, now: datetime) -> dict[int, int]:
    """Send a post, which the relay takes for everybody; return the delivery of each person."""
    post = a_post(store, 1, a_mail("mona.vik@example.org", subject=subject), now=now)
    rows = deliveries(store, post)
    taken = [Outcome(row_id=row.id, fence=row.claims, state=Work.DONE) for row in rows]
    store.run_sync(bounces.settle, taken, now=now)
    return {row.person_id: row.id for row in rows}


def come_back(
    store: Store, subject: str, report: Report, *who: int, now: datetime, weigh: bool = True
) -> int:
    """Send a post that comes back from these people, and have it weighed; return its id."""
    sent = post_and_settle(store, subject, now=now)
    for person in who:
        store.run_sync(bounces.receive, sent[person], report, now=now)
    post = int(planned(store, "post.weigh")[-1].object_id) if who else 0
    if weigh and who:
        at = now + timedelta(hours=2)
        store.run_sync(weighing.weigh, post, detail="", due_at=at, now=at)
    return post


def state(store: Store, person: int) -> str:
    address = store.read_sync(
        lambda session: session.query(Address).filter_by(person_id=person).one()
    )
    return address.state


def test_an_address_is_probed_at_the_third_day(
    store: Store, now: datetime, readers: list[int]
) -> None:
    ada = readers[0]

    for day in range(2):
        come_back(store, f"Day {day}", GONE, ada, now=now + day * DAY)
    assert state(store, ada) == "deliverable"
    come_back(store, "Day 2", GONE, ada, now=now + 2 * DAY)

    assert [state(store, person) for person in readers[:2]] == ["probed", "deliverable"]
    assert told(store, "address.probe") == [(ada, "mail")]
    assert [step.due_at for step in planned(store, "address.clear")] == [
        now + 2 * DAY + timedelta(hours=2) + suppressions.PROBE_WAIT
    ]
    [card] = store.read_sync(suppressions.in_doubt, reader_id=None)
    assert (card.status, card.diagnostic) == ("5.1.1", "550 5.1.1 User unknown")


def test_three_on_one_day_are_one(store: Store, now: datetime, readers: list[int]) -> None:
    for number in range(3):
        come_back(store, f"Post {number}", GONE, readers[0], now=now)

    assert state(store, readers[0]) == "deliverable"


@pytest.mark.parametrize(("report", "many"), [(GONE, 6), (FULL, 3), (SPAM, 3)])
def test_a_post_that_many_refuse_hurts_nobody_and_coordinators_hear_once(
    store: Store, now: datetime, readers: list[int], report: Report, many: int
) -> None:
    kari = readers[-1] + 1
    for day in range(4):
        come_back(store, f"Day {day}", report, *readers[:many], now=now + day * DAY)
    refused = planned(store, "post.weigh")[-1].object_id
    at = now + 4 * DAY
    store.run_sync(weighing.weigh, refused, detail="", due_at=at, now=at)

    assert {state(store, person) for person in readers} == {"deliverable"}
    assert told(store, "post.refuse") == [(kari, "mail")] * 4  # one for each of the four posts


def test_many_dead_addresses_are_asked_where_their_host_takes_the_post_for_others(
    store: Store, now: datetime, readers: list[int]
) -> None:
    for day in range(3):
        come_back(store, f"Day {day}", GONE, *readers[:3], now=now + day * DAY)

    probed = [person for person in readers if state(store, person) == "probed"]
    assert probed == readers[:3]
    assert told(store, "post.refuse") == []


def test_a_host_that_knows_none_of_its_readers_hurts_nobody(
    store: Store, now: datetime, readers: list[int]
) -> None:
    elsewhere = [a_person(store, f"Far {n}", email=f"far{n}@example.net") for n in range(3)]
    store.run_sync(subscriptions.subscribe, 1, elsewhere, by=None, now=now)

    for day in range(4):
        come_back(store, f"Day {day}", GONE, *elsewhere, now=now + day * DAY)

    assert {state(store, person) for person in elsewhere} == {"deliverable"}
    assert len(told(store, "post.refuse")) == 4


def test_bounces_of_a_refused_post_do_not_count_with_those_of_others(
    store: Store, now: datetime, readers: list[int]
) -> None:
    ada = readers[0]
    come_back(store, "Day 0", GONE, ada, now=now)
    come_back(store, "Refused", GONE, *readers[:6], now=now + DAY)
    come_back(store, "Day 2", GONE, ada, now=now + 2 * DAY)

    assert state(store, ada) == "deliverable"


def test_a_refusal_that_shows_only_later_still_counts_for_nobody(
    store: Store, now: datetime, readers: list[int]
) -> None:
    ada = readers[0]
    for day in range(2):
        come_back(store, f"Day {day}", GONE, ada, now=now + day * DAY)
    sent = post_and_settle(store, "Slow", now=now + 2 * DAY)
    for person in readers[:6]:  # the others' reports come half an hour after the first
        store.run_sync(bounces.receive, sent[person], GONE, now=now + 2 * DAY)
    post = planned(store, "post.weigh")[-1].object_id
    at = now + 2 * DAY + timedelta(hours=2)

    store.run_sync(weighing.weigh, post, detail="", due_at=at, now=at)

    assert state(store, ada) == "deliverable"


def test_content_refusals_never_weigh(store: Store, now: datetime, readers: list[int]) -> None:
    for day in range(10):
        come_back(store, f"Day {day}", SPAM, readers[0], now=now + day * DAY)

    assert state(store, readers[0]) == "deliverable"


def test_a_mailbox_that_comes_and_goes_is_left_alone(
    store: Store, now: datetime, readers: list[int]
) -> None:
    for week in range(8):
        come_back(store, f"Full {week}", GONE, readers[0], now=now + week * 7 * DAY)
        post_and_settle(store, f"Good {week}", now=now + week * 7 * DAY + DAY)

    assert state(store, readers[0]) == "deliverable"


def test_what_came_before_an_address_was_put_back_no_longer_counts(
    store: Store, now: datetime, readers: list[int]
) -> None:
    ada = readers[0]
    for day in range(3):
        come_back(store, f"Day {day}", GONE, ada, now=now + day * DAY)
    [card] = store.read_sync(suppressions.in_doubt, reader_id=None)
    store.run_sync(suppressions.restore, card.address_id, by=ada, now=now + 3 * DAY)

    come_back(store, "Day 4", GONE, ada, now=now + 4 * DAY)
    come_back(store, "Day 5", FULL, ada, now=now + 5 * DAY)

    assert state(store, ada) == "deliverable"


def test_a_probed_address_is_not_probed_twice(
    store: Store, now: datetime, readers: list[int]
) -> None:
    for day in range(5):
        come_back(store, f"Day {day}", GONE, readers[0], now=now + day * DAY)

    assert told(store, "address.probe") == [(readers[0], "mail")]
