"""The short-lived handles Slack gives an app: trigger ids (3 s, once) and response addresses.

Source: Slack’s docs, “Handling user interaction”: 3 s and single use; 5 uses in 30 minutes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sandbox.calls import SlackError
from sandbox.records import Clock

TRIGGER_LIFE = timedelta(seconds=3)
RESPONSE_LIFE = timedelta(minutes=30)
RESPONSE_USES = 5


@dataclass
class _Trigger:
    user: str
    until: datetime
    spent: bool = False


@dataclass
class ResponseAddress:
    """Where an app may answer: for whom, in which channel, about which message."""

    user: str
    channel: str
    message_ts: str | None
    until: datetime
    uses_left: int = RESPONSE_USES


class Handles:
    """Give and honour trigger ids and response addresses."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._count = 0
        self._triggers: dict[str, _Trigger] = {}
        self._responses: dict[str, ResponseAddress] = {}

    def trigger(self, user: str) -> str:
        """Return a new trigger id of this member."""
        self._count += 1
        key = f"{self._count}.7777.sandbox"
        self._triggers[key] = _Trigger(user, self._clock.now() + TRIGGER_LIFE)
        return key

    def spend(self, trigger_id: str) -> str:
        """Use a trigger id up and return the member it stands for.

        Raises: SlackError when it stands for nobody, or no longer.
        """
        found = self._triggers.get(trigger_id)
        if found is None:
            raise SlackError("invalid_trigger_id")
        if found.spent:
            raise SlackError("exchanged_trigger_id")
        if self._clock.now() > found.until:
            raise SlackError("expired_trigger_id")
        found.spent = True
        return found.user

    def response(self, user: str, channel: str, message_ts: str | None) -> str:
        """Return the last part of a new response_url."""
        self._count += 1
        key = f"{self._count}-sandbox"
        until = self._clock.now() + RESPONSE_LIFE
        self._responses[key] = ResponseAddress(user, channel, message_ts, until)
        return key

    def respond(self, key: str) -> ResponseAddress:
        """Use a response address once and return it.

        Raises: SlackError when it is none, or no longer.
        """
        found = self._responses.get(key)
        if found is None:
            raise SlackError("invalid_url")
        if self._clock.now() > found.until:
            raise SlackError("expired_url")
        if found.uses_left == 0:
            raise SlackError("used_url")
        found.uses_left -= 1
        return found
