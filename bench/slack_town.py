"""What people do in Slack in `bench slack`, and a Slack that answers slowly and sometimes not."""

import asyncio
import itertools
import json
from collections.abc import Iterator
from typing import Final

from aiohttp import WSMsgType, web
from sqlalchemy import update
from sqlalchemy.sql import literal

from bench import town
from community import meetups
from community.people import Person, PersonRole, Role
from community.store import Session, Store
from tests.bot.recorded import Payload
from tests.bot.slack_double import Json, SlackDouble

MEMBERS: Final = 500
ANSWERS_AFTER_SECONDS: Final = 0.2
#: After so long Slack gives an envelope up.
ACK_SECONDS: Final = 3
#: One call in so many fails.
FAILS: Final = 20


def populate(store: Store, *, people: int = MEMBERS) -> None:
    """Put people into the database of whom 500 are in Slack, and some meetups."""
    town.populate(store, people)

    def link(session: Session) -> None:
        for person_id in range(1, MEMBERS + 1):
            query = update(Person).where(Person.id == person_id)
            session.execute(query.values(slack_id=literal(f"U0{person_id}")))
            session.add(PersonRole(person_id=person_id, role=Role.MEMBER))

    store.run_sync(link)
    for host in range(1, 11):
        starts_at = town.EARLIER.replace(year=2030)
        store.run_sync(
            meetups.propose,
            topic=f"Lunch {host}",
            place="Here",
            starts_at=starts_at,
            by=host,
            now=town.EARLIER,
        )


def payloads(url: str) -> Iterator[Json]:
    """Give what people do, one after the other: lists, forms, presses, the Home tab."""
    for number in itertools.count(1):
        who = str(number % MEMBERS + 1)
        payload = _CYCLE[number % len(_CYCLE)]
        filled = Payload(shape=payload.shape, who=who, given=payload.given)
        yield filled.filled(number, url=url, ids={})


def _typed(text: str) -> Payload:
    return Payload(shape="command", given={"name": "/postdoc", "text": text})


def _pressed(name: str, value: str, where: str = "message") -> Payload:
    words = {"type": "plain_text", "text": "Press"}
    button = {"type": "button", "action_id": name, "value": value, "text": words, "block_id": "b1"}
    return Payload(shape=where, given={"name": name, "action": button, "element": button})


def _form() -> Payload:
    element = {"type": "static_select", "selected_option": {"value": "1.2"}}
    block = {"type": "input", "block_id": "field", "element": element}
    given = {"name": "person.set_fields", "kept": '{"id": 1}', "blocks": [block]}
    return Payload(shape="submission", given={**given, "state": {"field": {"field": element}}})


_CYCLE: Final = (
    _typed("help"),
    _pressed("meetup.join", "1"),
    Payload(shape="app_home_opened"),
    _typed("meetups"),
    _form(),
    _pressed("mailing_list.digest", "1"),
    _typed("meetup"),
    Payload(shape="app_home_opened"),
    _pressed("person.english", "1", "home"),
    _typed("lists"),
)


class SlowSlack(SlackDouble):
    """A Slack that takes its time, fails now and then, and has a line for Socket Mode."""

    calls_made = 0

    def routes(self) -> list[web.RouteDef]:
        """Return what is served."""
        self.line: asyncio.Future[web.WebSocketResponse] = asyncio.Future()
        self.acks: dict[str, asyncio.Future[None]] = {}
        return [web.get("/line", self._connect), *super().routes()]

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(ANSWERS_AFTER_SECONDS)
        self.calls_made += 1
        self.calls.clear()
        if self.calls_made % FAILS == 0:
            return web.json_response({"ok": False, "error": "internal_error"}, status=500)
        if request.match_info["method"] == "apps.connections.open":
            return web.json_response({"ok": True, "url": f"{self.url}/line".replace("http", "ws")})
        return await super()._answer(request)

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(ANSWERS_AFTER_SECONDS)
        self.calls.clear()
        return await super()._respond(request)

    async def _connect(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(max_msg_size=0)
        await socket.prepare(request)
        await socket.send_json({"type": "hello", "num_connections": 1})
        self.line.set_result(socket)
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                acked = self.acks.pop(json.loads(message.data)["envelope_id"])
                if not acked.done():
                    acked.set_result(None)
        return socket

    async def envelope(self, number: int, payload: Json) -> bool:
        """Send one payload down the line; say whether it was acknowledged in time."""
        name, kind = f"e{number}", "interactive"
        if "command" in payload:
            kind = "slash_commands"
        elif payload["type"] == "event_callback":
            kind = "events_api"
        self.acks[name] = asyncio.get_running_loop().create_future()
        said = {"envelope_id": name, "type": kind, "payload": payload}
        await (await self.line).send_json(said | {"accepts_response_payload": True})
        try:
            await asyncio.wait_for(self.acks[name], ACK_SECONDS)
        except TimeoutError:
            return False
        return True
