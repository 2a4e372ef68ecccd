"""Brings Home tabs up to date that stand in Slack: one at a time, at most one call a second.

Whose are due is in `community/home_views.py`; any number of processes may do this. A tab that would
look the same costs no call. Slack's `hash` sees to it that an older view never takes the place of a
newer one that a press has published meanwhile.
"""

import asyncio
import secrets
from datetime import timedelta
from traceback import extract_tb
from typing import Final

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError

from bot import errors, home, home_seen
from bot.door import Door
from bot.errors import Meaning, meaning
from bot.home import Tab
from bot.pacing import read
from community import due, home_concerns, home_views
from community.home_views import ClaimedView
from community.store import DATABASE_AWAY

log = structlog.get_logger()

#: A press has published meanwhile; its view is written down within this.
CONFLICT_AFTER: Final = timedelta(seconds=3)
#: So long Slack is left alone when it does not say how long.
PAUSE_SECONDS: Final = 30
#: So long as well, when it takes nobody's tab until somebody mends what is wrong.
CLOSED_FOR: Final = timedelta(minutes=10)
CLOSED: Final = (Meaning.LOST, Meaning.UNGRANTED, Meaning.FORBIDDEN)


class Publisher:
    """Publishes the Home tabs that are due."""

    def __init__(self, door: Door) -> None:
        self._door = door

    async def work(self, bell: asyncio.Event) -> None:
        """Publish for ever, whenever the bell rings (`scheduler/watching.py`)."""
        while True:
            await bell.wait()
            bell.clear()
            try:
                await self.drain()
            except DATABASE_AWAY:
                log.warning("home.database_away")
            except Exception:
                log.exception("home.broke")

    async def drain(self) -> int:
        """Look what has happened, and publish what may be now; return how many tabs were tried."""
        store, clock, tried = self._door.store, self._door.clock, 0
        if not await store.read(home_views.waits, now=clock.now()):
            return 0
        while await store.run(home_concerns.mark, now=clock.now()):
            pass
        while (claim := await store.run(home_views.claim, now=clock.now())) is not None:
            tried += 1
            await self._bring_up_to_date(claim)
        return tried

    async def _bring_up_to_date(self, claim: ClaimedView) -> None:
        door = self._door
        try:
            seen = await door.store.read(home_seen.of_person, claim.person_id, now=door.clock.now())
            if seen is None:
                await door.store.run(home_views.end, claim.person_id)
                return
            await self._publish(claim, home.drawn(seen, door.house))
        except DATABASE_AWAY:
            raise
        except Exception as fault:
            reference = secrets.token_hex(4)
            where = [f"{at.filename}:{at.lineno}" for at in extract_tb(fault.__traceback__)]
            kind = type(fault).__name__
            log.error(
                "home.fault", reference=reference, person=claim.person_id, error=kind, where=where
            )
            await self._again(claim)

    async def _publish(self, claim: ClaimedView, tab: Tab) -> None:
        door = self._door
        if tab.content == claim.content:
            await door.store.run(home_views.kept, claim, content=tab.content, again_at=tab.again_at)
            return
        try:
            answer = await door.client.views_publish(
                user_id=tab.slack_id, view=tab.view, hash=claim.slack_hash or None
            )
        except SlackApiError as error:
            await self._refused(claim, tab, error)
        except (aiohttp.ClientError, TimeoutError, ConnectionError):
            await self._again(claim)
        else:
            await door.store.run(
                home_views.shown,
                claim,
                content=tab.content,
                slack_hash=str(answer["view"].get("hash", "")),
                again_at=tab.again_at,
                now=door.clock.now(),
            )

    async def _refused(self, claim: ClaimedView, tab: Tab, error: SlackApiError) -> None:
        store, now = self._door.store, self._door.clock.now()
        status, code, seconds = read(error)
        if status == 429 or code == "ratelimited":
            until = now + timedelta(seconds=seconds or PAUSE_SECONDS)
            await store.run(home_views.failed, claim, again_at=until, paused_until=until)
        elif code == "hash_conflict":
            again_at = now + CONFLICT_AFTER
            await store.run(home_views.failed, claim, again_at=again_at, lost_track=True)
        elif meaning(code) is Meaning.GONE:
            await store.run(home_views.end, claim.person_id)
        elif meaning(code) in CLOSED:
            log.warning("home.closed", error=code)
            until = now + CLOSED_FOR
            await store.run(home_views.failed, claim, again_at=until, paused_until=until)
        elif code in errors.OURS or code.startswith("invalid_"):
            reference = secrets.token_hex(4)
            log.error("home.refused", reference=reference, person=claim.person_id, error=code)
            # Not tried again as it is; when something changes, it is another view.
            await store.run(home_views.kept, claim, content=tab.content, again_at=tab.again_at)
        else:
            log.warning("home.not_published", person=claim.person_id, error=code)
            await self._again(claim)

    async def _again(self, claim: ClaimedView) -> None:
        """Have it tried again, the later the more often it has come to nothing."""
        again_at = due.retry_at(
            self._door.clock.now(),
            attempts=claim.failures,
            row_id=claim.person_id,
            retry_after=None,
        )
        await self._door.store.run(home_views.failed, claim, again_at=again_at)
