"""`samband demo`: the whole service in one process, with a sandbox around it.

The sandbox stands where Slack, the mail server and people's mailboxes stand otherwise; everything
between is the real service. What happened is kept in var/demo, so that the next demo goes on from
there.
"""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import migrations
from app import roles, safety, wiring
from app.doctor_slack import MANIFEST
from app.serve import stop_signal
from app.wiring import Parts
from community import lists, rosters, subscriptions
from community.clock import SystemClock
from community.policies import Policy
from community.roster_files import read
from config import loading
from config import settings as config
from config.parsing import Endpoint
from sandbox import jumping, mailbox, page, people, posting
from sandbox.jumping import JumpClock, StillClock
from sandbox.mailbox import Sink
from sandbox.page import Hints, Jumped, Sandbox
from sandbox.shortcuts import of_manifest
from sandbox.workspace import Workspace

FOLDER = Path("var/demo")
URL = f"sqlite:///{FOLDER}/samband.db"
DOMAIN = "lists.example.org"
LIST = f"postdocs@{DOMAIN}"
#: Where the parts listen when these ports are free; otherwise the system chooses.
PORTS = {"sandbox": 8080, "web": 8000, "lmtp": 8024}
#: For a service that nobody but its owner reaches; a real one makes its own.
SECRET_KEY = "for-the-demo-on-this-machine-only"  # noqa: S105
SAVE_SECONDS = 5.0
WELCOME = (
    "Welcome to the postdocs’ list",
    "Dear all,\n\nthis is our own list: few mails, good ones. Ask, offer, propose a lunch.\n"
    "The rules are short: type /postdoc rules in Slack, or look at the list’s page.\n\nAmara\n",
)


@dataclass(kw_only=True)
class World:
    """The outside of the service: a clock that can be put forward, a workspace, mailboxes."""

    clock: JumpClock | StillClock
    workspace: Workspace
    sink: Sink


def main(*, fresh: bool) -> None:
    """Run the demo until Ctrl-C; `fresh` forgets what happened before."""
    with safety.sole_process(URL):
        if fresh:
            _forget()
        migrations.upgrade(URL)
        asyncio.run(_run())


def _forget() -> None:
    """Remove what earlier demos left, but not the lock that this process holds."""
    for left in FOLDER.iterdir():
        if left.suffix != ".serving":
            left.unlink()


async def _run() -> None:
    told = stop_signal()
    world = _remembered()
    async with running(world, URL, PORTS) as demo:
        (FOLDER / "env").touch(mode=0o600)
        (FOLDER / "env").write_text("".join(f"{k}={v}\n" for k, v in demo.env.items()), "utf-8")
        _say_where(demo)
        keeper = asyncio.create_task(_keep(world))
        await told.wait()
        keeper.cancel()
        with suppress(asyncio.CancelledError):
            await keeper
    _remember(world)
    print("\nStopped. `make demo` goes on from here, `make demo FRESH=1` starts anew.")  # noqa: T201


@dataclass(kw_only=True)
class Demo:
    """The running demo: the service, the world around it, and where to look."""

    parts: Parts
    world: World
    #: The settings it runs with, as an environment.
    env: Mapping[str, str]
    page_url: str
    #: Held while the service works and while time jumps, so that no lease is jumped over.
    at_work: asyncio.Lock

    async def settle(self) -> int:
        """Do everything that is due now; return how many things were done."""
        async with self.at_work:
            return await roles.work_through(self.parts)

    async def jump(self, target: str) -> Jumped:
        """Put time forward; what comes due on the way happens in order."""
        calendar, clock = self.parts.store.calendar, self.world.clock
        async with self.at_work:
            await jumping.jump(
                clock,
                jumping.target(target, clock.now(), calendar),
                next_moment=lambda: roles.next_moment(self.parts),
                work_through=lambda: roles.work_through(self.parts),
            )
        return Jumped(now=clock.now())


@asynccontextmanager
async def running(
    world: World, url: str, ports: Mapping[str, int], **changes: object
) -> AsyncIterator[Demo]:
    """Run the service on the database at `url` with the sandbox around it.

    `changes`: settings that are to be others than the demo's.
    """
    async with AsyncExitStack() as stack:
        sink_port = await stack.enter_async_context(mailbox.running(world.sink))
        people.move_in(world.workspace)
        lmtp, pages = _free(ports["lmtp"]), _free(ports["web"])
        late = _Late()
        sandbox = Sandbox(
            world.workspace,
            world.sink,
            clock=world.clock,
            jump=late.jump,
            send_mail=lambda sender, to, raw: posting.post(*lmtp, sender, to, raw),
            people=people.cast(world.workspace),
            hints=HINTS,
        )
        page_url = await stack.enter_async_context(
            page.running(sandbox, world.workspace, port=_free(ports["sandbox"]).port)
        )
        settings, env = _settings(url, world, sink_port=sink_port, lmtp=lmtp, pages=pages)
        settings = settings.model_copy(update=changes)
        store = wiring.store_of(settings)
        stack.callback(store.close)
        parts = wiring.parts(settings, store, world.clock)
        stack.push_async_callback(parts.relay.aclose)
        late.demo = Demo(
            parts=parts, world=world, env=env, page_url=page_url, at_work=asyncio.Lock()
        )
        await parts.scheduler.prepare()
        await roles.give_back(store, world.clock.now())
        await stack.enter_async_context(roles.running(parts, frozenset({"web", "mail", "bot"})))
        await _furnish(late.demo)
        await stack.enter_async_context(_pumping(late.demo))
        yield late.demo


class _Late:
    """The demo, known to the page before it runs."""

    demo: Demo

    async def jump(self, target: str) -> Jumped:
        return await self.demo.jump(target)


HINTS = Hints(
    commands=(
        ("/postdoc help", "what can be typed"),
        ("/postdoc meetup", "propose a meetup"),
        ("/postdoc held", "moderators: what waits"),
        ("/postdoc gathering", "coordinators: plan a gathering"),
        ("/postdoc announce", "coordinators: schedule an announcement"),
        ("/postdoc pair", "coordinators: make a mentor pair"),
    ),
    addresses=(LIST,),
    tries=(
        "Choose whom to act as, at the top: Wei Zhang. In the mail, write to the list.",
        "Act as Amara Okafor, a moderator: accept what Wei wrote.",
        "As Amara type /postdoc meetup and propose a lunch. As Elena Petrova, join it.",
        "As Michael Brown, a coordinator, type /postdoc pair: Elena Petrova and Margaret Ellis. "
        "Jump to the next working day, and look at the mail of Margaret.",
        "As Michael type /postdoc gathering; register as Priya Raman. Jump a week at a time.",
        "As Michael type /postdoc announce, in both languages. Read it as Jonas Lie.",
        "As Priya Raman press the flash beside the message field: Post to the list. Or, in "
        "# postdoc-chat, the three dots on a message: Send this to the list, or a meetup from it.",
    ),
    shortcuts=of_manifest(MANIFEST.read_text("utf-8")),
)


def _settings(
    url: str, world: World, *, sink_port: int, lmtp: Endpoint, pages: Endpoint
) -> tuple[config.Settings, dict[str, str]]:
    env = {
        "SAMBAND_DATABASE_URL": url,
        "SAMBAND_SECRET_KEY": SECRET_KEY,
        "SAMBAND_DOMAIN": DOMAIN,
        "SAMBAND_SMTP_RELAY": f"smtp://127.0.0.1:{sink_port}",
        "SAMBAND_LMTP_LISTEN": str(lmtp),
        "SAMBAND_WEB_LISTEN": str(pages),
        "SAMBAND_SLACK_BOT_TOKEN": world.workspace.bot_token,
        "SAMBAND_SLACK_APP_TOKEN": world.workspace.app_token,
        "SAMBAND_SLACK_API_URL": f"{world.workspace.url}/api/",
    }
    return loading.load(env, env_file=None), env


async def _furnish(demo: Demo) -> None:
    """Give a fresh community its people, its list, and a first post by a moderator."""
    store, now = demo.parts.store, demo.world.clock.now()
    reading = read(people.roster(demo.world.workspace))
    plan = await store.run(rosters.bring_in, reading, language="en", by=None, now=now)
    if not plan.added:
        return
    postdocs = await store.run(lists.create, LIST, by=None, now=now)
    await store.run(subscriptions.subscribe_all, postdocs.id, by=None, now=now)
    # Who looks at the demo for the first time finds the welcome there already.
    await store.run(lists.set_policy, postdocs.id, ["grace_seconds=0"], by=None, now=now)
    subject, text = WELCOME
    mail = EmailMessage()
    mail["From"], mail["To"] = "Amara Okafor <amara.okafor@example.org>", LIST
    mail["Subject"], mail["Message-ID"] = subject, f"<welcome@{DOMAIN}>"
    mail.set_content(text)
    lmtp = demo.parts.settings.lmtp_listen
    raw = mail.as_bytes().replace(b"\n", b"\r\n")
    await posting.post(*lmtp, "amara.okafor@example.org", LIST, raw)
    grace = f"grace_seconds={Policy().grace_seconds}"
    await store.run(lists.set_policy, postdocs.id, [grace], by=None, now=now)
    await demo.settle()


@asynccontextmanager
async def _pumping(demo: Demo) -> AsyncIterator[None]:
    """Work whenever something was put, and each second, as the roles worker and clock do."""
    woken = asyncio.Event()
    demo.parts.store.after_commit(woken.set)

    async def pump() -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await woken.wait()
            woken.clear()
            await demo.settle()

    task = asyncio.create_task(pump())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _free(port: int) -> Endpoint:
    """Return this port on loopback, or another one when something listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        return Endpoint("127.0.0.1", probe.getsockname()[1])


def _remembered() -> World:
    """Return the world as the last demo left it, or a new one."""
    clock = JumpClock()
    kept = FOLDER / "world.json"
    if not kept.exists():
        return World(clock=clock, workspace=Workspace(clock), sink=Sink(clock))
    world = json.loads(kept.read_text("utf-8"))
    clock.ahead = timedelta(seconds=world["ahead_seconds"])
    return World(
        clock=clock,
        workspace=Workspace.load(world["workspace"], clock),
        sink=Sink.load(world["sink"], clock),
    )


def _remember(world: World) -> None:
    kept = {
        "ahead_seconds": (world.clock.now() - SystemClock().now()).total_seconds(),
        "workspace": world.workspace.dump(),
        "sink": world.sink.dump(),
    }
    draft = FOLDER / "world.json.new"
    draft.write_text(json.dumps(kept), "utf-8")
    draft.replace(FOLDER / "world.json")


async def _keep(world: World) -> None:
    """Write down every few seconds what the outside has seen, in case nobody says goodbye."""
    while True:
        await asyncio.sleep(SAVE_SECONDS)
        _remember(world)


def _say_where(demo: Demo) -> None:
    settings = demo.parts.settings
    lines = (
        "",
        "Samband runs, with a sandbox around it. Ctrl-C stops it.",
        "",
        f"  Look here:     {demo.page_url}   act as anybody, read their mail, jump in time",
        f"  The pages:     {settings.public_url}   sign-in links come to the sandbox's mail",
        f"  Mail comes in: lmtp://{settings.lmtp_listen}   to {LIST}",
        f"  Commands:      .venv/bin/samband --env-file {FOLDER}/env held",
        "",
    )
    print("\n".join(lines), flush=True)  # noqa: T201
