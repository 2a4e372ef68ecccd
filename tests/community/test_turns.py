"""Claims in which every post has its turn, and the first moment at which one may be claimed."""

from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import update

from community import due, outbox
from community.due import Outcome, Work
from community.outbox import Delivery
from community.parcels import Parcel
from community.store import Session, Store
from tests.builders import a_list, a_mail, a_moderator, a_person, a_post

LEASE = timedelta(minutes=2)


def _claim(store: Store, now: datetime, *, limit: int) -> list[Parcel]:
    return store.run_sync(outbox.claim_deliveries, now=now, limit=limit, lease=LEASE, by="one")


def _posts(store: Store, now: datetime, *sizes: int) -> list[int]:
    """Have a post on its way to so many readers each, one second after the other."""
    a_moderator(store)
    readers = [a_person(store, f"Reader {n}") for n in range(max(sizes))]
    posts = []
    for n, size in enumerate(sizes):
        list_id = a_list(store, *readers[:size], address=f"list{n}@lists.example.org")
        mail = a_mail("mona.vik@example.org", subject=f"Subject {n}")
        posts.append(a_post(store, list_id, mail, now=now + timedelta(seconds=n)))
    return posts


def test_a_small_post_is_in_the_next_claim_however_long_the_line(
    store: Store, now: datetime
) -> None:
    large, other, small = _posts(store, now, 12, 12, 2)
    later = now + timedelta(minutes=10)

    first, second = _claim(store, later, limit=9), _claim(store, later, limit=9)

    assert Counter(row.post_id for row in first) == {large: 3, other: 3, small: 2}
    assert [row.post_id for row in first[:2]] == [small, small]
    assert Counter(row.post_id for row in second) == {large: 4, other: 4}
    assert not {row.id for row in first} & {row.id for row in second}


def test_of_more_posts_than_rows_those_that_waited_longest_come_first(
    store: Store, now: datetime
) -> None:
    posts = _posts(store, now, 2, 2, 2)

    rows = _claim(store, now + timedelta(minutes=10), limit=2)

    assert [row.post_id for row in rows] == posts[:2]


def test_what_is_settled_leased_or_not_yet_due_has_no_turn(store: Store, now: datetime) -> None:
    first, second = _posts(store, now, 2, 2)
    taken = _claim(store, now, limit=10)
    done = Outcome(row_id=taken[0].id, fence=taken[0].claims, state=Work.DONE)
    store.run_sync(outbox.settle_deliveries, [done], now=now)

    assert [row.post_id for row in taken] == [first, first]
    assert _claim(store, now, limit=10) == []
    assert [row.post_id for row in _claim(store, now + timedelta(seconds=1), limit=10)] == [
        second,
        second,
    ]
    assert [row.id for row in _claim(store, now + LEASE, limit=10)] == [taken[1].id]


def test_the_first_moment_is_that_of_the_row_that_comes_first(store: Store, now: datetime) -> None:
    assert store.read_sync(outbox.next_delivery_at) is None

    _posts(store, now, 2, 1)
    assert store.read_sync(outbox.next_delivery_at) == now

    def later(session: Session) -> None:
        session.execute(update(Delivery).values(next_at=now + timedelta(hours=1)))
        due.cancel(session, Delivery, Delivery.post_id == 2, now=now, why="withdrawn")

    store.run_sync(later)
    assert store.read_sync(outbox.next_delivery_at) == now + timedelta(hours=1)
