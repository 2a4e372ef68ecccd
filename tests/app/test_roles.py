"""The roles at work: everything due is done, and what a killed process held comes back."""

from datetime import datetime, timedelta
from functools import partial

import pytest

from app import roles, wiring
from community import outbox
from community.outbox import Channel
from community.store import Store
from config import loading
from config import settings as config
from sandbox.jumping import StillClock
from sandbox.mailbox import Sink, running
from tests.builders import NEXT_WEEK, a_meetup, a_person, notices, planned

pytestmark = pytest.mark.anyio


def _settings(store: Store, *, relay: int = 1) -> config.Settings:
    return loading.load(
        {
            "SAMBAND_DATABASE_URL": store.url,
            "SAMBAND_SECRET_KEY": "for tests, for tests, for tests, for tests",
            "SAMBAND_SMTP_RELAY": f"smtp://127.0.0.1:{relay}",
            "SAMBAND_DOMAIN": "lists.example.org",
        },
        env_file=None,
    )


async def test_work_through_does_all_that_is_due_and_then_nothing(
    store: Store, now: datetime
) -> None:
    ada = a_person(store)
    a_meetup(store, ada, now=now)
    clock = StillClock(now)
    sink = Sink(clock)
    async with running(sink) as port:
        parts = wiring.parts(_settings(store, relay=port), store, clock)
        await parts.scheduler.prepare()

        assert await roles.work_through(parts) >= 1
        assert await roles.work_through(parts) == 0
        assert len(sink.mails("ada.holm@example.org")) == 1

        clock.put_forward(NEXT_WEEK + timedelta(hours=2))
        await roles.work_through(parts)
        assert {step.state for step in planned(store, "meetup.end")} == {"done"}
        await parts.relay.aclose()


async def test_without_slack_settings_there_is_no_chat(store: Store, now: datetime) -> None:
    assert wiring.parts(_settings(store), store, StillClock(now)).chat is None


async def test_what_a_killed_process_had_claimed_is_due_again(store: Store, now: datetime) -> None:
    a_meetup(store, a_person(store), now=now)
    claim = partial(outbox.claim_notices, channel=Channel.MAIL)
    store.run_sync(claim, now=now, limit=9, lease=timedelta(minutes=2), by="killed")

    await roles.give_back(store, now)

    assert [(row.next_at, row.claimed_by) for row in notices(store)] == [(now, None)]
