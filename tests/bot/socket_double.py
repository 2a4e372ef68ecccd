"""The second Slack with Socket Mode on, written from Slack's guide alone, and strict.

A ticket opens one line. It looks at each acknowledgement: its envelope must be of that line and not
acknowledged yet, and it has a payload only where one is accepted.
"""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web
from aiohttp.test_utils import TestServer

from tests.bot.slack_double import APP, Json, SlackDouble

#: The kinds of envelopes, by what is in the payload; the last takes no answer but the ack.
COMMAND, PRESS, EVENT = "slash_commands", "interactive", "events_api"


def kind_of(payload: Json) -> str:
    """Return in which kind of envelope Slack puts a payload."""
    if "command" in payload:
        return COMMAND
    return EVENT if payload["type"] == "event_callback" else PRESS


@dataclass(kw_only=True)
class Line:
    """One WebSocket to the app."""

    socket: web.WebSocketResponse
    transport: asyncio.Transport
    complaints: list[str]
    pongs: asyncio.Queue[bytes] = field(default_factory=asyncio.Queue)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    _waiting: dict[str, tuple[bool, asyncio.Future[Json]]] = field(default_factory=dict)

    async def hello(self, number: int) -> None:
        """Say that it is ready."""
        debug = {"host": "applink-7fc4", "build_number": 10, "approximate_connection_time": 18060}
        about: Json = {"connection_info": {"app_id": APP}, "debug_info": debug}
        await self.socket.send_json({"type": "hello", "num_connections": number, **about})

    async def disconnect(self, reason: str) -> None:
        """Say that it ends soon."""
        about = {"host": "wss-111.slack.com"}
        said = {"type": "disconnect", "reason": reason, "debug_info": about}
        await self.socket.send_json(said)

    async def send(
        self, name: str, payload: Json, *, retry: int = 0, says_all: bool = True
    ) -> Json:
        """Send an envelope, with all that Slack says of it or less; return its ack."""
        kind = kind_of(payload)
        accepts = kind != EVENT
        said: Json = {"payload": payload, "envelope_id": name, "type": kind}
        if says_all:
            said["accepts_response_payload"] = accepts
        if kind == EVENT:
            said |= {"retry_attempt": retry, "retry_reason": "timeout" if retry else ""}
        answer: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._waiting[name] = (accepts, answer)
        await self.socket.send_json(said)
        return await answer

    async def read(self) -> None:
        """Take what the app says until it or we end the line."""
        async for message in self.socket:
            if message.type is WSMsgType.PING:
                await self.socket.pong(message.data)
            elif message.type is WSMsgType.PONG:
                self.pongs.put_nowait(bytes(message.data))
            elif message.type is WSMsgType.TEXT:
                self._look_at(json.loads(message.data))
            else:
                self.complaints.append(f"line: {message.type}")

    def _look_at(self, ack: Json) -> None:
        name = ack.get("envelope_id")
        accepts, answer = self._waiting.pop(str(name), (False, None))
        wrong = [
            *(["unknown"] if answer is None else []),
            *(["payload"] if "payload" in ack and not accepts else []),
            *(["keys"] if set(ack) - {"envelope_id", "payload"} else []),
            *(["no object"] if not isinstance(ack.get("payload", {}), dict) else []),
        ]
        self.complaints.extend(f"ack: {each} {sorted(ack)}" for each in wrong)
        if answer is not None:
            answer.set_result(ack)


@dataclass
class SocketDouble(SlackDouble):
    """One workspace whose app has Socket Mode on."""

    #: Whether a line opens when its ticket is shown.
    opens: bool = True
    lines: list[Line] = field(default_factory=list)
    _tickets: set[str] = field(default_factory=set)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    def routes(self) -> list[web.RouteDef]:
        """Return what is served."""
        return [web.get("/link/", self._connect), *super().routes()]

    @property
    def open_lines(self) -> list[Line]:
        """Return the lines that are open, oldest first."""
        return [line for line in self.lines if not line.ended.is_set()]

    async def line(self, number: int) -> Line:
        """Wait for the line of that number, the first being 1."""
        async with self._changed:
            await self._changed.wait_for(lambda: len(self.lines) >= number)
        return self.lines[number - 1]

    def _run(self, method: str, arguments: Json) -> Json:
        if method != "apps.connections.open":
            return super()._run(method, arguments)
        ticket = f"t{next(self._numbers)}"
        self._tickets.add(ticket)
        address = self.url.replace("http", "ws", 1)
        return {"ok": True, "url": f"{address}/link/?ticket={ticket}&app_id={APP}"}

    async def _connect(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query["ticket"]
        if ticket not in self._tickets or not self.opens:
            self.complaints += [f"ticket: {ticket}"] if self.opens else []
            return web.Response(status=408)
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        assert request.transport is not None
        line = Line(socket=socket, transport=request.transport, complaints=self.complaints)
        await line.hello(len(self.open_lines) + 1)
        async with self._changed:
            self.lines.append(line)
            self._changed.notify_all()
        try:
            await line.read()
        finally:
            line.ended.set()
        return socket


@asynccontextmanager
async def serving(double: SocketDouble, *, under: str = "/slack") -> AsyncIterator[SocketDouble]:
    """Serve it under a path, and say where; at the end every line is ended."""
    application, there = web.Application(), web.Application()
    there.add_routes(double.routes())
    application.add_subapp(under, there)
    async with TestServer(application) as server:
        double.url = str(server.make_url(under))
        yield double
        for line in double.open_lines:
            await line.socket.close()
