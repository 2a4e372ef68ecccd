"""A small IMAP server: one mailbox in memory, the commands that polling needs, faults on order."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress

INBOX = "INBOX"
USER, PASSWORD = "lists@example.org", "a password"

_WORDS = re.compile(r'"((?:[^"\\]|\\.)*)"|(\([^)]*\))|(\S+)')


class Mailbox:
    """Folders with mails by their number; refuses or hangs up when told to."""

    def __init__(
        self,
        *,
        offers: str = "MOVE UIDPLUS",
        says_size: int | None = None,
        tells_of_others: bool = False,
    ) -> None:
        self.folders: dict[str, dict[int, bytes]] = {INBOX: {}}
        self.deleted: set[int] = set()
        #: What it can do beyond the standard; as Dovecot does, it says so after the login.
        self.offers = offers
        self.is_known = False
        #: What it says of each mail's size; None: the truth.
        self.says_size = says_size
        #: Whether each answer begins with news of another mail, which RFC 3501 §7 lets servers do.
        self.tells_of_others = tells_of_others
        #: The commands that came, in their order.
        self.heard: list[str] = []
        self._refusals: Counter[str] = Counter()
        self._drops: Counter[str] = Counter()
        self._nonsense: Counter[str] = Counter()
        self._next = 1

    def deliver(self, raw: bytes) -> int:
        """Put a mail into the inbox and return its number."""
        number, self._next = self._next, self._next + 1
        self.folders[INBOX][number] = raw
        return number

    def refuse(self, command: str, *, times: int = 1) -> None:
        """Answer NO to this command, so many times."""
        self._refusals[command] += times

    def drop(self, command: str, *, times: int = 1) -> None:
        """Close the line instead of answering this command, so many times; nothing is done."""
        self._drops[command] += times

    def babble(self, command: str, *, times: int = 1) -> None:
        """Answer this command with octets that mean nothing, so many times."""
        self._nonsense[command] += times

    def mails(self, folder: str = INBOX) -> list[bytes]:
        """Return what lies in a folder and is not marked as deleted."""
        there = self.folders.get(folder, {}).items()
        return [raw for number, raw in there if folder != INBOX or number not in self.deleted]

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Talk to one client until it leaves, which it may within an answer too."""
        try:
            with suppress(ConnectionError):
                await self._talk(reader, writer)
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.is_known = False
        writer.write(b"* OK ready\r\n")
        while line := await reader.readline():
            tag, *words = _split(line.decode())
            command = words[1] if words[0] == "UID" else words[0]
            self.heard.append(command)
            if self._drops[command]:
                self._drops[command] -= 1
                return
            writer.write(self._answer(tag, command, words))
            await writer.drain()
            if command == "LOGOUT":
                return

    def _answer(self, tag: str, command: str, words: list[str]) -> bytes:
        if self._refusals[command]:
            self._refusals[command] -= 1
            return f"{tag} NO not now\r\n".encode()
        if command == "LOGIN" and words[1:] != [USER, PASSWORD]:
            return f"{tag} NO who are you\r\n".encode()
        if self._nonsense[command]:
            self._nonsense[command] -= 1
            return f"* {command} ".encode() + b"\xff\xfe\r\n" + f"{tag} OK done\r\n".encode()
        return b"".join(self._said(command, words)) + f"{tag} OK done\r\n".encode()

    def _said(self, command: str, words: list[str]) -> Iterator[bytes]:
        inbox = self.folders[INBOX]
        if command == "CAPABILITY":
            offer = self.offers if self.is_known else ""
            yield f"* CAPABILITY IMAP4rev1 {offer}\r\n".encode()
        elif command == "LOGIN":
            self.is_known = True
        elif command == "CREATE":
            self.folders.setdefault(words[1], {})
        elif command == "STATUS":
            yield f"* STATUS {words[1]} (MESSAGES {len(self.folders[words[1]])})\r\n".encode()
        elif command in ("SELECT", "EXAMINE"):
            yield f"* {len(inbox)} EXISTS\r\n".encode()
        elif command == "SEARCH":
            numbers = " ".join(str(one) for one in inbox if one not in self.deleted)
            yield f"* SEARCH {numbers}\r\n".encode()
        elif words[0] == "UID":
            yield from self._done(command, int(words[2]), words[-1])

    def _done(self, command: str, number: int, what: str) -> Iterator[bytes]:
        if command == "FETCH":
            yield from self._fetched(number, what)
        elif command == "STORE":
            self.deleted.add(number)
        elif command == "EXPUNGE":
            self.folders[INBOX].pop(number)
        else:
            self._put(number, what, keep=command == "COPY")

    def _fetched(self, number: int, what: str) -> Iterator[bytes]:
        raw = self.folders[INBOX].get(number)
        if raw is None:
            return
        if self.tells_of_others:
            yield b"* 7 FETCH (UID 77 FLAGS (\\Seen))\r\n"
        if "SIZE" in what:
            size = len(raw) if self.says_size is None else self.says_size
            yield f"* 1 FETCH (UID {number} RFC822.SIZE {size})\r\n".encode()
        else:
            yield f"* 1 FETCH (UID {number} BODY[] {{{len(raw)}}}\r\n".encode() + raw + b")\r\n"

    def _put(self, number: int, folder: str, *, keep: bool) -> None:
        inbox = self.folders[INBOX]
        if number in inbox:
            self.folders[folder][number] = inbox[number] if keep else inbox.pop(number)


def _split(line: str) -> list[str]:
    return [quoted or listed or bare for quoted, listed, bare in _WORDS.findall(line)]


@asynccontextmanager
async def running(mailbox: Mailbox) -> AsyncIterator[int]:
    """Serve the mailbox; gives its port. At the end every client has left, or is sent away."""
    talks: set[asyncio.Task[None]] = set()

    async def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.add(asyncio.current_task())  # type: ignore[arg-type]  # we run in one
        with suppress(asyncio.CancelledError):
            await mailbox.meet(reader, writer)

    server = await asyncio.start_server(met, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
        await server.wait_closed()
