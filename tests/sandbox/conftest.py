"""A workspace with three people, a Bolt app of the tests' own, and the two wired together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.mailbox import Sink
from sandbox.page import Person
from sandbox.records import Member
from sandbox.workspace import Workspace, running
from tests.sandbox.town import Hands, Town


@pytest.fixture
def hands(now: datetime) -> Hands:
    return Hands(now)


@pytest.fixture
def workspace(hands: Hands) -> Workspace:
    return Workspace(hands, ack_seconds=1.0)


@pytest.fixture
def ada(workspace: Workspace) -> Member:
    return workspace.add_member("ada", "Ada Berg", "ada@example.org")


@pytest.fixture
def liv(workspace: Workspace) -> Member:
    return workspace.add_member("liv", "Liv Dahl", "liv@example.org", locale="nb-NO")


def bolt_app(workspace: Workspace, base_url: str) -> AsyncApp:
    """Return an app that talks to the workspace and knows nothing of it but its address."""
    client = AsyncWebClient(token=workspace.bot_token, base_url=base_url)
    return AsyncApp(client=client, signing_secret=workspace.signing_secret)


@asynccontextmanager
async def connected(
    workspace: Workspace, register: Callable[[AsyncApp], None]
) -> AsyncIterator[AsyncWebClient]:
    """Serve the workspace, connect an app by Socket Mode, and yield the app's client."""
    async with running(workspace) as base_url:
        app = bolt_app(workspace, base_url)
        register(app)
        handler = AsyncSocketModeHandler(app, workspace.app_token, ping_interval=0.2)
        await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt's own
        await workspace.connected()
        try:
            yield app.client
        finally:
            await handler.close_async()  # type: ignore[no-untyped-call]  # Bolt's own


@pytest.fixture
async def client(workspace: Workspace, ada: Member) -> AsyncIterator[AsyncWebClient]:
    """A Web API client of a running workspace, without an app."""
    async with running(workspace) as base_url:
        yield AsyncWebClient(token=workspace.bot_token, base_url=base_url)


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
