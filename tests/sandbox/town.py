"""A small town for tests of the page: people, chat, mail, a clock, and Chromium to look at it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage

import aiohttp
from aiohttp import web
from playwright.async_api import Page, async_playwright
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.mailbox import Sink
from sandbox.page import Happened, Hints, Jumped, Person, Sandbox, running
from sandbox.shortcuts import Shortcut
from sandbox.workspace import Workspace

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Hands:
    """A clock that tests set."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def move(self, **by: float) -> None:
        self._now += timedelta(**by)


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
            shortcuts=(
                Shortcut(name="Propose", kind="global", callback_id="meetup.new", does="Lunch"),
                Shortcut(name="Quote", kind="message", callback_id="post.quote", does="By mail"),
            ),
        ),
    )
    async with running(sandbox, town.workspace) as url, aiohttp.ClientSession(url) as session:
        town.url = url
        yield session


@asynccontextmanager
async def with_app(
    town: Town, register: Callable[[AsyncApp], None]
) -> AsyncIterator[aiohttp.ClientSession]:
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


@asynccontextmanager
async def browsing(
    town: Town,
    chromium: str,
    *,
    register: Callable[[AsyncApp], None],
    width: int = 1280,
    height: int = 800,
) -> AsyncIterator[Page]:
    """Open the page; a message on the console or an error on it fails the test."""
    complaints: list[str] = []
    async with with_app(town, register), async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        page = await browser.new_page(viewport={"width": width, "height": height})
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto(f"{town.url}?as=ada@example.org")
        yield page
        await browser.close()
    assert not complaints, complaints
