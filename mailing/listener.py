"""The mail listener: opens the port, lets in so many clients, and closes in good order.

`app` gives it two questions to ask: whether we know a recipient, and to take a mail for one.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from mailing import replies
from mailing.dialogue import Dialogue
from mailing.envelopes import Envelope, Knows, Limits, Take, TakeTogether, Terms
from mailing.room import LARGEST_AT_ONCE, Room
from mailing.smtp_dialogue import SmtpDialogue

__all__ = ["Envelope", "Knows", "Limits", "Listener", "Take"]


class Listener:
    """Take mail over LMTP, or over SMTP where `take_together` is given.

    `knows` answers RCPT: None to accept, else the refusal. `take` is called once for each accepted
    recipient and returns only after the commit, for its reply is the promise that nothing is lost
    (A1); `take_together` is called once for all. Whatever they raise becomes 451: the client keeps
    the mail and comes back (A3). So it does when `room` has none left for its mail (D8).
    """

    def __init__(
        self,
        take: Take,
        knows: Knows,
        *,
        hostname: str,
        take_together: TakeTogether | None = None,
        max_bytes: int = 25 * 1024 * 1024,
        limits: Limits | None = None,
        room: Room | None = None,
    ) -> None:
        self._terms = Terms(
            take=take,
            knows=knows,
            hostname=hostname,
            limits=replace(limits or Limits(), max_octets=max_bytes),
            room=room or Room(LARGEST_AT_ONCE * max_bytes),
            take_together=take_together,
        )
        self._talks = Dialogue if take_together is None else SmtpDialogue
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
        if len(self._open) >= self._terms.limits.max_connections:
            return _Busy()
        dialogue = self._talks(self._terms, ended=self._open.discard)
        self._open.add(dialogue)
        return dialogue


class _Busy(asyncio.Protocol):
    """Tells one client too many to come back later."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)  # noqa: S101 - asyncio's own promise
        transport.write(f"{replies.BUSY.line()}\r\n".encode())
        transport.close()
