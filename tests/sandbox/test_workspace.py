"""A Bolt app that knows nothing of the sandbox, and people who use it."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.forms import NoSuchElement
from sandbox.records import Json, Member
from sandbox.workspace import Workspace, running
from tests.sandbox.conftest import bolt_app, connected
from tests.sandbox.kit import actions, button, opened, plain
from tests.sandbox.town import Hands

pytestmark = pytest.mark.anyio


async def test_command_shows_the_ack_to_the_member_alone(workspace: Workspace, ada: Member) -> None:
    def register(app: AsyncApp) -> None:
        @app.command("/postdoc")
        async def answer(ack: AsyncAck, command: Json) -> None:
            await ack(text=f"You typed {command['text']} in {command['channel_name']}")

    async with connected(workspace, register):
        reply = await workspace.command(ada.id, "/postdoc", "meetup <3")

    assert reply.text == "You typed meetup &lt;3 in directmessage"
    assert reply.messages[0].only_for == ada.id
    assert workspace.messages(ada.id) == []


async def test_command_escapes_names_that_exist(
    workspace: Workspace, ada: Member, liv: Member
) -> None:
    room = workspace.add_channel("general", members=[ada.id, liv.id])
    seen = []

    def register(app: AsyncApp) -> None:
        @app.command("/postdoc")
        async def answer(ack: AsyncAck, command: Json) -> None:
            await ack()
            seen.append(command["text"])

    async with connected(workspace, register):
        await workspace.command(ada.id, "/postdoc", "ask @liv in #general @nobody", channel=room.id)

    assert seen == [f"ask <@{liv.id}|liv> in <#{room.id}|general> @nobody"]


async def test_press_brings_the_value_and_the_message_can_be_updated(
    workspace: Workspace, ada: Member
) -> None:
    pressed: list[tuple[str, str]] = []

    def register(app: AsyncApp) -> None:
        @app.action("meetup.join")
        async def join(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
            await ack()
            pressed.append((body["user"]["id"], body["actions"][0]["value"]))
            await client.chat_update(
                channel=body["channel"]["id"], ts=body["message"]["ts"], text="You come."
            )

    async with connected(workspace, register) as client:
        await client.chat_postMessage(
            channel=ada.id,
            text="Lunch?",
            blocks=[actions(button("meetup.join", "17")), actions(button("meetup.join", "18"))],
        )
        message = workspace.messages(ada.id)[0]
        reply = await workspace.press(ada.id, message, "meetup.join", value="18")

    assert pressed == [(ada.id, "18")]
    assert reply.text == "You come."
    assert [edit.text for edit in message.history] == ["Lunch?"]
    assert message.blocks == []


async def test_press_refuses_what_is_not_on_the_screen(workspace: Workspace, ada: Member) -> None:
    async with connected(workspace, lambda app: None) as client:
        await client.chat_postMessage(
            channel=ada.id, text="x", blocks=[actions(button("meetup.join", "17"))]
        )
        with pytest.raises(NoSuchElement):
            await workspace.press(ada.id, workspace.messages(ada.id)[0], "meetup.join", value="9")


async def test_choice_arrives_with_the_rest_of_the_state(workspace: Workspace, ada: Member) -> None:
    seen: list[Json] = []
    menu = {
        "type": "static_select",
        "action_id": "pace.choose",
        "options": [{"text": plain("Daily"), "value": "daily"}],
    }
    moment = {"type": "datetimepicker", "action_id": "moment", "initial_date_time": 1801652400}

    def register(app: AsyncApp) -> None:
        @app.action("pace.choose")
        async def choose(ack: AsyncAck, body: Json) -> None:
            await ack()
            seen.append(body)

    async with connected(workspace, register) as client:
        block = {"type": "actions", "block_id": "pace", "elements": [menu, moment]}
        await client.chat_postMessage(channel=ada.id, text="Pace", blocks=[block])
        message = workspace.messages(ada.id)[0]
        await workspace.press(ada.id, message, "pace.choose", selected="daily")

    assert seen[0]["actions"][0]["selected_option"]["value"] == "daily"
    assert seen[0]["state"]["values"]["pace"]["moment"]["selected_date_time"] == 1801652400


async def test_response_url_replaces_and_ends_after_five_uses(
    workspace: Workspace, ada: Member
) -> None:
    statuses: list[int] = []

    def register(app: AsyncApp) -> None:
        @app.command("/postdoc")
        async def start(ack: AsyncAck) -> None:
            await ack(text="Only you", blocks=[actions(button("go", "1"))])

        @app.action("go")
        async def go(ack: AsyncAck, respond: AsyncRespond, body: Json) -> None:
            await ack()
            await respond(text="first", replace_original=True)
            async with aiohttp.ClientSession() as session:
                for number in range(5):
                    said = {"text": f"more {number}"}
                    async with session.post(body["response_url"], json=said) as response:
                        statuses.append(response.status)

    async with connected(workspace, register):
        await workspace.command(ada.id, "/postdoc")
        await workspace.press(ada.id, workspace.ephemerals(ada.id)[0], "go")

    assert [message.text for message in workspace.ephemerals(ada.id)] == [
        "first",
        "more 0",
        "more 1",
        "more 2",
        "more 3",
    ]
    assert statuses == [200, 200, 200, 200, 404]


async def test_team_join_is_told_as_an_event(workspace: Workspace, ada: Member) -> None:
    joined: list[str] = []

    def register(app: AsyncApp) -> None:
        @app.event("team_join")
        async def join(event: Json) -> None:
            joined.append(event["user"]["profile"]["email"])

    async with connected(workspace, register):
        await workspace.join_team(ada.id)

    assert joined == ["ada@example.org"]


async def test_message_is_seen_by_people_and_not_told_to_the_app(
    workspace: Workspace, ada: Member, liv: Member
) -> None:
    room = workspace.add_channel("general", members=[ada.id, liv.id])

    workspace.say(ada.id, "#general", "@liv lunch <now>?")

    [message] = workspace.seen_by(liv.id)
    assert (message.channel, message.user) == (room.id, ada.id)
    assert message.text == f"<@{liv.id}|liv> lunch &lt;now&gt;?"
    assert workspace.envelopes.events == {}


async def test_shortcuts_reach_the_app(workspace: Workspace, ada: Member) -> None:
    used: list[str] = []

    def register(app: AsyncApp) -> None:
        @app.shortcut("ask")
        async def ask(ack: AsyncAck, shortcut: Json) -> None:
            await ack()
            used.append(shortcut["type"])

    async with connected(workspace, register) as client:
        await client.chat_postMessage(channel=ada.id, text="Lunch?")
        await workspace.shortcut(ada.id, "ask")
        await workspace.shortcut(ada.id, "ask", message=workspace.messages(ada.id)[0])

    assert used == ["shortcut", "message_action"]


async def test_member_is_told_when_the_app_is_too_slow(hands: Hands) -> None:
    workspace = Workspace(hands, ack_seconds=0.1, patience_seconds=0.05)
    ada = workspace.add_member("ada", "Ada Berg")
    late = asyncio.Event()

    def register(app: AsyncApp) -> None:
        @app.command("/postdoc")
        async def never(ack: AsyncAck) -> None:
            await late.wait()
            await ack()

    async with connected(workspace, register):
        reply = await workspace.command(ada.id, "/postdoc", "x")
        late.set()

    assert reply.error == "operation_timeout"
    assert reply.text == '/postdoc failed with the error "operation_timeout"'


async def test_app_comes_again_after_a_disconnect_and_a_dead_socket(
    workspace: Workspace, ada: Member
) -> None:
    def register(app: AsyncApp) -> None:
        @app.command("/postdoc")
        async def answer(ack: AsyncAck) -> None:
            await ack("here")

    async with connected(workspace, register):
        await workspace.disconnect("refresh_requested")
        await workspace.connected()
        first = await workspace.command(ada.id, "/postdoc", "")
        await workspace.drop_sockets()
        await workspace.connected()
        second = await workspace.command(ada.id, "/postdoc", "")

    assert (first.text, second.text) == ("here", "here")


def answering(app: AsyncApp, words: str) -> None:
    @app.command("/postdoc")
    async def answer(ack: AsyncAck) -> None:
        await ack(words)


async def test_each_envelope_goes_to_one_of_several_connections(
    workspace: Workspace, ada: Member
) -> None:
    async with running(workspace) as base_url:
        handlers = []
        for name in ("one", "two"):
            app = bolt_app(workspace, base_url)
            answering(app, name)
            handlers.append(AsyncSocketModeHandler(app, workspace.app_token))
        for handler in handlers:
            await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt's own
        await workspace.connected(2)
        replies = [await workspace.command(ada.id, "/postdoc", "") for _ in range(4)]
        for handler in handlers:
            await handler.close_async()  # type: ignore[no-untyped-call]  # Bolt's own

    assert [reply.text for reply in replies] == ["one", "two", "one", "two"]


async def test_event_can_come_twice(workspace: Workspace, ada: Member) -> None:
    seen: list[str] = []

    def register(app: AsyncApp) -> None:
        @app.event("team_join")
        async def join(body: Json) -> None:
            seen.append(body["event_id"])

    async with connected(workspace, register):
        await workspace.join_team(ada.id)
        await workspace.redeliver(seen[0])

    assert seen == [seen[0], seen[0]]


async def test_http_mode_checks_the_signature(workspace: Workspace, ada: Member) -> None:
    event = {"type": "team_join", "user": {"id": ada.id}}
    payload = {"type": "event_callback", "event_id": "Ev1", "team_id": "T1", "event": event}

    async with running(workspace) as base_url:
        app = bolt_app(workspace, base_url)

        @app.event("team_join")
        async def join() -> None:
            return

        headers, body = workspace.signed_request(payload)
        good = await app.async_dispatch(AsyncBoltRequest(body=body, headers={**headers}))
        forged = {**headers, "X-Slack-Signature": "v0=0"}
        bad = await app.async_dispatch(AsyncBoltRequest(body=body, headers={**forged}))

    assert (good.status, bad.status) == (200, 401)


async def test_http_mode_delivers_commands_when_a_request_url_is_set(
    workspace: Workspace, ada: Member
) -> None:
    async def door(request: web.Request) -> web.Response:
        asked = AsyncBoltRequest(body=await request.text(), headers=dict(request.headers))
        answer = await apps[0].async_dispatch(asked)
        return web.Response(status=answer.status, text=answer.body, content_type="application/json")

    apps: list[AsyncApp] = []
    async with running(workspace, routes=[web.post("/slack/events", door)]) as base_url:
        app = bolt_app(workspace, base_url)
        apps.append(app)

        @app.command("/postdoc")
        async def answer(ack: AsyncAck, command: Json) -> None:
            await ack({"text": f"You typed {command['text']}"})

        workspace.envelopes.request_url = f"{workspace.url}/slack/events"
        reply = await workspace.command(ada.id, "/postdoc", "a & b")

    assert reply.text == "You typed a &amp; b"


async def test_workspace_continues_where_it_was(
    workspace: Workspace, ada: Member, hands: Hands, client: AsyncWebClient
) -> None:
    await client.chat_postMessage(channel=ada.id, text="one")
    sent = await client.chat_postMessage(channel=ada.id, text="two")
    await client.chat_update(channel=sent["channel"], ts=sent["ts"], text="three")
    view = {"type": "home", "blocks": [{"type": "divider"}]}
    await client.views_publish(user_id=ada.id, view=view)

    again = Workspace.load(workspace.dump(), hands)

    assert again.dump() == workspace.dump()
    assert [message.text for message in again.messages(ada.id)] == ["one", "three"]
    assert again.memory.new_ts() > sent["ts"]
    assert opened(again.home(ada.id)).blocks[0]["type"] == "divider"


async def test_workspace_opens_what_an_older_sandbox_kept(
    workspace: Workspace, ada: Member, hands: Hands
) -> None:
    workspace.say(ada.id, None, "Lunch?")
    kept = workspace.dump()
    kept["messages"][0]["reactions"] = {"wave": [ada.id]}

    again = Workspace.load(kept, hands)

    assert again.dump() == workspace.dump()
