"""Asks Slack whether somebody wants to be left alone now: right before what can wait is sent.

Slack says nothing of who has paused notifications by hand to anybody but that person; what it says
of others is the schedule, and that is taken at its word. When Slack cannot say, messages go as if
nobody had asked.

Source: Slack's reference of dnd.info (tier 3: fifty a minute, so what it said is kept for a while).
"""

from datetime import UTC, datetime, timedelta
from typing import Final

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.blocks.kit import Json
from bot.errors import Meaning, meaning
from bot.pacing import read
from bot.rhythm import Rhythm
from community.clock import Clock
from community.people import Reader

log = structlog.get_logger()

#: So long what Slack said of somebody is taken as true.
KEPT: Final = timedelta(minutes=5)
#: More people than that are not remembered.
MOST_KEPT: Final = 5000
#: After these the app cannot ask until somebody mends it; it is tried again by and by.
CLOSED: Final = (Meaning.LOST, Meaning.UNGRANTED, Meaning.FORBIDDEN)
REST: Final = timedelta(hours=1)
METHOD: Final = "dnd.info"
#: So many are asked about at once, then one a second.
BURST: Final = 25


class DoNotDisturb:
    """What Slack says of who wants to be left alone."""

    def __init__(self, client: AsyncWebClient, clock: Clock) -> None:
        self.client, self._clock = client, clock
        self._kept: dict[str, tuple[datetime, datetime | None]] = {}
        self._rhythm = Rhythm(clock, burst=BURST)
        #: Before this moment Slack is not asked: it wants us to wait, or does not let us.
        self._asks_from: datetime | None = None

    async def until(self, to: Reader) -> datetime | None:
        """Return when this person can be written to again; None when they can now.

        Raises: Postponed when Slack has been asked so much that it would want us to wait.
        """
        now = self._clock.now()
        if to.slack_id is None:
            return None
        asked_at, until = self._kept.get(to.slack_id, (None, None))
        if asked_at is None or not now - KEPT < asked_at <= now:
            if self._asks_from is not None and now < self._asks_from:
                return None
            self._rhythm.wait(METHOD, to.slack_id)
            until = await self._ask(to.slack_id, now)
        return until if until is not None and until > now else None

    async def _ask(self, slack_id: str, now: datetime) -> datetime | None:
        until = None
        try:
            answer = await self.client.dnd_info(user=slack_id)
            until = ends_at(dict(answer.data) if isinstance(answer.data, dict) else {}, now)
        except SlackApiError as error:
            self._refused(error, now)
        except (aiohttp.ClientError, TimeoutError, ConnectionError):
            pass  # the message itself will tell
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[slack_id] = (now, until)
        return until

    def _refused(self, error: SlackApiError, now: datetime) -> None:
        status, code, retry_after = read(error)
        if status == 429 or code == "ratelimited":
            self._asks_from = now + timedelta(seconds=retry_after or 30)
        elif meaning(code) in CLOSED:
            if self._asks_from is None:
                log.warning("slack.do_not_disturb", error=code)
            self._asks_from = now + REST


def ends_at(said: Json, now: datetime) -> datetime | None:
    """Read from Slack's answer when the rest ends; None when there is none now."""
    ends = []
    if said.get("dnd_enabled"):
        starts, stops = _moment(said.get("next_dnd_start_ts")), _moment(said.get("next_dnd_end_ts"))
        if starts is not None and stops is not None and starts <= now < stops:
            ends.append(stops)
    if said.get("snooze_enabled"):
        ends += [at for at in (_moment(said.get("snooze_endtime")),) if at is not None and at > now]
    return max(ends, default=None)


def _moment(seconds: object) -> datetime | None:
    if not isinstance(seconds, int | float) or seconds <= 0:
        return None
    return datetime.fromtimestamp(seconds, UTC)
