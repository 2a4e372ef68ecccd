"""Reads the mails of an archive as those are read that come: in children, within limits."""

import asyncio
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime, timedelta
from typing import Final

from community.old_mails import OldMail
from mailing import intake
from mailing.envelopes import Envelope
from mailing.handovers import received
from mailing.mboxes import Mail
from mailing.parser import Parser, Unread

#: A mail names its own date; that of the archive counts where the two are further apart.
_APART: Final = timedelta(days=2)


class Reader:
    """Reads mails in the children that read mails for the service, a batch at a time."""

    def __init__(self) -> None:
        self._parser = Parser()
        self._loop = asyncio.new_event_loop()

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, *_: object) -> None:
        with closing(self._loop):
            self._loop.run_until_complete(self._parser.aclose())

    def read(self, mails: Sequence[Mail], *, address: str, now: datetime) -> list[OldMail]:
        """Return what could be read of some mails, in order."""
        return self._loop.run_until_complete(self._read(mails, address, now))

    async def _read(self, mails: Sequence[Mail], address: str, now: datetime) -> list[OldMail]:
        found = await asyncio.gather(*(self._one(mail, address, now) for mail in mails))
        return [old for old in found if old is not None]

    async def _one(self, mail: Mail, address: str, now: datetime) -> OldMail | None:
        if not (mail.is_whole and mail.raw):
            return None
        try:
            facts = await self._parser.ask(intake.read, mail.raw, sender=mail.sender)
        except Unread:
            return None
        if facts.unreadable is not None:
            return None
        envelope = Envelope(sender=mail.sender, recipient=address, raw=mail.raw)
        when = moment_of(said=facts.date, came=mail.at, now=now)
        return OldMail(mail=received(facts, envelope), at=when)


def moment_of(*, said: datetime | None, came: datetime | None, now: datetime) -> datetime:
    """Return when a list had a mail: as the mail says, unless the archive knows better.

    Clocks of senders are wrong by years; no mail is from the future.
    """
    if came is not None and came > now:
        came = None
    if said is not None and said <= now and (came is None or abs(said - came) <= _APART):
        return said
    return came or now
