"""Hands in posts over LMTP, as the site's own mail server does, and waits for each answer."""

import socket
import threading
import time

from bench import mails

#: Nobody is given up early: what is slow is what is measured.
PATIENCE_SECONDS = 300


class Line:
    """One connection; a command waits for the answer to the last."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._said = self._socket.makefile("rb")
        self._expect(b"220")
        self._say(b"LHLO bench\r\n", b"250")

    def hand_in(self, number: int, *, to: str = mails.LIST) -> None:
        """Hand in the post of this number; return when it is accepted."""
        self._say(f"MAIL FROM:<{mails.AUTHOR}>\r\n".encode(), b"250")
        self._say(f"RCPT TO:<{to}>\r\n".encode(), b"250")
        self._say(b"DATA\r\n", b"354")
        self._say(mails.post(number) + b".\r\n", b"250")

    def close(self) -> None:
        """Hang up."""
        self._said.close()
        self._socket.close()

    def _say(self, octets: bytes, code: bytes) -> None:
        self._socket.sendall(octets)
        self._expect(code)

    def _expect(self, code: bytes) -> None:
        while (answer := self._said.readline())[3:4] == b"-":
            pass
        if not answer.startswith(code):
            raise ConnectionError(answer.decode(errors="replace"))


def flood(port: int, *, posts: int, connections: int) -> float:
    """Hand in posts over several connections at once; return how many seconds it took."""
    faults: list[OSError] = []

    def lane(numbers: range) -> None:
        try:
            line = Line(port)
            for number in numbers:
                line.hand_in(number)
            line.close()
        except OSError as fault:
            faults.append(fault)

    threads = [
        threading.Thread(target=lane, args=(range(first, posts, connections),))
        for first in range(connections)
    ]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return time.monotonic() - begun
