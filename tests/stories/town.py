"""The town in which the stories play: the whole service, Slack, mailboxes, and a clock that stands.

Everything goes through the doors: mails over LMTP and SMTP, commands and buttons over Socket Mode,
links over HTTP. Nobody reaches into the community.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import make_msgid
from functools import cache

import httpx2

from app import demo, roles
from app.demo import Demo, World
from community.policies import Policy
from proofs.ports import free_port
from sandbox import jumping, posting
from sandbox.jumping import StillClock
from sandbox.mailbox import Sink
from sandbox.reading import Reading, read
from sandbox.records import Message, View
from sandbox.replies import Reply
from sandbox.workspace import Workspace

#: Longer than anything takes here.
SLOW_SECONDS = 60.0
FORM = re.compile(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"')


class Town:
    """What people of the sample community can do, each by an address."""

    def __init__(self, running: Demo, web: httpx2.AsyncClient) -> None:
        self.demo, self.web = running, web
        self.workspace, self.sink = running.world.workspace, running.world.sink

    @property
    def now(self) -> datetime:
        """Return the town's time."""
        return self.demo.world.clock.now()

    # Time

    async def settle(self) -> None:
        """Let everything happen that is due."""
        await self.demo.settle()

    async def wait_until(self, moment: datetime) -> None:
        """Let time pass; what comes due on the way happens in order."""
        async with self.demo.at_work:
            await jumping.jump(
                self.demo.world.clock,
                moment,
                next_moment=lambda: roles.next_moment(self.demo.parts),
                work_through=lambda: roles.work_through(self.demo.parts),
            )

    async def pass_grace(self) -> None:
        """Let the time pass in which a post can still be withdrawn."""
        await self.wait_until(self.now + timedelta(seconds=Policy().grace_seconds))

    # Mail

    async def write(
        self, sender: str, subject: str, text: str, *, answers: str | None = None
    ) -> str:
        """Send a mail to the list over LMTP and return the server's reply."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, demo.LIST, subject
        mail["Message-ID"] = make_msgid(domain="example.org")
        if answers:
            mail["In-Reply-To"] = answers
        mail.set_content(text)
        raw = mail.as_bytes().replace(b"\n", b"\r\n")
        reply = await self.hand_in(sender, raw)
        await self.settle()
        return reply

    async def post(self, sender: str, subject: str, text: str) -> str:
        """Send a mail to the list and let its grace pass; return the server's reply."""
        reply = await self.write(sender, subject, text)
        await self.pass_grace()
        return reply

    async def hand_in(self, sender: str, raw: bytes, *, to: str = demo.LIST) -> str:
        """Hand any bytes to the service over LMTP and return the reply."""
        host, port = self.demo.parts.settings.lmtp_listen
        return await posting.post(host, port, sender, to, raw)

    def mails(self, address: str, subject: str = "") -> list[Reading]:
        """Read the mails of one person whose subject contains these words, oldest first."""
        readings = [read(mail.raw) for mail in self.sink.mails(address)]
        return [reading for reading in readings if subject in reading.subject]

    # Links of mails

    def link(self, mail: Reading, verb: str) -> str:
        """Return the link of a mail whose path ends in this verb."""
        found = [link for link in mail.links if link.endswith(f"/{verb}")]
        assert found, f"no link to {verb} in “{mail.subject}”: {mail.links}"
        return found[0]

    async def click(self, url: str, **fields: str) -> str:
        """Open a mailed link, press the button on its page, and return the page that follows."""
        page = await self.web.get(url)
        assert page.status_code == 200, page.text
        hidden = dict(FORM.findall(page.text))
        answer = await self.web.post(url, data=hidden | fields)
        await self.settle()
        return answer.text

    # Slack

    def slack(self, email: str) -> str:
        """Return the Slack id of a person."""
        members = self.workspace.memory.members.values()
        return next(member.id for member in members if member.email == email)

    def told(self, email: str, words: str = "") -> list[Message]:
        """Return what the bot has told a person in their direct message, oldest first."""
        channel = self.workspace.direct(self.slack(email))
        messages = self.workspace.messages(channel.id)
        return [message for message in messages if words in str(message.blocks) + message.text]

    async def command(self, email: str, text: str) -> Reply:
        """Type `/postdoc …`."""
        reply = await self.workspace.command(self.slack(email), "/postdoc", text)
        await self.settle()
        return reply

    async def press(
        self, email: str, where: Message | View, action: str, *, value: str | None = None
    ) -> Reply:
        """Press a button."""
        reply = await self.workspace.press(self.slack(email), where, action, value=value)
        await self.settle()
        return reply

    async def fill(self, email: str, view: View, **values: object) -> dict[str, str]:
        """Fill in a modal and submit it; return what is wrong with it, if anything."""
        filled = await self.workspace.fill(self.slack(email), view, values)  # type: ignore[arg-type]
        assert filled.trouble is None, filled.trouble
        await self.settle()
        return dict(filled.errors)


@asynccontextmanager
async def standing(database_url: str, now: datetime, **changes: object) -> AsyncIterator[Town]:
    """Build the town on a fresh database, with its clock standing at `now`; `changes`: settings."""
    clock = StillClock(now)
    # Nothing here goes on for good, and nobody is in a hurry: a machine with much to do may take
    # longer for a press than Slack would wait, and the next step must not come before its end.
    workspace = Workspace(clock, ack_seconds=SLOW_SECONDS, patience_seconds=SLOW_SECONDS)
    world = World(clock=clock, workspace=workspace, sink=Sink(clock))
    async with (
        demo.running(world, database_url, _ports(), **changes) as running,
        httpx2.AsyncClient() as web,
    ):
        yield Town(running, web)


@cache
def _ports() -> dict[str, int]:
    """Choose where the towns of this process listen, one after the other."""
    return {name: free_port() for name in demo.PORTS}
