"""The ports on which mail comes in."""

from collections.abc import Iterator
from functools import partial

from config.parsing import Endpoint
from config.settings import Settings
from mailing.listener import Listener
from mailing.reception import Reception


def listeners(settings: Settings, reception: Reception) -> Iterator[tuple[Endpoint, Listener]]:
    """Make what listens for mail, and say where."""
    made = partial(
        Listener,
        reception.take,
        reception.knows,
        hostname=settings.domain,
        max_bytes=settings.max_message_bytes,
    )
    yield settings.lmtp_listen, made()
    if settings.smtp_listen is not None:
        yield settings.smtp_listen, made(take_together=reception.take_together)
