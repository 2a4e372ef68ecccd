"""From the commit of a post to the last of its copies at the relay, one copy per member."""

import asyncio
import hashlib
import time
from dataclasses import dataclass

from bench import floors, mails, results, sinking, town
from bench.floors import Floor
from bench.results import Result
from bench.sinking import Came, Sink
from community import outbox, posts
from community.calendar import Calendar
from community.clock import SystemClock
from community.outbox import Parcel
from community.store import Session, Store
from community.tokens import Tokens
from letters.letter import House
from mailing.departing import Departures
from mailing.dmarc import Dmarc
from mailing.fanout import PostSender
from mailing.outgoing import Relay
from scheduler.delivery import Deliverer

SIZES = (1_000, 10_000, 50_000)
#: As a relay far away, or one that writes each mail to a slow disk.
SLOW_MS = 10
BURST = 50


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


def measure(kind: str, *, size: int, posts: int = 1, delay_ms: int = 0) -> Result:
    """Measure one fan-out beside its floors."""
    with sinking.running(delay_ms) as sink, town.database(kind) as url:
        found = _floors(sink, is_slow=delay_ms > 0)
        sink.came()
        store = Store(url)
        try:
            town.populate(store, size)
            measured = asyncio.run(_fan_out(store, sink, posts=posts))
        finally:
            store.close()
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
    return Result(
        bench="burst" if posts > 1 else "fanout",
        case=f"{kind}, {posts} x {size:,}" if posts > 1 else f"{kind}, {size:,}",
        delay_ms=delay_ms,
        figures=figures,
    )


def _floors(sink: Sink, *, is_slow: bool) -> Floors:
    many, few = (2_000, 200) if is_slow else (10_000, 5_000)
    return Floors(
        raw_8=floors.raw(sink.port, mails=many, lines=8),
        raw_1=floors.raw(sink.port, mails=few, lines=1),
        library_10=floors.by_aiosmtplib(sink.port, mails=1_000, lines=10),
    )


async def _fan_out(store: Store, sink: Sink, *, posts: int) -> Measured:
    relay = Relay(f"smtp://127.0.0.1:{sink.port}")
    deliverer = deliverer_of(store, relay)
    await deliverer.drain()  # the first statement of its kind costs more
    async with sinking.memory_watched() as memory:
        cpu = time.process_time()
        await store.run(_accept, 0)
        begun = time.monotonic()
        accepting = asyncio.create_task(_accept_others(store, posts))
        while not accepting.done():
            if not await deliverer.drain():
                await asyncio.wait([accepting], timeout=0.005)
        await accepting
        await deliverer.drain()
        cpu = time.process_time() - cpu
    await relay.aclose()
    came = sink.came()
    return Measured(
        seconds=came.last_at - begun,
        first_seconds=came.first_at - begun,
        cpu_seconds=cpu,
        above_idle_mb=memory.peak_mb - memory.idle_mb,
        came=came,
    )


async def _accept_others(store: Store, posts: int) -> None:
    for number in range(1, posts):
        await store.run(_accept, number)


def _accept(session: Session, number: int) -> None:
    raw = mails.post(number)
    received = posts.Received(
        raw=raw,
        sender=mails.AUTHOR,
        message_id=f"{number:06d}.bench@d00.example.net",
        fingerprint=hashlib.sha256(raw).hexdigest(),
        subject=f"Weekly notes {number}",
        from_name="A Member",
        from_addresses=(mails.AUTHOR,),
        answers=(),
        text="Weekly notes",
        is_automatic=False,
        list_ids=(),
        is_unreadable=False,
    )
    posts.receive(session, 1, received, now=SystemClock().now())


def deliverer_of(store: Store, relay: Relay) -> Deliverer[Parcel]:
    """Put together what carries posts, as the service does."""
    house = House(
        name="Samband",
        public_url="https://samband.example.org",
        domain="lists.example.org",
        calendar=Calendar(),
        tokens=Tokens("a key for the bench"),
    )
    dmarc = Dmarc(_no_record, SystemClock())
    departures = Departures(store, house, dmarc, own_domains=("example.org",))
    return Deliverer(
        store,
        SystemClock(),
        PostSender(departures, relay, house),
        claim=outbox.claim_deliveries,
        settle=outbox.settle_deliveries,
        name="posts",
    )


async def _no_record(name: str) -> list[str]:
    return []
