"""From the 250 for a post to the last of its copies at the relay, one copy per member.

The whole service runs in a process of its own, as people start it; its CPU counts from before the
post is handed in until its last row is settled.
"""

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench import floors, handing_in, mails, results, serving, sinking, town
from bench.floors import Floor
from bench.results import Result
from bench.serving import Serving
from bench.sinking import Came, Sink
from community.store import Store

SIZES = (1_000, 10_000, 50_000)
#: As a relay far away, or one that writes each mail to a slow disk.
SLOW_MS = 10
BURST = 50
#: How many recipients share a mail.
TOGETHER = (50, 500)
#: So long after the last mail its row is on disk.
SETTLED_SECONDS = 0.3


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One fan-out."""

    seconds: float
    first_seconds: float
    cpu_seconds: float
    above_idle_mb: float
    came: Came


@dataclass(frozen=True, kw_only=True)
class Floors:
    """The senders without a service, against the same sink."""

    raw_8: Floor
    raw_1: Floor
    library_10: Floor


def main() -> None:
    """Measure every size on both databases, and the middle one with a slow relay."""
    results.show(
        measure(kind, size=size, delay_ms=delay_ms)
        for kind in town.DATABASES
        for size, delay_ms in (*((size, 0) for size in SIZES), (SIZES[1], SLOW_MS))
    )


def burst() -> None:
    """Measure fifty posts at once, to 1,000 members each."""
    results.show(measure(kind, size=1_000, posts=BURST) for kind in town.DATABASES)


def shared() -> None:
    """Measure fan-outs of which fifty or five hundred members share each mail."""
    results.show(
        measure(kind, size=SIZES[1], together=together)
        for kind in town.DATABASES
        for together in TOGETHER
    )


def measure(
    kind: str, *, size: int, posts: int = 1, delay_ms: int = 0, together: int = 1
) -> Result:
    """Measure one fan-out beside its floors."""
    with (
        tempfile.TemporaryDirectory(prefix="samband-bench-") as folder,
        sinking.running(delay_ms) as sink,
        town.database(kind) as url,
    ):
        found = _floors(sink, is_slow=delay_ms > 0, together=together)
        sink.came()
        store = Store(url)
        town.populate(store, size, policy=(*town.OPEN, *_sharing(together)))
        store.close()
        with serving.running(url, relay_port=sink.port, folder=Path(folder)) as running:
            measured = _fan_out(running, sink, size=size, posts=posts)
    mails_out = size * posts
    rate = mails_out / measured.seconds
    figures = {
        "per_second": rate,
        "cpu_us": measured.cpu_seconds / mails_out * 1e6,
        "of_raw_8": rate / found.raw_8.per_second,
        "of_raw_1": rate / found.raw_1.per_second,
        "of_aiosmtplib_10": rate / found.library_10.per_second,
        "first_ms": measured.first_seconds * 1000,
        "above_idle_mb": measured.above_idle_mb,
        "missing": size - measured.came.recipients,
        "doubled": measured.came.mails - mails_out,
        "raw_8_per_second": found.raw_8.per_second,
        "raw_8_cpu_us": found.raw_8.cpu_us,
        "raw_1_per_second": found.raw_1.per_second,
        "aiosmtplib_10_per_second": found.library_10.per_second,
        "aiosmtplib_10_cpu_us": found.library_10.cpu_us,
        "sink_cpu_us": measured.came.cpu_seconds / mails_out * 1e6,
    }
    case = f"{kind}, {posts} x {size:,}" if posts > 1 else f"{kind}, {size:,}"
    return Result(
        bench="burst" if posts > 1 else "shared" if together > 1 else "fanout",
        case=f"{case}, {together} to a mail" if together > 1 else case,
        delay_ms=delay_ms,
        figures=figures,
    )


def _sharing(together: int) -> tuple[str, ...]:
    return ("copies=together", f"recipients_per_mail={together}") if together > 1 else ()


def _floors(sink: Sink, *, is_slow: bool, together: int) -> Floors:
    many, few = (2_000, 200) if is_slow else (10_000, 5_000)
    return Floors(
        raw_8=floors.raw(sink.port, mails=many // together, lines=8, recipients=together),
        raw_1=floors.raw(sink.port, mails=few, lines=1),
        library_10=floors.by_aiosmtplib(sink.port, mails=1_000, lines=10),
    )


def _fan_out(running: Serving, sink: Sink, *, size: int, posts: int) -> Measured:
    line = handing_in.Line(running.lmtp_port)
    line.hand_in(0, to=mails.FIRST)  # the first statement of each kind costs more
    sink.wait_for(1)
    time.sleep(SETTLED_SECONDS)
    sink.came()
    with serving.memory_watched(running) as memory:
        cpu = running.cpu_seconds
        line.hand_in(1)
        begun = time.monotonic()
        for number in range(2, posts + 1):
            line.hand_in(number)
        sink.wait_for(size * posts)
        time.sleep(SETTLED_SECONDS)
        cpu = running.cpu_seconds - cpu
    line.close()
    came = sink.came()
    return Measured(
        seconds=came.last_at - begun,
        first_seconds=came.first_at - begun,
        cpu_seconds=cpu,
        above_idle_mb=memory.peak_mb - memory.idle_mb,
        came=came,
    )
