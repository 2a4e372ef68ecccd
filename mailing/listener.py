"""The LMTP listener: opens the port, lets in so many clients, and closes in good order.

`app` gives it two questions to ask: whether we know a recipient, and to take a mail for one.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from mailing import replies
from mailing.dialogue import Dialogue
from mailing.envelopes import Envelope, Knows, Limits, Take

__all__ = ["Envelope", "Knows", "Limits", "Listener", "Take"]

MAX_CONNECTIONS = 100


class Listener:
    """Take mail over LMTP.

    `knows` answers RCPT: None to accept, else the refusal. `take` is called once for each accepted
    recipient and returns only after the commit, for its reply is the promise that nothing is lost
    (A1). Whatever either raises becomes 451: the client keeps the mail and comes back (A3).
    """

    def __init__(
        self,
        take: Take,
        knows: Knows,
        *,
        hostname: str,
        max_bytes: int = 25 * 1024 * 1024,
        limits: Limits | None = None,
        max_connections: int = MAX_CONNECTIONS,
    ) -> None:
        self._take = take
        self._knows = knows
        self._hostname = hostname
        self._limits = replace(limits or Limits(), max_octets=max_bytes)
        self._max_connections = max_connections
        self._open: set[Dialogue] = set()
        # aiosmtpd logs every address and command; ours are people's.
        logging.getLogger("mail.log").setLevel(logging.CRITICAL)

    @asynccontextmanager
    async def listening(self, host: str, port: int) -> AsyncIterator[int]:
        """Listen as long as the context lasts; gives the port, which port 0 leaves to the system.

        At the end no new client is let in, mails that are being taken get their replies, and
        everybody else hears 421.
        """
        loop = asyncio.get_running_loop()
        server = await loop.create_server(self._meet, host, port)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
            await asyncio.gather(*(dialogue.leave() for dialogue in tuple(self._open)))
            await server.wait_closed()

    def _meet(self) -> asyncio.Protocol:
        if len(self._open) >= self._max_connections:
            return _Busy()
        dialogue = Dialogue(
            take=self._take,
            knows=self._knows,
            hostname=self._hostname,
            limits=self._limits,
            ended=self._open.discard,
        )
        self._open.add(dialogue)
        return dialogue


class _Busy(asyncio.Protocol):
    """Tells one client too many to come back later."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)  # noqa: S101 - asyncio's own promise
        transport.write(f"{replies.BUSY.line()}\r\n".encode())
        transport.close()
