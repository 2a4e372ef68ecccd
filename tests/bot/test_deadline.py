"""When the service ends, nobody waits for a Slack that does not answer."""

import asyncio

import pytest

from bot.deadline import Deadline
from community.store import Store
from tests.bot.conftest import Hands
from tests.bot.recorded import Payload, a_chat, request
from tests.bot.slack_double import SlackDouble
from tests.builders import a_person

pytestmark = pytest.mark.anyio


async def test_what_waits_and_what_comes_later_ends_at_one_moment() -> None:
    deadline, begun = Deadline(), asyncio.Event()

    async def wait() -> None:
        async with deadline.kept():
            begun.set()
            await asyncio.Event().wait()

    first = asyncio.create_task(wait())
    await begun.wait()
    deadline.set(seconds=0)

    for waiting in (first, wait()):
        with pytest.raises(TimeoutError):
            await waiting


async def test_turns_and_notices_end_although_slack_is_silent(
    sqlite_store: Store, hands: Hands, slack: SlackDouble, capsys: pytest.CaptureFixture[str]
) -> None:
    a_person(sqlite_store, slack_id="U0ADA")
    chat = a_chat(sqlite_store, hands, slack, patience_seconds=0)
    typed = Payload(shape="command", given={"name": "/postdoc", "text": "help"})
    slack.answers.clear()

    async with chat.connected():
        answer = await chat.http(*request(typed.filled(1, url=slack.url, ids={})))
        notice = asyncio.create_task(chat.client.chat_postMessage(channel="D1", text="Hello"))
        await asyncio.sleep(0)
        chat.hurry()
    with pytest.raises(TimeoutError):
        await notice
    slack.answers.set()

    assert answer[0] == 200
    log = capsys.readouterr().out
    assert [
        log.count(event) for event in ("slack.unreached", "slack.silent", "slack.unfinished")
    ] == [
        1,
        1,
        0,
    ]
