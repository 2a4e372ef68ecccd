"""Posts cards into moderators' channels, brings them up to date, and looks who can read there.

The scheduler calls `send` with a claimed card and settles by what comes back: where the card stands
(`channel:ts`), or Undelivered.
"""

from datetime import timedelta
from typing import Final

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import writing
from bot.blocks import letters
from bot.blocks.kit import Json
from bot.errors import UNGRANTED, Meaning, meaning
from bot.pacing import read
from bot.rhythm import Rhythm
from community import channel_cards
from community.channel_cards import ChannelCard
from community.clock import Clock
from community.moderators_channels import Trouble
from community.setbacks import Undelivered
from letters.letter import Letter

#: By what a card is found in its channel again: our own id, nothing of the post (M5).
EVENT_TYPE: Final = "samband_card"
#: So many messages are looked through for a card that was perhaps posted.
LOOKED_THROUGH: Final = 200
#: Clocks differ: so much earlier than it was due a card may have been posted.
SKEW: Final = timedelta(minutes=1)
#: Trying again cannot help; beside what no direct message can be helped with.
CLOSED: Final = {
    "not_in_channel": "the app is not in the channel",
    "channel_not_found": "the channel is gone, or the app is not in it",
    "is_archived": "the channel is archived",
    "is_inactive": "the channel is archived",
}


class ChannelSender:
    """Delivers cards through the Web API, one a second to each channel."""

    def __init__(self, client: AsyncWebClient, clock: Clock) -> None:
        self.client, self._rhythm = client, Rhythm(clock)

    async def look(self, channel: str) -> tuple[Trouble, str]:
        """Say who can read a channel, and Slack's own word where that is not as it should be."""
        try:
            answer = await self.client.conversations_info(channel=channel)
        except SlackApiError as error:
            _, code, _ = read(error)
            if code in UNGRANTED:
                return Trouble.UNKNOWN, code
            raise writing.refused(error, writing.PERMANENT | CLOSED) from error
        except (aiohttp.ClientError, TimeoutError, ConnectionError):
            raise Undelivered("Slack cannot be reached", permanent=False) from None
        return trouble_of(answer["channel"])

    async def send(self, card: ChannelCard, letter: Letter) -> str:
        """Post a card, or show in the one that stands there what is true now; return where.

        Raises:
            Undelivered: Slack did not take it; permanent when trying again cannot help.
            Postponed: the channel has had a message this second.
        """
        self._rhythm.wait(card.channel, card.id)
        message = letters.shown(letter)
        with writing.setbacks(writing.PERMANENT | CLOSED):
            reference = card.reference or await self._found(card)
            if reference is not None:
                return await writing.update(self.client, reference, message)
            metadata = {"event_type": EVENT_TYPE, "event_payload": {"card": card.id}}
            return await writing.post(self.client, card.channel, message, metadata=metadata)

    async def _found(self, card: ChannelCard) -> str | None:
        """Return where a card stands that an earlier try has posted, and close its doubles."""
        if not channel_cards.is_in_doubt(card):
            return None
        try:
            answer = await self.client.conversations_history(
                channel=card.channel,
                oldest=f"{(card.due_at - SKEW).timestamp():.6f}",
                limit=LOOKED_THROUGH,
                include_all_metadata=True,
            )
        except SlackApiError as error:
            if read(error)[1] in UNGRANTED:
                return None  # it may come twice, which is better than not at all
            raise
        mine = [str(each["ts"]) for each in answer["messages"] if _is_of(each, card)]
        for extra in mine[1:]:
            await self._delete(card.channel, extra)
        return f"{card.channel}:{mine[0]}" if mine else None

    async def _delete(self, channel: str, ts: str) -> None:
        """Delete a double; one that is gone, or that must stay, changes nothing for the card."""
        try:
            await self.client.chat_delete(channel=channel, ts=ts)
        except SlackApiError as error:
            if meaning(read(error)[1]) not in (Meaning.GONE, Meaning.FORBIDDEN):
                raise


def trouble_of(channel: Json) -> tuple[Trouble, str]:
    """Say what is wrong with a channel, as `conversations.info` describes it."""
    if channel.get("is_archived"):
        return Trouble.CLOSED, "is_archived"
    if channel.get("is_member") is False:
        return Trouble.CLOSED, "not_in_channel"
    if channel.get("is_ext_shared") or channel.get("is_pending_ext_shared"):
        return Trouble.SHARED, ""
    return (Trouble.NONE, "") if channel.get("is_private") else (Trouble.PUBLIC, "")


def _is_of(message: Json, card: ChannelCard) -> bool:
    metadata = message.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    return metadata.get("event_type") == EVENT_TYPE and payload.get("card") == card.id
