"""Ask this machine's DNS resolver for MX and TXT records, which the standard library does not.

One question, one UDP datagram each way (RFC 1035 §4), and the same by TCP where the answer is too
long for one; in the thread of whoever asks. For the doctor, for what a domain wants done with mail
that only says it is from there (`dmarc.py`), and for the keys of signatures (`keys.py`).
"""

import secrets
import socket
import struct
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeVar

T = TypeVar("T")


RESOLVERS = Path("/etc/resolv.conf")
WAIT_SECONDS = 3
MX, TXT, IN = 15, 16, 1
NAME_ERROR = 3
TRUNCATED = 0x0200
MOST_SECONDS = 2**31
HEADER = struct.Struct("!6H")
RECORD = struct.Struct("!2HIH")


class Texts(NamedTuple):
    """The TXT records of a name, and how long they may be remembered; that of none is 0."""

    found: list[str]
    seconds: int


class NoAnswer(Exception):
    """The resolver gave no answer that can be used; the message says why."""


def mail_servers(domain: str, *, server: tuple[str, int] | None = None) -> list[str]:
    """Name the hosts that take mail for `domain`, the preferred first."""

    def read(message: bytes, start: int, _end: int) -> tuple[int, str]:
        return int.from_bytes(message[start : start + 2]), _name(message, start + 2)[0]

    return [host for _, host in sorted(_records(domain, MX, read, server=server)[0])]


def texts(domain: str, *, server: tuple[str, int] | None = None) -> list[str]:
    """Return the TXT records of `domain`."""
    return kept_texts(domain, server=server).found


def kept_texts(domain: str, *, server: tuple[str, int] | None = None) -> Texts:
    """Return the TXT records of `domain` with the time for which they hold."""

    def read(message: bytes, start: int, end: int) -> str:
        return _text(message[start:end]).decode("latin-1")

    return Texts(*_records(domain, TXT, read, server=server))


def question(domain: str, kind: int, *, number: int) -> bytes:
    """Write a query for one kind of record, recursion desired (RFC 1035 §4.1)."""
    labels = _labels(domain)
    name = b"".join(bytes([len(label)]) + label for label in labels) + b"\0"
    return HEADER.pack(number, 0x0100, 1, 0, 0, 0) + name + struct.pack("!2H", kind, IN)


def _records(
    domain: str,
    kind: int,
    read: Callable[[bytes, int, int], T],
    *,
    server: tuple[str, int] | None,
) -> tuple[list[T], int]:
    """Ask, and `read` each record of this kind: the answer, its start and its end.

    Says also for how many seconds all of it holds, the names between included.
    """
    number = secrets.randbelow(65_536)
    message = _ask(question(domain, kind, number=number), server or _resolver())
    found: list[T] = []
    holds = MOST_SECONDS
    try:
        answered, flags, questions, answers, _, _ = HEADER.unpack_from(message)
        if answered != number or flags & TRUNCATED:
            raise NoAnswer("the answer does not fit the question")
        if flags & 0x000F not in (0, NAME_ERROR):
            raise NoAnswer(f"the resolver failed (code {flags & 0x000F})")
        at = HEADER.size
        for _question in range(questions):
            at = _name(message, at)[1] + 4
        for _answer in range(answers):
            at = _name(message, at)[1]
            record_kind, _, seconds, size = RECORD.unpack_from(message, at)
            holds = min(holds, seconds)
            at += RECORD.size
            if record_kind == kind:
                found.append(read(message, at, at + size))
            at += size
    except (struct.error, IndexError, UnicodeDecodeError) as broken:
        raise NoAnswer("the answer is broken") from broken
    return found, holds if found else 0


def _labels(domain: str) -> list[bytes]:
    """Cut a name at its dots; one of plain signs as it is, for keys stand under `_domainkey`."""
    try:
        name = domain.encode("ascii") if domain.isascii() else domain.encode("idna")
    except UnicodeError:
        name = b""
    labels = name.removesuffix(b".").split(b".")
    if len(name) > 253 or not all(0 < len(label) < 64 for label in labels):
        raise NoAnswer("not a name that DNS could know")
    return labels


def _ask(query: bytes, server: tuple[str, int]) -> bytes:
    try:
        answer = _by_datagram(query, server)
        is_cut = len(answer) >= HEADER.size and HEADER.unpack_from(answer)[1] & TRUNCATED
        return _by_stream(query, server) if is_cut else answer
    except OSError as error:
        raise NoAnswer(f"the resolver {server[0]} does not answer") from error


def _by_datagram(query: bytes, server: tuple[str, int]) -> bytes:
    family = socket.AF_INET6 if ":" in server[0] else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as line:
        line.settimeout(WAIT_SECONDS)
        line.connect(server)
        line.send(query)
        return line.recv(4096)


def _by_stream(query: bytes, server: tuple[str, int]) -> bytes:
    """Ask by TCP, where each message follows its length (RFC 1035 §4.2.2, RFC 7766)."""
    with (
        socket.create_connection(server, WAIT_SECONDS) as line,
        line.makefile("rb") as answers,
    ):
        line.sendall(struct.pack("!H", len(query)) + query)
        return answers.read(int.from_bytes(answers.read(2)))


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
