"""A relay in a thread that takes each mail slowly and can say when it has so many."""

import socketserver
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

WAIT_SECONDS = 180


@dataclass
class SlowRelay:
    """What the relay took: for each recipient how often, noted before it answers."""

    #: How long it thinks before it says that it has taken a mail.
    pause: float = 0.01
    port: int = 0
    taken: Counter[str] = field(default_factory=Counter)
    _news: threading.Condition = field(default_factory=threading.Condition)

    def take(self, recipient: str) -> None:
        """Note that this recipient has the mail."""
        with self._news:
            self.taken[recipient] += 1
            self._news.notify_all()
            self._news.wait_for(lambda: False, timeout=self.pause)

    def wait_for(self, recipients: int) -> None:
        """Return when so many recipients have their mail; fail when they never do."""
        with self._news:
            assert self._news.wait_for(lambda: len(self.taken) >= recipients, WAIT_SECONDS), (
                f"{len(self.taken)} of {recipients} have it"
            )

    def wait_a_moment(self) -> None:
        """Return when the next mail comes, or after a second without one."""
        with self._news:
            self._news.wait(timeout=1)


class _Conversation(socketserver.StreamRequestHandler):
    relay: SlowRelay

    def handle(self) -> None:
        recipient = ""
        self._say("220 relay.example")
        while line := self.rfile.readline():
            verb, _, argument = line.decode().strip().partition(" ")
            if verb == "RCPT":
                recipient = argument.partition("<")[2].partition(">")[0]
            if verb == "DATA":
                self._say("354 go on")
                while (line := self.rfile.readline()) and line != b".\r\n":
                    pass
                if not line:
                    return
                self.relay.take(recipient)
            self._say("221 bye" if verb == "QUIT" else "250 ok")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing about a client that was killed within a mail: that is the test."""


@contextmanager
def slow_relay(pause: float = 0.01) -> Iterator[SlowRelay]:
    """Run the relay on a free port."""
    relay = SlowRelay(pause)
    conversation = type("Conversation", (_Conversation,), {"relay": relay})
    with _Server(("127.0.0.1", 0), conversation) as server:
        relay.port = int(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield relay
        finally:
            server.shutdown()
            thread.join()
