"""Reads the payloads of `payloads/`, in Slack's documented shapes, and sends them signed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from string import Template
from urllib.parse import urlencode

from slack_sdk.signature import Clock as MachineClock

from bot import app as bot_app
from bot.app import Answer, Chat
from bot.tokens import LastingToken
from community.clock import Clock
from community.store import Store
from sandbox.signing import signed
from tests.bot.slack_double import APP_TOKEN, BOT_TOKEN, Json, SlackDouble
from tests.builders import a_house

FOLDER = Path(__file__).parent / "payloads"
SECRET = "the double's signing secret"
#: A form is waited for until it is done, however busy the machine is.
PATIENT_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True)
class Payload:
    """One payload: the shape that Slack gives it, who did it, and what is in its places."""

    shape: str
    who: str = "ada"
    given: Mapping[str, object] = field(default_factory=dict)

    def filled(self, number: int, *, url: str, ids: Mapping[str, int]) -> Json:
        """Return what Slack sends; no two numbers have an id in common.

        `$lunch` in what was given is the id of the lunch.
        """
        same = {name: str(value) for name, value in ids.items()}
        places = {
            "user": f"U0{self.who.upper()}",
            "user_name": self.who,
            "email": f"{self.who}@elsewhere.example",
            "deleted": False,
            "trigger": f"{number}.1801472400.aa",
            "event": f"Ev{number}",
            "view_id": f"V0{number}",
            "response_url": f"{url}/commands/{number}",
            "kept": "",
            "state": {},
            "blocks": [],
            "text": "",
        } | {name: _in(value, same) for name, value in self.given.items()}
        filled = _in(_shape(self.shape), places)
        assert isinstance(filled, dict)
        return filled


@cache
def _shape(name: str) -> Json:
    shape: Json = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    return shape


def _in(thing: object, places: Mapping[str, object]) -> object:
    """Return the thing with its places filled: `$name` alone takes any value, within text words."""
    if isinstance(thing, str):
        if thing.startswith("$") and thing[1:] in places:
            return places[thing[1:]]
        return Template(thing).safe_substitute(places)
    if isinstance(thing, dict):
        return {key: _in(value, places) for key, value in thing.items()}
    return [_in(each, places) for each in thing] if isinstance(thing, list) else thing


async def sent(chat: Chat, payload: Json, *, retry: int = 0) -> Answer:
    """Send a payload as Slack posts it, and wait until what it led to is over."""
    answer = await chat.http(*request(payload, retry=retry))
    await chat.settled()
    return answer


def request(payload: Json, *, retry: int = 0, secret: str = SECRET) -> tuple[bytes, dict[str, str]]:
    """Return body and headers: a form for commands and presses, JSON for events."""
    is_json = payload.get("type") in ("event_callback", "url_verification", "app_rate_limited")
    if is_json:
        kind, body = "application/json", json.dumps(payload)
    else:
        kind = "application/x-www-form-urlencoded"
        body = urlencode(payload if "command" in payload else {"payload": json.dumps(payload)})
    headers = {"Content-Type": kind, **signed(secret, body, at=int(MachineClock().now()))}
    if retry:
        headers |= {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": "http_timeout"}
    return body.encode(), headers


def a_chat(
    store: Store,
    clock: Clock,
    slack: SlackDouble,
    *,
    api_url: str = "",
    patience_seconds: float = PATIENT_SECONDS,
) -> Chat:
    """Build a bot for the strict Slack, which waits as long for a form."""
    return bot_app.build(
        store,
        a_house(),
        clock,
        token=LastingToken(BOT_TOKEN),
        signing_secret=SECRET,
        app_token=APP_TOKEN,
        api_url=api_url or f"{slack.url}/api",
        patience_seconds=patience_seconds,
        call_seconds=int(PATIENT_SECONDS),
    )
