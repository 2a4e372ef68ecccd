"""Ask this machine's DNS resolver for MX and TXT records, which the standard library does not.

One question, one UDP datagram each way (RFC 1035 §4), in the thread of whoever asks. For the
doctor, and for what a domain wants done with mail that only says it is from there (`dmarc.py`).
"""

import secrets
import socket
import struct
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


RESOLVERS = Path("/etc/resolv.conf")
WAIT_SECONDS = 3
MX, TXT, IN = 15, 16, 1
NAME_ERROR = 3
HEADER = struct.Struct("!6H")
RECORD = struct.Struct("!2HIH")


class NoAnswer(Exception):
    """The resolver gave no answer that can be used; the message says why."""


def mail_servers(domain: str, *, server: tuple[str, int] | None = None) -> list[str]:
    """Name the hosts that take mail for `domain`, the preferred first."""

    def read(message: bytes, start: int, _end: int) -> tuple[int, str]:
        return int.from_bytes(message[start : start + 2]), _name(message, start + 2)[0]

    return [host for _, host in sorted(_records(domain, MX, read, server=server))]


def texts(domain: str, *, server: tuple[str, int] | None = None) -> list[str]:
    """Return the TXT records of `domain`."""

    def read(message: bytes, start: int, end: int) -> str:
        return _text(message[start:end]).decode("latin-1")

    return _records(domain, TXT, read, server=server)


def question(domain: str, kind: int, *, number: int) -> bytes:
    """Write a query for one kind of record, recursion desired (RFC 1035 §4.1)."""
    labels = domain.encode("idna").split(b".")
    name = b"".join(bytes([len(label)]) + label for label in labels) + b"\0"
    return HEADER.pack(number, 0x0100, 1, 0, 0, 0) + name + struct.pack("!2H", kind, IN)


def _records(
    domain: str,
    kind: int,
    read: Callable[[bytes, int, int], T],
    *,
    server: tuple[str, int] | None,
) -> list[T]:
    """Ask, and `read` each record of this kind: the answer, its start and its end."""
    number = secrets.randbelow(65_536)
    message = _ask(question(domain, kind, number=number), server or _resolver())
    found: list[T] = []
    try:
        answered, flags, questions, answers, _, _ = HEADER.unpack_from(message)
        if answered != number or flags & 0x0200:
            raise NoAnswer("the answer does not fit the question")
        if flags & 0x000F not in (0, NAME_ERROR):
            raise NoAnswer(f"the resolver failed (code {flags & 0x000F})")
        at = HEADER.size
        for _question in range(questions):
            at = _name(message, at)[1] + 4
        for _answer in range(answers):
            at = _name(message, at)[1]
            record_kind, _, _, size = RECORD.unpack_from(message, at)
            at += RECORD.size
            if record_kind == kind:
                found.append(read(message, at, at + size))
            at += size
    except (struct.error, IndexError, UnicodeDecodeError) as broken:
        raise NoAnswer("the answer is broken") from broken
    return found


def _ask(query: bytes, server: tuple[str, int]) -> bytes:
    family = socket.AF_INET6 if ":" in server[0] else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as line:
            line.settimeout(WAIT_SECONDS)
            line.connect(server)
            line.send(query)
            return line.recv(4096)
    except OSError as error:
        raise NoAnswer(f"the resolver {server[0]} does not answer") from error


def _resolver() -> tuple[str, int]:
    lines = RESOLVERS.read_text("utf-8").splitlines() if RESOLVERS.exists() else []
    named = [line.split()[1] for line in lines if line.startswith("nameserver ")]
    if not named:
        raise NoAnswer("this machine has no resolver")
    return named[0], 53


def _name(message: bytes, at: int) -> tuple[str, int]:
    """Read a name, which may end in a pointer to an earlier one; say where it ends (§4.1.4)."""
    labels: list[str] = []
    end = 0
    for _step in range(128):  # a pointer may point at itself
        size = message[at]
        if size >= 0xC0:
            end = end or at + 2
            at = int.from_bytes(message[at : at + 2]) & 0x3FFF
        elif size == 0:
            return ".".join(labels), end or at + 1
        else:
            labels.append(message[at + 1 : at + 1 + size].decode("ascii"))
            at += 1 + size
    raise IndexError("a name without an end")


def _text(content: bytes) -> bytes:
    """Join the strings of a TXT record, each of which begins with its length (§3.3.14)."""
    joined, at = b"", 0
    while at < len(content):
        joined += content[at + 1 : at + 1 + content[at]]
        at += 1 + content[at]
    return joined
