"""Hands mails to the service over LMTP, as a mail server does: again and again until it hears 250.

What was acknowledged is journaled, on the disk, before the next mail: from then on it is a promise.
"""

import smtplib
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from proofs.journals import Journal


@dataclass(frozen=True, kw_only=True)
class Mail:
    """A mail on its way to the service."""

    message_id: str
    sender: str
    recipient: str
    raw: bytes


@dataclass
class Injector:
    """The site's mail server, and its queue."""

    port: int
    journal: Journal
    #: Message-ID and list of what was acknowledged.
    acked: set[tuple[str, str]] = field(default_factory=set)
    #: Every answer to the end of a mail, as it came.
    answers: list[str] = field(default_factory=list)
    #: Told of each word that is about to be said, and of each that was heard.
    step: Callable[[str], None] = lambda word: None

    def hand_in(self, mail: Mail, *, again: bool = False) -> str:
        """Try once; return the answer, or nothing if the service was away or went away.

        What was acknowledged is handed in `again` only when that is wanted.
        """
        if (mail.message_id, mail.recipient) in self.acked and not again:
            return "250 before"
        try:
            answer = self._answer(mail)
        except (OSError, smtplib.SMTPException):
            return ""
        self.answers.append(answer)
        if answer.startswith("250"):
            self.journal.note(message_id=mail.message_id, list=mail.recipient)
            self.acked.add((mail.message_id, mail.recipient))
        return answer

    def _answer(self, mail: Mail) -> str:
        with socket.create_connection(("127.0.0.1", self.port), 60) as line:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            said = line.makefile("rb")
            answer = said.readline()
            body = mail.raw.replace(b"\r\n.", b"\r\n..")
            for command in (
                b"LHLO mx.example.org\r\n",
                f"MAIL FROM:<{mail.sender}>\r\n".encode(),
                f"RCPT TO:<{mail.recipient}>\r\n".encode(),
                b"DATA\r\n",
                body + b".\r\n",
            ):
                if not answer.startswith((b"2", b"3")):
                    return answer.decode().rstrip()
                self.step(f"say {command[:4].decode()}")
                line.sendall(command)
                answer = said.readline()
                self.step(f"heard {answer[:3].decode()}")
                while answer[3:4] == b"-":
                    answer = said.readline()
            return answer.decode().rstrip()


def injecting(port: int, journal: Path) -> Injector:
    """Return an injector that journals to this file."""
    return Injector(port, Journal(journal))
