"""A token that expires, renewed an hour before, once for all processes that share its file.

Slack gives the next token for a refresh token, which is good for one use, and with it the next
refresh token. The old token stays good until it expires. What renews runs in a thread: it waits for
the lock and for the disk, and a turn that is given up does not lose the new pair on its way.

Source: Slack's guide "Using token rotation"; RFC 6749 §6.
"""

import asyncio
import hashlib
import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.client import HTTPException
from pathlib import Path
from typing import Final

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.pacing import read
from bot.standing import PASSING, UNREACHED, UNWRITTEN
from bot.token_files import Pair, TokenFile
from bot.tokens import word_in
from community.clock import Clock

log = structlog.get_logger()

CALL_SECONDS: Final = 10
#: Slack is asked at most so often. A refresh token whose answer got lost is good a little longer,
#: so this is short.
AGAIN: Final = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class SlackApp:
    """Who asks for the next token, and where."""

    client_id: str
    client_secret: str = field(repr=False)
    api_url: str


class Unrenewed(Exception):
    """There is no new pair; why, in Slack's word or ours, and how long to wait at the least."""

    def __init__(self, code: str, *, seconds: int = 0) -> None:
        super().__init__(code)
        self.code, self.seconds = code, seconds


class RenewedToken:
    """The token of a file, renewed in time.

    `first` is the refresh token of the settings. It counts as long as there is no file, and again
    when it is another than the one that the file began with: then the app was installed anew. Where
    it stands in a file of its own (`first_file`), that is read again each time.
    """

    def __init__(
        self,
        clock: Clock,
        file: TokenFile,
        app: SlackApp,
        *,
        first: str = "",
        first_file: Path | None = None,
    ) -> None:
        self.trouble = ""
        self._clock, self._file, self._app = clock, file, app
        self._first, self._first_file = first, first_file
        self._pair: Pair | None = None
        self._asks_after: datetime | None = None
        self._looking = asyncio.Lock()

    async def current(self) -> str:
        """Return the token; see first to it that it is good for a while, if Slack can be asked."""
        if self._is_due():
            async with self._looking:
                if self._is_due():
                    await self._look("")
        return self._token

    async def another(self, refused: str) -> bool:
        """Take what another process or a person has put there, or else ask Slack for the next."""
        async with self._looking:
            if self._token == refused:
                await self._look(refused)
        return self._token not in ("", refused)

    @property
    def _token(self) -> str:
        return self._pair.token if self._pair is not None else ""

    def _is_due(self) -> bool:
        now = self._clock.now()
        return not self._waits(now) and (self._pair is None or self._pair.is_due(now))

    def _waits(self, now: datetime) -> bool:
        return self._asks_after is not None and now < self._asks_after

    async def _look(self, refused: str) -> None:
        now = self._clock.now()
        try:
            await asyncio.to_thread(self._take_next, now, refused)
        except Unrenewed as error:
            self.trouble = error.code
            self._asks_after = now + max(AGAIN, timedelta(seconds=error.seconds))
        except (OSError, ValueError):
            self.trouble = UNWRITTEN
            self._asks_after = now + AGAIN

    def _take_next(self, now: datetime, refused: str) -> None:
        """Take a pair that is good for a while and not the refused one: another's, or a new one.

        Changes nothing while Slack is not to be asked again yet.

        Raises:
            Unrenewed: there is none.
            OSError: the file cannot be read or written; Slack was not asked then.
            ValueError: the file has something else in it.
        """
        with self._file.locked():
            if self._first_file is not None:
                self._first = word_in(self._first_file) or self._first
            kept = self._kept()
            if kept is not None and kept.token != refused:
                self._pair = kept
                if not kept.is_due(now):
                    self.trouble = ""
                    return
            if self._waits(now):
                return
            with self._file.replacing() as save:
                pair = self._ask(kept.refresh_token if kept else self._first, now)
                save(pair)
        # In this order: who looks meanwhile waits for us, or has the new pair.
        self._pair, self.trouble = pair, ""
        self._asks_after = now + AGAIN
        log.info("slack.renewed", expires_at=pair.expires_at.isoformat())

    @property
    def _begun_with(self) -> str:
        return hashlib.sha256(self._first.encode()).hexdigest() if self._first else ""

    def _kept(self) -> Pair | None:
        """Return the pair of the file, unless the settings have begun anew since."""
        kept = self._file.read()
        if kept is None or not kept.begun_with or not self._begun_with:
            return kept
        return kept if kept.begun_with == self._begun_with else None

    def _ask(self, refresh_token: str, now: datetime) -> Pair:
        client = WebClient(
            base_url=self._app.api_url,
            timeout=CALL_SECONDS,
            retry_handlers=[],
            logger=logging.getLogger("slack"),
        )
        try:
            answer = client.oauth_v2_access(
                client_id=self._app.client_id,
                client_secret=self._app.client_secret,
                grant_type="refresh_token",
                refresh_token=refresh_token,
            )
        except SlackApiError as error:
            status, code, seconds = read(error)
            is_passing = status >= 500 or code in PASSING
            raise Unrenewed(UNREACHED if is_passing else code, seconds=seconds or 0) from None
        except (OSError, HTTPException, ValueError, SlackClientError):
            raise Unrenewed(UNREACHED) from None
        token, following = answer.get("access_token"), answer.get("refresh_token")
        seconds = answer.get("expires_in")
        if not (token and following and isinstance(seconds, int)):
            raise Unrenewed("no_new_pair")
        return Pair(
            token=str(token),
            refresh_token=str(following),
            expires_at=now + timedelta(seconds=seconds),
            begun_with=self._begun_with,
        )
