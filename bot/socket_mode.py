"""Socket Mode: the line on which Slack sends what people do to whoever has no address open.

One line is held. When Slack says that it ends soon the next is opened first, and the old one is
read until Slack closes it, so that nothing is lost between the two. Each line has an address of its
own, good once and for a short time; they are asked for in the pace that Slack gives (Tier 1).

Source: Slack's guides “Using Socket Mode” and “Rate limits”; reference of apps.connections.open.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

import aiohttp
import structlog
from aiohttp import ClientWebSocketResponse, WSMsgType
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.blocks.kit import Json
from bot.pacing import read
from bot.payloads import is_whole
from bot.standing import Standing
from community.clock import Clock

log = structlog.get_logger()

#: A line on which nothing came for so long is pinged; without a pong in half of it, it is dead.
PING_SECONDS: Final = 10
#: An address that does not become a line is given up.
CONNECT_SECONDS: Final = 30
#: Whom we leave need not say good-bye: when the service stops, nobody waits for that.
CLOSING: Final = aiohttp.ClientWSTimeout(ws_close=2.0)
#: The line that is held, and one that Slack is about to end.
MOST_LINES: Final = 2
#: After a line that lasted so long the next is opened at once.
LASTING: Final = timedelta(minutes=1)
#: What is waited before the first, second ... of those that follow one another faster.
WAITS_SECONDS: Final = (0, 0, 5, 15, 30, 60)
#: Slack says how long with every limit; a proxy may not.
LIMITED_SECONDS: Final = 60

Rest = Callable[[float], Awaitable[object]]


class Pace:
    """How long to wait before a line is opened."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._hasty = 0
        self._last: datetime | None = None
        self._not_before: datetime | None = None

    def limit(self, seconds: int) -> None:
        """Note that Slack wants none for so long."""
        self._not_before = self._clock.now() + timedelta(seconds=seconds)

    def seconds(self) -> float:
        """Return how long to wait now; each call counts as one more line."""
        now = self._clock.now()
        lasted = self._last is None or now - self._last >= LASTING
        self._hasty = 0 if lasted else min(self._hasty + 1, len(WAITS_SECONDS) - 1)
        limited = (self._not_before - now).total_seconds() if self._not_before else 0.0
        wait = max(float(WAITS_SECONDS[self._hasty]), limited)
        self._last = now + timedelta(seconds=wait)
        return wait


class SocketMode:
    """Holds a line to Slack, and takes what comes on it to the Bolt app."""

    def __init__(
        self,
        app: AsyncApp,
        client: AsyncWebClient,
        app_token: str,
        *,
        clock: Clock,
        standing: Standing,
        rest: Rest = asyncio.sleep,
    ) -> None:
        self._app, self._client, self._token = app, client, app_token
        #: Of the app-level token, which is another than the bot's.
        self._standing = standing
        self._pace, self._rest = Pace(clock), rest
        self._lines: list[ClientWebSocketResponse] = []

    async def hold(self) -> None:
        """Hold a line until this is cancelled; whatever goes wrong with one, the next is tried."""
        async with aiohttp.ClientSession() as session, asyncio.TaskGroup() as tasks:
            while True:
                await self._rest(self._pace.seconds())
                line = await self._opened(session)
                if line is not None:
                    await self._leave_old(line)
                    is_going = asyncio.Event()
                    tasks.create_task(self._read(line, is_going, tasks))
                    await is_going.wait()

    async def _opened(self, session: aiohttp.ClientSession) -> ClientWebSocketResponse | None:
        """Ask for an address and open it; None when either fails, and the log says why."""
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                return await session.ws_connect(
                    await self._address(),
                    heartbeat=PING_SECONDS,
                    timeout=CLOSING,
                    proxy=self._client.proxy,
                    max_msg_size=0,
                )
        except SlackApiError as error:
            log.warning("slack.line_refused", error=read(error)[1])
        except Exception as error:
            log.warning("slack.line_failed", error=type(error).__name__)
        return None

    async def _address(self) -> str:
        try:
            answer = await self._client.apps_connections_open(app_token=self._token)
        except SlackApiError as error:
            status, code, seconds = read(error)
            if status == HTTPStatus.TOO_MANY_REQUESTS or code == "ratelimited":
                self._pace.limit(seconds or LIMITED_SECONDS)
            await self._standing.refused(code)
            raise
        await self._standing.took()
        return str(answer.get("url"))

    async def _leave_old(self, line: ClientWebSocketResponse) -> None:
        """Close what Slack said it would end and has not."""
        self._lines = [*(each for each in self._lines if not each.closed), line]
        while len(self._lines) > MOST_LINES:
            await self._lines.pop(0).close()

    async def _read(
        self, line: ClientWebSocketResponse, is_going: asyncio.Event, tasks: asyncio.TaskGroup
    ) -> None:
        """Take what comes until the line ends; set the event when the next is to be opened."""
        try:
            async for message in line:
                said = _parsed(message.data) if message.type is WSMsgType.TEXT else {}
                if said.get("type") == "disconnect":
                    log.info("slack.line_ends", reason=said.get("reason"))
                    is_going.set()
                elif said.get("type") == "hello":
                    log.info("slack.line", connections=said.get("num_connections"))
                elif "envelope_id" in said:
                    tasks.create_task(self._take(line, said))
        except Exception as error:
            # Whatever is wrong with one line, the next is held.
            log.warning("slack.line_broke", error=type(error).__name__)
        finally:
            is_going.set()
            await line.close()

    async def _take(self, line: ClientWebSocketResponse, envelope: Json) -> None:
        """Have one envelope answered; what is not acknowledged, Slack warns of or sends again."""
        try:
            if not is_whole(envelope.get("payload")):
                # It would be no other when it came again.
                log.info("slack.unreadable")
                await line.send_json({"envelope_id": envelope["envelope_id"]})
                return
            request = AsyncBoltRequest(mode="socket_mode", body=envelope["payload"])
            answer = await self._app.async_dispatch(request)
            if answer.status == HTTPStatus.OK:
                said: Json = {"envelope_id": envelope["envelope_id"]}
                if answer.body and envelope.get("accepts_response_payload", True):
                    said["payload"] = _payload(answer.body)
                await line.send_json(said)
        except Exception as error:
            # The line may have ended while this was done; or it is nothing that Slack documents.
            log.warning("slack.unanswered", error=type(error).__name__)


def _parsed(text: str) -> Json:
    try:
        said = json.loads(text)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _payload(body: str) -> Json:
    """Return what answers an envelope: the object that is the body, or words."""
    return _parsed(body) or {"text": body}
