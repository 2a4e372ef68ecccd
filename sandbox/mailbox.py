"""A mail sink: an SMTP server that keeps every mail for its recipients, and fails on order.

The relay of the demo and of tests. Addresses that begin with `temp@` or `perm@` are always refused.
Each mail is kept as the bytes that came, once per accepted recipient.
"""

from __future__ import annotations

import asyncio
import base64
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from aiosmtpd.smtp import SMTP, Envelope, Session

from sandbox.memory import Changes
from sandbox.records import Clock, Json

ALWAYS = {
    "temp": "451 4.7.1 Greylisted, please try again later",
    "perm": "550 5.1.1 The mailbox does not exist",
}
MAX_MAIL_BYTES = 60 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Received:
    """One mail as one mailbox got it."""

    number: int
    sender: str
    recipient: str
    raw: bytes
    at: datetime


class Sink:
    """Keep what comes, and refuse, hang or drop when told to."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.changes = Changes()
        self.all: list[Received] = []
        self._refusals: dict[str, deque[str]] = {}
        self._lasting: dict[str, str] = {}
        self._hanging: set[str] = set()
        self._drops = 0
        self._released = asyncio.Event()
        #: The port, once the sink runs.
        self.port = 0

    def mails(self, address: str) -> list[Received]:
        """Return the mails of one mailbox, oldest first."""
        wanted = address.casefold()
        return [mail for mail in self.all if mail.recipient.casefold() == wanted]

    def refuse(self, what: str, reply: str, *, times: int | None = None) -> None:
        """Answer RCPT of this address (or this verb: MAIL, DATA, EHLO) with a reply.

        For good, or `times` times.
        """
        key = what.casefold()
        if times is None:
            self._lasting[key] = reply
        else:
            self._refusals.setdefault(key, deque()).extend([reply] * times)

    def accept(self, what: str) -> None:
        """Take back what `refuse` or `hang` ordered."""
        key = what.casefold()
        self._lasting.pop(key, None)
        self._refusals.pop(key, None)
        self._hanging.discard(key)

    def hang(self, what: str) -> None:
        """Never answer RCPT of this address, or this verb."""
        self._hanging.add(what.casefold())

    def drop_after_data(self, times: int = 1) -> None:
        """Keep the next mail, but end the connection before the reply: the sender cannot know."""
        self._drops += times

    async def verdict(self, what: str) -> str | None:
        """Return the ordered reply for an address or verb; hang if that was ordered."""
        key = what.casefold()
        if key in self._hanging:
            await self._released.wait()
        waiting = self._refusals.get(key)
        if waiting:
            return waiting.popleft()
        return self._lasting.get(key) or ALWAYS.get(key.partition("@")[0] if "@" in key else "")

    def keep(self, sender: str, recipients: list[str], raw: bytes) -> None:
        """Put a mail in each recipient's mailbox."""
        for recipient in recipients:
            mail = Received(
                number=len(self.all) + 1,
                sender=sender,
                recipient=recipient,
                raw=raw,
                at=self._clock.now(),
            )
            self.all.append(mail)
        self.changes.touch()

    def drops_now(self) -> bool:
        """Say whether this connection is to be dropped, and count it."""
        dropping = self._drops > 0
        self._drops -= dropping
        return dropping

    def release(self) -> None:
        """Let hanging connections go on, at the end."""
        self._released.set()

    def dump(self) -> Json:
        """Return the mails as values that JSON can keep."""
        return {
            "mails": [
                {
                    "number": mail.number,
                    "sender": mail.sender,
                    "recipient": mail.recipient,
                    "raw": base64.b64encode(mail.raw).decode(),
                    "at": mail.at.isoformat(),
                }
                for mail in self.all
            ]
        }

    @classmethod
    def load(cls, kept: Json, clock: Clock) -> Sink:
        """Return the sink that `dump` kept."""
        sink = cls(clock)
        sink.all = [
            Received(
                number=record["number"],
                sender=record["sender"],
                recipient=record["recipient"],
                raw=base64.b64decode(record["raw"]),
                at=datetime.fromisoformat(record["at"]),
            )
            for record in kept["mails"]
        ]
        sink.changes.touch()
        return sink


class _Refusing:
    """The sink's side of the SMTP dialogue; the names are aiosmtpd's."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's names, here and below
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        reply = await self._sink.verdict("EHLO")
        session.host_name = hostname
        return [reply] if reply else responses

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        reply = await self._sink.verdict("MAIL")
        if reply is None:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return reply or "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        reply = await self._sink.verdict(address)
        if reply is None:
            envelope.rcpt_tos.append(address)
        return reply or "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        reply = await self._sink.verdict("DATA")
        if reply is not None:
            return reply
        raw = envelope.content
        content = raw if isinstance(raw, bytes) else str(raw).encode()
        self._sink.keep(envelope.mail_from or "", list(envelope.rcpt_tos), content)
        if self._sink.drops_now():
            _abort(server)
        return f"250 2.0.0 OK: queued as {len(self._sink.all)}"


class _Server(SMTP):
    """aiosmtpd's server; real mail has lines longer than it allows (aiosmtpd trap 2)."""

    line_length_limit = 100_000

    def __init__(self, sink: Sink, open_ones: set[_Server]) -> None:
        super().__init__(
            _Refusing(sink),
            data_size_limit=MAX_MAIL_BYTES,
            enable_SMTPUTF8=True,
            hostname="sink.example.org",
            loop=asyncio.get_running_loop(),
        )
        self._open_ones = open_ones
        open_ones.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        self._open_ones.discard(self)
        super().connection_lost(error)


@asynccontextmanager
async def running(sink: Sink) -> AsyncIterator[int]:
    """Listen on loopback in the caller's loop and yield the port."""
    loop = asyncio.get_running_loop()
    open_ones: set[_Server] = set()
    listening = await loop.create_server(lambda: _Server(sink, open_ones), "127.0.0.1", 0)
    sink.port = listening.sockets[0].getsockname()[1]
    try:
        yield sink.port
    finally:
        listening.close()
        sink.release()
        await _end(open_ones)
        await listening.wait_closed()


async def _end(servers: set[_Server]) -> None:
    """End every connection and its task, so that nothing is left in the loop."""
    tasks = [server._handler_coroutine for server in servers if server._handler_coroutine]
    for server in list(servers):
        _abort(server)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _abort(server: SMTP) -> None:
    if isinstance(server.transport, asyncio.Transport):
        server.transport.abort()
