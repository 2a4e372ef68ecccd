"""Stands before the reception: takes no mail while there is no room to keep it (D8).

The client keeps its mail and comes back, and mail is taken again as soon as there is room.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog

from community.clock import Clock
from mailing import replies
from mailing.envelopes import Envelope
from mailing.reception import Reception
from mailing.replies import Reply
from mailing.room import LARGEST_AT_ONCE, Room

log = structlog.get_logger()

#: Whatever the largest mail is, below this much free disk nothing is taken.
LEAST_FREE_BYTES: Final = 256 * 1024 * 1024
#: Above so many deliveries that wait nothing is taken: more only makes all of them later.
MOST_WAITING: Final = 2_000_000
#: What was found holds for so long; counting what waits is dearer than looking at the disk.
DISK_SEEN_FOR: Final = timedelta(seconds=5)
QUEUE_SEEN_FOR: Final = timedelta(minutes=1)

#: Free space where the database lies, in bytes; None where nobody can know.
FreeBytes = Callable[[], int | None]
#: Tells whether at least so many deliveries wait.
Crowds = Callable[[int], Awaitable[bool]]


class Storage:
    """Asks the reception, if there is room for what it takes."""

    def __init__(
        self,
        reception: Reception,
        clock: Clock,
        *,
        max_message_bytes: int,
        free_bytes: FreeBytes,
        crowds: Crowds,
    ) -> None:
        self._reception, self._clock = reception, clock
        #: In memory, for all ways in that hand mail over to this.
        self.room = Room(LARGEST_AT_ONCE * max_message_bytes)
        self._least_free = max(max_message_bytes * 3 // 2, LEAST_FREE_BYTES)
        self._free_bytes, self._crowds = free_bytes, crowds
        self._is_full = self._is_crowded = False
        self._disk_at = self._queue_at = datetime.min.replace(tzinfo=clock.now().tzinfo)

    async def knows(self, recipient: str) -> Reply | None:
        """Answer RCPT: None when the address is ours and there is room."""
        return await self._reception.knows(recipient) or await self._refusal()

    async def take(self, envelope: Envelope) -> Reply:
        """Keep a mail for one recipient, if there is room."""
        return await self._refusal() or await self._reception.take(envelope)

    async def take_together(self, envelopes: Sequence[Envelope]) -> Reply:
        """Keep a mail for all its recipients, if there is room."""
        return await self._refusal() or await self._reception.take_together(envelopes)

    async def _refusal(self) -> Reply | None:
        had_room, now = not (self._is_full or self._is_crowded), self._clock.now()
        if now - self._disk_at >= DISK_SEEN_FOR:
            self._disk_at = now
            free = await asyncio.to_thread(self._free_bytes)
            self._is_full = free is not None and free < self._least_free
        if now - self._queue_at >= QUEUE_SEEN_FOR:
            self._queue_at = now
            self._is_crowded = await self._crowds(MOST_WAITING)
        has_room = not (self._is_full or self._is_crowded)
        if has_room != had_room:
            what = "mail.room_again" if has_room else "mail.no_room"
            log.warning(what, is_disk=self._is_full, is_queue=self._is_crowded)
        return None if has_room else replies.NO_ROOM
