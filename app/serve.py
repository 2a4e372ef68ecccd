"""`samband serve`: runs the roles it is told to, until it is told to stop."""

import asyncio
import fcntl
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

import migrations
from app import service, wiring
from community.clock import SystemClock
from config.settings import Settings

log = structlog.get_logger()


class CannotServe(Exception):
    """The service must not start; the message says why and what to do, in one line."""


def main(settings: Settings, roles: frozenset[str]) -> None:
    """Bring the database up to date and run these roles until SIGINT or SIGTERM.

    Raises:
        CannotServe: another process has the SQLite file, or a port is taken.
    """
    url = settings.database_url.get_secret_value()
    with alone(url):
        migrations.upgrade(url)
        try:
            asyncio.run(_serve(settings, roles))
        except OSError as error:
            raise CannotServe(
                f"A port is taken: {error.strerror}. Is Samband running already? The ports are "
                "SAMBAND_WEB_LISTEN and SAMBAND_LMTP_LISTEN."
            ) from error


async def _serve(settings: Settings, roles: frozenset[str]) -> None:
    store = wiring.store_of(settings)
    try:
        parts = wiring.parts(settings, store, SystemClock())
        async with service.running(parts, roles):
            log.info("service.ready", roles=sorted(roles))
            await stop_signal()
        log.info("service.stopped")
        await parts.relay.aclose()
    finally:
        store.close()


async def stop_signal() -> None:
    """Return when somebody wants the process to stop."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()


@contextmanager
def alone(url: str) -> Iterator[None]:
    """Hold the lock of an SQLite database: one service per file (U4).

    PostgreSQL coordinates any number of processes itself, and needs no lock.
    """
    path = migrations.sqlite_path(url)
    if path is None:
        yield
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with Path(f"{path}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CannotServe(
                f"Another process serves {path}. Run all roles in that one, or set "
                "SAMBAND_DATABASE_URL to PostgreSQL to run several."
            ) from error
        yield
