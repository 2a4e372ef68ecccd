"""Writes messages of ours in Slack, and says what it means when Slack does not take one.

Both senders write by this: to a person (`sender.py`) and into a channel (`channel_sender.py`).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import errors
from bot.blocks.kit import Json, Shown
from bot.pacing import Paused, read
from community.setbacks import Postponed, Undelivered

#: Trying again cannot help; the reason is beside each. What is not here is tried again.
PERMANENT: Final = errors.GONE | errors.FORBIDDEN | errors.OURS


async def post(
    client: AsyncWebClient, channel: str, message: Shown, *, metadata: Json | None = None
) -> str:
    """Post a message; return where it stands, as `channel:ts`. Slack reads no names into it."""
    answer = await client.chat_postMessage(
        channel=channel,
        text=message.text,
        blocks=message.blocks,
        metadata=metadata,
        mrkdwn=False,
        link_names=False,
        parse="none",
        unfurl_links=False,
        unfurl_media=False,
    )
    return f"{answer['channel']}:{answer['ts']}"


async def update(client: AsyncWebClient, reference: str, message: Shown) -> str:
    """Put a message in place of the one that stands at `reference`; return that."""
    channel, _, ts = reference.partition(":")
    await client.chat_update(
        channel=channel,
        ts=ts,
        text=message.text,
        blocks=message.blocks,
        link_names=False,
        parse="none",
    )
    return reference


@contextmanager
def setbacks(permanent: Mapping[str, str]) -> Iterator[None]:
    """Raise as setbacks what Slack refuses and what breaks on the way there.

    Raises:
        Undelivered: Slack did not take it; permanent for the codes of `permanent`.
        Postponed: Slack asked to wait, for this method and this conversation.
    """
    try:
        yield
    except SlackApiError as error:
        raise refused(error, permanent) from error
    except aiohttp.ClientConnectorError:
        # Never connected, so Slack has not seen it.
        raise Undelivered("Slack cannot be reached", permanent=False) from None
    except (aiohttp.ClientError, TimeoutError, ConnectionError):
        # Slack may have posted it before the line broke; it takes no key that could tell.
        raise Undelivered(
            "the line to Slack broke before its answer", permanent=False, in_doubt=True
        ) from None


def refused(error: SlackApiError, permanent: Mapping[str, str]) -> Undelivered | Postponed:
    """Say what a refusal of Slack's means for a message."""
    if isinstance(error, Paused):
        return Postponed("Slack asked us to wait", until=error.until)
    status, code, retry_after = read(error)
    if status == 429 or code == "ratelimited":
        return Undelivered("Slack asks us to wait", permanent=False, retry_after=retry_after or 30)
    if code in permanent:
        return Undelivered(f"{code}: {permanent[code]}", permanent=True)
    # A 5xx after the effect would post twice; that is rarer than one that had none.
    return Undelivered(f"Slack answers {code}", permanent=False, in_doubt=status >= 500)
