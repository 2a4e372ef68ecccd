"""What the bot works with; made once by `bot.app.build`."""

from dataclasses import dataclass, field
from typing import Final

from slack_sdk.web.async_client import AsyncWebClient

from bot.deadline import Deadline
from bot.identity import Ourselves
from bot.running import Running
from bot.standing import Standing
from community.clock import Clock
from community.store import Store
from letters.letter import House

#: A call that takes longer is given up; the outbox tries again.
CALL_SECONDS: Final = 10


@dataclass(frozen=True, kw_only=True)
class Door:
    """The community, the house that speaks, the time, and Slack."""

    store: Store
    house: House
    clock: Clock
    client: AsyncWebClient
    ourselves: Ourselves
    standing: Standing
    #: Until when Slack is waited for, once the service ends.
    deadline: Deadline
    #: Slack gives a form three seconds; after these we say that it takes longer (M2).
    patience_seconds: float = 2.5
    #: So long each call of Slack may take.
    call_seconds: int = CALL_SECONDS
    #: The turns that are being taken now.
    running: Running = field(default_factory=Running)
