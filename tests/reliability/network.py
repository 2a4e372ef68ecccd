"""A network between two ends: slow, cut after so many octets, or swallowing all that is said."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass


@dataclass
class Network:
    """How the way there and back behaves for the first connection; later ones are well."""

    #: Hang up when so many octets went there, or came back.
    cut_there: int | None = None
    cut_back: int | None = None
    #: From so many octets on, carry nothing more and say nothing of it.
    hole_there: int | None = None
    hole_back: int | None = None
    #: Carry so many octets at a time, each time after everybody else has had a turn.
    piece: int = 65536
    _connections: int = 0

    @asynccontextmanager
    async def between(self, port: int) -> AsyncIterator[str]:
        """Stand before this port; gives the relay's URL."""
        tasks: set[asyncio.Task[None]] = set()

        async def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            tasks.add(asyncio.current_task())  # type: ignore[arg-type]  # we run in one
            self._connections += 1
            is_ill = self._connections == 1
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
            there = self._carry(reader, far_writer, self.cut_there, self.hole_there, is_ill=is_ill)
            back = self._carry(far_reader, writer, self.cut_back, self.hole_back, is_ill=is_ill)
            ways = [asyncio.ensure_future(way) for way in (there, back)]
            try:
                with suppress(asyncio.CancelledError):  # by the end of the test
                    await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
                for end in (writer, far_writer):
                    end.transport.abort()

        server = await asyncio.start_server(met, "127.0.0.1", 0)
        try:
            yield f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        finally:
            server.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await server.wait_closed()

    async def _carry(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        cut: int | None,
        hole: int | None,
        *,
        is_ill: bool,
    ) -> None:
        carried = 0
        with suppress(ConnectionError):
            while octets := await reader.read(self.piece):
                left = cut - carried if is_ill and cut is not None else len(octets)
                carried += len(octets)
                if not (is_ill and hole is not None and carried > hole):
                    writer.write(octets[:left])
                    await writer.drain()
                await asyncio.sleep(0)
                if left < len(octets):
                    return
