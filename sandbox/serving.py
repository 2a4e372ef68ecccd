"""Serve routes with aiohttp in the caller's loop, on any free port, and stop without leftovers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager

from aiohttp import web

HOST = "127.0.0.1"
#: Mails and modals are small; a mail with attachments written on the page is not larger.
MAX_BODY_BYTES = 30 * 1024 * 1024


@asynccontextmanager
async def serving(
    routes: Iterable[web.AbstractRouteDef],
    *,
    port: int,
    stop: Callable[[], Awaitable[None]],
) -> AsyncIterator[str]:
    """Serve the routes on loopback and yield their address; `stop` ends what would wait long."""
    application = web.Application(client_max_size=MAX_BODY_BYTES)
    application.add_routes(routes)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=2.0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, HOST, port)
        await site.start()
        yield f"http://{HOST}:{runner.addresses[0][1]}"
    finally:
        await stop()
        await runner.cleanup()
