"""What a domain wants done with mail that says it is from there and cannot prove it (DMARC).

A list changes what its members' domains have signed and sends from elsewhere, so that nothing is
left that proves anything: where the author's domain asks to reject or quarantine such mail, the
author cannot stay in From.
"""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta

import structlog

from community.clock import Clock
from mailing.dns import NoAnswer

log = structlog.get_logger()

#: Returns the TXT records of a name, or raises NoAnswer.
Texts = Callable[[str], Awaitable[list[str]]]

WAIT_SECONDS = 3.0
KEPT_FOR = timedelta(hours=1)
MOST_KEPT = 1_000
#: A name may have 127 labels, and each costs a question (RFC 9989 §4.10).
MOST_LABELS = 7
_RECORD = re.compile(r"\s*v\s*=\s*DMARC1\s*(?:;|$)")
_FORBIDS = ("quarantine", "reject")


class Dmarc:
    """Asks DNS for the policies of domains and remembers the answers for an hour."""

    def __init__(self, texts: Texts, clock: Clock, *, wait_seconds: float = WAIT_SECONDS) -> None:
        self._texts, self._clock, self._wait_seconds = texts, clock, wait_seconds
        self._known: OrderedDict[str, tuple[datetime, bool]] = OrderedDict()

    async def forbids(self, domain: str) -> bool:
        """Say whether mail from this domain that cannot prove it is to be refused or put aside.

        Who does not answer in three seconds is taken to forbid: a name beside the list's address
        troubles nobody, a mail that is refused is lost.
        """
        now = self._clock.now()
        known = self._known.get(domain)
        if known is not None and now - known[0] < KEPT_FOR:
            return known[1]
        try:
            async with asyncio.timeout(self._wait_seconds):
                forbids = await self._ask(domain)
        except (NoAnswer, TimeoutError) as reason:
            log.warning("dmarc.no_answer", domain=domain, reason=str(reason) or "too slow")
            return True
        self._known[domain] = (now, forbids)
        self._known.move_to_end(domain)
        while len(self._known) > MOST_KEPT:
            self._known.popitem(last=False)
        return forbids

    async def _ask(self, domain: str) -> bool:
        own = _record(await self._texts(f"_dmarc.{domain}"))
        if own is not None:
            return own.get("p", "none") in _FORBIDS
        above = await self._above(domain) or {}
        return above.get("sp", above.get("p", "none")) in _FORBIDS

    async def _above(self, domain: str) -> dict[str, str] | None:
        """Return what the organisation says that a domain belongs to; if none does, its registry.

        Each name above is asked, and the highest that speaks is the organisation; or one that says
        it is, or the one below a registry (RFC 9989 §4.10).
        """
        highest = below = None
        for name in _names_above(domain):
            record = _record(await self._texts(f"_dmarc.{name}"))
            kind = record.get("psd") if record is not None else None
            if kind == "y":
                return below or record
            if kind == "n":
                return record
            highest, below = record or highest, record
        return highest


def _names_above(domain: str) -> Iterator[str]:
    labels = domain.split(".")[1:][-MOST_LABELS:]
    return (".".join(labels[start:]) for start in range(len(labels)))


def _record(texts: list[str]) -> dict[str, str] | None:
    """Read the one DMARC record; none or several count as none (RFC 7489 §6.6.3)."""
    records = [text for text in texts if _RECORD.match(text)]
    if len(records) != 1:
        return None
    pairs = (part.partition("=") for part in records[0].split(";"))
    return {name.strip().lower(): value.strip().lower() for name, _, value in pairs}
