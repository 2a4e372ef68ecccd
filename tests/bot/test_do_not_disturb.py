"""What Slack says of who wants to be left alone, and what is made of it."""

from datetime import datetime, timedelta

import pytest

from bot.blocks.kit import Json
from bot.do_not_disturb import DoNotDisturb, ends_at
from sandbox.records import Member
from tests.bot.conftest import Stage
from tests.bot.test_sender import reader

pytestmark = pytest.mark.anyio

HOUR = timedelta(hours=1)


def asked(stage: Stage) -> int:
    return sum(call.method == "dnd.info" for call in stage.workspace.calls)


def resting(member: Member, starts: datetime, ends: datetime) -> None:
    member.dnd_starts, member.dnd_ends = int(starts.timestamp()), int(ends.timestamp())


async def test_who_rests_is_left_alone_until_the_end(stage: Stage, now: datetime) -> None:
    ada, bo = (stage.workspace.add_member(name, name) for name in ("ada", "bo"))
    resting(ada, now - HOUR, now + 2 * HOUR)
    resting(bo, now + HOUR, now + 2 * HOUR)
    quiet = DoNotDisturb(stage.chat.client, stage.clock)

    assert await quiet.until(reader(ada.id)) == now + 2 * HOUR
    assert await quiet.until(reader(bo.id)) is None
    assert await quiet.until(reader(None)) is None

    # What Slack said is kept for a while, and not longer.
    stage.clock.move(minutes=4)
    assert await quiet.until(reader(ada.id)) == now + 2 * HOUR
    assert asked(stage) == 2
    ada.dnd_starts = ada.dnd_ends = 0
    stage.clock.move(minutes=2)
    assert await quiet.until(reader(ada.id)) is None
    assert asked(stage) == 3


async def test_when_slack_cannot_say_messages_go(stage: Stage, now: datetime) -> None:
    members = [stage.workspace.add_member(name, name) for name in ("ada", "bo", "cleo", "dag")]
    for member in members:
        resting(member, now - HOUR, now + HOUR)
    quiet = DoNotDisturb(stage.chat.client, stage.clock)

    # Without the scope it is not asked again for an hour; when Slack wants us to wait, so long.
    stage.workspace.fail_next("dnd.info", error="missing_scope")
    assert [await quiet.until(reader(member.id)) for member in members[:2]] == [None, None]
    assert asked(stage) == 1
    stage.clock.move(minutes=61)
    stage.workspace.fail_next("dnd.info", status=429, retry_after=20)
    assert [await quiet.until(reader(member.id)) for member in members[:2]] == [None, None]
    assert asked(stage) == 2
    stage.clock.move(seconds=21)
    stage.workspace.fail_next("dnd.info", status=500)
    assert await quiet.until(reader(members[2].id)) is None
    assert await quiet.until(reader(members[3].id)) is None  # over by now
    assert asked(stage) == 4


def test_ends_at_reads_what_slack_may_answer(now: datetime) -> None:
    at = int(now.timestamp())
    schedule: Json = {"dnd_enabled": True, "next_dnd_start_ts": at, "next_dnd_end_ts": at + 60}

    assert ends_at({}, now) is None
    assert (
        ends_at({"dnd_enabled": False} | {"next_dnd_start_ts": 1, "next_dnd_end_ts": 1}, now)
        is None
    )
    assert ends_at(schedule, now) == now + timedelta(seconds=60)
    assert ends_at(schedule | {"next_dnd_end_ts": at}, now) is None
    assert ends_at(schedule | {"next_dnd_start_ts": "x"}, now) is None
    paused = {"snooze_enabled": True, "snooze_endtime": at + 90}
    assert ends_at(schedule | paused, now) == now + timedelta(seconds=90)
    assert ends_at(paused | {"snooze_endtime": at}, now) is None
