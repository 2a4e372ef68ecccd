"""Whether Slack takes our token: said once in the log, and to the administrators, when it does not.

Nothing has to be done for it to recover: what is due is tried again, and the log says when it went.
"""

from typing import Final

import structlog

from community import chat_tokens
from community.clock import Clock
from community.store import Store

log = structlog.get_logger()

#: The token is good for nothing any more.
LOST: Final = frozenset(
    {"invalid_auth", "not_authed", "token_revoked", "token_expired", "not_allowed_token_type"}
    | {"org_login_required", "app_uninstalled"}
)
#: What is wrong with the app's token; it comes right when somebody mends it, so we keep trying.
TOKEN: Final = LOST | {"missing_scope", "no_permission"}


class Standing:
    """How we stand with Slack, as far as this process has seen."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        #: Slack's word for what is wrong; empty while all is well.
        self.trouble = ""

    async def refused(self, code: str) -> None:
        """Note that Slack refuses a call because of our token; say so the first time."""
        if code in TOKEN and self.note(code) and code in LOST:
            await self._store.run(chat_tokens.refuse, code, now=self._clock.now())

    def note(self, code: str) -> bool:
        """Note what is wrong with our token, and log it; say whether that is news."""
        is_news = code != self.trouble
        if is_news:
            self.trouble = code
            log.error("slack.token", error=code)
        return is_news

    def took(self) -> None:
        """Note that Slack took a call."""
        if self.trouble:
            log.info("slack.token_good", was=self.trouble)
            self.trouble = ""
