"""Letters written ahead: those of a claim, once, for a moment, and none that may have to wait."""

from datetime import datetime, timedelta

import pytest

from app.ahead import GOOD_FOR, Ahead
from community import quiet_hours
from community.outbox import Notice
from community.store import Store
from sandbox.jumping import StillClock
from tests.builders import a_house, a_list, a_mail, a_meetup, a_person, a_post

pytestmark = pytest.mark.anyio


def a_claimed(
    number: int, about: tuple[str, int, int], *, now: datetime, claims: int = 1
) -> Notice:
    kind, object_id, person_id = about
    row = {"object_id": object_id, "person_id": person_id, "detail": "", "channel": "mail"}
    return Notice(id=number, kind=kind, claims=claims, attempts=0, due_at=now, **row)


async def test_a_letter_is_given_once_for_its_claim_and_for_a_moment(
    store: Store, now: datetime
) -> None:
    ada = a_person(store)
    wait = ("post.wait", a_post(store, a_list(store, ada), a_mail(), now=now), ada)
    first, second, gone = (
        a_claimed(number, about, now=now)
        for number, about in enumerate([wait, wait, ("post.wait", 999, ada)])
    )
    clock = StillClock(now)
    ahead = Ahead(store, clock, a_house())

    await ahead.write([first, second, gone])

    assert ahead.take(a_claimed(0, wait, now=now, claims=2)) is None
    taken = ahead.take(first)
    assert taken is not None
    assert taken[0].person_id == ada
    assert ahead.take(first) is None
    assert ahead.take(gone) is None
    clock.put_forward(now + GOOD_FOR + timedelta(milliseconds=1))
    assert ahead.take(second) is None


async def test_what_may_have_killed_a_process_or_has_to_wait_is_not_written_ahead(
    store: Store, now: datetime
) -> None:
    ada, bo, cy = a_person(store), a_person(store, "Bo Li"), a_person(store, "Cy Ek")
    meetup = a_meetup(store, ada)
    store.run_sync(quiet_hours.choose, opens_hour=9, closes_hour=14, days="5", by=bo, now=now)
    post_id = a_post(store, a_list(store, ada, bo), a_mail(), now=now)
    hold = ("post.hold", post_id, ada)
    pushed = a_claimed(7, ("post.hold", post_id, ada), now=now)
    pushed.replaces_id = 1
    rows = [
        a_claimed(1, hold, now=now),
        a_claimed(2, ("post.hold", post_id, bo), now=now),
        a_claimed(3, ("meetup.propose", meetup, cy), now=now),
        a_claimed(4, ("meetup.propose", meetup, bo), now=now),
        a_claimed(5, hold, now=now, claims=3),
        pushed,
    ]
    ahead = Ahead(store, StillClock(now), a_house())

    await ahead.write(rows)

    assert [row.id for row in rows if ahead.take(row) is not None] == [1, 2, 3]


async def test_one_alone_is_asked_for_in_its_turn(store: Store, now: datetime) -> None:
    ada = a_person(store)
    wait = ("post.wait", a_post(store, a_list(store, ada), a_mail(), now=now), ada)
    row, ahead = a_claimed(1, wait, now=now), Ahead(store, StillClock(now), a_house())

    await ahead.write([row])

    assert ahead.take(row) is None


async def test_a_fault_in_one_letter_leaves_all_to_their_turns(store: Store, now: datetime) -> None:
    ada = a_person(store)
    wait = ("post.wait", a_post(store, a_list(store, ada), a_mail(), now=now), ada)
    rows = [a_claimed(1, wait, now=now), a_claimed(2, ("no.such", 1, ada), now=now)]
    ahead = Ahead(store, StillClock(now), a_house())

    await ahead.write(rows)

    assert [ahead.take(row) for row in rows] == [None, None]
