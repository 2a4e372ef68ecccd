"""Posts into a list that holds all of them: how many are accepted a second, each safe on disk."""

import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bench import floors, handing_in, results, serving, sinking, town
from bench.results import Result
from community.store import Store

POSTS = 500
#: Handed in before the clock starts: what a service does once, it has done.
BEFORE = 24
CONNECTIONS = (1, 8)
#: Each of the posts that are measured is by another member.
MEMBERS = 1_000


def main() -> None:
    """Measure with one connection and with eight, on both databases."""
    results.show(_measured(), columns=COLUMNS)


COLUMNS = (
    ("of file + fsync + rename", "of_disk", "{:.2f}"),
    ("of aiosmtpd alone", "of_aiosmtpd", "{:.2f}"),
    ("accepted a second", "per_second", "{:,.0f}"),
    ("files a second", "disk_per_second", "{:,.0f}"),
    ("aiosmtpd alone", "aiosmtpd_per_second", "{:,.0f}"),
    ("CPU ms, letters included", "cpu_ms", "{:.1f}"),
    ("ready in s", "ready_seconds", "{:.1f}"),
    ("idle MB", "idle_mb", "{:.0f}"),
    ("idle CPU %", "idle_cpu_percent", "{:.1f}"),
)


def _measured() -> Iterator[Result]:
    for kind in town.DATABASES:
        for connections in CONNECTIONS:
            yield measure(kind, connections)


def measure(kind: str, connections: int) -> Result:
    """Measure one way in beside the disk."""
    with (
        tempfile.TemporaryDirectory(prefix="samband-bench-") as name,
        sinking.running() as sink,
        town.database(kind) as url,
    ):
        folder = Path(name)
        floor = floors.disk(folder, files=POSTS)
        bare = floors.lmtp(posts=POSTS, connections=connections)
        store = Store(url)
        town.populate(store, MEMBERS, policy=("newcomer_posts=10000", "repeats=0"))
        store.close()
        with serving.running(url, relay_port=sink.port, folder=folder) as running:
            idle_mb, cpu = running.rss_mb, running.cpu_seconds
            time.sleep(5)
            idle_cpu = running.cpu_seconds - cpu
            hand_in = partial(
                handing_in.flood, running.lmtp_port, connections=connections, authors=MEMBERS
            )
            hand_in(posts=BEFORE)
            sink.wait_for(BEFORE)
            cpu = running.cpu_seconds
            seconds = hand_in(posts=POSTS, first=BEFORE)
            sink.wait_for(BEFORE + POSTS)  # the letters to the author are part of what it costs
            cpu = running.cpu_seconds - cpu
    return Result(
        bench="inbound",
        case=f"{kind}, {connections} connections",
        figures={
            "of_disk": POSTS / seconds / floor.per_second,
            "of_aiosmtpd": POSTS / seconds / bare,
            "per_second": POSTS / seconds,
            "aiosmtpd_per_second": bare,
            "disk_per_second": floor.per_second,
            "cpu_ms": cpu / POSTS * 1_000,
            "ready_seconds": running.ready_seconds,
            "idle_mb": idle_mb,
            "idle_cpu_percent": idle_cpu / 5 * 100,
        },
    )
