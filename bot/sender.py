"""Sends notices as direct messages, and brings earlier ones up to date.

The scheduler calls `send` with a claimed notice and settles by what comes back: the reference of
the message (`channel:ts`), or Undelivered.
"""

from typing import Final, NoReturn

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.blocks import letters
from bot.blocks.kit import Shown
from bot.pacing import Paused, read
from community.clock import Clock
from community.outbox import Notice
from community.people import Reader
from community.setbacks import Postponed, Undelivered
from letters.letter import House, Letter

#: Trying again cannot help; the reason is beside each. What is not here is tried again.
PERMANENT: Final = {
    "user_not_found": "nobody has this Slack user id in our workspace",
    "users_not_found": "nobody has this Slack user id in our workspace",
    "user_disabled": "the Slack account was deactivated",
    "user_not_visible": "the Slack account is outside what the app may see",
    "account_inactive": "the Slack account or the app's own was deactivated",
    "cannot_dm_bot": "the Slack user is a bot",
    "channel_not_found": "the direct message is gone",
    "is_archived": "the direct message is archived",
    "message_not_found": "the message to bring up to date was deleted",
    "cant_update_message": "the message is not ours",
    "edit_window_closed": "the workspace lets no message be changed so late",
    "invalid_blocks": "our own mistake: Slack refuses these blocks",
    "invalid_blocks_format": "our own mistake: Slack refuses these blocks",
    "msg_too_long": "our own mistake: Slack refuses so long a message",
    "msg_blocks_too_long": "our own mistake: Slack refuses so long a message",
    "no_text": "our own mistake: nothing to say",
    "restricted_action": "the workspace forbids the app to write here",
}


class SlackSender:
    """Delivers notices through the Web API; keeps nothing but the ids of open conversations."""

    def __init__(self, client: AsyncWebClient, house: House, clock: Clock) -> None:
        self._client = client
        self._house = house
        self._clock = clock
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
            if notice.replaces_id is not None:
                reference = await self._update(message, replaces)
            else:
                reference = await self._post(message, to)
        except SlackApiError as error:
            self._refused(error, to)
        except aiohttp.ClientConnectorError:
            # Never connected, so Slack has not seen it.
            raise Undelivered("Slack cannot be reached", permanent=False) from None
        except (aiohttp.ClientError, TimeoutError, ConnectionError):
            # Slack may have posted it before the line broke; it takes no key that could tell.
            raise Undelivered(
                "the line to Slack broke before its answer", permanent=False, in_doubt=True
            ) from None
        return reference

    async def _post(self, message: Shown, to: Reader) -> str:
        if to.slack_id is None:
            # The link was undone after the notice was put; the scheduler says it by mail.
            raise Undelivered("the person has no Slack user (any more)", permanent=True)
        answer = await self._client.chat_postMessage(
            channel=await self._channel(to.slack_id),
            text=message.text,
            blocks=message.blocks,
            mrkdwn=False,
            link_names=False,
            parse="none",
            unfurl_links=False,
            unfurl_media=False,
        )
        return f"{answer['channel']}:{answer['ts']}"

    async def _update(self, message: Shown, replaces: str | None) -> str:
        if replaces is None:
            # The first message never arrived, so there is nothing that could be untrue.
            raise Undelivered("the message to bring up to date was never posted", permanent=True)
        channel, _, ts = replaces.partition(":")
        await self._client.chat_update(
            channel=channel,
            ts=ts,
            text=message.text,
            blocks=message.blocks,
            link_names=False,
            parse="none",
        )
        return replaces

    async def _channel(self, slack_id: str) -> str:
        if slack_id not in self._channels:
            opened = await self._client.conversations_open(users=[slack_id])
            self._channels[slack_id] = str(opened["channel"]["id"])
        return self._channels[slack_id]

    def _refused(self, error: SlackApiError, to: Reader) -> NoReturn:
        if isinstance(error, Paused):
            raise Postponed("Slack asked us to wait", until=error.until)
        status, code, retry_after = read(error)
        if status == 429 or code == "ratelimited":
            raise Undelivered(
                "Slack asks us to wait", permanent=False, retry_after=retry_after or 30
            )
        if code in PERMANENT:
            self._channels.pop(to.slack_id or "", None)
            raise Undelivered(f"{code}: {PERMANENT[code]}", permanent=True)
        # A 5xx after the effect would post twice; that is rarer than one that had none.
        in_doubt = status >= 500
        raise Undelivered(f"Slack answers {code}", permanent=False, in_doubt=in_doubt)
