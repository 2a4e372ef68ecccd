"""Hands in posts over LMTP, as the site's own mail server does, and waits for each answer."""

import socket
import threading
import time

from bench import mails

#: Nobody is given up early: what is slow is what is measured.
PATIENCE_SECONDS = 300


class Line:
    """One connection; commands go together where the server offers that (RFC 2920)."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._said = self._socket.makefile("rb")
        self._expect(b"220")
        self._socket.sendall(b"LHLO bench\r\n")
        self._is_pipelined = b"PIPELINING" in self._expect(b"250")

    def hand_in(self, number: int, *, to: str = mails.LIST, author: str = mails.AUTHOR) -> None:
        """Hand in the post of this number; return when it is accepted."""
        envelope = (
            (f"MAIL FROM:<{author}>\r\n".encode(), b"250"),
            (f"RCPT TO:<{to}>\r\n".encode(), b"250"),
            (b"DATA\r\n", b"354"),
        )
        if self._is_pipelined:
            self._socket.sendall(b"".join(said for said, _ in envelope))
        for said, code in envelope:
            if not self._is_pipelined:
                self._socket.sendall(said)
            self._expect(code)
        self._socket.sendall(mails.post(number, author=author) + b".\r\n")
        self._expect(b"250")

    def close(self) -> None:
        """Hang up."""
        self._said.close()
        self._socket.close()

    def _expect(self, code: bytes) -> bytes:
        answer = line = self._said.readline()
        while line[3:4] == b"-":
            line = self._said.readline()
            answer += line
        if not line.startswith(code):
            raise ConnectionError(answer.decode(errors="replace"))
        return answer


def flood(port: int, *, posts: int, connections: int, first: int = 0, authors: int = 1) -> float:
    """Hand in posts, numbered from `first`, over several connections; return the seconds.

    So many members write them in turn.
    """
    faults: list[OSError] = []

    def lane(numbers: range) -> None:
        try:
            line = Line(port)
            for number in numbers:
                line.hand_in(number, author=mails.member(number % authors))
            line.close()
        except OSError as fault:
            faults.append(fault)

    threads = [
        threading.Thread(target=lane, args=(range(first + at, first + posts, connections),))
        for at in range(connections)
    ]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return time.monotonic() - begun
