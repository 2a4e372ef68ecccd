"""A second Slack, written from Slack's method reference alone, and strict.

It knows the methods that the bot calls, each with all its arguments, answers with as little as the
reference promises (no locale, no marks of a guest that are not there), and writes down every
complaint. The sandbox is kind to people; this one is not kind to the bot.
"""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

Json = dict[str, Any]

BOT_TOKEN = "xoxb-double"
APP_TOKEN = "xapp-1-A0SAMBAND-double"
CLIENT_ID, CLIENT_SECRET = "2141029472.691202649728", "double" * 5
TEAM, APP, BOT, BOT_USER = "T0HOUSE", "A0SAMBAND", "B0SAMBAND", "U0SAMBAND"

#: Required and optional arguments; who knows another is told `invalid_arguments`.
METHODS: Mapping[str, tuple[str, str]] = {
    "apps.connections.open": ("", ""),
    "auth.test": ("", ""),
    "bots.info": ("", "bot team_id"),
    "chat.delete": ("channel ts", "as_user"),
    "chat.postMessage": (
        "channel",
        "text blocks attachments icon_emoji icon_url link_names markdown_text metadata mrkdwn "
        "parse reply_broadcast thread_ts unfurl_links unfurl_media username",
    ),
    "chat.update": (
        "channel ts",
        "text blocks attachments as_user file_ids link_names markdown_text metadata parse "
        "reply_broadcast",
    ),
    "conversations.history": (
        "channel",
        "cursor include_all_metadata inclusive latest limit oldest",
    ),
    "conversations.info": ("channel", "include_locale include_num_members"),
    "conversations.open": ("", "channel prevent_creation return_im users"),
    "dnd.info": ("", "team_id user"),
    "oauth.v2.access": (
        "",
        "client_id client_secret code code_verifier grant_type redirect_uri refresh_token",
    ),
    "users.info": ("user", "include_locale"),
    "views.open": ("view", "interactivity_pointer trigger_id"),
    "views.publish": ("user_id view", "hash"),
    "views.push": ("view", "interactivity_pointer trigger_id"),
    "views.update": ("view", "external_id hash view_id"),
}
#: These may be asked by GET.
READS = ("auth.test", "bots.info", "conversations.", "dnd.", "users.")
#: A response address takes what an incoming webhook takes, and three things more.
RESPONSE = (
    "text blocks attachments mrkdwn thread_ts unfurl_links unfurl_media "
    "delete_original replace_original response_type"
)


@dataclass
class SlackDouble:
    """One workspace with one app, and what the app did to it."""

    url: str = ""
    users: dict[str, Json] = field(default_factory=dict)
    #: Method and arguments, in order; `response_url` for what came to a response address.
    calls: list[tuple[str, Json]] = field(default_factory=list)
    #: What Slack would not have taken.
    complaints: list[str] = field(default_factory=list)
    #: The next answers of a method: status, headers, body.
    ordered: dict[str, list[tuple[int, dict[str, str], Json]]] = field(default_factory=dict)
    #: Whether it answers at all; who cleared it sets it again at the end.
    answers: asyncio.Event = field(default_factory=asyncio.Event)
    #: Response addresses take nothing any more.
    refuse_responses: bool = False
    #: The tokens of the bot that are good, and the refresh token that buys the next.
    tokens: set[str] = field(default_factory=lambda: {BOT_TOKEN})
    refresh_token: str = "xoxe-1-double0"
    #: Triggers that were used: each is good for one view.
    _spent: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Let it answer."""
        self.answers.set()

    def add_user(self, user: str, email: str, **marks: object) -> None:
        """Add somebody as `users.info` shows a member of whom little is known."""
        profile = {"real_name": email.partition("@")[0], "email": email}
        self.users[user] = {"id": user, "team_id": TEAM, "profile": profile, **marks}

    def fail_next(self, method: str, error: str, *, retry_after: int | None = None) -> None:
        """Have the next call of a method fail."""
        status = 429 if retry_after is not None else 200
        headers = {"Retry-After": str(retry_after)} if retry_after is not None else {}
        answer = (status, headers, {"ok": False, "error": error})
        self.ordered.setdefault(method, []).append(answer)

    def named(self, method: str) -> list[Json]:
        """Return the arguments of every call of a method."""
        return [arguments for called, arguments in self.calls if called == method]

    def routes(self) -> list[web.RouteDef]:
        """Return what is served."""
        return [
            web.route("*", "/api/{method}", self._answer),
            web.post("/commands/{key}", self._respond),
        ]

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        await self.answers.wait()
        arguments = await self._read(request, method)
        self.calls.append((method, arguments))
        if self.ordered.get(method):
            status, headers, body = self.ordered[method].pop(0)
            return web.json_response(body, status=status, headers=headers)
        wrong = self._wrong(request, method, arguments)
        if wrong is not None:
            self.complaints.append(f"{method}: {wrong} {sorted(arguments)}")
            return web.json_response({"ok": False, "error": wrong})
        return web.json_response(self._run(method, arguments))

    async def _read(self, request: web.Request, method: str) -> Json:
        arguments: Json = {name: text for name, text in request.query.items() if name != "token"}
        if not request.can_read_body:
            return arguments
        if request.content_type == "application/json":
            return arguments | dict(await request.json())
        if request.content_type == "application/x-www-form-urlencoded":
            return arguments | dict(await request.post())
        self.complaints.append(f"{method}: {request.content_type}")
        return arguments

    def _wrong(self, request: web.Request, method: str, arguments: Json) -> str | None:
        if method not in METHODS:
            return "unknown_method"
        if method == "oauth.v2.access":
            return self._wrong_refresh(request, arguments)
        wanted = {APP_TOKEN} if method == "apps.connections.open" else self.tokens
        if request.headers.get("Authorization") not in {f"Bearer {token}" for token in wanted}:
            return "invalid_auth"
        if request.method == "GET" and not method.startswith(READS):
            return "method_not_supported"
        required, optional = (set(names.split()) for names in METHODS[method])
        if not required <= set(arguments) <= required | optional:
            return "invalid_arguments"
        return _wrong_view(arguments["view"]) if "view" in arguments else None

    def _wrong_refresh(self, request: web.Request, arguments: Json) -> str | None:
        """Say what is wrong: the app proves itself by HTTP Basic, as Slack recommends."""
        proof = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {proof}":
            return "bad_client_secret"
        if set(arguments) != {"grant_type", "refresh_token"}:
            return "invalid_arguments"
        if arguments["grant_type"] != "refresh_token":
            return "invalid_grant_type"
        is_good = arguments["refresh_token"] == self.refresh_token
        return None if is_good else "invalid_refresh_token"

    def _renew(self) -> Json:
        """Give the next pair, good for 12 hours; the token before stays good, older ones do not."""
        number = int(self.refresh_token.removeprefix("xoxe-1-double")) + 1
        self.refresh_token = f"xoxe-1-double{number}"
        self.tokens = {f"xoxe.xoxb-1-double{each}" for each in (number - 1, number)}
        return {
            "ok": True,
            "access_token": f"xoxe.xoxb-1-double{number}",
            "expires_in": 43200,
            "refresh_token": self.refresh_token,
            "token_type": "bot",
            "scope": "chat:write",
            "bot_user_id": BOT_USER,
            "app_id": APP,
            "team": {"id": TEAM, "name": "House"},
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _run(self, method: str, arguments: Json) -> Json:
        family = method.partition(".")[0]
        if family == "views":
            return self._view(arguments)
        if family == "oauth":
            return self._renew()
        if method in ("users.info", "conversations.open"):
            return self._user(method, arguments)
        if method == "auth.test":
            who = {"user": "samband", "team_id": TEAM, "user_id": BOT_USER, "bot_id": BOT}
            return {"ok": True, "url": "https://house.slack.com/", "team": "House", **who}
        if method == "conversations.info":
            shown = {"name": "mods", "is_channel": True, "is_private": True, "is_member": True}
            return {"ok": True, "channel": {"id": arguments["channel"], **shown}}
        if method == "bots.info":
            return {"ok": True, "bot": {"id": BOT, "deleted": False, "app_id": APP}}
        if family == "chat":
            ts = arguments.get("ts", f"1801472400.{len(self.calls):06}")
            return {"ok": True, "channel": arguments["channel"], "ts": ts}
        return {"ok": True}

    def _view(self, arguments: Json) -> Json:
        trigger = arguments.get("trigger_id")
        if trigger in self._spent:
            return {"ok": False, "error": "exchanged_trigger_id"}
        if trigger is not None:
            self._spent.add(trigger)
        return {"ok": True, "view": {"id": f"V0{len(self.calls)}", "hash": "1"}}

    def _user(self, method: str, arguments: Json) -> Json:
        user = arguments["users"] if method == "conversations.open" else arguments["user"]
        user = user[0] if isinstance(user, list) else user
        if user not in self.users:
            return {"ok": False, "error": "user_not_found"}
        if method == "conversations.open":
            return {"ok": True, "channel": {"id": f"D0{user}"}}
        return {"ok": True, "user": self.users[user]}

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        await self.answers.wait()
        if self.refuse_responses:
            return web.json_response({"ok": False, "error": "used_url"}, status=404)
        said = await request.json()
        self.calls.append(("response_url", said))
        if unknown := set(said) - set(RESPONSE.split()):
            self.complaints.append(f"response_url: {sorted(unknown)}")
        return web.Response(text="ok")


def populate(double: SlackDouble) -> None:
    """Add the people of `village.py`, a newcomer, a guest and somebody of elsewhere."""
    for name in ("ada", "bo", "kari", "mona", "per", "new", "sven"):
        double.add_user(f"U0{name.upper()}", f"{name}@elsewhere.example")
    double.add_user("U0GUS", "gus@elsewhere.example", is_restricted=True)
    double.add_user("U0EXT", "ext@other.example", team_id="T0OTHER")


def _wrong_view(given: object) -> str | None:
    view = json.loads(given) if isinstance(given, str) else given
    assert isinstance(view, dict)
    title = view.get("title", {}).get("text", "")
    fits = len(view["blocks"]) <= 100 and len(view.get("private_metadata", "")) <= 3000
    if view["type"] not in ("modal", "home") or len(title) > 24 or not fits:
        return "invalid_arguments"
    return None


@asynccontextmanager
async def serving(double: SlackDouble) -> AsyncIterator[SlackDouble]:
    """Serve it, and say where."""
    application = web.Application()
    application.add_routes(double.routes())
    async with TestServer(application) as server:
        double.url = str(server.make_url("")).rstrip("/")
        yield double
