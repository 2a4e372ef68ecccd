"""Each control of Block Kit, used by hand in Chromium: the app gets what Slack would send."""

from __future__ import annotations

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.records import Json
from tests.sandbox.kit import actions, modal, plain
from tests.sandbox.town import Town, browsing

pytestmark = [pytest.mark.anyio, pytest.mark.browser]


def options(*values: str) -> list[Json]:
    return [{"text": plain(value.title()), "value": value} for value in values]


def field(name: str, kind: str, **more: object) -> Json:
    element = {"type": kind, "action_id": "x", **more}
    return {
        "type": "input",
        "block_id": name,
        "optional": True,
        "label": plain(name.title()),
        "element": element,
    }


def value_of(held: Json) -> object:
    return next(value for key, value in held.items() if key != "type")


FORM = modal(
    "Form",
    field("words", "plain_text_input", multiline=True),
    field("address", "email_text_input"),
    field("count", "number_input", is_decimal_allowed=False),
    field("moment", "datetimepicker"),
    field("field", "static_select", option_groups=[{"label": plain("G"), "options": options("a")}]),
    field("ways", "checkboxes", options=options("mail", "chat")),
    field("room", "conversations_select"),
    field("kept", "plain_text_input", initial_value="As it was"),
)


async def test_form_arrives_as_it_was_filled_in(town: Town, chromium: str) -> None:
    seen: list[Json] = []

    def register(app: AsyncApp) -> None:
        @app.command("/postdoc")
        async def start(ack: AsyncAck, client: AsyncWebClient, command: Json) -> None:
            await ack()
            await client.views_open(trigger_id=command["trigger_id"], view=FORM)

        @app.view("form")
        async def submit(ack: AsyncAck, view: Json) -> None:
            await ack()
            seen.append(view["state"]["values"])

    async with browsing(town, chromium, register=register) as page:
        await page.get_by_label("Message or command").fill("/postdoc")
        await page.keyboard.press("Enter")
        form = page.get_by_role("dialog", name="Form")
        await form.get_by_label("Words").fill("One\nTwo")
        await form.get_by_label("Address").fill("ada@example.org")
        await form.get_by_label("Count").fill("12")
        await form.get_by_label("Moment").fill("2027-07-01T09:30")
        await form.get_by_role("combobox", name="Field").select_option("A")
        await form.get_by_role("checkbox", name="Mail").check()
        await form.get_by_label("Room").select_option("#postdocs")
        await form.get_by_role("button", name="Save").click()
        await form.wait_for(state="hidden")

    assert {name: value_of(held["x"]) for name, held in seen[0].items()} == {
        "words": "One\nTwo",
        "address": "ada@example.org",
        "count": "12",
        # 09:30 in Oslo in summer is 07:30 in UTC.
        "moment": 1814427000,
        "field": options("a")[0],
        "ways": [options("mail")[0]],
        "room": next(iter(town.workspace.memory.channels)),
        "kept": "As it was",
    }


async def test_menus_in_a_message_tell_at_once(town: Town, chromium: str) -> None:
    seen: list[str] = []

    def register(app: AsyncApp) -> None:
        @app.action("menu")
        @app.action("more")
        async def note(ack: AsyncAck, action: Json) -> None:
            await ack()
            seen.append(action["selected_option"]["value"])

    more = {"type": "overflow", "action_id": "more", "options": options("release", "show")}
    menu: Json = {"type": "static_select", "action_id": "menu"}
    menu |= {"options": options("daily", "weekly"), "placeholder": plain("How often?")}
    async with browsing(town, chromium, register=register) as page:
        client = AsyncWebClient(
            token=town.workspace.bot_token, base_url=f"{town.workspace.url}/api/"
        )
        await client.chat_postMessage(
            channel=town.people[0].slack_id or "", text="x", blocks=[actions(menu, more)]
        )
        async with page.expect_response("**/act/press"):
            await page.get_by_label("How often?").select_option("Weekly")
        await page.get_by_label("More actions").click()
        async with page.expect_response("**/act/press"):
            await page.get_by_role("button", name="Release").click()

    assert seen == ["weekly", "release"]
