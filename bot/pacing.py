"""The client of the Web API, which does as Slack's Retry-After says, by method and channel.

Slack limits each method for itself, and posting for each channel: what is limited waits, and all
else goes on. Who calls too soon is told until when, and Slack is not asked.

Source: Slack's page on rate limits.
"""

import logging
from datetime import datetime, timedelta
from typing import Any, Final

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.deadline import Deadline
from bot.errors import LOST
from bot.standing import Standing
from bot.tokens import BotToken
from community.clock import Clock

#: The method that is limited for each channel.
POST: Final = "chat.postMessage"
#: When posting to so many channels is limited at once, it is limited for the workspace.
MOST_CHANNELS: Final = 3
#: Slack says how long with every limit; a proxy may not.
USUAL_SECONDS: Final = 30

Key = tuple[str, str]


class Paused(SlackApiError):
    """The method is limited until then; Slack was not asked."""

    def __init__(self, until: datetime, response: AsyncSlackResponse) -> None:
        super().__init__("Slack asked us to wait", response)  # type: ignore[no-untyped-call]  # the SDK's
        self.until = until


class Paces:
    """What must not be called before when."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until: dict[Key, datetime] = {}

    def limit(self, method: str, channel: str, *, seconds: int) -> None:
        """Note that Slack takes a method no more for so long; a post in this channel alone."""
        now = self._clock.now()
        self._until = {key: until for key, until in self._until.items() if until > now}
        self._until[_key(method, channel)] = now + timedelta(seconds=seconds)
        if method == POST and len([key for key in self._until if key[0] == POST]) >= MOST_CHANNELS:
            self._until[POST, ""] = now + timedelta(seconds=seconds)

    def until(self, method: str, channel: str) -> datetime | None:
        """Return when a method may be called again, or None when it may be now."""
        keys = {_key(method, channel), (method, "")}
        ends = [self._until[key] for key in keys if key in self._until]
        last = max(ends, default=None)
        return last if last is not None and last > self._clock.now() else None


def _key(method: str, channel: str) -> Key:
    return method, channel if method == POST else ""


class PacedClient(AsyncWebClient):
    """A client that waits where Slack wants it to."""

    def __init__(
        self,
        clock: Clock,
        standing: Standing,
        deadline: Deadline,
        *,
        token: BotToken,
        base_url: str,
        timeout: int,
    ) -> None:
        super().__init__(
            base_url=base_url,
            timeout=timeout,
            # A post that is tried again on a broken line comes twice; the outbox decides instead.
            retry_handlers=[],
            logger=logging.getLogger("slack"),
        )
        self._clock = clock
        self._token, self._deadline = token, deadline
        self._paces, self._standing = Paces(clock), standing

    async def api_call(self, api_method: str, **given: Any) -> AsyncSlackResponse:
        """Call a method, unless Slack takes none now.

        Raises:
            Paused: Slack asked us to wait, and the time is not over.
            SlackApiError: Slack answers with an error.
            TimeoutError: it answers too late.
        """
        channel = str((given.get("json") or given.get("params") or {}).get("channel") or "")
        until = self._paces.until(api_method, channel)
        if until is not None:
            raise Paused(until, self._limited(api_method, until))
        try:
            async with self._deadline.kept():
                answer = await self._call(api_method, given)
        except SlackApiError as error:
            status, code, seconds = read(error)
            if status == 429 or code == "ratelimited":
                self._paces.limit(api_method, channel, seconds=seconds or USUAL_SECONDS)
            await self._standing.refused(code)
            raise
        await self._standing.took()
        return answer

    async def _call(self, method: str, given: dict[str, Any]) -> AsyncSlackResponse:
        """Call with the token of the moment, and once more when it was replaced meanwhile."""
        used = await self._token.current()
        await self._standing.renewal(self._token.trouble)
        try:
            return await self._call_with(used, method, given)
        except SlackApiError as error:
            if read(error)[1] not in LOST or not await self._token.another(used):
                raise
        return await self._call_with(await self._token.current(), method, given)

    async def _call_with(
        self, token: str, method: str, given: dict[str, Any]
    ) -> AsyncSlackResponse:
        # The SDK reads it before it waits for anything, so calls at once do not mix theirs.
        self.token = token
        return await super().api_call(method, **given)

    def _limited(self, method: str, until: datetime) -> AsyncSlackResponse:
        """Return what Slack would have answered."""
        seconds = max(1, round((until - self._clock.now()).total_seconds()))
        return AsyncSlackResponse(
            client=self,
            http_verb="POST",
            api_url=method,
            req_args={},
            data={"ok": False, "error": "ratelimited"},
            headers={"Retry-After": str(seconds)},
            status_code=429,
        )


def read(error: SlackApiError) -> tuple[int, str, int | None]:
    """Return status, error code and seconds to wait from whatever Slack or a proxy answered."""
    response = error.response
    status = getattr(response, "status_code", None) or getattr(response, "status", None) or 0
    headers = getattr(response, "headers", None) or {}
    seconds = str(headers.get("Retry-After", ""))
    body = getattr(response, "data", None)
    code = str(body.get("error", "")) if isinstance(body, dict) else ""
    wait = int(seconds) if seconds.isascii() and seconds.isdigit() else None
    return int(status), code or f"status {status}", wait
