"""The Bolt app: what is registered for what, and the two ways in (Socket Mode, signed HTTP).

`app/wiring.py` calls `build`; everything a member does ends in one function of a Turn.
"""

import asyncio
import logging
import re
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Final

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot import actions, commands, home, members
from bot.answering import BoltListener, answering
from bot.blocks.kit import Json
from bot.channel_sender import ChannelSender
from bot.deadline import Deadline
from bot.do_not_disturb import DoNotDisturb
from bot.door import CALL_SECONDS, Door
from bot.forms import FORMS, open_form
from bot.identity import Ourselves
from bot.pacing import PacedClient
from bot.payloads import is_whole
from bot.publishing import Publisher
from bot.requests import proved
from bot.sender import SlackSender
from bot.socket_mode import SocketMode
from bot.standing import Standing
from bot.tokens import BotToken
from bot.turns import Turn
from community import chat_tokens
from community.clock import Clock
from community.store import Store
from letters.actions import NEEDS_NO_LINK
from letters.letter import House

log = structlog.get_logger()

Answer = tuple[int, dict[str, str], bytes]

#: Shortcuts, by the form that each opens: two global ones, two of a message.
SHORTCUTS: Final = ("post.compose", "meetup.propose", "post.quote", "meetup.quote")
EVENTS: Final = ("app_home_opened", *members.EVENTS)
#: At the end, Slack is waited for so many times as long as a form waits.
HURRY_PATIENCES: Final = 2
#: Then turns have so long to finish, which wait for the database at most.
FINISH_SECONDS: Final = 6
ANYTHING: Final = re.compile(r".*", re.DOTALL)


class Chat:
    """The bot of one workspace."""

    def __init__(self, app: AsyncApp, door: Door, *, signing_secret: str, app_token: str) -> None:
        self.app = app
        self._door = door
        #: Brings the Home tabs up to date.
        self.publisher = Publisher(door)
        self._signing_secret = signing_secret
        self._app_token = app_token

    @property
    def client(self) -> AsyncWebClient:
        """Return the client of the Web API, for the sender."""
        return self._door.client

    def sender(self, clock: Clock) -> SlackSender:
        """Return what carries notices into the workspace."""
        return SlackSender(self.client, clock)

    def do_not_disturb(self, clock: Clock) -> DoNotDisturb:
        """Return who asks Slack whether somebody wants to be left alone."""
        return DoNotDisturb(self.client, clock)

    def channel_sender(self, clock: Clock) -> ChannelSender:
        """Return what carries cards into moderators' channels."""
        return ChannelSender(self.client, clock)

    def hurry(self) -> None:
        """Wait for Slack only a little longer, whatever is being asked: the service ends."""
        self._door.deadline.set(seconds=HURRY_PATIENCES * self._door.patience_seconds)

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        """Hold a Socket Mode connection, reopened whenever it ends; nothing without an app token.

        Does not wait for Slack: the rest of the service starts all the same. At the end, the turns
        that are being taken are finished, whichever way they came in.
        """
        async with self._finishing():
            if self._app_token:
                async with self._socket():
                    yield
            else:
                yield

    @asynccontextmanager
    async def _socket(self) -> AsyncIterator[None]:
        holding = asyncio.create_task(self._socket_mode().hold())
        try:
            yield
        finally:
            # A form waits for its answer on this line.
            await self._door.running.end(seconds=self._door.patience_seconds)
            holding.cancel()
            with suppress(asyncio.CancelledError):
                await holding

    def _socket_mode(self) -> SocketMode:
        door = self._door
        return SocketMode(
            self.app,
            self.app.client,
            self._app_token,
            clock=door.clock,
            standing=Standing(door.store, door.clock, key=chat_tokens.LINE),
        )

    @asynccontextmanager
    async def _finishing(self) -> AsyncIterator[None]:
        try:
            yield
        finally:
            if not await self._door.running.end(seconds=FINISH_SECONDS):
                log.warning("slack.unfinished")

    @property
    def most_turns(self) -> int:
        """How many turns are taken at once; what comes beyond them is turned away."""
        return self._door.running.most

    @most_turns.setter
    def most_turns(self, most: int) -> None:
        self._door.running.most = most

    async def settled(self) -> None:
        """Wait until every turn that has begun is over."""
        await self._door.running.finished()

    async def http(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Answer one request to /slack/events: status, headers and body."""
        text = proved(body, headers, signing_secret=self._signing_secret)
        if text is None:
            return 401, {}, b""
        request = _read(text, headers)
        if request is None:
            log.info("slack.unreadable")
            return 400, {}, b""
        if request.body.get("type") == "app_rate_limited":
            # Slack keeps events back for a minute; it sends them again later.
            log.warning("slack.events_limited", minute=request.body.get("minute_rate_limited"))
            return 200, {}, b""
        answer = await self.app.async_dispatch(request)
        said = answer.body.encode() if isinstance(answer.body, str) else b""
        return answer.status, answer.first_headers_without_set_cookie(), said


def _read(text: str, headers: Mapping[str, str]) -> AsyncBoltRequest | None:
    """Return what was sent as Bolt reads it, or None where it is no payload."""
    try:
        request = AsyncBoltRequest(body=text, headers={k: [v] for k, v in headers.items()})
    except Exception:
        return None  # Bolt takes what is signed to be of Slack's shape
    return request if is_whole(request.body) else None


def build(  # noqa: PLR0913 - what a bot is made of
    store: Store,
    house: House,
    clock: Clock,
    *,
    token: BotToken,
    signing_secret: str = "",
    app_token: str = "",
    api_url: str = "https://slack.com/api/",
    patience_seconds: float = 2.5,
    call_seconds: int = CALL_SECONDS,
) -> Chat:
    """Build the bot: Socket Mode with `app_token`, HTTP with `signing_secret`, or both.

    `api_url` may name any endpoint that speaks Slack's Web API.
    """
    base_url = api_url.rstrip("/") + "/"
    standing = Standing(store, clock)
    deadline = Deadline()
    client = PacedClient(
        clock, standing, deadline, token=token, base_url=base_url, timeout=call_seconds
    )
    app = AsyncApp(
        name="samband",
        # Bolt answers; it asks nothing, so that no answer waits for Slack.
        client=AsyncWebClient(base_url=base_url, timeout=CALL_SECONDS, retry_handlers=[]),
        authorize=_authorize,
        # A listener returns when Slack is to be answered; what goes on then is `running`'s.
        process_before_response=True,
        signing_secret=signing_secret,
        logger=logging.getLogger("slack"),
    )
    door = Door(
        store=store,
        house=house,
        clock=clock,
        client=client,
        ourselves=Ourselves(client),
        standing=standing,
        deadline=deadline,
        patience_seconds=patience_seconds,
        call_seconds=call_seconds,
    )
    _register(app, door)
    return Chat(app, door, signing_secret=signing_secret, app_token=app_token)


def _register(app: AsyncApp, door: Door) -> None:
    """Register one listener for each kind; Bolt asks each listener in turn whether it is meant."""
    # What is of an older version of ours is said, so that nobody presses into the void.
    gone = answering(door, actions.gone, strangers=True)
    app.error(_failed)
    app.command(commands.NAME)(answering(door, commands.answer))
    app.action(commands.PRESSED)(answering(door, commands.press))
    app.action(ANYTHING)(_named(_presses(door), gone, lambda body: body["actions"][0]["action_id"]))
    app.view(ANYTHING)(_named(_forms(door), gone, lambda body: body["view"]["callback_id"]))
    shortcuts = dict.fromkeys(SHORTCUTS, answering(door, _shortcut))
    app.shortcut(ANYTHING)(_named(shortcuts, gone, lambda body: body["callback_id"]))
    app.event("app_home_opened")(answering(door, home.opened, strangers=True))
    for name, happened in members.EVENTS.items():
        app.event(name)(answering(door, happened, meets=False))
    app.view_closed(ANYTHING)(_taken)
    app.event(ANYTHING)(_nothing)


def _presses(door: Door) -> dict[str, BoltListener]:
    """Return what is done when a button or a choice in a menu is pressed, by its name."""
    opens = {
        name: answering(door, actions.open_pressed, strangers=form.strangers)
        for name, form in FORMS.items()
    }
    acts = dict.fromkeys(NEEDS_NO_LINK, answering(door, actions.press))
    own = {name: answering(door, listener) for name, listener in actions.OWN.items()}
    return own | acts | opens


def _forms(door: Door) -> dict[str, BoltListener]:
    """Return what is done when a form is sent, by its name."""
    asks = [name for name, action in NEEDS_NO_LINK.items() if action.inputs]
    makes = {
        name: answering(door, actions.send_form, strangers=form.strangers)
        for name, form in FORMS.items()
    }
    return dict.fromkeys(asks, answering(door, actions.send)) | makes


def _named(
    listeners: Mapping[str, BoltListener], otherwise: BoltListener, name_of: Callable[[Json], str]
) -> BoltListener:
    """Make one listener of many."""

    async def listen(ack: AsyncAck, body: Json, context: AsyncBoltContext) -> BoltResponse | None:
        return await listeners.get(name_of(body), otherwise)(ack, body, context)

    return listen


async def _shortcut(turn: Turn) -> None:
    await open_form(turn, str(turn.body["callback_id"]))


async def _authorize(team_id: str | None) -> AuthorizeResult:
    """Let every signed payload in; each turn looks itself whether it is for us."""
    return AuthorizeResult(enterprise_id=None, team_id=team_id)


async def _nothing() -> None:
    """Take an event that we did not ask for."""


async def _taken(ack: AsyncAck) -> None:
    """Take it that a form was closed; what was typed is gone."""
    await ack()


async def _failed(error: Exception) -> None:
    """Log what broke outside a turn; ids and kinds only."""
    log.error("slack.failed", reference=secrets.token_hex(4), error=type(error).__name__)
