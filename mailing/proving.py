"""Finds out who really sent a mail where our own mail server has not said so.

`reception.py` asks. A parser's child finds the signatures, `keys.py` asks DNS for the domains'
keys, and a child checks. What cannot be found out in time is unknown; the mail is taken all the
same.
"""

import json
from dataclasses import dataclass

import structlog

from community.clock import Clock
from mailing import checking
from mailing.authentication import Authentication
from mailing.keys import Keys
from mailing.parser import Parser, Unread

log = structlog.get_logger()


class Proving:
    """Checks the signatures of mails."""

    def __init__(
        self, parser: Parser, keys: Keys, clock: Clock, *, trusted_sealers: str = ""
    ) -> None:
        self._parser, self._keys, self._clock = parser, keys, clock
        self._trusted_sealers = trusted_sealers

    async def found(self, raw: bytes, by_our_host: Authentication) -> Authentication:
        """Return what our mail server found, or else what the signatures say."""
        if str(by_our_host):
            return by_our_host
        try:
            wanted = await self._parser.ask(checking.wanted, raw)
            answers = await self._keys.answers(wanted.key_names)
            return await self._parser.ask(
                checking.check,
                raw,
                answers=json.dumps(answers),
                now=self._clock.now().isoformat(),
                trusted_sealers=self._trusted_sealers,
            )
        except Unread as why:
            log.warning("mail.unproved", why=str(why))
            return by_our_host


@dataclass(frozen=True, kw_only=True)
class Vouching:
    """Whose word about a mail's sender counts here."""

    #: The name under which our own border host writes Authentication-Results.
    authserv_id: str = ""
    #: Domains, separated by commas, that may say what they saw before they handed a mail on (ARC).
    sealers: str = ""
    #: None where nobody checks signatures but that host.
    proving: Proving | None = None
