"""Whether Slack takes our token: said once in the log, and to the administrators, when it does not.

Nothing has to be done for it to recover: what is due is tried again, and the log says when it went.
"""

from typing import Final

import structlog

from bot import errors
from bot.errors import LOST
from community import chat_tokens
from community.clock import Clock
from community.store import Store

log = structlog.get_logger()

#: What else than Slack's own words can stand in the way of the next token; the first passes.
UNREACHED: Final = "slack_not_reached"
UNWRITTEN: Final = "token_file_unusable"
#: What passes of all that can stand in its way.
PASSING: Final = errors.PASSING | {UNREACHED}
#: What is wrong with the app's token; it comes right when somebody mends it, so we keep trying.
TOKEN: Final = LOST | errors.UNGRANTED


class Standing:
    """How we stand with Slack, as far as this process has seen."""

    def __init__(self, store: Store, clock: Clock, *, key: int = chat_tokens.CHAT) -> None:
        self._store, self._clock, self._key = store, clock, key
        #: Another process, or this one before it was started anew, may have been refused.
        self._is_sure = False
        #: Slack's word for what is wrong; empty while all is well.
        self.trouble = ""
        self._renewal = ""

    async def refused(self, code: str) -> None:
        """Note that Slack refuses a call because of our token; say so the first time."""
        was = self.trouble
        if code not in TOKEN or not self.note(code) or code not in LOST:
            return
        try:
            await self._store.run(chat_tokens.refuse, code, key=self._key, now=self._clock.now())
        except Exception as error:
            self.trouble = was  # nobody was told, so that the next call tells
            log.warning("slack.token_unsaid", error=type(error).__name__)

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
            await self._store.run(chat_tokens.accept, key=chat_tokens.NEXT, now=self._clock.now())
            return
        log.error("slack.renewal", error=trouble)
        if trouble not in PASSING:
            code = chat_tokens.unrenewed(trouble)
            now = self._clock.now()
            await self._store.run(chat_tokens.refuse, code, key=chat_tokens.NEXT, now=now)

    async def took(self) -> None:
        """Note that Slack took a call; whatever comes of it, the call was taken."""
        if self._is_sure and not self.trouble:
            return
        if self.trouble:
            log.info("slack.token_good", was=self.trouble)
        self.trouble, self._is_sure = "", True
        try:
            for key in self._good():
                await self._store.run(chat_tokens.accept, key=key, now=self._clock.now())
        except Exception as error:
            self._is_sure = False
            log.warning("slack.token_unsaid", error=type(error).__name__)

    def _good(self) -> tuple[int, ...]:
        """Return the keys that are good when a call was taken."""
        is_renewed = self._key == chat_tokens.CHAT and not self._renewal
        return (self._key, chat_tokens.NEXT) if is_renewed else (self._key,)
