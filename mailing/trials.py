"""Counts ahead how often a post is prepared, so that one which kills us is not tried for ever (D6).

A post that raises is not tried again for each of its thousand recipients: its rows wait together.
Called by the fan-out.
"""

import asyncio
import secrets
import traceback
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final, TypeVar

import structlog

from community import departures, due, setting_aside
from community.clock import Clock
from community.setbacks import Postponed, Undelivered
from community.store import DATABASE_AWAY, Store

log = structlog.get_logger()

T = TypeVar("T")

#: So long rows wait for another process that seems to prepare their post.
OTHERS_WAIT: Final = timedelta(seconds=1)
#: What says nothing against the post.
INNOCENT: Final = (*DATABASE_AWAY, Undelivered, Postponed, asyncio.CancelledError)


class Trials:
    """Tries to prepare posts, each at most `due.MOST_FAULTS` times without an end."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        #: Posts that have raised, and until when they wait.
        self._waiting: dict[int, Postponed] = {}
        #: Tries of ours that are counted, and came to an end that says nothing against the post.
        self._excused: Counter[int] = Counter()

    async def run(self, post_id: int, prepare: Callable[[int], Awaitable[T]]) -> T:
        """Prepare a post.

        Raises:
            Postponed: it has raised, or may be killing another process just now.
            Undelivered: it was set aside with all its copies.
        """
        waits = self._waiting.get(post_id)
        if waits is not None and self._clock.now() < waits.until:
            raise Postponed(waits.reason, until=waits.until)
        number = await self._begin(post_id)
        try:
            prepared = await prepare(post_id)
        except INNOCENT:
            self._excused[post_id] += 1
            raise
        except Exception as fault:
            raise await self._broken(post_id, fault, number) from fault
        self._waiting.pop(post_id, None)
        await self._end(post_id)
        return prepared

    async def _begin(self, post_id: int) -> int:
        now, excused = self._clock.now(), self._excused[post_id]
        number = await self._store.run(departures.begin, post_id, excused=excused, now=now)
        del self._excused[post_id]
        if number is None:
            raise Postponed("another process is preparing it", until=now + OTHERS_WAIT)
        if number > due.MOST_FAULTS:
            reference = secrets.token_hex(4)
            words = f"whoever prepares it dies (reference {reference})"
            raise await self._set_aside(post_id, words, reference)
        return number

    async def _end(self, post_id: int) -> None:
        try:
            await self._store.run(departures.end, post_id)
        except DATABASE_AWAY:
            self._excused[post_id] += 1
            raise

    async def _broken(self, post_id: int, fault: Exception, number: int) -> Undelivered | Postponed:
        """Log what broke under a reference; say what becomes of the copies."""
        reference = secrets.token_hex(4)
        # Not the fault's own words: there may be an address in them.
        where = [f"{at.filename}:{at.lineno}" for at in traceback.extract_tb(fault.__traceback__)]
        name = type(fault).__name__
        log.error("fanout.broke", post=post_id, reference=reference, error=name, where=where)
        words = f"internal fault: {name} (reference {reference})"
        if number >= due.MOST_FAULTS:
            return await self._set_aside(post_id, words, reference)
        now = self._clock.now()
        until = due.retry_at(now, attempts=number - 1, row_id=post_id, retry_after=None)
        self._waiting[post_id] = Postponed(words, until=until)
        return self._waiting[post_id]

    async def _set_aside(self, post_id: int, words: str, reference: str) -> Undelivered:
        self._waiting.pop(post_id, None)
        now = self._clock.now()
        rows = await self._store.run(setting_aside.set_aside, post_id, why=words, now=now)
        if rows:
            log.error("fanout.set_aside", post=post_id, rows=rows, reference=reference)
        return Undelivered(words, permanent=True)
