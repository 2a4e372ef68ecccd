"""The sandbox page: one person at a time acts in the workspace, reads mail, writes, and time jumps.

Served beside the workspace's Web API. For a developer's or evaluator's own machine: it lets
anybody who reaches it act as anybody in it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import aiohttp
from aiohttp import web

from sandbox.calls import SlackError
from sandbox.forms import NoSuchElement
from sandbox.invites import answer_mail
from sandbox.mailbox import Received, Sink
from sandbox.page_acts import ACTS
from sandbox.reading import Reading, read
from sandbox.records import Clock, Json
from sandbox.serving import serving
from sandbox.showing import (
    MAX_SHOWN,
    Happened,
    Hints,
    Jumped,
    Person,
    mail_json,
    mail_line,
    meanwhile,
    newcomers,
    people_json,
    slack_json,
)
from sandbox.workspace import Workspace

__all__ = ["Happened", "Hints", "Jumped", "Person", "Sandbox", "running"]

HERE = Path(__file__).parent
#: How long one question for news waits before it is asked again.
POLL_SECONDS = 20.0
TARGETS = ("hour", "working-day", "week")
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data: http://127.0.0.1:* http://localhost:*; frame-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
MAIL_CSP = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)
MAIL_PAGE = """<!doctype html><meta charset="utf-8"><base target="_blank">
<meta name="viewport" content="width=device-width"><title>Mail</title>
<style>body{margin:12px;font:15px/1.5 system-ui,sans-serif;color:#1d2329;background:#fff;
overflow-wrap:anywhere}img{max-width:100%}</style>"""

Jump = Callable[[str], Awaitable[Jumped]]
Act = Callable[[web.Request, Json], Awaitable[Json]]
SendMail = Callable[[str, str, bytes], Awaitable[str]]


class Sandbox:
    """The page over one workspace and one sink.

    `jump` takes one of TARGETS; `send_mail(sender, recipient, raw)` returns the server's reply.
    `hints` are what the page offers to type.
    """

    def __init__(
        self,
        workspace: Workspace,
        sink: Sink,
        *,
        clock: Clock,
        jump: Jump,
        send_mail: SendMail,
        people: Sequence[Person],
        hints: Hints | None = None,
    ) -> None:
        self._workspace = workspace
        self._sink = sink
        self._clock = clock
        self._jump = jump
        self._send_mail = send_mail
        self._people = {person.email: person for person in people}
        self._hints = hints or Hints()
        self._readings: dict[int, Reading] = {}
        # One counter for both, so that one question waits for chat and mail alike.
        self._changes = workspace.memory.changes
        sink.changes = self._changes
        self._stopped = False

    def routes(self) -> list[web.AbstractRouteDef]:
        """Return the routes that are served beside the workspace's."""
        return [
            web.get("/", self._page),
            web.static("/static", HERE / "static"),
            web.get("/state", self._state),
            web.get("/mail/{number}", self._mail),
            web.get("/mail/{number}/html", self._mail_html),
            web.get("/mail/{number}/source", self._mail_source),
            web.post("/mail/{number}/answer", self._posted(self._answer)),
            web.post("/mail/{number}/unsubscribe", self._posted(self._unsubscribe)),
            web.post("/mail/write", self._posted(self._write)),
            web.post("/act/{what}", self._posted(self._act)),
            web.post("/jump", self._posted(self._jumped)),
        ]

    async def stop(self) -> None:
        """Let waiting questions go and end the workspace's sockets; `running` calls it."""
        self._stopped = True
        await self._workspace.stop()

    async def _page(self, request: web.Request) -> web.Response:
        text = (HERE / "templates" / "page.html").read_text(encoding="utf-8")
        headers = {"Content-Security-Policy": CSP, "Cache-Control": "no-store"}
        return web.Response(text=text, content_type="text/html", headers=headers)

    async def _state(self, request: web.Request) -> web.Response:
        since = request.query.get("since", "")
        if since.isdigit() and not self._stopped:
            await self._changes.after(int(since), seconds=POLL_SECONDS)
        people = self._everybody()
        person = people.get(request.query.get("as", ""))
        state: Json = {
            "workspace": self._workspace.memory.team_id,
            "now": self._clock.now().isoformat(),
            "commands": [list(command) for command in self._hints.commands],
            "addresses": list(self._hints.addresses),
            "tries": list(self._hints.tries),
            "shortcuts": [asdict(one) for one in self._hints.shortcuts],
            "people": people_json(people.values(), self._workspace, self._sink.all),
        }
        if person is not None:
            state["slack"] = (
                slack_json(self._workspace, person.slack_id) if person.slack_id else None
            )
            mails = self._sink.mails(person.email)[-MAX_SHOWN:]
            state["mail"] = [mail_line(mail, self._read(mail)) for mail in reversed(mails)]
        # Reading opens the DM with the bot, which is a change of its own: count it as seen.
        state["version"] = self._changes.version
        return web.json_response(state, headers={"Cache-Control": "no-store"})

    def _posted(self, act: Act) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def answer(request: web.Request) -> web.Response:
            # Another site cannot send this type without asking, so it cannot act here.
            if request.content_type != "application/json":
                raise web.HTTPUnsupportedMediaType
            try:
                return web.json_response(await act(request, await request.json()))
            except (NoSuchElement, SlackError, LookupError, ValueError) as wrong:
                return web.json_response({"trouble": str(wrong)}, status=400)

        return answer

    def _who(self, asked: Json) -> Person:
        return self._everybody()[str(asked["as"])]

    def _everybody(self) -> dict[str, Person]:
        later = newcomers(self._workspace, self._people)
        return self._people | {person.email: person for person in later}

    # Mail

    def _one(self, request: web.Request) -> Received:
        number = request.match_info["number"]
        if not number.isdigit() or not 0 < int(number) <= len(self._sink.all):
            raise web.HTTPNotFound
        return self._sink.all[int(number) - 1]

    def _read(self, mail: Received) -> Reading:
        if mail.number not in self._readings:
            self._readings[mail.number] = read(mail.raw)
        return self._readings[mail.number]

    async def _mail(self, request: web.Request) -> web.Response:
        mail = self._one(request)
        return web.json_response(mail_json(mail, self._read(mail)))

    async def _mail_html(self, request: web.Request) -> web.Response:
        text = MAIL_PAGE + self._read(self._one(request)).html
        headers = {"Content-Security-Policy": MAIL_CSP}
        return web.Response(text=text, content_type="text/html", headers=headers)

    async def _mail_source(self, request: web.Request) -> web.Response:
        text = self._one(request).raw.decode("utf-8", "replace")
        headers = {"Content-Security-Policy": MAIL_CSP, "X-Content-Type-Options": "nosniff"}
        return web.Response(text=text, content_type="text/plain", headers=headers)

    async def _answer(self, request: web.Request, asked: Json) -> Json:
        person = self._who(asked)
        invite = self._read(self._one(request)).invites[int(asked.get("event", 0))]
        raw = answer_mail(
            invite,
            address=person.email,
            name=person.name,
            answer=asked["answer"],
            now=self._clock.now(),
        )
        return {"words": await self._send_mail(person.email, invite.organizer, raw)}

    async def _unsubscribe(self, request: web.Request, asked: Json) -> Json:
        url = self._read(self._one(request)).one_click
        if url is None:
            raise LookupError("this mail offers no one-click unsubscribing")
        # RFC 8058 3.2: a POST of exactly this form, without cookies.
        async with (
            aiohttp.ClientSession() as session,
            session.post(url, data={"List-Unsubscribe": "One-Click"}) as response,
        ):
            return {"words": f"{response.status} {response.reason}"}

    async def _write(self, request: web.Request, asked: Json) -> Json:
        person = self._who(asked)
        message = EmailMessage()
        message["From"] = Address(display_name=person.name, addr_spec=person.email)
        message["To"] = str(asked["to"]).strip()
        message["Subject"] = " ".join(str(asked["subject"]).split())
        now = self._clock.now()
        message["Date"] = format_datetime(now)
        message["Message-ID"] = f"<{now.timestamp():.6f}.{person.email}>"
        if asked.get("in_reply_to"):
            message["In-Reply-To"] = message["References"] = str(asked["in_reply_to"]).strip()
        message.set_content(str(asked["text"]))
        raw = message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        return {"words": await self._send_mail(person.email, str(asked["to"]).strip(), raw)}

    async def _jumped(self, request: web.Request, asked: Json) -> Json:
        target = str(asked["target"])
        if target not in TARGETS:
            raise LookupError(f"{target} is none of {', '.join(TARGETS)}")
        mails, version = len(self._sink.all), self._changes.version
        since = self._clock.now()
        jumped = await self._jump(target)
        said = [one for one in self._workspace.memory.messages if one.version > version]
        self._changes.touch()
        sent = meanwhile(self._workspace, self._sink.all[mails:], said, since=since)
        lines = sorted([*jumped.happened, *sent], key=lambda line: line.at)
        happened = [{"at": one.at.isoformat(), "words": one.words} for one in lines]
        return {"now": jumped.now.isoformat(), "happened": happened}

    async def _act(self, request: web.Request, asked: Json) -> Json:
        user = self._who(asked).slack_id
        act = ACTS.get(request.match_info["what"])
        if user is None:
            raise LookupError("this person is not on Slack")
        if act is None:
            raise web.HTTPNotFound
        return await act(self._workspace, user, asked)


@asynccontextmanager
async def running(sandbox: Sandbox, workspace: Workspace, *, port: int = 0) -> AsyncIterator[str]:
    """Serve the page and the workspace together and yield the page's address."""
    routes = [*workspace.api.routes(), *sandbox.routes()]
    async with serving(routes, port=port, stop=sandbox.stop) as url:
        workspace.url = url
        yield f"{url}/"
