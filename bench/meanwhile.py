"""Fan-outs one after the other, as long as something else is measured."""

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

from bench import handing_in
from bench.serving import Serving
from bench.sinking import Sink

#: Of a post so many copies may be missing when the next is handed in: some read digests by then.
NEARLY = 0.99


@dataclass
class FanOuts:
    """What went out meanwhile."""

    copies: int = 0
    seconds: float = 0

    @property
    def per_second(self) -> float:
        """How many copies went out in a second."""
        return self.copies / self.seconds if self.seconds else 0


@contextlib.contextmanager
def fan_outs(running: Serving, sink: Sink, *, size: int) -> Iterator[FanOuts]:
    """Hand in a post for `size` members whenever the one before it has gone out; none for 0."""
    went, is_over = FanOuts(), threading.Event()

    def go_on() -> None:
        line, number = handing_in.Line(running.lmtp_port), 0
        while not is_over.is_set():
            number += 1
            line.hand_in(number)
            sink.wait_for(int(number * size * NEARLY))
        line.close()

    begun = time.monotonic()
    handing = threading.Thread(target=go_on)
    if size:
        handing.start()
    try:
        yield went
    finally:
        is_over.set()
        if size:
            handing.join()
            went.copies, went.seconds = sink.came().mails, time.monotonic() - begun
