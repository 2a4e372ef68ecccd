"""The two ways in: signed HTTP, and Socket Mode that comes again by itself."""

import asyncio
from urllib.parse import urlencode

import pytest
from slack_sdk.signature import Clock as MachineClock

from bot import app as bot_app
from bot.tokens import LastingToken
from community import meetups, people
from community.store import Store
from sandbox import payloads
from sandbox.payloads import Occasion
from sandbox.records import Json, Member
from sandbox.signing import signed
from sandbox.workspace import Workspace
from tests.bot.conftest import Hands, Stage, staged
from tests.bot.reading import words
from tests.builders import a_house, a_person

pytestmark = pytest.mark.anyio


@pytest.fixture
def ada(stage: Stage) -> Member:
    member = stage.workspace.add_member("ada", "Ada Holm", "ada.holm@example.org")
    a_person(stage.store, slack_id=member.id)
    return member


def typed(stage: Stage, member: Member, text: str) -> Json:
    place = stage.workspace.direct(member.id)
    occasion = Occasion(member=member, trigger_id="1.1", channel=place, response_url=None)
    return payloads.command(stage.workspace.memory, occasion, name="/postdoc", text=text)


async def test_http_takes_what_slack_signed(stage: Stage, ada: Member) -> None:
    headers, body = stage.workspace.signed_request(typed(stage, ada, "help"))

    status, _, said = await stage.chat.http(body.encode(), headers)

    assert (status, said) == (200, b"")


async def test_http_answers_the_challenge_of_the_request_url(stage: Stage) -> None:
    headers, body = stage.workspace.signed_request({"type": "url_verification", "challenge": "c"})

    status, _, said = await stage.chat.http(body.encode(), headers)

    assert (status, said) == (200, b'{"challenge": "c"}')


async def test_http_refuses_whatever_is_not_quite_slacks(stage: Stage, ada: Member) -> None:
    right, body = stage.workspace.signed_request(typed(stage, ada, "help"))
    raw = body.encode()
    old = signed(stage.workspace.signing_secret, body, at=int(MachineClock().now()) - 301)
    other = signed("another secret", body, at=int(MachineClock().now()))
    wrong: list[tuple[bytes, dict[str, str]]] = [
        (raw, {}),
        (raw, right | old),
        (raw, right | other),
        (raw + b"&text=other", right),
        (raw, right | {"X-Slack-Request-Timestamp": "9" * 5000}),
        (raw, right | {"X-Slack-Request-Timestamp": "²"}),
        (raw, right | {"X-Slack-Request-Timestamp": ""}),
        (raw, right | {"X-Slack-Signature": "v0=é"}),
        (raw, right | {"X-Slack-Signature": "v1=" + "0" * 64}),
        (b"\xff\xfe", right),
        (b"{", {**right, "Content-Type": "application/json"}),
    ]

    statuses = [(await stage.chat.http(body, headers))[0] for body, headers in wrong]

    assert statuses == [401] * len(wrong)


async def test_http_refuses_everything_without_a_secret(stage: Stage, ada: Member) -> None:
    chat = bot_app.build(stage.store, a_house(), stage.clock, token=LastingToken("xoxb-1"))
    body = urlencode({"command": "/postdoc", "text": ""})
    headers = signed("", body, at=int(MachineClock().now()))

    assert (await chat.http(body.encode(), headers))[0] == 401


async def test_http_says_400_to_what_is_signed_and_unreadable(stage: Stage) -> None:
    headers = signed(stage.workspace.signing_secret, "{", at=int(MachineClock().now()))
    headers["Content-Type"] = "application/json"

    assert (await stage.chat.http(b"{", headers))[0] == 400


async def test_an_event_that_we_did_not_ask_for_is_taken(stage: Stage) -> None:
    payload = payloads.event(stage.workspace.memory, {"type": "channel_created", "channel": {}})
    headers, body = stage.workspace.signed_request(payload)

    assert (await stage.chat.http(body.encode(), headers))[0] == 200


async def test_a_repeated_command_does_nothing_the_second_time(stage: Stage, ada: Member) -> None:
    payload = typed(stage, ada, "meetup Lunch | Hangaren | 2027-02-03 12:00")
    now = stage.clock.now()

    for _ in range(2):
        await stage.receive("slash_commands", payload)

    host = await stage.store.read(people.by_slack, ada.id)
    assert host is not None
    cards = await stage.store.read(meetups.upcoming, reader_id=host.id, now=now)
    assert [card.topic for card in cards] == ["Lunch"]


async def test_the_shortcut_opens_the_form(stage: Stage, ada: Member) -> None:
    reply = await stage.workspace.shortcut(ada.id, "meetup.propose")

    assert reply.modal is not None
    assert reply.modal.title == "Propose a meetup"


async def test_the_connection_comes_again_when_slack_ends_it(stage: Stage, ada: Member) -> None:
    await stage.workspace.disconnect()
    await stage.workspace.connected()

    reply = await stage.workspace.command(ada.id, "/postdoc", "help")

    assert words(reply.messages[0])[0] == "Samband: what you can do"


async def test_without_an_app_token_nothing_connects(sqlite_store: Store, hands: Hands) -> None:
    chat = bot_app.build(sqlite_store, a_house(), hands, token=LastingToken("xoxb-1"))

    before = asyncio.all_tasks()
    async with chat.connected():
        assert asyncio.all_tasks() == before


async def test_a_story_on_either_database(workspace: Workspace, store: Store, hands: Hands) -> None:
    async for stage in staged(workspace, store, hands):
        ada = workspace.add_member("ada", "Ada Holm", "ada.holm@example.org")
        bo = workspace.add_member("bo", "Bo Li", "bo.li@example.org")
        host = a_person(store, fields=("1.2",))
        a_person(store, "Bo Li", fields=("1.2",), language="nb", slack_id=bo.id)

        line = "meetup Lunch | Hangaren | 2027-02-03 12:00"
        await workspace.command(ada.id, "/postdoc", line)
        await stage.deliver()
        message = workspace.messages(bo.id)[0]
        await workspace.press(bo.id, message, "meetup.join")

        cards = await store.read(meetups.upcoming, reader_id=host, now=hands.now())
        assert [card.going for card in cards] == [("Ada Holm", "Bo Li")]
        await stage.deliver()
        assert words(workspace.messages(ada.id)[0])[0] == "Your meetup: Lunch"
