"""What can wait is pushed on while its reader wants quiet, is never lost, and goes once."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app import deliverers
from community import meetups, quiet_hours
from community.outbox import Channel, Notice
from community.people import Reader
from community.store import Store
from letters.letter import Letter
from sandbox.jumping import StillClock
from tests import builders

pytestmark = pytest.mark.anyio

HOUR = timedelta(hours=1)


def waiting(store: Store, kind: str) -> Sequence[tuple[str, datetime | None, str | None]]:
    query = select(Notice.state, Notice.next_at, Notice.last_error).where(
        Notice.kind == kind, Notice.channel == Channel.SLACK.value
    )
    return store.read_sync(lambda session: session.execute(query).all())


async def test_what_can_wait_waits_for_quiet_hours_and_for_slack(
    store: Store, now: datetime
) -> None:
    host = builders.a_person(store, "Bo Li", slack_id="U2", fields=("1.3",))
    ada = builders.a_person(store, slack_id="U1", fields=("1.3",))
    clock, sent = StillClock(now), list[str]()
    rests: dict[str | None, datetime] = {}

    async def send(notice: Notice, to: Reader, said: Letter, /, *, replaces: str | None) -> str:
        sent.append(f"{notice.kind} to {to.slack_id}")
        return "D1:1"

    async def resting(to: Reader) -> datetime | None:
        until = rests.get(to.slack_id)
        return until if until is not None and until > clock.now() else None

    slack = deliverers.notices(store, clock, builders.a_house(), Channel.SLACK, send, rests=resting)
    # Ada's hours begin at one; then she has Slack's own rest for an hour more.
    opens = now + 3 * HOUR
    store.run_sync(quiet_hours.choose, opens_hour=13, closes_hour=16, days="12345", by=ada, now=now)
    rests["U1"] = opens + HOUR
    meetup = builders.a_meetup(store, host, now=now)

    await slack.drain()
    assert waiting(store, "meetup.propose") == [
        ("due", opens, "these are this person’s quiet hours")
    ]
    clock.put_forward(opens)
    await slack.drain()
    assert waiting(store, "meetup.propose") == [
        ("due", opens + HOUR, "this person is not to be disturbed")
    ]
    clock.put_forward(opens + HOUR)
    await slack.drain()
    assert sent == ["meetup.propose to U1"]

    # What begins within a day comes at once, and so does a change of what stands there.
    rests["U1"] = rests["U2"] = opens + 9 * HOUR
    builders.a_meetup(store, host, topic="Tea", starts_at=opens + 5 * HOUR, now=clock.now())
    store.run_sync(meetups.cancel, meetup, by=host, now=clock.now())
    await slack.drain()
    assert sent[1:] == ["meetup.propose to U1"] * 2
