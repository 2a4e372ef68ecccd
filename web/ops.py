"""What machines ask: is it alive, is it ready, and how much waits."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import structlog
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from community import conservation, freezes, waiting
from web.site import LOOPBACK, Site, hostname

log = structlog.get_logger()

#: Says in a few words what is wrong with one part; empty when nothing is.
Check = Callable[[], Awaitable[str]]


@dataclass(frozen=True, kw_only=True)
class Ops:
    """What app gives: its own counters, and the parts that must be ready besides the database."""

    registry: CollectorRegistry
    checks: tuple[tuple[str, Check], ...] = ()


async def alive(request: Request) -> Response:
    """Say that the process answers."""
    return PlainTextResponse("ok\n")


def ready(site: Site, ops: Ops) -> Callable[[Request], Awaitable[Response]]:
    """Return the page that says whether every part is ready, and which one is not."""

    async def database() -> str:
        return "" if await site.store.read(waiting.is_answering) else "no answer"

    async def page(request: Request) -> Response:
        wrong = []
        for name, check in (("database", database), *ops.checks):
            problem = await _problem(name, check)
            wrong += [f"{name}: {problem}"] if problem else []
        return PlainTextResponse("\n".join(wrong or ["ready"]) + "\n", 503 if wrong else 200)

    return page


def metrics(site: Site, ops: Ops) -> Callable[[Request], Awaitable[Response]]:
    """Return the page of figures for Prometheus: counts and ages, nothing about anybody."""
    public = hostname(urlsplit(site.house.public_url).netloc)

    async def page(request: Request) -> Response:
        # Through the public name come strangers; monitors ask under another.
        if hostname(request.headers.get("host", "")) == public and public not in LOOPBACK:
            return PlainTextResponse("Not here.\n", 404)
        rows = await site.store.read(waiting.counts, now=site.clock.now())
        flaws = await site.store.read(conservation.flaws)
        is_frozen = await site.store.read(freezes.is_frozen)
        ours = _figures(rows, flaws, is_frozen=is_frozen)
        figures = generate_latest(ops.registry) + generate_latest(ours)
        return Response(figures, media_type=CONTENT_TYPE_PLAIN_0_0_4)

    return page


async def _problem(name: str, check: Check) -> str:
    try:
        return await check()
    except Exception as bug:  # whatever is wrong with a part, the answer is "not ready"
        log.warning("web.not_ready", part=name, error=type(bug).__name__)
        return "does not answer"


def _figures(
    rows: tuple[waiting.Waiting, ...], flaws: Sequence[conservation.Flaw], *, is_frozen: bool
) -> CollectorRegistry:
    registry = CollectorRegistry()
    frozen = Gauge("samband_outbox_frozen", "1 while nothing goes out.", registry=registry)
    frozen.set(is_frozen)
    labels = ["table", "state"]
    count = Gauge("samband_rows", "Rows of work by table and state.", labels, registry=registry)
    late = Gauge(
        "samband_late_seconds", "How late the oldest due row is.", ["table"], registry=registry
    )
    wrong = Gauge(
        "samband_flaws", "Rows that cannot be right, by check.", ["check"], registry=registry
    )
    for flaw in flaws:
        wrong.labels(flaw.name).set(flaw.count)
    for row in rows:
        count.labels(row.table, row.state).set(row.rows)
        if row.state == "due":
            late.labels(row.table).set(row.late_seconds)
    return registry
