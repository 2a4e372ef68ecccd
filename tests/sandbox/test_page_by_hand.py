"""The sandbox page in Chromium, used as a person uses it."""

from __future__ import annotations

import pytest
from playwright.async_api import expect
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.say.async_say import AsyncSay
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.records import Json
from tests.sandbox.kit import actions, button, modal, plain, words
from tests.sandbox.test_reading import whole
from tests.sandbox.town import Town, browsing

pytestmark = [pytest.mark.anyio, pytest.mark.browser]


def register(app: AsyncApp) -> None:
    """Make an app with a modal, a Home tab, a button and an answer."""

    @app.command("/postdoc")
    async def start(ack: AsyncAck, client: AsyncWebClient, command: Json) -> None:
        if command["text"] == "meetup":
            await ack()
            view = modal("Meetup", words("topic", max_length=20))
            await client.views_open(trigger_id=command["trigger_id"], view=view)
        else:
            await ack("Type `/postdoc meetup`.")

    @app.view("meetup")
    async def propose(ack: AsyncAck, view: Json, body: Json, client: AsyncWebClient) -> None:
        topic = view["state"]["values"]["topic"]["text"]["value"]
        if topic == "Rain":
            await ack(response_action="errors", errors={"topic": "Not in the rain."})
            return
        await ack()
        danger = {
            "title": plain("Sure?"),
            "text": plain("All are told."),
            "confirm": plain("Yes, cancel it"),
            "deny": plain("No"),
        }
        cancel = {**button("meetup.cancel", "17", "Cancel it"), "confirm": danger}
        block = {
            "type": "section",
            "text": {"type": "mrkdwn", "text": f"*{topic}* &lt;b&gt;at noon"},
        }
        await client.chat_postMessage(
            channel=body["user"]["id"], text=topic, blocks=[block, actions(cancel)]
        )

    @app.action("meetup.cancel")
    async def cancel(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        await ack()
        await client.chat_update(
            channel=body["channel"]["id"], ts=body["message"]["ts"], text="It is cancelled."
        )

    @app.event("app_home_opened")
    async def home(event: Json, client: AsyncWebClient) -> None:
        view = {"type": "home", "blocks": [{"type": "header", "text": plain("Welcome home")}]}
        await client.views_publish(user_id=event["user"], view=view)

    @app.message("hello")
    async def hello(say: AsyncSay) -> None:
        await say("Hello to you")


def register_shortcuts(app: AsyncApp) -> None:
    """Make an app with a shortcut that is used anywhere, and one of messages."""

    @app.shortcut("meetup.new")
    async def propose_anywhere(ack: AsyncAck, client: AsyncWebClient, shortcut: Json) -> None:
        await ack()
        view = modal("Meetup", words("topic", max_length=20))
        await client.views_open(trigger_id=shortcut["trigger_id"], view=view)

    @app.shortcut("post.quote")
    async def quote(ack: AsyncAck, client: AsyncWebClient, shortcut: Json) -> None:
        await ack()
        said = words("topic", initial_value=shortcut["message"]["text"])
        view = modal("Quote", said)
        await client.views_open(trigger_id=shortcut["trigger_id"], view=view)


async def test_person_proposes_cancels_and_opens_home_by_hand(town: Town, chromium: str) -> None:
    async with browsing(town, chromium, register=register) as page:
        await page.get_by_label("Message or command").fill("/postdoc me")
        await page.get_by_role("button", name="/postdoc meetup").click()
        await page.get_by_role("button", name="Send").click()
        dialog = page.get_by_role("dialog", name="Meetup")
        await dialog.get_by_role("button", name="Save").click()
        await expect(dialog.get_by_role("alert")).to_have_text(
            "Please complete this required field."
        )
        await dialog.get_by_label("Topic").fill("Rain")
        await dialog.get_by_role("button", name="Save").click()
        await expect(dialog.get_by_role("alert")).to_have_text("Not in the rain.")
        await dialog.get_by_label("Topic").fill("Lunch")
        await page.keyboard.press("Enter")
        await expect(dialog).to_be_hidden()
        log = page.get_by_role("log")
        await expect(log.get_by_role("article")).to_contain_text("Lunch <b>at noon")
        await log.get_by_role("button", name="Cancel it").click()
        await page.get_by_role("button", name="Yes, cancel it").click()
        await expect(log.get_by_role("article")).to_contain_text("It is cancelled.")
        home = page.get_by_role("button", name="Home")
        await home.focus()
        await page.keyboard.press("Enter")
        await expect(home).to_be_focused()
        await expect(page.get_by_role("heading", name="Welcome home")).to_be_visible()

    assert [message.text for message in town.workspace.messages(town.people[0].slack_id or "")] == [
        "It is cancelled."
    ]


async def test_shortcuts_are_used_from_their_menus_by_hand(town: Town, chromium: str) -> None:
    async with browsing(town, chromium, register=register_shortcuts, width=390, height=844) as page:
        await page.get_by_label("Shortcuts").click()
        await page.get_by_role("button", name="Propose Lunch").click()
        await page.get_by_role("dialog", name="Meetup").get_by_role("button", name="Cancel").click()
        await page.get_by_label("Message or command").fill("Swap drafts?")
        await page.get_by_role("button", name="Send").click()
        message = page.get_by_role("log").get_by_role("article")
        more = message.get_by_label("More message actions")
        await more.focus()
        await page.keyboard.press("Enter")
        await page.keyboard.press("Escape")
        await expect(more).to_be_focused()
        await page.keyboard.press("Enter")
        await page.get_by_role("button", name="Quote By mail").click()
        dialog = page.get_by_role("dialog", name="Quote")
        await expect(dialog.get_by_label("Topic")).to_have_value("Swap drafts?")
        wide = await page.evaluate("document.documentElement.scrollWidth")

    assert wide <= 390


async def test_person_reads_answers_and_writes_mail_by_hand(town: Town, chromium: str) -> None:
    town.sink.keep("post@example.org", ["ada@example.org"], whole())
    async with browsing(town, chromium, register=register, width=390, height=844) as page:
        await page.get_by_role("button", name="Mail 1 unread").click()
        await page.get_by_role("button", name="Lønsj på onsdag").click()
        await expect(page.frame_locator("iframe").get_by_text("Hei")).to_be_visible()
        await expect(page.get_by_label("Calendar")).to_contain_text("Wed 3 Feb 12:00")
        await page.get_by_role("button", name="Accept").click()
        await expect(page.get_by_role("status")).to_have_text("Answer sent: 250 2.0.0 kept")
        await page.get_by_role("tab", name="Text").click()
        await expect(page.get_by_role("tabpanel")).to_contain_text("Hei!")
        wide = await page.evaluate("document.documentElement.scrollWidth")
        await page.get_by_role("button", name="← All mail").click()
        await page.get_by_role("button", name="Write to the list").click()
        await page.get_by_label("Subject").fill("Tur")
        await page.get_by_label("Text").fill("Hei alle")
        await page.get_by_role("button", name="Send").click()
        await expect(page.get_by_role("button", name="Write to the list")).to_be_visible()

    assert wide <= 390
    assert [recipient for _, recipient, _ in town.sent] == [
        "reply+x@example.org",
        "postdocs@example.org",
    ]


async def test_another_person_is_chosen_and_time_jumps_by_hand(town: Town, chromium: str) -> None:
    async with browsing(town, chromium, register=register) as page:
        await page.get_by_role("button", name="+1 hour").click()
        report = page.get_by_role("dialog", name="What happened meanwhile")
        await expect(report.get_by_role("listitem")).to_have_count(2)
        await report.get_by_role("button", name="Go on").click()
        await page.get_by_role("button", name="Act as Ada Berg").click()
        await page.get_by_role("searchbox").fill("chem")
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Not on Slack")).to_be_visible()
        await expect(page.get_by_role("button", name="Soon")).to_be_visible()
        await expect(page).to_have_url(f"{town.url}?as=tor%40example.org")
