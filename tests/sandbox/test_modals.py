"""Modals and Home: what a submission, a trigger and a closing do."""

from __future__ import annotations

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.records import Json, Member
from sandbox.workspace import Workspace
from tests.sandbox.conftest import connected
from tests.sandbox.kit import actions, button, modal, opened, words
from tests.sandbox.town import Hands

pytestmark = pytest.mark.anyio


async def test_modal_shows_errors_then_updates_pushes_and_clears(
    workspace: Workspace, ada: Member
) -> None:
    def register(app: AsyncApp) -> None:
        @app.command("/postdoc")
        async def start(ack: AsyncAck, client: AsyncWebClient, command: Json) -> None:
            await ack()
            view = modal("First", words("topic", max_length=20), words("why", optional=True))
            await client.views_open(trigger_id=command["trigger_id"], view=view)

        @app.view("first")
        async def first(ack: AsyncAck, view: Json) -> None:
            topic = view["state"]["values"]["topic"]["text"]["value"]
            if topic == "bad":
                await ack(response_action="errors", errors={"topic": "Not that."})
            else:
                await ack(response_action="update", view=modal("Second", words("when")))

        @app.view("second")
        async def second(ack: AsyncAck) -> None:
            await ack(response_action="push", view=modal("Third", words("where")))

        @app.view("third")
        async def third(ack: AsyncAck) -> None:
            await ack(response_action="clear")

    async with connected(workspace, register):
        reply = await workspace.command(ada.id, "/postdoc", "meetup")
        first_view = opened(reply.modal)
        empty = await workspace.fill(ada.id, first_view, {})
        long = await workspace.fill(ada.id, first_view, {"topic": "x" * 21})
        bad = await workspace.fill(ada.id, first_view, {"topic": "bad"})
        good = await workspace.fill(ada.id, first_view, {"topic": "Lunch"})
        pushed = await workspace.fill(ada.id, opened(good.view), {"when": "Noon"})
        done = await workspace.fill(ada.id, opened(pushed.view), {"where": "Here"})

    assert empty.errors == {"topic": "Please complete this required field."}
    assert long.errors == {"topic": "Please write 0 to 20 characters."}
    assert bad.errors == {"topic": "Not that."}
    assert (opened(good.view).title, opened(pushed.view).title) == ("Second", "Third")
    assert opened(pushed.view).previous_id == opened(good.view).id
    assert (done.closed, workspace.modal(ada.id)) == (True, None)


async def test_trigger_works_once_and_for_three_seconds(
    workspace: Workspace, ada: Member, hands: Hands
) -> None:
    errors: list[str] = []

    def register(app: AsyncApp) -> None:
        @app.command("/postdoc")
        async def start(ack: AsyncAck, client: AsyncWebClient, command: Json) -> None:
            await ack()
            if command["text"] == "slow":
                hands.move(seconds=4)
            for _ in range(2):
                try:
                    view = modal("First", words("topic"))
                    await client.views_open(trigger_id=command["trigger_id"], view=view)
                except SlackApiError as refused:
                    errors.append(refused.response["error"])

    async with connected(workspace, register):
        await workspace.command(ada.id, "/postdoc", "")
        await workspace.command(ada.id, "/postdoc", "slow")

    assert errors == ["exchanged_trigger_id", "expired_trigger_id", "expired_trigger_id"]


async def test_home_opens_and_a_closed_modal_is_told(workspace: Workspace, ada: Member) -> None:
    closed: list[str] = []

    def register(app: AsyncApp) -> None:
        @app.event("app_home_opened")
        async def show(event: Json, client: AsyncWebClient) -> None:
            blocks = [actions(button("go", "1"))]
            await client.views_publish(
                user_id=event["user"], view={"type": "home", "blocks": blocks}
            )

        @app.action("go")
        async def go(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
            await ack()
            view = modal("First", words("topic"), notify_on_close=True)
            await client.views_open(trigger_id=body["trigger_id"], view=view)

        @app.view_closed("first")
        async def bye(ack: AsyncAck, view: Json) -> None:
            await ack()
            closed.append(view["callback_id"])

    async with connected(workspace, register):
        await workspace.open_home(ada.id)
        reply = await workspace.press(ada.id, opened(workspace.home(ada.id)), "go")
        title = opened(reply.modal).title
        await workspace.close(ada.id)

    assert title == "First"
    assert closed == ["first"]
    assert workspace.modal(ada.id) is None


async def test_modals_stack_three_high_and_close_one_by_one(
    workspace: Workspace, ada: Member
) -> None:
    errors: list[str] = []

    def register(app: AsyncApp) -> None:
        @app.command("/postdoc")
        async def start(ack: AsyncAck, client: AsyncWebClient, command: Json) -> None:
            await ack()
            view = modal("One", actions(button("more", "1")))
            await client.views_open(trigger_id=command["trigger_id"], view=view)

        @app.action("more")
        async def more(ack: AsyncAck, client: AsyncWebClient, body: Json) -> None:
            await ack()
            view = modal(f"After {body['view']['title']['text']}", actions(button("more", "1")))
            try:
                await client.views_push(trigger_id=body["trigger_id"], view=view)
            except SlackApiError as refused:
                errors.append(refused.response["error"])

    async with connected(workspace, register):
        await workspace.command(ada.id, "/postdoc", "")
        for _ in range(3):
            await workspace.press(ada.id, opened(workspace.modal(ada.id)), "more")
        top = opened(workspace.modal(ada.id)).title
        await workspace.close(ada.id)
        below = opened(workspace.modal(ada.id)).title
        await workspace.close(ada.id, all_of_them=True)

    assert errors == ["push_limit_reached"]
    assert (top, below) == ("After After One", "After One")
    assert workspace.modal(ada.id) is None


async def test_update_keeps_what_was_typed_and_an_old_hash_is_refused(
    workspace: Workspace, ada: Member
) -> None:
    errors: list[str] = []

    def register(app: AsyncApp) -> None:
        @app.command("/postdoc")
        async def start(ack: AsyncAck, client: AsyncWebClient, command: Json) -> None:
            await ack()
            view = modal("One", words("topic"), actions(button("more", "1")))
            await client.views_open(trigger_id=command["trigger_id"], view=view)

        @app.action("more")
        async def more(ack: AsyncAck, client: AsyncWebClient, body: Json) -> None:
            await ack()
            shown = body["view"]
            view = modal("Two", words("topic"), words("why", optional=True))
            for _ in range(2):
                try:
                    await client.views_update(view_id=shown["id"], hash=shown["hash"], view=view)
                except SlackApiError as refused:
                    errors.append(refused.response["error"])

    async with connected(workspace, register):
        reply = await workspace.command(ada.id, "/postdoc", "")
        shown = opened(reply.modal)
        await workspace.press(ada.id, shown, "more", values={"topic": "Lunch"})

    assert errors == ["hash_conflict"]
    assert shown.title == "Two"
    assert shown.values["topic"]["text"]["value"] == "Lunch"


async def test_error_for_a_block_that_is_not_there_is_trouble(
    workspace: Workspace, ada: Member
) -> None:
    def register(app: AsyncApp) -> None:
        @app.command("/postdoc")
        async def start(ack: AsyncAck, client: AsyncWebClient, command: Json) -> None:
            await ack()
            view = modal("One", words("topic"))
            await client.views_open(trigger_id=command["trigger_id"], view=view)

        @app.view("one")
        async def submit(ack: AsyncAck) -> None:
            await ack(response_action="errors", errors={"elsewhere": "No."})

    async with connected(workspace, register):
        reply = await workspace.command(ada.id, "/postdoc", "")
        filled = await workspace.fill(ada.id, opened(reply.modal), {"topic": "Lunch"})

    assert filled.errors == {}
    assert filled.trouble == "We had some trouble connecting. Try again?"
