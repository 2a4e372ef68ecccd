"""Plays SMTP conversations over raw sockets, because client libraries are too polite."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from sqlalchemy.exc import OperationalError

from mailing.listener import Envelope, Limits, Listener
from mailing.replies import TAKEN, UNKNOWN_ADDRESS, Reply

WAIT_SECONDS = 10


@dataclass(frozen=True)
class Client:
    """A client that says exactly what it is told."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, octets: bytes) -> None:
        """Write these bytes as they are."""
        self.writer.write(octets)
        await self.writer.drain()

    async def line(self) -> str:
        """Read one line; empty at the end of the stream."""
        octets = await asyncio.wait_for(self.reader.readline(), WAIT_SECONDS)
        return octets.decode().removesuffix("\r\n")

    async def rest(self) -> str:
        """Read until the server closes."""
        return (await asyncio.wait_for(self.reader.read(), WAIT_SECONDS)).decode()

    async def play(self, script: str) -> None:
        """Play a conversation: `C: ` lines are sent, `S: ` lines are expected, word for word."""
        for turn in filter(None, (line.strip() for line in script.splitlines())):
            if turn.startswith("C:"):
                await self.send(turn[2:].strip().encode() + b"\r\n")
            else:
                assert await self.line() == turn[2:].strip()


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[Client]:
    """Give a client that has heard the greeting."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    client = Client(reader, writer)
    try:
        assert (await client.line()).startswith("220 ")
        yield client
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


LISTS = {"postdocs@lists.example.org", "mentors@lists.example.org", "broken@lists.example.org"}
MAIL = b"From: kari@example.org\r\nSubject: x\r\n\r\nHello.\r\n"
OPENING = """
    C: LHLO mx.example.org
    S: 250-lists.example.org
    S: 250-PIPELINING
    S: 250-SIZE 2000
    S: 250-8BITMIME
    S: 250-SMTPUTF8
    S: 250 ENHANCEDSTATUSCODES
"""
TO_POSTDOCS = """
    C: MAIL FROM:<kari@example.org>
    S: 250 2.1.0 Ok
    C: RCPT TO:<postdocs@lists.example.org>
    S: 250 2.1.5 Ok
    C: DATA
    S: 354 End the mail with <CR><LF>.<CR><LF>
"""


class House:
    """What stands behind the listener in these tests: it takes mail for three lists."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []

    async def knows(self, recipient: str) -> Reply | None:
        if recipient.startswith("fault"):
            raise RuntimeError("db down, password is hunter2")
        if recipient.startswith("away"):
            raise OperationalError("SELECT", {}, Exception("password is hunter2"))
        is_known = recipient in LISTS or recipient.startswith("postmaster@")
        return None if is_known else UNKNOWN_ADDRESS

    async def take(self, envelope: Envelope) -> Reply:
        if envelope.recipient.startswith("broken"):
            raise RuntimeError("db down, password is hunter2")
        self.taken.append(envelope)
        if envelope.recipient.startswith("mentors"):
            return Reply(code=550, text="5.7.1 You may not\r\n250 post here")
        return TAKEN


@asynccontextmanager
async def talking(
    house: House, limits: Limits | None = None, max_bytes: int = 2000
) -> AsyncIterator[Client]:
    """Give a client that talks to a listener in front of the house."""
    listener = Listener(
        house.take,
        house.knows,
        hostname="lists.example.org",
        max_bytes=max_bytes,
        limits=limits,
    )
    async with listener.listening("127.0.0.1", 0) as port, connected(port) as client:
        yield client
