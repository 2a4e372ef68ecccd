"""A relay in a process of its own: it journals each mail, on the disk, before it says 250.

`python -m proofs.relay JOURNAL [SETTINGS]` prints its port. Each line on its standard input is a
new set of SETTINGS (JSON, see `Settings`) and is answered by a line; it ends with the input.
"""

import asyncio
import hashlib
import json
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from proofs.journals import Journal

#: Instead of an answer: hang up; say nothing more.
CUT, SILENT = "cut", "silent"
_MESSAGE_ID = re.compile(rb"^message-id:\s*<?([^>\r\n]*)", re.IGNORECASE | re.MULTILINE)
_END = b"\r\n.\r\n"


@dataclass
class Rule:
    """What the relay says instead of its usual answer.

    To `verb` (GREETING, EHLO, MAIL, RCPT, DATA, DOT before it is journaled, TAKEN after it is),
    where `has` stands in the argument (for DATA, DOT and TAKEN: in the recipients).
    """

    verb: str
    answer: str
    has: str = ""
    #: How often; 0: always.
    times: int = 0


@dataclass
class Settings:
    """How the relay behaves."""

    #: How long it thinks about each mail.
    delay_ms: float = 0
    #: How many lines it holds at once; one more hears 421. 0: any number.
    lines: int = 0
    offers: list[str] = field(default_factory=lambda: ["PIPELINING", "8BITMIME", "SMTPUTF8"])
    rules: list[Rule] = field(default_factory=list)

    @classmethod
    def read(cls, text: str) -> "Settings":
        """Read settings from JSON."""
        given = json.loads(text)
        rules = [Rule(**rule) for rule in given.pop("rules", [])]
        return cls(**given, rules=rules)


class Taking:
    """What all lines share."""

    def __init__(self, journal: Journal, settings: Settings) -> None:
        self.journal, self.settings = journal, settings
        self.open: set[Line] = set()

    def ruled(self, verb: str, argument: str) -> str | None:
        """Return what a rule has the relay say, and count it."""
        for rule in self.settings.rules:
            if rule.verb == verb and rule.has in argument:
                if rule.times:
                    rule.times -= 1
                    if not rule.times:
                        self.settings.rules.remove(rule)
                return rule.answer
        return None


class Line(asyncio.Protocol):
    """One connection: answers what has come, as far as it is whole."""

    def __init__(self, taking: Taking) -> None:
        self.taking = taking
        self.rest = bytearray()
        self.sender = ""
        self.recipients: list[str] = []
        self.in_mail = self.is_waiting = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet, or say that there are enough."""
        self.transport = cast(asyncio.Transport, transport)
        most = self.taking.settings.lines
        if most and len(self.taking.open) >= most:
            self.say("421 4.7.0 too many lines")
            self.transport.close()
            return
        self.taking.open.add(self)
        self.say(self.taking.ruled("GREETING", "") or "220 relay.example ESMTP")

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the line."""
        self.taking.open.discard(self)

    def data_received(self, data: bytes) -> None:
        """Take octets."""
        self.rest += data
        self.go_on()

    def go_on(self) -> None:
        """Answer all that is whole, up to a mail whose answer has to wait."""
        while not self.is_waiting:
            at = self.rest.find(_END if self.in_mail else b"\r\n")
            if at < 0:
                return
            # A mail keeps its last line end; a command has none.
            said = bytes(self.rest[: at + 2 if self.in_mail else at])
            del self.rest[: at + (len(_END) if self.in_mail else 2)]
            if self.in_mail:
                self.mail_came(said)
            else:
                self.command_came(said.decode())

    def command_came(self, line: str) -> None:
        """Answer one command."""
        verb, _, argument = line.partition(" ")
        verb = verb.upper()
        ruled = self.taking.ruled(verb, argument if verb != "DATA" else " ".join(self.recipients))
        if ruled is not None:
            self.say(ruled)
            return
        answers = {"EHLO": self.offers(), "DATA": "354 go on", "QUIT": "221 bye"}
        answer = answers.get(verb, "250 ok")
        if verb in ("MAIL", "RSET", "EHLO"):
            self.sender, self.recipients = _path(argument) if verb == "MAIL" else "", []
        elif verb == "RCPT":
            self.recipients.append(_path(argument))
        elif verb == "DATA" and not self.recipients:
            answer = "503 5.5.1 no recipient"
        self.in_mail = verb == "DATA" and answer.startswith("354")
        self.say(answer)

    def offers(self) -> str:
        """Say what it can do."""
        return "\r\n".join(
            [
                "250-relay.example",
                *(f"250-{each}" for each in self.taking.settings.offers),
                "250 OK",
            ]
        )

    def mail_came(self, wire: bytes) -> None:
        """Take a mail, now or after a while."""
        self.in_mail = False
        delay = self.taking.settings.delay_ms / 1000
        if delay:
            self.is_waiting = True
            asyncio.get_running_loop().call_later(delay, self.delay_is_over, wire)
        else:
            self.take(wire)

    def delay_is_over(self, wire: bytes) -> None:
        """Take a mail whose time has come, whether somebody waits for the answer or not."""
        self.is_waiting = False
        self.take(wire)
        self.go_on()

    def take(self, wire: bytes) -> None:
        """Journal a mail, once for each recipient; then say that it is taken."""
        whom = " ".join(self.recipients)
        refused = self.taking.ruled("DOT", whom)
        if refused is not None:
            self.say(refused)
            return
        mail = wire.replace(b"\r\n..", b"\r\n.")
        found = _MESSAGE_ID.search(mail.partition(b"\r\n\r\n")[0])
        for recipient in self.recipients:
            self.taking.journal.note(
                message_id=found[1].decode() if found else "",
                recipient=recipient,
                sender=self.sender,
                sha256=hashlib.sha256(mail).hexdigest(),
            )
        self.say(self.taking.ruled("TAKEN", whom) or "250 2.0.0 taken")

    def say(self, answer: str) -> None:
        """Answer, hang up, or say nothing any more."""
        if answer == SILENT:
            self.is_waiting = True
        elif answer == CUT:
            self.transport.abort()
        elif not self.transport.is_closing():
            self.transport.write(f"{answer}\r\n".encode())
            if answer.startswith("421"):
                self.transport.close()


def _path(argument: str) -> str:
    return argument.partition("<")[2].partition(">")[0]


async def main(path: Path, settings: Settings) -> None:
    """Serve until the standard input ends."""
    taking = Taking(Journal(path), settings)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Line(taking), "127.0.0.1", 0, backlog=256)
    print(server.sockets[0].getsockname()[1], flush=True)
    asked = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(asked), sys.stdin)
    while line := await asked.readline():
        taking.settings = Settings.read(line.decode())
        print("ok", flush=True)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), Settings.read(sys.argv[2] if sys.argv[2:] else "{}")))
