"""Posts cards into moderators' channels, brings them up to date, and looks who can read there.

The scheduler calls `send` with a claimed card and settles by what comes back: where the card stands
(`channel:ts`), or Undelivered.
"""

from datetime import datetime, timedelta
from typing import Final, NoReturn

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.blocks import letters
from bot.blocks.kit import Json, Shown
from bot.pacing import Paused, read
from bot.sender import PERMANENT
from community import channel_cards
from community.channel_cards import ChannelCard
from community.clock import Clock
from community.moderators_channels import Trouble
from community.setbacks import Postponed, Undelivered
from letters.letter import Letter

#: By what a card is found in its channel again: our own id, nothing of the post (M5).
EVENT_TYPE: Final = "samband_card"
#: So many messages are looked through for a card that was perhaps posted.
LOOKED_THROUGH: Final = 200
#: Clocks differ: so much earlier than it was due a card may have been posted.
SKEW: Final = timedelta(minutes=1)
#: A channel takes one message a second.
PACE: Final = timedelta(seconds=1)
#: Trying again cannot help; beside what no direct message can be helped with.
CLOSED: Final = {
    "not_in_channel": "the app is not in the channel",
    "channel_not_found": "the channel is gone, or the app is not in it",
    "is_archived": "the channel is archived",
}
NO_SCOPE: Final = ("missing_scope", "no_permission")


class ChannelSender:
    """Delivers cards through the Web API, one a second to each channel."""

    def __init__(self, client: AsyncWebClient, clock: Clock) -> None:
        self.client, self._clock = client, clock
        #: When each channel takes the next card, and the second that a card was told to wait for.
        self._free_at: dict[str, datetime] = {}
        self._turns: dict[int, datetime] = {}

    async def look(self, channel: str) -> tuple[Trouble, str]:
        """Say who can read a channel, and Slack's own word where that is not as it should be."""
        try:
            answer = await self.client.conversations_info(channel=channel)
        except SlackApiError as error:
            _, code, _ = read(error)
            if code in NO_SCOPE:
                return Trouble.UNKNOWN, code
            self._refused(error)
        except (aiohttp.ClientError, TimeoutError, ConnectionError):
            raise Undelivered("Slack cannot be reached", permanent=False) from None
        return trouble_of(answer["channel"])

    async def send(self, card: ChannelCard, letter: Letter) -> str:
        """Post a card, or show in the one that stands there what is true now; return where.

        Raises:
            Undelivered: Slack did not take it; permanent when trying again cannot help.
            Postponed: the channel has had a message this second.
        """
        self._wait_for_turn(card)
        message = letters.shown(letter)
        try:
            reference = card.reference or await self._found(card)
            if reference is not None:
                return await self._update(message, reference)
            return await self._post(message, card)
        except SlackApiError as error:
            self._refused(error)
        except aiohttp.ClientConnectorError:
            raise Undelivered("Slack cannot be reached", permanent=False) from None
        except (aiohttp.ClientError, TimeoutError, ConnectionError):
            raise Undelivered(
                "the line to Slack broke before its answer", permanent=False, in_doubt=True
            ) from None

    def _wait_for_turn(self, card: ChannelCard) -> None:
        """Let a card go in the second that is its own, or tell it which that is."""
        now = self._clock.now()
        turn = self._turns.pop(card.id, None)
        if turn is not None and turn <= now:
            return
        free_at = max(self._free_at.get(card.channel, now), now)
        self._free_at[card.channel] = free_at + PACE
        if free_at > now:
            self._turns[card.id] = free_at
            raise Postponed("one message a second in a channel", until=free_at)

    async def _post(self, message: Shown, card: ChannelCard) -> str:
        answer = await self.client.chat_postMessage(
            channel=card.channel,
            text=message.text,
            blocks=message.blocks,
            metadata={"event_type": EVENT_TYPE, "event_payload": {"card": card.id}},
            mrkdwn=False,
            link_names=False,
            parse="none",
            unfurl_links=False,
            unfurl_media=False,
        )
        return f"{answer['channel']}:{answer['ts']}"

    async def _update(self, message: Shown, reference: str) -> str:
        channel, _, ts = reference.partition(":")
        await self.client.chat_update(
            channel=channel,
            ts=ts,
            text=message.text,
            blocks=message.blocks,
            link_names=False,
            parse="none",
        )
        return reference

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
            if read(error)[1] in NO_SCOPE:
                return None  # it may come twice, which is better than not at all
            raise
        mine = [str(each["ts"]) for each in answer["messages"] if _is_of(each, card)]
        for extra in mine[1:]:
            await self.client.chat_delete(channel=card.channel, ts=extra)
        return f"{card.channel}:{mine[0]}" if mine else None

    def _refused(self, error: SlackApiError) -> NoReturn:
        if isinstance(error, Paused):
            raise Postponed("Slack asked us to wait", until=error.until)
        status, code, retry_after = read(error)
        if status == 429 or code == "ratelimited":
            raise Undelivered(
                "Slack asks us to wait", permanent=False, retry_after=retry_after or 30
            )
        why = (PERMANENT | CLOSED).get(code)
        if why is not None:
            raise Undelivered(f"{code}: {why}", permanent=True)
        raise Undelivered(f"Slack answers {code}", permanent=False, in_doubt=status >= 500)


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
