"""U3: while the outbox is frozen nothing of it is claimed; a human releases it."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select

from community import channel_cards, freezes, home_views, marks, outbox, queues, steps
from community.errors import Refusal
from community.freezes import Freeze, MaybeSent
from community.home_views import HomeView
from community.outbox import Channel
from community.people import Person
from community.queues import Queue
from community.store import Session, Store
from tests.builders import a_list, a_mail, a_moderator, a_person, a_post

LEASE = timedelta(seconds=120)
LATER = timedelta(hours=1)


def _put(store: Store, now: datetime) -> int:
    """Have a post and a letter due by mail, and one by Slack; return the post's id."""
    ada, bo = a_person(store), a_person(store, "Bo Li", slack_id="U1")
    a_moderator(store)
    post = a_post(store, a_list(store, ada, bo), a_mail("mona.vik@example.org"), now=now)
    store.run_sync(outbox.put, "test.say", 1, ada, bo, now=now)
    return post


def _taken(store: Store, now: datetime) -> list[int]:
    """Claim everything as the service does; return how many rows came of each claim."""
    takes: tuple[Callable[..., Sequence[object]], ...] = (
        outbox.claim_deliveries,
        partial(outbox.claim_notices, channel=Channel.MAIL),
        partial(outbox.claim_notices, channel=Channel.SLACK),
    )
    claims = [
        store.run_sync(freezes.claim, partial(take, now=now, limit=10, lease=LEASE, by="a test"))
        for take in takes
    ]
    return [len(rows) for rows, _ in claims]


def _show_home_anew(store: Store, now: datetime) -> None:
    def act(session: Session) -> None:
        person_id = session.scalars(select(Person.id)).first()
        assert person_id is not None
        home_views.opened(session, person_id, now=now)
        home_views.mark(session, HomeView.person_id == person_id, at=now)

    store.run_sync(act)


def _freeze(store: Store, now: datetime) -> None:
    store.run_sync(freezes.freeze, why=freezes.ASKED, now=now)


def test_u3_nothing_is_claimed_while_it_is_frozen_and_everything_after(
    store: Store, now: datetime
) -> None:
    _put(store, now)
    _freeze(store, now)

    while_frozen = _taken(store, now + LATER)
    store.run_sync(freezes.release, by="kari", now=now + LATER)
    after = _taken(store, now + LATER)

    assert while_frozen == [0, 0, 0]
    assert all(after)


def test_u3_the_watch_wakes_only_steps_while_it_is_frozen(store: Store, now: datetime) -> None:
    _put(store, now)
    store.run_sync(steps.plan, "meetup.end", 1, due_at=now)
    store.run_sync(channel_cards.put, "post.hold", [1], "C1", now=now)
    _show_home_anew(store, now)
    before = store.read_sync(queues.due, now=now)

    _freeze(store, now)

    assert before == set(Queue)
    assert store.read_sync(queues.due, now=now) == {Queue.TIME}


def test_u3_what_was_due_is_counted_and_what_came_since_is_not(store: Store, now: datetime) -> None:
    post = _put(store, now)
    _freeze(store, now)
    cy = a_person(store, "Cy Dahl")
    store.run_sync(outbox.put, "test.say", 2, cy, now=now + LATER)

    frozen = store.read_sync(freezes.current)

    assert frozen is not None
    assert store.read_sync(freezes.maybe_sent, frozen) == [
        MaybeSent(what="post.deliver", about=f"post {post}", count=2),
        MaybeSent(what="test.say", about="", count=2),
    ]


def test_u3_a_freeze_keeps_when_why_and_by_whom(store: Store, now: datetime) -> None:
    for hours in (0, 2):
        _freeze(store, now + hours * LATER)
        store.run_sync(freezes.release, by="kari", now=now + (hours + 1) * LATER)

    rows = store.read_sync(lambda session: list(session.query(Freeze).order_by(Freeze.id)))

    assert [(row.since, row.why, row.released_at, row.released_by) for row in rows] == [
        (now, "asked", now + LATER, "kari"),
        (now + 2 * LATER, "asked", now + 3 * LATER, "kari"),
    ]


def test_u3_it_is_frozen_and_released_once(store: Store, now: datetime) -> None:
    with pytest.raises(Refusal, match="not frozen"):
        store.run_sync(freezes.release, by="kari", now=now)
    _freeze(store, now)

    with pytest.raises(Refusal, match="frozen already"):
        _freeze(store, now)


@pytest.mark.parametrize(
    ("kept", "own", "why"),
    [
        (0, 0, None),
        (None, 0, None),  # a new installation, or an upgrade
        (7, 7, None),
        (6, 7, None),  # a crash between the commit and the file
        (7, 6, "older"),
        (1, 0, "older"),  # a backup from before there were marks
        (None, 7, "unknown_place"),
    ],
)
def test_u3_a_database_behind_its_file_or_without_it_is_frozen(
    store: Store, now: datetime, kept: int | None, own: int, why: str | None
) -> None:
    if not store.is_sqlite:
        return  # has no mark
    if own:
        store.run_sync(marks.put_up, own)

    mark = store.run_sync(freezes.look_for_restore, kept, now=now)

    frozen = store.read_sync(freezes.current)
    assert mark == max(kept or 0, own) == store.read_sync(marks.current)
    assert (frozen and frozen.why) == why


def test_u3_a_restore_is_found_once_and_a_second_one_again(store: Store, now: datetime) -> None:
    if not store.is_sqlite:
        return  # has no mark
    store.run_sync(freezes.look_for_restore, 7, now=now)
    store.run_sync(freezes.look_for_restore, 9, now=now + LATER)  # it is frozen already
    frozen = store.read_sync(freezes.current)
    store.run_sync(freezes.release, by="kari", now=now)

    store.run_sync(freezes.look_for_restore, 9, now=now)
    after = store.read_sync(freezes.is_frozen)
    store.run_sync(freezes.look_for_restore, 10, now=now)

    assert frozen is not None
    assert frozen.since == now
    assert (after, store.read_sync(freezes.is_frozen)) == (False, True)


def test_u3_a_claim_raises_the_mark_on_sqlite_when_it_takes_something(
    store: Store, now: datetime
) -> None:
    def claim() -> int | None:
        take = partial(
            outbox.claim_notices,
            channel=Channel.MAIL,
            now=now,
            limit=1,
            lease=LEASE,
            by="a test",
        )
        return store.run_sync(freezes.claim, take)[1]

    person = a_person(store)

    raised = []
    for number in range(2):
        raised.append(claim())
        store.run_sync(outbox.put, "test.say", number, person, now=now)
        raised.append(claim())

    assert raised == ([None, 1, None, 2] if store.is_sqlite else [None] * 4)
