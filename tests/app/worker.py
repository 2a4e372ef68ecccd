"""The roles worker and clock, on a PostgreSQL of the tests, with which `samband serve` would not.

It refuses one whose fsync is off, as the tests' own is; everything else is as in app/serve.py.
"""

import asyncio

from app import roles, wiring
from app.serve import stop_signal
from community.clock import SystemClock
from config import loading


async def main() -> None:
    """Work until SIGTERM."""
    told = stop_signal()
    settings = loading.load(env_file=None)
    store = wiring.store_of(settings)
    parts = wiring.parts(settings, store, SystemClock())
    async with roles.running(parts, frozenset({"worker", "clock"})):
        print("service.ready", flush=True)  # noqa: T201 - the test waits for it
        await told.wait()
    await parts.relay.aclose()
    store.close()


if __name__ == "__main__":
    asyncio.run(main())
