"""Who we are in Slack, asked once; and whether what came in is for us (threat 28).

Slack signs each request for one app, and the same app may stand in several workspaces: only what is
of our own is taken up.
"""

import asyncio
from dataclasses import dataclass

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.blocks.kit import Json

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Identity:
    """The workspace and the app that our token belongs to."""

    team_id: str
    #: Empty where Slack does not say.
    app_id: str

    def is_app_of(self, body: Json) -> bool:
        """Say whether a payload is for our app."""
        return not self.app_id or body.get("api_app_id") in (None, self.app_id)

    def is_team_of(self, body: Json) -> bool:
        """Say whether a payload is of our workspace."""
        teams = _teams(body)
        return not teams or self.team_id in teams


def _teams(body: Json) -> set[str]:
    """Return the workspaces that a payload names as that of our app."""
    installed = {
        str(each["team_id"]) for each in body.get("authorizations") or [] if each["team_id"]
    }
    if installed:
        return installed
    there = (body.get("team") or {}).get("id") or body.get("team_id")
    return {str(there)} if there else set()


class Ourselves:
    """Asks Slack once who we are; again, as long as it does not say."""

    def __init__(self, client: AsyncWebClient) -> None:
        self.client = client
        self.known: Identity | None = None
        self._asking = asyncio.Lock()

    async def ask(self) -> Identity:
        """Return who we are.

        Raises:
            SlackApiError: our token is not good.
        """
        async with self._asking:
            if self.known is None:
                answer = await self.client.auth_test()
                app_id = await self._app_id(str(answer.get("bot_id") or ""))
                self.known = Identity(team_id=str(answer["team_id"]), app_id=app_id)
        return self.known

    async def _app_id(self, bot_id: str) -> str:
        try:
            answer = await self.client.bots_info(bot=bot_id)
        except SlackApiError:
            return ""
        return str((answer.get("bot") or {}).get("app_id") or "")

    def refuses(self, body: Json) -> bool:
        """Say whether a payload is certainly of another app; that is nobody's who talks to us."""
        if self.known is None or self.known.is_app_of(body):
            return False
        log.warning("slack.foreign", app=True)
        return True
