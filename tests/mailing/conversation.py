"""Plays SMTP conversations over raw sockets, because client libraries are too polite."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

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
