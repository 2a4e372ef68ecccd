"""Socket Mode: the app's open WebSockets, the envelopes that go down them, and the acks.

Each envelope goes to one connection, in turn. An envelope that nobody acknowledges in time is
lost for the member who caused it, as in the real Slack.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass

from aiohttp import WSMsgType, web

from sandbox.records import Json

OPERATION_TIMEOUT = "operation_timeout"
DISPATCH_FAILED = "dispatch_failed"


@dataclass(frozen=True, kw_only=True)
class Ack:
    """What came back for an envelope: the app's payload, or why nothing came."""

    payload: Json | None = None
    error: str | None = None


class Sockets:
    """Keep the connections of one app and deliver envelopes to them."""

    def __init__(self, *, app_id: str, ack_seconds: float) -> None:
        self._app_id = app_id
        self.ack_seconds = ack_seconds
        self._open: list[web.WebSocketResponse] = []
        self._transports: dict[web.WebSocketResponse, asyncio.Transport] = {}
        self._tickets: set[str] = set()
        self._waiting: dict[str, asyncio.Future[Json | None]] = {}
        self._arrived = asyncio.Condition()
        self._count = 0

    @property
    def count(self) -> int:
        """Return how many connections are open."""
        return len(self._open)

    def ticket(self) -> str:
        """Return a ticket for one connection."""
        self._count += 1
        ticket = f"ticket-{self._count}"
        self._tickets.add(ticket)
        return ticket

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """Take one connection and read its acks until it ends."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=401, text="invalid ticket")
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        hello = {
            "type": "hello",
            "num_connections": self.count + 1,
            "connection_info": {"app_id": self._app_id},
            "debug_info": {"host": "sandbox", "approximate_connection_time": 18060},
        }
        await socket.send_json(hello)
        self._open.append(socket)
        if request.transport is not None:
            self._transports[socket] = request.transport
        async with self._arrived:
            self._arrived.notify_all()
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._acknowledge(message.data)
        finally:
            self._leave(socket)
            self._transports.pop(socket, None)
        return socket

    def _acknowledge(self, text: str) -> None:
        try:
            answer = json.loads(text)
        except ValueError:
            return
        waiting = self._waiting.pop(str(answer.get("envelope_id")), None)
        if waiting is not None and not waiting.done():
            waiting.set_result(answer.get("payload"))

    def _leave(self, socket: web.WebSocketResponse) -> None:
        if socket in self._open:
            self._open.remove(socket)

    async def connected(self, count: int = 1) -> None:
        """Wait until at least `count` connections are open."""
        async with self._arrived:
            await self._arrived.wait_for(lambda: self.count >= count)

    async def deliver(self, kind: str, payload: Json, *, retry: int = 0) -> Ack:
        """Send one envelope and return what was answered, within the time Slack gives."""
        try:
            async with asyncio.timeout(self.ack_seconds):
                await self.connected()
                socket = self._open.pop(0)
                self._open.append(socket)
                return Ack(payload=await self._sent(socket, kind, payload, retry))
        except TimeoutError:
            return Ack(error=OPERATION_TIMEOUT if self._open else DISPATCH_FAILED)
        except ConnectionError:
            return Ack(error=DISPATCH_FAILED)

    async def _sent(
        self, socket: web.WebSocketResponse, kind: str, payload: Json, retry: int
    ) -> Json | None:
        self._count += 1
        name = f"envelope-{self._count}"
        envelope: Json = {
            "envelope_id": name,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            envelope["retry_attempt"] = retry
            envelope["retry_reason"] = "timeout" if retry else ""
        future: asyncio.Future[Json | None] = asyncio.get_running_loop().create_future()
        self._waiting[name] = future
        try:
            await socket.send_json(envelope)
            return await future
        finally:
            self._waiting.pop(name, None)

    async def disconnect(self, reason: str) -> None:
        """Tell each connection to come anew, as Slack does before it ends one, and end it."""
        for socket in list(self._open):
            self._leave(socket)
            await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {}})
            await socket.close()

    async def drop(self) -> None:
        """End each connection with no word."""
        for socket in list(self._open):
            self._leave(socket)
            transport = self._transports.pop(socket, None)
            if transport is not None:
                transport.abort()
