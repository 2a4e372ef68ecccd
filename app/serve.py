"""`samband serve`: runs the roles it is told to, until it is told to stop."""

import asyncio
import gc
import signal
from contextlib import ExitStack

import structlog

import migrations
from app import roles, safety, wiring
from app.openings import in_words
from community.clock import SystemClock
from config import logging
from config.settings import Settings, secrets_of

log = structlog.get_logger()


def main(settings: Settings, wanted: frozenset[str]) -> None:
    """Bring the database up to date and run these roles until SIGINT or SIGTERM.

    Raises:
        NotSafe: another process has the SQLite file, commits are not honest, or a port is taken.
        NotOpened: the database does not answer, or is of a newer version.
    """
    logging.configure(settings.log_format, secrets=secrets_of(settings))
    url = settings.database_url.get_secret_value()
    with ExitStack() as held:
        with in_words(url):
            held.enter_context(safety.sole_process(url))
            migrations.upgrade(url)
            safety.insist_on_honest_commits(url)
        try:
            asyncio.run(_serve(settings, wanted))
        except OSError as error:
            raise safety.NotSafe(
                f"A port is taken: {error.strerror}. Is Samband running already? The ports are "
                "SAMBAND_WEB_LISTEN, SAMBAND_LMTP_LISTEN and SAMBAND_SMTP_LISTEN."
            ) from error


async def _serve(settings: Settings, wanted: frozenset[str]) -> None:
    told = stop_signal()  # before anything starts, so that it is heard at any moment
    store, clock = wiring.store_of(settings), SystemClock()
    try:
        with in_words(settings.database_url.get_secret_value()):
            safety.freeze_if_restored(store, now=clock.now())
        parts = wiring.parts(settings, store, clock)
        async with roles.running(parts, wanted):
            if parts.chat is None:
                log.warning("service.without_chat", hint="set SAMBAND_SLACK_BOT_TOKEN")
            spare_the_collector()
            log.info("service.ready", roles=sorted(wanted), spared=gc.get_freeze_count())
            await told.wait()
        log.info("service.stopped")
        await parts.relay.aclose()
    finally:
        store.close()


def spare_the_collector() -> None:
    """Let the garbage collector look no more at what lives as long as the service.

    To look through all modules takes it a tenth of a second, in which nobody is answered and
    nothing is sent.
    """
    gc.collect()
    gc.freeze()


def stop_signal() -> asyncio.Event:
    """Return what is set when somebody wants the process to stop."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return stop
