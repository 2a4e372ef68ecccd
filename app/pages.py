"""Serves the pages with uvicorn inside the service's own loop; signals stay with the service."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress

import uvicorn
from starlette.types import ASGIApp

from config.parsing import Endpoint

#: How long requests that are being answered may take when the service stops.
GRACE_SECONDS = 5


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_listening = asyncio.Event()
        self.is_told = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Say when the ports are open: before that nobody must be told that we are ready."""
        await super().startup(sockets)
        self.is_listening.set()

    async def main_loop(self) -> None:
        """Keep the Date header right once a second; uvicorn's own loop wakes ten times for it."""
        while not await self.on_tick(0):
            with suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await self.is_told.wait()

    def tell(self) -> None:
        """Have it stop, when the requests in hand are answered."""
        self.should_exit = True
        self.is_told.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave SIGINT and SIGTERM to the service, which stops every role in order."""
        yield


class Pages:
    """The web application on its port."""

    def __init__(
        self, application: ASGIApp, listen: Endpoint, *, proxies: Sequence[str] = ()
    ) -> None:
        self.application, self.listen = application, listen
        #: Addresses and networks whose X-Forwarded-For says who asks.
        self.proxies = proxies
        #: The port it really has, once it serves; port 0 leaves it to the system.
        self.port = listen.port

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Serve until the context ends.

        Raises:
            OSError: the port is taken.
        """
        config = uvicorn.Config(
            self.application,
            host=self.listen.host,
            port=self.listen.port,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=True,
            forwarded_allow_ips=list(self.proxies),
            timeout_graceful_shutdown=GRACE_SECONDS,
            lifespan="off",
        )
        sockets = [config.bind_socket()]
        self.port = sockets[0].getsockname()[1]
        server = _Server(config)
        task = asyncio.create_task(server.serve(sockets=sockets))
        task.add_done_callback(lambda _: server.is_listening.set())  # or it never will be
        try:
            await server.is_listening.wait()
            yield
        finally:
            server.tell()
            await task
            for bound in sockets:
                bound.close()
