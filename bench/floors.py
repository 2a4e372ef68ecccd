"""What this machine does with no service at all: raw senders, and the disk.

A figure of ours means something only beside the floor of the same run: the machine is shared.
"""

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import aiosmtplib

from bench import handing_in
from bench.mails import POST, member
from proofs.ports import free_port


@dataclass(frozen=True, kw_only=True)
class Floor:
    """How fast, and for how much."""

    per_second: float
    cpu_us: float


class _Line:
    """A blocking connection that says its commands together."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.rest = b""
        self.read(1)
        self.socket.sendall(b"EHLO bench\r\n")
        self.read(5)

    def read(self, lines: int) -> None:
        """Read so many lines of replies, which must be good ones."""
        while self.rest.count(b"\n") < lines:
            octets = self.socket.recv(65536)
            if not octets:
                raise ConnectionError("the sink hung up")
            self.rest += octets
        for _ in range(lines):
            line, _, self.rest = self.rest.partition(b"\n")
            if line[:1] not in b"23":
                raise ConnectionError(line.decode(errors="replace"))


def _envelope(number: int, recipients: int) -> bytes:
    first = number * recipients
    to = "".join(f"RCPT TO:<{member(first + each)}>\r\n" for each in range(recipients))
    return f"MAIL FROM:<postdocs-bounces+{number}@lists.example.org>\r\n{to}DATA\r\n".encode()


def raw(port: int, *, mails: int, lines: int, recipients: int = 1) -> Floor:
    """Send one mail per transaction, by blocking sockets in turn; counted by recipients."""
    wire = POST + b".\r\n"
    wall, cpu = time.perf_counter(), time.process_time()
    open_lines = [_Line(port) for _ in range(lines)]
    for number, line in enumerate(open_lines):
        line.socket.sendall(_envelope(number, recipients))
    owed = [2 + recipients] * lines
    for number in range(mails):
        at = number % lines
        open_lines[at].read(owed[at])
        following = number + lines
        is_last = following >= mails
        open_lines[at].socket.sendall(wire if is_last else wire + _envelope(following, recipients))
        owed[at] = 1 if is_last else 3 + recipients
    for line in open_lines:
        line.read(1)
        line.socket.close()
    return _floor(mails * recipients, wall=wall, cpu=cpu)


def by_aiosmtplib(port: int, *, mails: int, lines: int) -> Floor:
    """Send one mail per transaction, by a library, on several connections."""

    async def line(numbers: range) -> None:
        client = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False)
        await client.connect()
        for number in numbers:
            await client.sendmail("postdocs@lists.example.org", [member(number)], POST)
        await client.quit()

    async def together() -> None:
        await asyncio.gather(*(line(range(at, mails, lines)) for at in range(lines)))

    wall, cpu = time.perf_counter(), time.process_time()
    asyncio.run(together())
    return _floor(mails, wall=wall, cpu=cpu)


def disk(folder: Path, *, files: int) -> Floor:
    """Keep posts as a careful mail server does: write, fsync, rename."""
    wall, cpu = time.perf_counter(), time.process_time()
    for number in range(files):
        begun = folder / f"tmp{number}"
        with begun.open("wb") as file:
            file.write(POST)
            file.flush()
            os.fsync(file.fileno())
        begun.rename(folder / f"post{number}")
    return _floor(files, wall=wall, cpu=cpu)


def lmtp(*, posts: int, connections: int) -> float:
    """Take posts by aiosmtpd alone, and keep none; return how many a second."""
    port = free_port()
    with subprocess.Popen([sys.executable, "-m", "bench.bare_lmtp", str(port)]) as process:
        try:
            for _ in range(500):
                with contextlib.suppress(ConnectionRefusedError):
                    handing_in.Line(port).close()
                    break
                time.sleep(0.02)
            return posts / handing_in.flood(port, posts=posts, connections=connections)
        finally:
            process.kill()


def _floor(count: int, *, wall: float, cpu: float) -> Floor:
    seconds = time.perf_counter() - wall
    used = time.process_time() - cpu
    return Floor(per_second=count / seconds, cpu_us=used / count * 1_000_000)
