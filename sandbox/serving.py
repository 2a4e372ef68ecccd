"""Serve routes with aiohttp in the caller's loop, on any free port, and stop without leftovers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager

from aiohttp import web

#: Mails and modals are small; a mail with attachments written on the page is not larger.
MAX_BODY_BYTES = 30 * 1024 * 1024


@asynccontextmanager
async def serving(
    routes: Iterable[web.AbstractRouteDef],
    *,
    host: str,
    port: int,
    stop: Callable[[], Awaitable[None]],
) -> AsyncIterator[str]:
    """Serve the routes and yield `http://host:port`; `stop` ends what would wait for long."""
    application = web.Application(client_max_size=MAX_BODY_BYTES)
    application.add_routes(routes)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=2.0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        bound = runner.addresses[0]
        yield f"http://{host}:{bound[1]}"
    finally:
        await stop()
        await runner.cleanup()
