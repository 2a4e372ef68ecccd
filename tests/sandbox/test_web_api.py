"""Slack's Web API as an unmodified client meets it: answers, errors, pages, bad days."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.methods import SCOPES
from sandbox.records import Json, Member
from sandbox.web_api import METHODS, VIEW_METHODS
from sandbox.workspace import Workspace

pytestmark = pytest.mark.anyio

MODAL = {"type": "modal", "title": {"type": "plain_text", "text": "T"}, "blocks": []}
HOME = {"type": "home", "blocks": []}


def test_methods_are_those_that_the_bot_calls() -> None:
    # The sandbox's tokens never expire: nobody asks for the next.
    assert {*METHODS, *VIEW_METHODS} == set(SCOPES) - {"oauth.v2.access"}


async def error_of(client: AsyncWebClient, method: str, **arguments: Any) -> str:
    try:
        await client.api_call(method, json=arguments)
    except SlackApiError as refused:
        return str(refused.response["error"])
    return "none"


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [
        ("no.such", {}, "unknown_method"),
        ("apps.connections.open", {}, "not_allowed_token_type"),
        ("users.info", {}, "invalid_arguments"),
        ("users.info", {"user": "U0"}, "user_not_found"),
        ("bots.info", {"bot": "B0"}, "bot_not_found"),
        ("chat.postMessage", {"channel": "C0", "text": "x"}, "channel_not_found"),
        ("chat.postMessage", {"channel": "ADA"}, "no_text"),
        ("chat.postMessage", {"channel": "ADA", "text": "x" * 40_001}, "msg_too_long"),
        ("chat.postMessage", {"channel": "OUT", "text": "x"}, "not_in_channel"),
        ("chat.postMessage", {"channel": "GONE", "text": "x"}, "channel_not_found"),
        ("chat.postMessage", {"channel": "ADA", "blocks": [{"type": "x"}]}, "invalid_blocks"),
        ("chat.postMessage", {"channel": "ADA", "blocks": "[{"}, "invalid_blocks_format"),
        ("chat.update", {"channel": "IN", "ts": "1.0", "text": "x"}, "message_not_found"),
        ("chat.delete", {"channel": "IN", "ts": "1.0"}, "message_not_found"),
        ("conversations.open", {}, "users_list_not_supplied"),
        ("conversations.open", {"users": "U0"}, "user_not_found"),
        ("conversations.open", {"users": "GONE"}, "user_disabled"),
        ("conversations.open", {"users": "ADA,LIV"}, "missing_scope"),
        ("conversations.info", {"channel": "C0"}, "channel_not_found"),
        ("conversations.history", {"channel": "OUT"}, "not_in_channel"),
        ("views.open", {"trigger_id": "1.2.x", "view": MODAL}, "invalid_trigger_id"),
        ("views.open", {"trigger_id": "1.2.x", "view": HOME}, "invalid_arguments"),
        ("views.update", {"view_id": "V0", "view": MODAL}, "not_found"),
        ("views.publish", {"user_id": "U0", "view": HOME}, "user_not_found"),
        (
            "views.publish",
            {"user_id": "ADA", "view": {**HOME, "private_metadata": "x" * 250_000}},
            "view_too_large",
        ),
    ],
)
async def test_call_ends_in_the_documented_error(
    workspace: Workspace,
    ada: Member,
    liv: Member,
    client: AsyncWebClient,
    method: str,
    arguments: Json,
    error: str,
) -> None:
    gone = workspace.add_member("per", "Per Vik", deleted=True)
    inside = workspace.add_channel("in", members=[ada.id])
    outside = workspace.add_channel("out", members=[ada.id], bot=False)
    ids = {"ADA": ada.id, "LIV": liv.id, "GONE": gone.id, "IN": inside.id, "OUT": outside.id}
    given = {
        key: ids.get(value, value) if isinstance(value, str) else value
        for key, value in arguments.items()
    }

    assert await error_of(client, method, **given) == error


async def test_refused_blocks_come_with_messages(client: AsyncWebClient, ada: Member) -> None:
    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel=ada.id, text="x", blocks=[{"type": "header"}])

    assert refused.value.response["response_metadata"]["messages"] == [
        "[ERROR] must be a text object [json-pointer:/blocks/0/text]"
    ]


@pytest.mark.parametrize(
    ("token", "error"), [("", "not_authed"), ("Bearer xoxb-wrong", "invalid_auth")]
)
async def test_token_is_checked(
    workspace: Workspace, client: AsyncWebClient, token: str, error: str
) -> None:
    async with (
        aiohttp.ClientSession(headers={"Authorization": token}) as session,
        session.post(f"{client.base_url}auth.test") as response,
    ):
        assert await response.json() == {"ok": False, "error": error}


async def test_form_and_json_bodies_say_the_same(
    workspace: Workspace, client: AsyncWebClient, ada: Member
) -> None:
    blocks = '[{"type": "divider", "block_id": "line"}]'
    form = {"token": workspace.bot_token, "channel": ada.id, "text": "form", "blocks": blocks}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{client.base_url}chat.postMessage", data=form) as response,
    ):
        assert (await response.json())["ok"]

    await client.chat_postMessage(
        channel=ada.id, text="json", blocks=[{"type": "divider", "block_id": "line"}]
    )

    first, second = workspace.messages(ada.id)
    assert first.blocks == second.blocks == [{"type": "divider", "block_id": "line"}]


async def test_people_are_described(client: AsyncWebClient, ada: Member) -> None:
    who = await client.auth_test()
    by_id = await client.users_info(user=ada.id, include_locale=True)
    bot = await client.bots_info(bot=who["bot_id"])

    assert by_id["user"]["locale"] == "en-GB"
    assert by_id["user"]["tz"] == "Europe/Oslo"
    assert by_id["user"]["profile"]["email"] == "ada@example.org"
    assert bot["bot"]["user_id"] == who["user_id"]
    assert by_id["user"]["team_id"] == who["team_id"]


async def test_message_is_updated_and_deleted_and_history_shows_it(
    client: AsyncWebClient, ada: Member
) -> None:
    sent = await client.chat_postMessage(channel=ada.id, text="one", metadata=None)
    where = {"channel": sent["channel"], "ts": sent["ts"]}
    later = await client.chat_postMessage(channel=ada.id, text="two")
    await client.chat_update(**where, text="three")
    too_long = await error_of(client, "chat.update", **where, text="x" * 4001)
    before = await client.conversations_history(channel=sent["channel"])
    await client.chat_delete(channel=later["channel"], ts=later["ts"])
    after = await client.conversations_history(channel=sent["channel"])

    assert too_long == "msg_too_long"
    assert later["ts"] > sent["ts"]
    assert [message["text"] for message in before["messages"]] == ["two", "three"]
    assert [message["text"] for message in after["messages"]] == ["three"]


async def test_history_begins_after_oldest_and_has_metadata_where_asked(
    client: AsyncWebClient, ada: Member
) -> None:
    mark = {"event_type": "card", "event_payload": {"card": 1}}
    first = await client.chat_postMessage(channel=ada.id, text="one")
    for words in ("two", "three"):
        await client.chat_postMessage(channel=ada.id, text=words, metadata=mark)
    where, oldest = first["channel"], first["ts"]

    plain = await client.conversations_history(channel=where, oldest=oldest)
    marked = await client.conversations_history(
        channel=where, oldest=oldest, limit=1, include_all_metadata=True
    )

    assert [(one["text"], one.get("metadata")) for one in plain["messages"]] == [
        ("three", None),
        ("two", None),
    ]
    assert [(one["text"], one["metadata"]) for one in marked["messages"]] == [("three", mark)]
    assert (plain["has_more"], marked["has_more"]) == (False, True)


async def test_view_update_with_an_old_hash_is_refused(client: AsyncWebClient, ada: Member) -> None:
    first = await client.views_publish(user_id=ada.id, view=HOME)
    await client.views_publish(user_id=ada.id, view=HOME)

    old = await error_of(
        client, "views.publish", user_id=ada.id, view=HOME, hash=first["view"]["hash"]
    )

    assert old == "hash_conflict"


async def test_rate_limit_says_when_to_come_again(
    workspace: Workspace, client: AsyncWebClient, ada: Member
) -> None:
    workspace.fail_next("chat.postMessage", retry_after=4)

    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel=ada.id, text="x")
    await client.chat_postMessage(channel=ada.id, text="x")

    assert refused.value.response.status_code == 429
    assert refused.value.response.headers["Retry-After"] == "4"
    assert len(workspace.messages(ada.id)) == 1
    assert [call.method for call in workspace.calls] == ["chat.postMessage"] * 2


async def test_answer_can_be_lost_after_the_effect(
    workspace: Workspace, client: AsyncWebClient, ada: Member
) -> None:
    workspace.fail_next("chat.postMessage", status=503, after_effect=True)

    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel=ada.id, text="x")

    assert refused.value.response.status_code == 503
    assert len(workspace.messages(ada.id)) == 1


async def test_any_error_can_be_ordered(
    workspace: Workspace, client: AsyncWebClient, ada: Member
) -> None:
    workspace.fail_next("chat.postMessage", error="is_archived")

    assert await error_of(client, "chat.postMessage", channel=ada.id, text="x") == "is_archived"
