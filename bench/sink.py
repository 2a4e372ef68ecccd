"""A relay that takes everything and counts it, in a process of its own.

`python -m bench.sink DELAY_MS [--quick-ack]` prints its port. Each line on its standard input is
answered by one line of JSON with what came since the last, or, if it is `n`, by the number of mails
since then. With a delay it answers each mail that
much later, as a relay does that writes to a disk or is far away. With --quick-ack it acknowledges
each TCP segment at once: a sender that writes in small pieces and waits would else stand still for
40 ms a piece.
"""

import asyncio
import json
import socket
import sys
import time
from collections import Counter
from typing import cast

GREETING = b"220 sink.example ESMTP\r\n"
OFFERS = b"250-sink.example\r\n250-PIPELINING\r\n250-SIZE 0\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n"
OK, GO_ON, TAKEN, BYE = b"250 ok\r\n", b"354 go on\r\n", b"250 2.0.0 taken\r\n", b"221 bye\r\n"
END = b"\r\n.\r\n"


class Tally:
    """What came since it was last asked."""

    def __init__(self) -> None:
        self.recipients: Counter[bytes] = Counter()
        self.mails = 0
        self.first_at = self.last_at = 0.0
        self.cpu_then = time.process_time()

    def told(self) -> str:
        """Say it in one line."""
        return json.dumps(
            {
                "mails": self.mails,
                "recipients": len(self.recipients),
                "first_at": self.first_at,
                "last_at": self.last_at,
                "cpu_seconds": time.process_time() - self.cpu_then,
            }
        )


class Taking(asyncio.Protocol):
    """One connection: answers what has come, as far as it is whole."""

    tally = Tally()
    delay_seconds = 0.0
    acks_quickly = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        self.transport = cast(asyncio.Transport, transport)
        self.loop = asyncio.get_running_loop()
        self.rest = bytearray()
        self.in_mail = self.is_waiting = False
        self.recipients: list[bytes] = []
        self.transport.write(GREETING)

    def data_received(self, data: bytes) -> None:
        """Take octets."""
        if self.acks_quickly:  # the kernel forgets it soon
            line: socket.socket = self.transport.get_extra_info("socket")
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        self.rest += data
        if not self.is_waiting:
            self.go_on()

    def go_on(self) -> None:
        """Answer all that is whole, up to a mail whose answer has to wait."""
        answers: list[bytes] = []
        while not self.is_waiting:
            end = END if self.in_mail else b"\r\n"
            at = self.rest.find(end)
            if at < 0:
                break
            said = bytes(self.rest[:at]) if not self.in_mail else b""
            del self.rest[: at + len(end)]
            answers.append(self.mail_came() if self.in_mail else self.answered(said))
        if answers:
            self.transport.write(b"".join(answers))

    def mail_came(self) -> bytes:
        """Count a mail and answer it, unless its answer has to wait."""
        self.in_mail = False
        if self.delay_seconds:
            self.is_waiting = True
            self.loop.call_later(self.delay_seconds, self.delay_is_over)
            return b""
        self.count()
        return TAKEN

    def answered(self, line: bytes) -> bytes:
        """Answer one command."""
        verb = line[:4].upper()
        if verb == b"RCPT":
            self.recipients.append(line[9:-1])
            return OK
        if verb == b"DATA":
            self.in_mail = True
            return GO_ON
        if verb == b"EHLO":
            return OFFERS
        return BYE if verb == b"QUIT" else OK

    def delay_is_over(self) -> None:
        """Answer a mail whose time has come."""
        self.is_waiting = False
        self.count()
        self.transport.write(TAKEN)
        self.go_on()

    def count(self) -> None:
        """Count one mail, once for each who gets it."""
        tally = self.tally
        tally.recipients.update(self.recipients)
        tally.mails += len(self.recipients)
        self.recipients = []
        tally.last_at = time.monotonic()
        if not tally.first_at:
            tally.first_at = tally.last_at


async def main(delay_seconds: float, *, acks_quickly: bool) -> None:
    """Serve until the standard input ends."""
    Taking.delay_seconds, Taking.acks_quickly = delay_seconds, acks_quickly
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Taking, "127.0.0.1", 0, backlog=256)
    print(server.sockets[0].getsockname()[1], flush=True)
    asked = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(asked), sys.stdin)
    while line := await asked.readline():
        if line == b"n\n":
            print(Taking.tally.mails, flush=True)
        else:
            print(Taking.tally.told(), flush=True)
            Taking.tally = Tally()


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]) / 1000, acks_quickly="--quick-ack" in sys.argv))
