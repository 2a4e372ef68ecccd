"""The floor of `bench inbound`: aiosmtpd takes each mail and says so, and nothing is kept."""

import asyncio
import sys

from aiosmtpd.lmtp import LMTP


class _Takes:
    async def handle_DATA(self, *_: object) -> str:  # noqa: N802 - aiosmtpd finds it by this name
        return "250 Ok"


async def main(port: int) -> None:
    """Listen on this port until the process is ended."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: LMTP(_Takes(), loop=loop), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
