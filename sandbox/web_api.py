"""Slack's Web API over HTTP: read a call, check the token, run the method, answer as Slack does.

Also the addresses an app may respond to (`response_url`). The table METHODS says what exists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from aiohttp import web

from sandbox import methods_chat, methods_people, methods_views
from sandbox.calls import Call, SlackError, read_call
from sandbox.faults import Fault, Faults
from sandbox.handles import Handles
from sandbox.memory import Memory
from sandbox.records import Json
from sandbox.responses import apply_response
from sandbox.socket_mode import Sockets

Method = Callable[[Memory, Call], Json]
ViewMethod = Callable[[Memory, Handles, Call], Json]

METHODS: dict[str, Method] = {
    "auth.test": methods_people.test_auth,
    "bots.info": methods_people.bot,
    "dnd.info": methods_people.do_not_disturb,
    "users.info": methods_people.user,
    "conversations.open": methods_chat.open_direct,
    "conversations.info": methods_chat.conversation,
    "conversations.history": methods_chat.history,
    "chat.postMessage": methods_chat.post_message,
    "chat.update": methods_chat.update,
    "chat.delete": methods_chat.delete,
}
VIEW_METHODS: dict[str, ViewMethod] = {
    "views.open": methods_views.open_modal,
    "views.push": methods_views.push_modal,
    "views.update": methods_views.update,
    "views.publish": methods_views.publish,
}
CONNECT = "apps.connections.open"


class WebApi:
    """Answer Web API calls on one workspace's memory."""

    def __init__(
        self, memory: Memory, handles: Handles, sockets: Sockets, *, tokens: tuple[str, str]
    ) -> None:
        self._memory = memory
        self._handles = handles
        self._sockets = sockets
        self._bot_token, self._app_token = tokens
        self.faults = Faults()
        self.calls: list[Call] = []
        #: Calls being answered now; acts wait for them before they say that all is quiet.
        self.running = 0
        self.finished = 0

    def routes(self) -> list[web.RouteDef]:
        """Return the routes that an aiohttp application adds."""
        return [
            web.get("/api/{method}", self._answer),
            web.post("/api/{method}", self._answer),
            web.post("/response/{key}", self._respond),
            web.get("/link", self._sockets.connect),
        ]

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        with self._counted():
            try:
                call = await read_call(request, at=self._memory.clock.now().timestamp())
                self.calls.append(call)
                fault = self.faults.take(call.method)
                if fault is not None and not fault.after_effect:
                    return _failed(fault)
                answer = web.json_response({"ok": True, **self._run(call, request)})
                return _failed(fault) if fault is not None else answer
            except SlackError as refusal:
                return web.json_response(refusal.as_json())

    @contextmanager
    def _counted(self) -> Iterator[None]:
        self.running += 1
        try:
            yield
        finally:
            self.running -= 1
            self.finished += 1

    def _run(self, call: Call, request: web.Request) -> Json:
        method = self._method(call.method, request)
        if method is None:
            raise SlackError("unknown_method")
        self._check_token(call)
        return method(call)

    def _method(self, name: str, request: web.Request) -> Callable[[Call], Json] | None:
        if name == CONNECT:
            return partial(self._connect, request.host)
        if name in METHODS:
            return partial(METHODS[name], self._memory)
        if name in VIEW_METHODS:
            return partial(VIEW_METHODS[name], self._memory, self._handles)
        return None

    def _check_token(self, call: Call) -> None:
        if not call.token:
            raise SlackError("not_authed")
        wanted, other = self._bot_token, self._app_token
        if call.method == CONNECT:
            wanted, other = other, wanted
        if call.token == other:
            raise SlackError("not_allowed_token_type")
        if call.token != wanted:
            raise SlackError("invalid_auth")

    def _connect(self, host: str, call: Call) -> Json:
        return {"url": f"ws://{host}/link?ticket={self._sockets.ticket()}&app_id=sandbox"}

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        with self._counted():
            try:
                found = self._handles.respond(request.match_info["key"])
            except SlackError as refusal:
                return web.json_response(refusal.as_json(), status=404)
            fault = self.faults.take("response_url")
            if fault is not None:
                return _failed(fault)
            try:
                apply_response(self._memory, found, await request.json())
            except SlackError as refusal:
                return web.json_response(refusal.as_json(), status=400)
            return web.Response(text="ok")


def _failed(fault: Fault) -> web.StreamResponse:
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    if fault.error is not None:
        return web.json_response({"ok": False, "error": fault.error}, headers=headers)
    error = "ratelimited" if fault.status == 429 else "internal_error"
    answer = {"ok": False, "error": error}
    return web.json_response(answer, status=fault.status, headers=headers)
