"""The Bolt app: what is registered for what, and the two ways in (Socket Mode, signed HTTP).

`app/wiring.py` calls `build`; everything a member does ends in one function of a Turn.
"""

import asyncio
import logging
import re
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Final

import structlog
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot import actions, commands, home, members
from bot.blocks.kit import Json
from bot.door import Door
from bot.forms import FORMS, open_form
from bot.requests import proved
from bot.sender import SlackSender
from bot.turns import Turn, answering
from community.clock import Clock
from community.store import Store
from letters.actions import ACTIONS
from letters.letter import House

log = structlog.get_logger()

Answer = tuple[int, dict[str, str], bytes]

#: Global shortcuts, by the form that each opens.
SHORTCUTS: Final = ("meetup.propose",)
EVENTS: Final = ("app_home_opened", "team_join", "user_change")
#: A call that takes longer is given up; the outbox tries again.
CALL_SECONDS: Final = 10
#: A way in that does not open is asked for anew: Slack's addresses are good for a short time.
CONNECT_SECONDS: Final = 30
ANYTHING: Final = re.compile(r".*", re.DOTALL)


class Chat:
    """The bot of one workspace."""

    def __init__(self, app: AsyncApp, *, signing_secret: str, app_token: str) -> None:
        self.app = app
        self._signing_secret = signing_secret
        self._app_token = app_token

    @property
    def client(self) -> AsyncWebClient:
        """Return the client of the Web API, for the sender."""
        return self.app.client

    def sender(self, house: House, clock: Clock) -> SlackSender:
        """Return what carries notices into the workspace."""
        return SlackSender(self.client, house, clock)

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        """Hold a Socket Mode connection, reopened whenever it ends; nothing without an app token.

        Does not wait for Slack: the rest of the service starts all the same.
        """
        if not self._app_token:
            yield
            return
        handler = AsyncSocketModeHandler(self.app, self._app_token)
        connecting = asyncio.create_task(_connect(handler))
        try:
            yield
        finally:
            connecting.cancel()
            with suppress(asyncio.CancelledError):
                await connecting
            await handler.close_async()  # type: ignore[no-untyped-call]  # Bolt's own

    async def http(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Answer one request to /slack/events: status, headers and body."""
        text = proved(body, headers, signing_secret=self._signing_secret)
        if text is None:
            return 401, {}, b""
        try:
            request = AsyncBoltRequest(body=text, headers={k: [v] for k, v in headers.items()})
        except ValueError:
            return 400, {}, b""
        answer = await self.app.async_dispatch(request)
        said = answer.body.encode() if isinstance(answer.body, str) else b""
        return answer.status, answer.first_headers_without_set_cookie(), said


def build(  # noqa: PLR0913 - what a bot is made of
    store: Store,
    house: House,
    clock: Clock,
    *,
    bot_token: str,
    signing_secret: str = "",
    app_token: str = "",
    api_url: str = "https://slack.com/api/",
    patience_seconds: float = 2.5,
) -> Chat:
    """Build the bot: Socket Mode with `app_token`, HTTP with `signing_secret`, or both.

    `api_url` may name any endpoint that speaks Slack's Web API.
    """
    client = AsyncWebClient(
        token=bot_token,
        base_url=api_url.rstrip("/") + "/",
        timeout=CALL_SECONDS,
        # A post that is tried again on a broken line comes twice; the outbox decides instead.
        retry_handlers=[],
        logger=logging.getLogger("slack"),
    )
    app = AsyncApp(
        name="samband",
        client=client,
        signing_secret=signing_secret,
        logger=logging.getLogger("slack"),
    )
    _register(
        app,
        Door(
            store=store,
            house=house,
            clock=clock,
            client=client,
            patience_seconds=patience_seconds,
        ),
    )
    return Chat(app, signing_secret=signing_secret, app_token=app_token)


def _register(app: AsyncApp, door: Door) -> None:
    app.error(_failed)
    app.command(commands.NAME)(answering(door, commands.answer))
    for name, form in FORMS.items():
        app.action(name)(answering(door, actions.open_pressed, strangers=form.strangers))
        app.view(name)(answering(door, actions.send_form, strangers=form.strangers))
    for name, action in ACTIONS.items():
        app.action(name)(answering(door, actions.press))
        if action.inputs:
            app.view(name)(answering(door, actions.send))
    for name, listener in actions.OWN.items():
        app.action(name)(answering(door, listener))
    for name in SHORTCUTS:
        app.shortcut(name)(answering(door, _shortcut))
    _register_events(app, door)
    # Last: what is of an older version of ours, so that nobody presses into the void.
    app.action(ANYTHING)(answering(door, actions.gone, strangers=True))
    app.view(ANYTHING)(answering(door, actions.gone, strangers=True))
    app.event(ANYTHING)(_nothing)


def _register_events(app: AsyncApp, door: Door) -> None:
    async def change(event: Json) -> None:
        await members.change(door, event["user"])

    async def arrive(event: Json) -> None:
        await members.arrive(door, event["user"])

    app.event("app_home_opened")(answering(door, home.opened, strangers=True))
    app.event("user_change")(change)
    app.event("team_join")(arrive)


async def _shortcut(turn: Turn) -> None:
    await open_form(turn, str(turn.body["callback_id"]))


async def _nothing() -> None:
    """Take an event that we did not ask for."""


async def _failed(error: Exception) -> None:
    """Log what broke outside a turn; ids and kinds only."""
    log.error("slack.failed", reference=secrets.token_hex(4), error=type(error).__name__)


async def _connect(handler: AsyncSocketModeHandler) -> None:
    while True:
        # The client would try the same address for ever, which is good for a short time only.
        handler.client.wss_uri = None
        with suppress(TimeoutError):
            async with asyncio.timeout(CONNECT_SECONDS):
                await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt's own
                return
