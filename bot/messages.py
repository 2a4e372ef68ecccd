"""Messages of Slack that somebody wants to take on: read from what a message shortcut brings.

Slack is asked for a name only where nobody here has the account, and not for long: a form opens in
three seconds or not at all.
"""

import asyncio
from dataclasses import dataclass
from typing import Final

import aiohttp
from slack_sdk.errors import SlackApiError

from bot import mrkdwn
from bot.blocks.kit import Json
from bot.turns import Turn
from community import linking

#: So many names are looked up, and so long they are waited for.
MOST_NAMES: Final = 5
NAMES_SECONDS: Final = 1.5
#: What Slack calls the place of a message that few can see.
PRIVATE: Final = ("directmessage", "privategroup")


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A message, as words."""

    text: str
    #: Who wrote it; empty where that was the reader, or nobody knows.
    author: str
    is_private: bool


async def taken(turn: Turn) -> Taken:
    """Read the message that a shortcut was used on."""
    message: Json = turn.body.get("message") or {}
    text, author_id = str(message.get("text") or ""), str(message.get("user") or "")
    names = await _names(turn, dict.fromkeys((author_id, *mrkdwn.people_in(text))))
    is_own = author_id == turn.slack_id
    author = names.get(author_id) or str(message.get("username") or "")
    place: Json = turn.body.get("channel") or {}
    return Taken(
        text=mrkdwn.words(text, names),
        author="" if is_own else author,
        is_private=place.get("name") in PRIVATE,
    )


async def _names(turn: Turn, slack_ids: dict[str, None]) -> dict[str, str]:
    wanted = [each for each in slack_ids if each][: MOST_NAMES + 1]
    known = await turn.ask(linking.names, wanted)
    unknown = [each for each in wanted if each not in known]
    asked = {asyncio.ensure_future(_name(turn, each)): each for each in unknown}
    if not asked:
        return known
    done, late = await asyncio.wait(asked, timeout=NAMES_SECONDS)
    for one in late:
        one.cancel()
    return known | {asked[one]: one.result() for one in done}


async def _name(turn: Turn, slack_id: str) -> str:
    try:
        answer = await turn.door.client.users_info(user=slack_id)
    except (SlackApiError, aiohttp.ClientError, TimeoutError):
        return ""
    user: Json = answer["user"]
    return str(user.get("profile", {}).get("real_name") or user.get("real_name") or "")
