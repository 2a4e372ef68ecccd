"""Sends notices as direct messages, and brings earlier ones up to date.

The scheduler calls `send` with a claimed notice and settles by what comes back: the reference of
the message (`channel:ts`), or Undelivered.

Source: Slack's page on rate limits: one message a second in a conversation, bursts for a short
while; of all together "several hundred" a minute; fifty a minute of what is in tier 3.
"""

from datetime import timedelta
from typing import Final

from slack_sdk.web.async_client import AsyncWebClient

from bot import writing
from bot.blocks import letters
from bot.blocks.kit import Shown
from bot.rhythm import Rhythm
from community.clock import Clock
from community.outbox import Notice
from community.people import Reader
from community.setbacks import Undelivered
from letters.letter import Letter

#: So many messages one person gets at once; then one a second.
TO_ONE: Final = 5
#: So many go out at once to all; then four a second, which is less than several hundred a minute.
TO_ALL: Final = 40
EACH: Final = timedelta(milliseconds=250)
#: What is in tier 3 bears a burst now and then.
TIER_3: Final = 25
OPENED, UPDATED, POSTED = "conversations.open", "chat.update", "chat.postMessage"


class SlackSender:
    """Delivers notices through the Web API; keeps nothing but the ids of open conversations."""

    def __init__(self, client: AsyncWebClient, clock: Clock) -> None:
        self._client = client
        self._channels: dict[str, str] = {}
        self._to_one = Rhythm(clock, burst=TO_ONE)
        self._to_all = Rhythm(clock, burst=TO_ALL, pace=EACH)
        self._tier_3 = Rhythm(clock, burst=TIER_3)

    async def send(
        self, notice: Notice, to: Reader, letter: Letter, *, replaces: str | None = None
    ) -> str:
        """Post the letter, or put it in place of the message `replaces`; return its `channel:ts`.

        Raises:
            Undelivered: Slack did not take it; permanent when trying again cannot help.
            Postponed: Slack asked to wait, for this method and this conversation; or would have.
        """
        message = letters.shown(letter)
        try:
            with writing.setbacks(writing.PERMANENT):
                if notice.replaces_id is not None:
                    return await self._update(message, notice, replaces)
                return await self._post(message, notice, to)
        except Undelivered as failure:
            if failure.permanent and to.slack_id is not None:
                self._channels.pop(to.slack_id, None)
            raise

    async def _post(self, message: Shown, notice: Notice, to: Reader) -> str:
        if to.slack_id is None:
            # The link was undone after the notice was put; the scheduler says it by mail.
            raise Undelivered("the person has no Slack user (any more)", permanent=True)
        channel = await self._channel(notice, to.slack_id)
        self._to_one.wait(channel, notice.id)
        self._to_all.wait(POSTED, notice.id)
        return await writing.post(self._client, channel, message)

    async def _update(self, message: Shown, notice: Notice, replaces: str | None) -> str:
        if replaces is None:
            # The first message never arrived, so there is nothing that could be untrue.
            raise Undelivered("the message to bring up to date was never posted", permanent=True)
        self._tier_3.wait(UPDATED, notice.id)
        return await writing.update(self._client, replaces, message)

    async def _channel(self, notice: Notice, slack_id: str) -> str:
        if slack_id not in self._channels:
            self._tier_3.wait(OPENED, notice.id)
            opened = await self._client.conversations_open(users=[slack_id])
            self._channels[slack_id] = str(opened["channel"]["id"])
        return self._channels[slack_id]
