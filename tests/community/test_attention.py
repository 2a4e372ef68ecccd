"""What coordinators should look at: what is due today and this week, what is stuck and why."""

from datetime import datetime, timedelta

import pytest

from community import attention, bounces, expectations, freezes, meetings, outbox, steps
from community.due import Outcome, Work
from community.outbox import Channel
from community.people import Role
from community.store import Session, Store
from tests.builders import (
    EARLIER,
    a_coordinator,
    a_list,
    a_mail,
    a_moderator,
    a_person,
    a_post,
    deliveries,
)

#: Working days before Monday 1 February 2027.
SIX = datetime(2027, 1, 22, 9, 0, tzinfo=EARLIER.tzinfo)


def test_pairs_without_a_meeting_are_slow_and_then_stuck(store: Store, now: datetime) -> None:
    kari, bo = a_coordinator(store), a_person(store, "Bo Li", roles=(Role.MENTOR,))
    since = {"Ada Holm": EARLIER, "Cai Moe": SIX, "Dag Ek": now, "Eva Ås": EARLIER}

    def pair(session: Session, postdoc: int, at: datetime) -> int:
        made = expectations.begin(session, postdoc_id=postdoc, mentor_id=bo, by=kari, now=at)
        return made.id

    pairs = {name: store.run_sync(pair, a_person(store, name), at) for name, at in since.items()}
    met = pairs["Eva Ås"]
    store.run_sync(meetings.book, met, starts_at=now + timedelta(days=1), by=bo, now=EARLIER)

    seen = store.read_sync(attention.needed, now=now)

    assert [(each.pair.postdoc_name, each.is_stuck) for each in seen.pairs] == [
        ("Ada Holm", True),
        ("Cai Moe", False),
    ]


def test_what_is_due_is_counted_for_today_and_until_sunday(store: Store, now: datetime) -> None:
    moments = {1: now, 2: now + timedelta(hours=13), 3: now + timedelta(days=5, hours=20)}
    moments |= {4: now + timedelta(days=7)}

    def plan(session: Session) -> None:
        for number, due_at in moments.items():
            steps.plan(session, "meetup.end", number, due_at=due_at)
        steps.push_on(session, 1, error="internal fault: KeyError", now=now)

    store.run_sync(plan)

    seen = store.read_sync(attention.needed, now=now)

    assert (seen.today, seen.week) == (2, 3)
    assert [(each.ref, each.last_error) for each in seen.stuck] == [
        ("step:1", "internal fault: KeyError")
    ]
    assert seen.stuck_count == 1


@pytest.mark.parametrize(
    ("hours", "outcome", "is_late"),
    [
        (2, None, True),  # nobody could try it
        (0, None, False),
        (2, Work.DONE, False),
        (2, Work.DUE, False),  # it was tried: that one mail is at fault
    ],
)
def test_mail_that_nobody_could_send_for_an_hour_is_seen(
    store: Store, now: datetime, hours: int, outcome: Work | None, *, is_late: bool
) -> None:
    a_list(store, a_moderator(store))
    post = a_post(store, 1, a_mail("mona.vik@example.org"), now=now)
    rows = deliveries(store, post) if outcome is not None else []
    settled = [
        Outcome(row_id=row.id, fence=row.claims, state=outcome or Work.DUE, again_at=now)
        for row in rows
    ]
    store.run_sync(bounces.settle, settled, now=now)

    seen = store.read_sync(attention.needed, now=now + timedelta(hours=hours))

    assert seen.waits_since == (now if is_late else None)


def test_what_is_kept_back_or_goes_to_slack_is_no_mail_that_nobody_could_send(
    store: Store, now: datetime
) -> None:
    kari = a_coordinator(store, slack_id="U1")
    later = now + timedelta(hours=2)

    def to_slack(session: Session) -> None:
        assert outbox.put(session, "pair.nudge", 1, kari, channel=Channel.SLACK, now=now) == 1

    store.run_sync(to_slack)
    assert store.read_sync(attention.needed, now=later).waits_since is None

    a_list(store, a_moderator(store))
    a_post(store, 1, a_mail("mona.vik@example.org"), now=now)
    assert store.read_sync(attention.needed, now=later).waits_since == now
    store.run_sync(freezes.freeze, why="restore", now=now)
    assert store.read_sync(attention.needed, now=later).waits_since is None
