"""The service with mail alone: no Slack, no pages, a clock that stands, mailboxes for everybody.

For long stories: less goes on here than in a town, and what happens goes through the same doors.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from app import roles, wiring
from app.wiring import Parts
from community import digests, dockets
from config import loading
from proofs.ports import free_port
from sandbox import mailbox, posting
from sandbox.jumping import StillClock
from sandbox.mailbox import Received, Sink

DOMAIN = "lists.example.org"
#: When what is due is done: late by some hours, which is harmless; the digest is not late.
LOOKS_UP = (dockets.MORNING, digests.DAILY_AT)
SECRET_KEY = "for tests, for tests, for tests, for tests"


class Hamlet:
    """What can be done where there is nothing but mail."""

    def __init__(self, parts: Parts, clock: StillClock, sink: Sink) -> None:
        self._parts, self._clock, self._sink = parts, clock, sink
        self.store = parts.store
        #: What somebody does who looks at their mail as often as the house at its clock.
        self.reads_mail: Callable[[], Awaitable[None]] | None = None

    @property
    def now(self) -> datetime:
        """Return its time."""
        return self._clock.now()

    async def wait_until(self, moment: datetime) -> None:
        """Let time pass; what is due is done when the house looks up: twice a day, and then."""
        for at in (*self._mornings_and_afternoons(moment), moment):
            self._clock.put_forward(at)
            await roles.work_through(self._parts)
            if self.reads_mail is not None:
                await self.reads_mail()

    def _mornings_and_afternoons(self, until: datetime) -> list[datetime]:
        calendar = self.store.calendar
        first, last = calendar.local(self.now).date(), calendar.local(until).date()
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        moments = [calendar.at_local(day, at) for day in days for at in LOOKS_UP]
        return [moment for moment in moments if self.now < moment < until]

    async def hand_in(self, sender: str, raw: bytes, *, to: str) -> str:
        """Hand a mail to the service over LMTP and return the reply."""
        host, port = self._parts.settings.lmtp_listen
        return await posting.post(host, port, sender, to, raw)

    def mails(self, address: str) -> list[Received]:
        """Return what has come to one mailbox, oldest first."""
        return self._sink.mails(address)


@asynccontextmanager
async def standing(database_url: str, now: datetime) -> AsyncIterator[Hamlet]:
    """Build it on a fresh database, with its clock standing at `now`."""
    clock = StillClock(now)
    sink = Sink(clock)
    async with mailbox.running(sink) as port:
        settings = loading.load(
            {
                "SAMBAND_DATABASE_URL": database_url,
                "SAMBAND_SECRET_KEY": SECRET_KEY,
                "SAMBAND_DOMAIN": DOMAIN,
                "SAMBAND_OWN_DOMAINS": "example.org",
                "SAMBAND_SMTP_RELAY": f"smtp://127.0.0.1:{port}",
                "SAMBAND_LMTP_LISTEN": f"127.0.0.1:{free_port()}",
            },
            env_file=None,
        )
        store = wiring.store_of(settings)
        parts = wiring.parts(settings, store, clock)
        try:
            await parts.scheduler.prepare()
            async with roles.running(parts, frozenset({"mail"})):
                yield Hamlet(parts, clock, sink)
        finally:
            await parts.relay.aclose()
            store.close()
