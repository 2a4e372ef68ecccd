"""A relay that fails on order: for each verb a script of answers, told apart by recipient."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

#: Instead of an answer: say nothing more, or hang up.
SILENT = "silent"
CUT = "cut"
#: Before an answer: say it byte by byte.
DRIP = "drip "

Script = Callable[[str, str], str | None]


@dataclass
class RelayDouble:
    """What the relay saw, and what it shall say."""

    #: Asked with verb and argument, of DATA and DOT all who were named; None: the usual answer.
    script: Script = lambda verb, argument: None
    extensions: tuple[str, ...] = ("SIZE 1000000", "8BITMIME", "SMTPUTF8")
    #: With a certificate it offers STARTTLS, and a login once the line is safe.
    tls: ssl.SSLContext | None = None
    #: Everything said to it, by connection.
    said: list[list[str]] = field(default_factory=list)
    #: Each recipient that was let in, and the mail; noted before the answer.
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    port: int = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        """Serve on a free port; gives the relay's URL."""
        tasks: set[asyncio.Task[None]] = set()

        async def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            tasks.add(asyncio.current_task())  # type: ignore[arg-type]  # we run in one
            try:
                # Hung up by either side, or by the end of the test.
                with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                    await self._converse(reader, writer)
            finally:
                writer.close()

        server = await asyncio.start_server(met, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield f"smtp://127.0.0.1:{self.port}"
        finally:
            server.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await server.wait_closed()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        said: list[str] = []
        self.said.append(said)
        await self._answer(writer, "GREETING", "", "220 relay.example")
        named: list[str] = []
        let_in: list[str] = []
        is_safe = False
        while True:
            line = (await reader.readuntil(b"\r\n")).decode().removesuffix("\r\n")
            said.append(line)
            verb, _, argument = line.partition(" ")
            recipient = " ".join(named)
            if verb == "RCPT":
                named.append(argument)
                answer = await self._answer(writer, verb, argument, "250 ok")
                let_in += [argument] if answer.startswith("2") else []
            elif verb == "EHLO":
                offers = "".join(f"250-{each}\r\n" for each in self._offers(is_safe=is_safe))
                await self._answer(writer, verb, argument, f"250-relay.example\r\n{offers}250 HELP")
            elif verb == "STARTTLS" and self.tls is not None:
                if (await self._answer(writer, verb, argument, "220 go on")).startswith("220"):
                    await writer.start_tls(self.tls)
                    is_safe = True
            elif verb == "DATA":
                usual = "354 go on" if let_in else "503 5.5.1 no recipient"
                if not (await self._answer(writer, verb, recipient, usual)).startswith("354"):
                    continue
                mail = await self._mail(reader)
                self.taken += [(each[len("TO:") :], mail) for each in let_in]
                await self._answer(writer, "DOT", recipient, "250 2.0.0 queued as 17")
            else:
                named, let_in = ([], []) if verb in ("MAIL", "RSET") else (named, let_in)
                usual = {"QUIT": "221 bye", "AUTH": "235 2.7.0 welcome"}.get(verb, "250 ok")
                await self._answer(writer, verb, argument, usual)

    def _offers(self, *, is_safe: bool) -> tuple[str, ...]:
        if self.tls is None:
            return self.extensions
        return (*self.extensions, "AUTH PLAIN" if is_safe else "STARTTLS")

    async def _mail(self, reader: asyncio.StreamReader) -> bytes:
        lines = []
        while (line := await reader.readuntil(b"\r\n")) != b".\r\n":
            lines.append(line)
        return b"".join(lines)

    async def _answer(
        self, writer: asyncio.StreamWriter, verb: str, argument: str, usual: str
    ) -> str:
        answer = self.script(verb, argument) or usual
        if answer == SILENT:
            await asyncio.Event().wait()
        if answer == CUT:
            raise ConnectionResetError
        octets = f"{answer.removeprefix(DRIP)}\r\n".encode(errors="surrogateescape")
        size = 1 if answer.startswith(DRIP) else len(octets)
        for at in range(0, len(octets), size):
            writer.write(octets[at : at + size])
            await writer.drain()
            await asyncio.sleep(0)
        if answer.startswith("421"):
            raise ConnectionResetError
        return answer.removeprefix(DRIP)
