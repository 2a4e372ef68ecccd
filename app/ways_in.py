"""The ways by which mail comes in: ports, HTTP, a mailbox; all through the same storage."""

import shutil
from collections.abc import Iterator
from functools import partial

import migrations
from community import waiting
from community.clock import Clock
from community.store import Store
from config.parsing import Endpoint, imap_address
from config.settings import Settings
from mailing.envelopes import Limits as EnvelopeLimits
from mailing.listener import Listener
from mailing.polling import Polling
from mailing.reception import Reception
from mailing.storage import Storage
from mailing.webhook import Webhook


def storage_of(settings: Settings, store: Store, clock: Clock, reception: Reception) -> Storage:
    """Return what takes mail as long as there is room beside the database."""
    path = migrations.sqlite_path(store.url)

    def free_bytes() -> int | None:
        return None if path is None else shutil.disk_usage(path.parent).free

    async def crowds(limit: int) -> bool:
        return await store.read(waiting.crowds, limit)

    return Storage(
        reception,
        clock,
        max_message_bytes=settings.max_message_bytes,
        free_bytes=free_bytes,
        crowds=crowds,
    )


def listeners(settings: Settings, storage: Storage) -> Iterator[tuple[Endpoint, Listener]]:
    """Make what listens for mail, and say where."""
    made = partial(
        Listener,
        storage.take,
        storage.knows,
        hostname=settings.domain,
        max_bytes=settings.max_message_bytes,
        room=storage.room,
    )
    yield settings.lmtp_listen, made()
    if settings.smtp_listen is not None:
        yield settings.smtp_listen, made(take_together=storage.take_together)


def polling(settings: Settings, storage: Storage, reception: Reception) -> Polling | None:
    """Return the way in from a mailbox, or None when the settings name none."""
    if settings.imap_url is None:
        return None
    return Polling(
        storage.take,
        reception.knows,  # whom a mail in the box is for does not hang on the room there is
        imap_address(settings.imap_url.get_secret_value()),
        max_octets=settings.max_message_bytes,
    )


def webhook(settings: Settings, storage: Storage) -> Webhook | None:
    """Return the way in for mails by HTTP, or None when the settings name no token for it."""
    if settings.mail_token is None:
        return None
    return Webhook(
        storage.take,
        storage.knows,
        token=settings.mail_token.get_secret_value(),
        limits=EnvelopeLimits(max_octets=settings.max_message_bytes),
        shared=storage.room,
    )
