"""The sandbox page: what it shows, what its buttons do, and the whole of it in Chromium."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage

import aiohttp
import pytest
from aiohttp import web
from playwright.async_api import Page, async_playwright, expect
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.say.async_say import AsyncSay
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import workspace as workspaces
from sandbox.mailbox import Sink
from sandbox.page import Happened, Hints, Jumped, Person, Sandbox, running
from sandbox.reading import read
from sandbox.records import Json
from sandbox.workspace import Workspace
from tests.sandbox.conftest import Hands
from tests.sandbox.kit import actions, button, modal, plain, words
from tests.sandbox.test_reading import whole

pytestmark = pytest.mark.anyio

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Town:
    """A workspace, a sink, three people, and what the page asked for."""

    hands: Hands
    workspace: Workspace
    sink: Sink
    people: list[Person]
    sent: list[tuple[str, str, bytes]] = field(default_factory=list)
    url: str = ""

    async def jump(self, target: str) -> Jumped:
        self.hands.move(hours=1)
        self.sink.keep("post@example.org", ["ada@example.org", "tor@example.org"], letter("Soon"))
        then = self.hands.now() - timedelta(minutes=30)
        return Jumped(
            now=self.hands.now(), happened=(Happened(at=then, words=f"{target} was rung"),)
        )

    async def send_mail(self, sender: str, recipient: str, raw: bytes) -> str:
        self.sent.append((sender, recipient, raw))
        return "250 2.0.0 kept"


def letter(subject: str) -> bytes:
    message = EmailMessage()
    message["From"] = "Samband <post@example.org>"
    message["Subject"] = subject
    message.set_content("Hello")
    return message.as_bytes()


@pytest.fixture
def town(hands: Hands, workspace: Workspace) -> Town:
    ada = workspace.add_member("ada", "Ada Berg", "ada@example.org")
    liv = workspace.add_member("liv", "Liv Dahl", "liv@example.org")
    workspace.add_channel("postdocs", members=[ada.id, liv.id])
    rows = [
        ("Ada Berg", "ada", "Postdoc", "Physics", ada.id),
        ("Liv Dahl", "liv", "Moderator", "Archaeology", liv.id),
        ("Tor Aas", "tor", "Mentor", "Chemistry", None),
    ]
    people = [
        Person(
            name=name,
            email=f"{handle}@example.org",
            role=role,
            field=studies,
            language="en",
            slack_id=slack_id,
        )
        for name, handle, role, studies, slack_id in rows
    ]
    return Town(hands, workspace, Sink(hands), people)


@asynccontextmanager
async def served(town: Town, *extra: web.AbstractRouteDef) -> AsyncIterator[aiohttp.ClientSession]:
    sandbox = Sandbox(
        town.workspace,
        town.sink,
        clock=town.hands,
        jump=town.jump,
        send_mail=town.send_mail,
        people=town.people,
        hints=Hints(
            commands=(("/postdoc meetup", "Propose a meetup"), ("/postdoc help", "What to type")),
            addresses=("postdocs@example.org",),
        ),
    )
    async with running(sandbox, town.workspace) as url, aiohttp.ClientSession(url) as session:
        town.url = url
        yield session


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


@asynccontextmanager
async def with_app(town: Town) -> AsyncIterator[aiohttp.ClientSession]:
    async with served(town) as session:
        client = AsyncWebClient(
            token=town.workspace.bot_token, base_url=f"{town.workspace.url}/api/"
        )
        app = AsyncApp(client=client, signing_secret=town.workspace.signing_secret)
        register(app)
        handler = AsyncSocketModeHandler(app, town.workspace.app_token)
        await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt's own
        await town.workspace.connected()
        try:
            yield session
        finally:
            await handler.close_async()  # type: ignore[no-untyped-call]  # Bolt's own


async def state(session: aiohttp.ClientSession, who: str, since: str = "") -> Json:
    async with session.get("/state", params={"as": who, "since": since}) as response:
        found: Json = await response.json()
        return found


async def post(session: aiohttp.ClientSession, path: str, **said: object) -> Json:
    async with session.post(path, json=said) as response:
        answer: Json = await response.json()
        return {**answer, "status": response.status}


async def test_state_shows_one_persons_chat_and_mail(town: Town) -> None:
    town.sink.keep("post@example.org", ["ada@example.org"], letter("One"))
    async with served(town) as session:
        ada = await state(session, "ada@example.org")
        tor = await state(session, "tor@example.org")
        nobody = await state(session, "")

    assert [line["subject"] for line in ada["mail"]] == ["One"]
    assert [channel["label"] for channel in ada["slack"]["channels"]] == ["postdocs", "Samband"]
    assert (tor["slack"], tor["mail"]) == (None, [])
    assert [(one["name"], one["mails"]) for one in nobody["people"]] == [
        ("Ada Berg", 1),
        ("Liv Dahl", 0),
        ("Tor Aas", 0),
    ]


async def test_question_for_news_waits_for_news(town: Town) -> None:
    async with served(town) as session:
        first = await state(session, "ada@example.org")
        asking = asyncio.create_task(state(session, "ada@example.org", str(first["version"])))
        town.sink.keep("post@example.org", ["ada@example.org"], letter("News"))
        second = await asking

    assert [line["subject"] for line in second["mail"]] == ["News"]


async def test_calendar_answer_goes_to_the_organizer(town: Town) -> None:
    town.sink.keep("post@example.org", ["ada@example.org"], whole())
    async with served(town) as session:
        said = {"as": "ada@example.org", "answer": "TENTATIVE"}
        answer = await post(session, "/mail/1/answer", **said)

    ((sender, recipient, raw),) = town.sent
    assert answer["words"] == "250 2.0.0 kept"
    assert (sender, recipient) == ("ada@example.org", "reply+x@example.org")
    assert read(raw).invites[0].attendees[0].partstat == "TENTATIVE"


async def test_one_click_posts_what_rfc_8058_says(town: Town, hands: Hands) -> None:
    posted: list[dict[str, str]] = []

    async def stop(request: web.Request) -> web.Response:
        posted.append({key: str(value) for key, value in (await request.post()).items()})
        return web.Response(status=200)

    other = Workspace(hands)
    async with workspaces.running(other, routes=[web.post("/stop", stop)]), served(town) as session:
        raw = whole().replace(b"https://example.org/u/1", f"{other.url}/stop".encode())
        town.sink.keep("post@example.org", ["ada@example.org"], raw)
        answer = await post(session, "/mail/1/unsubscribe", **{"as": "ada@example.org"})

    assert answer["words"] == "200 OK"
    assert posted == [{"List-Unsubscribe": "One-Click"}]


async def test_written_mail_is_from_the_person(town: Town) -> None:
    async with served(town) as session:
        said = {"to": "postdocs@example.org", "subject": "Tur på\r\nBcc: x", "text": "Hei"}
        await post(session, "/mail/write", **{"as": "liv@example.org", **said})

    ((sender, recipient, raw),) = town.sent
    mail = read(raw)
    assert (sender, recipient) == ("liv@example.org", "postdocs@example.org")
    assert (mail.sender, mail.subject) == ("Liv Dahl <liv@example.org>", "Tur på Bcc: x")


async def test_jump_tells_what_happened_and_what_was_sent(town: Town) -> None:
    async with served(town) as session:
        report = await post(session, "/jump", target="hour")
        wrong = await post(session, "/jump", target="year")

    assert [line["words"] for line in report["happened"]] == [
        "hour was rung",
        "Mail “Soon” to Ada Berg, tor@example.org",
    ]
    assert wrong["status"] == 400


async def test_only_json_acts_and_mail_pages_cannot_run_scripts(town: Town) -> None:
    town.sink.keep("post@example.org", ["ada@example.org"], whole())
    async with served(town) as session:
        async with session.post("/jump", data={"target": "hour"}) as form:
            assert form.status == 415
        async with session.get("/mail/1/html") as page:
            policy = page.headers["Content-Security-Policy"]
            text = await page.text()
        async with session.get("/mail/2") as missing:
            assert missing.status == 404

    assert "default-src 'none'" in policy
    assert "allow-scripts" not in policy
    assert "alert" not in text


@asynccontextmanager
async def browsing(town: Town, chromium: str, *, width: int, height: int) -> AsyncIterator[Page]:
    """Open the page; a message on the console or an error on it fails the test."""
    complaints: list[str] = []
    async with with_app(town), async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        page = await browser.new_page(viewport={"width": width, "height": height})
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto(f"{town.url}?as=ada@example.org")
        yield page
        await browser.close()
    assert complaints == []


@pytest.mark.browser
async def test_person_proposes_cancels_and_opens_home_by_hand(town: Town, chromium: str) -> None:
    async with browsing(town, chromium, width=1280, height=800) as page:
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
        await page.get_by_role("button", name="Home").click()
        await expect(page.get_by_role("heading", name="Welcome home")).to_be_visible()

    assert [message.text for message in town.workspace.messages(town.people[0].slack_id or "")] == [
        "It is cancelled."
    ]


@pytest.mark.browser
async def test_person_reads_answers_and_writes_mail_by_hand(town: Town, chromium: str) -> None:
    town.sink.keep("post@example.org", ["ada@example.org"], whole())
    async with browsing(town, chromium, width=390, height=844) as page:
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


@pytest.mark.browser
async def test_another_person_is_chosen_and_time_jumps_by_hand(town: Town, chromium: str) -> None:
    async with browsing(town, chromium, width=1280, height=800) as page:
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
