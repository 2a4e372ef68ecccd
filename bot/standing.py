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
#: What else than Slack's own words can stand in the way of the next token; the first passes.
UNREACHED: Final = "slack_not_reached"
UNWRITTEN: Final = "token_file_unusable"
#: Slack's words for what passes.
PASSING: Final = frozenset(
    {UNREACHED, "ratelimited", "rate_limited", "internal_error", "fatal_error"}
    | {"request_timeout", "service_unavailable", "team_added_to_org"}
)
#: What is wrong with the app's token; it comes right when somebody mends it, so we keep trying.
TOKEN: Final = LOST | {"missing_scope", "no_permission"}


class Standing:
    """How we stand with Slack, as far as this process has seen."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        #: Slack's word for what is wrong; empty while all is well.
        self.trouble = ""
        self._renewal = ""

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

    async def renewal(self, trouble: str) -> None:
        """Note what stands in the way of our next token; say it once, while the old one works."""
        was, self._renewal = self._renewal, trouble
        if trouble == was:
            return
        if not trouble:
            log.info("slack.renewal_good", was=was)
            return
        log.error("slack.renewal", error=trouble)
        if trouble not in PASSING:
            code = chat_tokens.unrenewed(trouble)
            await self._store.run(chat_tokens.refuse, code, now=self._clock.now())

    def took(self) -> None:
        """Note that Slack took a call."""
        if self.trouble:
            log.info("slack.token_good", was=self.trouble)
            self.trouble = ""
