"""Each answer of Slack to a notice: done, once more later, or never."""

import asyncio
from dataclasses import replace

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sender import SlackSender
from bot.writing import PERMANENT
from community.outbox import Channel, Notice
from community.people import Reader
from community.setbacks import Undelivered
from letters.letter import Letter
from sandbox.records import Member
from tests.bot.conftest import Stage
from tests.bot.reading import words

pytestmark = pytest.mark.anyio

LETTER = Letter(
    language="en", subject="Lunch & <!channel>", paragraphs=("At noon.",), why="You asked."
)


def notice(replaces_id: int | None = None) -> Notice:
    return Notice(
        id=7, kind="meetup.propose", object_id=1, channel=Channel.SLACK, replaces_id=replaces_id
    )


def reader(slack_id: str | None) -> Reader:
    return Reader(
        person_id=1,
        name="Ada Holm",
        language="en",
        email="ada.holm@example.org",
        slack_id=slack_id,
        roles=frozenset(),
        fields=(),
    )


@pytest.fixture
def ada(stage: Stage) -> Member:
    return stage.workspace.add_member("ada", "Ada Holm")


@pytest.fixture
def sender(stage: Stage) -> SlackSender:
    return SlackSender(stage.chat.client, stage.clock)


async def failure(
    sender: SlackSender, to: Reader, of: Notice | None = None, replaces: str | None = None
) -> Undelivered:
    with pytest.raises(Undelivered) as caught:
        await sender.send(of or notice(), to, LETTER, replaces=replaces)
    return caught.value


async def test_send_posts_to_the_person_and_returns_where(
    stage: Stage, sender: SlackSender, ada: Member
) -> None:
    reference = await sender.send(notice(), reader(ada.id), LETTER)
    await sender.send(notice(), reader(ada.id), LETTER)

    message = stage.workspace.messages(ada.id)[0]
    assert reference == f"{message.channel}:{message.ts}"
    assert words(message) == ["Lunch & <!channel>", "At noon.", "You asked."]
    assert message.text == "Lunch &amp; &lt;!channel&gt;\nAt noon."
    called = [call.method for call in stage.workspace.calls]
    assert called.count("conversations.open") == 1
    posted = next(call for call in stage.workspace.calls if call.method == "chat.postMessage")
    quiet = ("link_names", "unfurl_links", "unfurl_media", "mrkdwn")
    assert [posted.flag(name) for name in quiet] == [False] * 4
    assert posted.text("parse") == "none"


async def test_send_brings_an_earlier_message_up_to_date(
    stage: Stage, sender: SlackSender, ada: Member
) -> None:
    reference = await sender.send(notice(), reader(ada.id), LETTER)
    later = replace(LETTER, subject="Over")

    again = await sender.send(notice(7), reader(ada.id), later, replaces=reference)

    assert again == reference
    assert [words(one)[0] for one in stage.workspace.messages(ada.id)] == ["Over"]


async def test_send_gives_up_when_trying_again_cannot_help(
    stage: Stage, sender: SlackSender, ada: Member
) -> None:
    for error in ("user_disabled", "messages_tab_disabled", "invalid_blocks"):
        stage.workspace.fail_next("chat.postMessage", error=error)
        failed = await failure(sender, reader(ada.id))

        assert (failed.permanent, failed.reason) == (True, f"{error}: {PERMANENT[error]}")


@pytest.mark.parametrize(
    ("error", "in_doubt"), [("internal_error", False), ("fatal_error", False), ("whatever", False)]
)
async def test_send_tries_again_what_may_come_right(
    stage: Stage, sender: SlackSender, ada: Member, error: str, in_doubt: bool
) -> None:
    stage.workspace.fail_next("chat.postMessage", error=error)

    failed = await failure(sender, reader(ada.id))

    assert (failed.permanent, failed.retry_after, failed.in_doubt) == (False, None, in_doubt)


async def test_send_waits_as_long_as_slack_asks(
    stage: Stage, sender: SlackSender, ada: Member
) -> None:
    stage.workspace.fail_next("chat.postMessage", status=429, retry_after=17)
    stage.workspace.fail_next("chat.postMessage", status=429)

    first = await failure(sender, reader(ada.id))
    stage.clock.move(seconds=17)
    second = await failure(sender, reader(ada.id))

    assert (first.permanent, first.retry_after) == (False, 17)
    assert (second.permanent, second.retry_after) == (False, 30)


async def test_send_is_in_doubt_when_slack_breaks(
    stage: Stage, sender: SlackSender, ada: Member
) -> None:
    stage.workspace.fail_next("chat.postMessage", status=503)

    failed = await failure(sender, reader(ada.id))

    assert (failed.permanent, failed.in_doubt) == (False, True)


async def test_send_reports_a_wrong_token_once(
    stage: Stage, sender: SlackSender, ada: Member, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(3):
        stage.workspace.fail_next("chat.postMessage", error="token_revoked")

    failures = [await failure(sender, reader(ada.id)) for _ in range(3)]

    assert [failed.permanent for failed in failures] == [False] * 3
    assert capsys.readouterr().out.count("slack.token") == 1


async def test_send_gives_up_on_who_is_gone(stage: Stage, sender: SlackSender) -> None:
    gone = stage.workspace.add_member("bo", "Bo Li", deleted=True)

    reasons = [(await failure(sender, reader(who))).reason for who in (gone.id, "U0", None)]

    assert reasons == [
        "user_disabled: the Slack account was deactivated",
        "user_not_found: nobody has this Slack user id in our workspace",
        "the person has no Slack user (any more)",
    ]


async def test_send_gives_up_on_a_message_that_is_not_there(
    sender: SlackSender, ada: Member
) -> None:
    never = await failure(sender, reader(ada.id), notice(6), None)
    gone = await failure(sender, reader(ada.id), notice(6), "D0:1.1")

    assert (never.permanent, never.reason) == (
        True,
        "the message to bring up to date was never posted",
    )
    assert (gone.permanent, gone.reason) == (True, "channel_not_found: the direct message is gone")


async def test_send_knows_that_slack_has_not_seen_what_never_arrived(stage: Stage) -> None:
    nowhere = AsyncWebClient(token="xoxb-1", base_url="http://127.0.0.1:9/", retry_handlers=[])
    sender = SlackSender(nowhere, stage.clock)

    failed = await failure(sender, reader("U1"))

    assert (failed.reason, failed.permanent, failed.in_doubt) == (
        "Slack cannot be reached",
        False,
        False,
    )


async def test_send_is_in_doubt_when_the_line_breaks(stage: Stage) -> None:
    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        client = AsyncWebClient(
            token="xoxb-1", base_url=f"http://127.0.0.1:{port}/", retry_handlers=[]
        )
        failed = await failure(SlackSender(client, stage.clock), reader("U1"))

    assert (failed.permanent, failed.in_doubt) == (False, True)
