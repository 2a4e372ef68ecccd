"""Sends notices as direct messages, and brings earlier ones up to date.

The scheduler calls `send` with a claimed notice and settles by what comes back: the reference of
the message (`channel:ts`), or Undelivered.
"""

from slack_sdk.web.async_client import AsyncWebClient

from bot import writing
from bot.blocks import letters
from bot.blocks.kit import Shown
from community.outbox import Notice
from community.people import Reader
from community.setbacks import Undelivered
from letters.letter import Letter


class SlackSender:
    """Delivers notices through the Web API; keeps nothing but the ids of open conversations."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._channels: dict[str, str] = {}

    async def send(
        self, notice: Notice, to: Reader, letter: Letter, *, replaces: str | None = None
    ) -> str:
        """Post the letter, or put it in place of the message `replaces`; return its `channel:ts`.

        Raises:
            Undelivered: Slack did not take it; permanent when trying again cannot help.
            Postponed: Slack asked to wait, for this method and this conversation.
        """
        message = letters.shown(letter)
        try:
            with writing.setbacks(writing.PERMANENT):
                if notice.replaces_id is not None:
                    return await self._update(message, replaces)
                return await self._post(message, to)
        except Undelivered as failure:
            if failure.permanent and to.slack_id is not None:
                self._channels.pop(to.slack_id, None)
            raise

    async def _post(self, message: Shown, to: Reader) -> str:
        if to.slack_id is None:
            # The link was undone after the notice was put; the scheduler says it by mail.
            raise Undelivered("the person has no Slack user (any more)", permanent=True)
        return await writing.post(self._client, await self._channel(to.slack_id), message)

    async def _update(self, message: Shown, replaces: str | None) -> str:
        if replaces is None:
            # The first message never arrived, so there is nothing that could be untrue.
            raise Undelivered("the message to bring up to date was never posted", permanent=True)
        return await writing.update(self._client, replaces, message)

    async def _channel(self, slack_id: str) -> str:
        if slack_id not in self._channels:
            opened = await self._client.conversations_open(users=[slack_id])
            self._channels[slack_id] = str(opened["channel"]["id"])
        return self._channels[slack_id]
