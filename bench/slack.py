"""How soon Slack is answered at 50 requests a second, beside a bare page that only checks and acks.

Slack itself answers after 200 ms and fails one call in twenty. Once it is all done again while one
post after the other goes out to 10,000 members by the same service. The requests come at their
moments, whether those before them were answered or not, and a latency counts from that moment.
"""

import asyncio
import contextlib
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Final

import aiohttp

from bench import meanwhile, results, serving, sinking, slack_town, town
from bench.results import Result
from bench.slack_town import SlowSlack
from community.store import Store
from proofs.ports import free_port
from tests.bot.recorded import request
from tests.bot.slack_double import APP_TOKEN, BOT_TOKEN, Json
from tests.bot.slack_double import serving as slack_serving

PER_SECOND: Final = 50
#: How many get each post that goes out meanwhile.
MANY: Final = 10_000
#: `BENCH_SECONDS=10` for a quick look.
SECONDS: Final = int(os.environ.get("BENCH_SECONDS", "60"))
SECRET: Final = "0123456789abcdef0123456789abcdef"  # noqa: S105 -- the bench's own

COLUMNS: Final = (
    ("p50, ms", "p50_ms", "{:.0f}"),
    ("p99, ms", "p99_ms", "{:.0f}"),
    ("longest, ms", "longest_ms", "{:.0f}"),
    ("bare page's p99, ms", "floor_p99_ms", "{:.0f}"),
    ("of it", "of_floor", "{:.1f}"),
    ("CPU ms each", "cpu_ms", "{:.1f}"),
    ("not 200", "not_200", "{:.0f}"),
    ("over 3 s", "over_3_s", "{:.0f}"),
    ("MB above idle", "above_idle_mb", "{:.1f}"),
    ("copies/s meanwhile", "copies_per_second", "{:.0f}"),
)

Send = Callable[[int, Json], Awaitable[int]]


def main() -> None:
    """Measure by HTTP and by Socket Mode, alone and beside fan-outs, on both databases."""
    results.show(_measured(), columns=COLUMNS)


def _measured() -> Iterator[Result]:
    for kind in town.DATABASES:
        for way, size in (("http", 0), ("socket", 0), ("http", MANY), ("socket", MANY)):
            yield asyncio.run(_measure(kind, way, size))


async def _measure(kind: str, way: str, size: int) -> Result:
    with (
        tempfile.TemporaryDirectory(prefix="samband-bench-") as name,
        town.database(kind) as url,
        sinking.running() as sink,
    ):
        store = Store(url)
        slack_town.populate(store, people=max(size, slack_town.MEMBERS))
        store.close()
        slack = SlowSlack()
        async with slack_serving(slack), aiohttp.ClientSession() as session:
            floor = await _floor(session, slack)
            # Alone: a relay that is not there. Mails wait, and cost nothing here.
            port = sink.port if size else 9
            async with _service(url, slack, way=way, relay=port, folder=Path(name)) as running:
                send = _by_http(session, running.web_port)
                if way == "socket":
                    send = _by_socket(slack)
                    await slack.line
                with (
                    serving.memory_watched(running) as memory,
                    meanwhile.fan_outs(running, sink, size=size) as went,
                ):
                    cpu = running.cpu_seconds
                    took = await _load(send, slack.url)
                    cpu = running.cpu_seconds - cpu
    return Result(
        bench="slack",
        case=f"{kind}, {way}, {size:,} meanwhile" if size else f"{kind}, {way}",
        delay_ms=int(slack_town.ANSWERS_AFTER_SECONDS * 1000),
        figures={
            **_figures(took),
            "floor_p99_ms": _percentile(floor, 99),
            "of_floor": _percentile(took, 99) / _percentile(floor, 99),
            "cpu_ms": cpu / len(took) * 1000,
            "above_idle_mb": memory.peak_mb - memory.idle_mb,
            "copies_per_second": went.per_second,
        },
    )


@contextlib.asynccontextmanager
async def _service(
    url: str, slack: SlowSlack, *, way: str, relay: int, folder: Path
) -> AsyncIterator[serving.Serving]:
    more = {"SAMBAND_SLACK_BOT_TOKEN": BOT_TOKEN, "SAMBAND_SLACK_API_URL": f"{slack.url}/api/"}
    if way == "http":
        more["SAMBAND_SLACK_SIGNING_SECRET"] = SECRET
    else:
        more["SAMBAND_SLACK_APP_TOKEN"] = APP_TOKEN
    service = serving.running(url, relay_port=relay, folder=folder, more=more)
    # In threads: what it still has to say at its end, our Slack has to answer.
    running = await asyncio.to_thread(service.__enter__)
    try:
        yield running
    finally:
        await asyncio.to_thread(service.__exit__, None, None, None)


def _by_http(session: aiohttp.ClientSession, port: int) -> Send:
    async def send(number: int, payload: Json) -> int:
        body, headers = request(payload, secret=SECRET)
        address = f"http://127.0.0.1:{port}/slack/events"
        async with session.post(address, data=body, headers=headers) as answer:
            await answer.read()
            return answer.status

    return send


def _by_socket(slack: SlowSlack) -> Send:
    async def send(number: int, payload: Json) -> int:
        return 200 if await slack.envelope(number, payload) else 0

    return send


async def _floor(session: aiohttp.ClientSession, slack: SlowSlack) -> list[tuple[float, int]]:
    """Load the bare page for a while."""
    port = free_port()
    command = [sys.executable, "-m", "bench.bare", str(port), SECRET]
    process = await asyncio.to_thread(subprocess.Popen, command)
    try:
        await asyncio.to_thread(_wait_for, f"http://127.0.0.1:{port}/readyz")
        return await _load(_by_http(session, port), slack.url, seconds=max(5, SECONDS // 4))
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait, 30)


def _wait_for(url: str) -> None:
    for _ in range(500):
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=1):  # noqa: S310
            return
        time.sleep(0.02)
    raise RuntimeError("the bare page was not ready in time")


async def _load(send: Send, url: str, *, seconds: int = SECONDS) -> list[tuple[float, int]]:
    """Send at a steady pace; return milliseconds and status of each answer."""
    took: list[tuple[float, int]] = []

    async def one(number: int, at: float, payload: Json) -> None:
        status = await send(number, payload)
        took.append(((time.monotonic() - at) * 1000, status))

    begun = time.monotonic()
    async with asyncio.TaskGroup() as group:
        async for number, at, payload in _paced(url, begun, seconds):
            group.create_task(one(number, at, payload))
    return took


async def _paced(url: str, begun: float, seconds: int) -> AsyncIterator[tuple[int, float, Json]]:
    for number, payload in enumerate(slack_town.payloads(url)):
        if number == seconds * PER_SECOND:
            return
        at = begun + number / PER_SECOND
        await asyncio.sleep(max(0, at - time.monotonic()))
        yield number, at, payload


def _figures(took: list[tuple[float, int]]) -> dict[str, float]:
    return {
        "p50_ms": _percentile(took, 50),
        "p99_ms": _percentile(took, 99),
        "longest_ms": max(each for each, _ in took),
        "not_200": sum(status != 200 for _, status in took),
        "over_3_s": sum(each > 3000 for each, _ in took),
    }


def _percentile(took: list[tuple[float, int]], percent: int) -> float:
    ordered = sorted(each for each, _ in took)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]
