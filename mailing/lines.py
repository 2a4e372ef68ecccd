"""One open line to the relay, as `Relay` uses it: a mail at a time, and ready for the next.

Where the relay offers PIPELINING a mail takes two turns instead of four and a third of the CPU
(`pipelined.py`); else aiosmtplib speaks. `outgoing.py` dials, and decides which line a mail takes.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol, cast

import aiosmtplib

from community.setbacks import Away, Partly, Undelivered
from mailing import copies, gate, outcomes
from mailing.addresses import Address
from mailing.copies import Copy
from mailing.outcomes import Stage
from mailing.pipelined import PipelinedLine


class Line(Protocol):
    """One connection to the relay, after its greeting."""

    @property
    def is_open(self) -> bool:
        """Whether another mail can be tried."""

    @property
    def carried(self) -> int:
        """How many mails were tried on it."""

    async def carry(self, sender: Address | None, to: Sequence[Address], raw: bytes) -> str:
        """Do one transaction; afterwards the line is ready for the next, or closed.

        Raises: Away, Undelivered, Partly by the place of the recipients, or outcomes.Stale.
        """

    async def quit(self) -> None:
        """Say goodbye."""

    def close(self) -> None:
        """Cut the line."""


def opened(client: aiosmtplib.SMTP, *, command_seconds: float, mail_seconds: float) -> Line:
    """Make a line of what aiosmtplib has dialled, made safe and logged in."""
    if not client.supports_extension("pipelining"):
        return PlainLine(client, mail_seconds=mail_seconds)
    line = taken_over(client, command_seconds=command_seconds, mail_seconds=mail_seconds)
    return QuickLine(line, seconds=mail_seconds)


def taken_over(
    client: aiosmtplib.SMTP, *, command_seconds: float, mail_seconds: float
) -> PipelinedLine:
    """Go on by `pipelined.py` with a line that aiosmtplib has dialled, made safe and logged in."""
    offers = ("size", "8bitmime", "smtputf8")
    return PipelinedLine(
        cast(asyncio.Transport, client.transport),  # its type says less than it is
        offers=frozenset(each for each in offers if client.supports_extension(each)),
        command_seconds=command_seconds,
        mail_seconds=mail_seconds,
    )


class QuickLine:
    """A line that says as much at once as the relay allows."""

    def __init__(self, line: PipelinedLine, *, seconds: float) -> None:
        self._line, self._seconds = line, seconds

    @property
    def is_open(self) -> bool:
        """Whether another mail can be tried."""
        return self._line.is_open

    @property
    def carried(self) -> int:
        """How many mails were tried on it."""
        return self._line.carried

    async def carry(self, sender: Address | None, to: Sequence[Address], raw: bytes) -> str:
        """Do one transaction, as `Line` says."""
        first, *others = map(str, to)
        mail = Copy(str(sender or ""), first, b"", copies.shared(b"", raw), tuple(others))
        return await self._line.carry(
            mail, following=None, may_send=_at_once, seconds=self._seconds
        )

    async def quit(self) -> None:
        """Say goodbye."""
        await self._line.quit()

    def close(self) -> None:
        """Cut the line."""
        self._line.close()


async def _at_once() -> None:
    """Let a mail go without waiting for another."""


class PlainLine:
    """A line to a relay that wants to answer each command before the next."""

    def __init__(self, client: aiosmtplib.SMTP, *, mail_seconds: float) -> None:
        self._client = client
        self._mail_seconds = mail_seconds
        self.carried = 0

    @property
    def is_open(self) -> bool:
        """Whether another mail can be tried."""
        return self._client.is_connected

    async def carry(self, sender: Address | None, to: Sequence[Address], raw: bytes) -> str:
        """Do one transaction, as `Line` says."""
        stage, raw = Stage.SENDER, gate.normalised(raw)
        is_first, self.carried = self.carried == 0, self.carried + 1
        turned_away: dict[int, Undelivered] = {}
        try:
            await self._open(sender, to, raw)
            stage = Stage.RECIPIENT
            await self._name(to, turned_away)
            stage = Stage.MAIL
            response = await self._client.data(raw, timeout=self._mail_seconds)
        except (aiosmtplib.SMTPException, OSError) as error:
            await self._clear(error)
            if stage is Stage.SENDER and not self.is_open:
                if is_first:
                    raise Away(outcomes.of(error, Stage.GREETING).reason) from error
                raise outcomes.Stale(error) from error
            failure = outcomes.of(error, stage)
            if not turned_away:
                raise failure from error
            raise Partly(turned_away, failure) from error
        answer = f"{response.code} {response.message}"[:500]
        if turned_away:
            raise Partly(turned_away, answer)
        return answer

    async def _name(self, to: Sequence[Address], turned_away: dict[int, Undelivered]) -> None:
        """Name the recipients; one of several that is refused leaves the others as they are."""
        for place, each in enumerate(to):
            try:
                await self._client.rcpt(str(each), encoding="utf-8")
            except aiosmtplib.SMTPResponseException as error:
                if len(to) == 1 or not outcomes.is_of_one(error.code):
                    raise
                turned_away[place] = outcomes.of(error, Stage.RECIPIENT)
                if len(turned_away) == len(to):
                    raise

    async def _open(self, sender: Address | None, to: Sequence[Address], raw: bytes) -> None:
        options: list[str] = []
        if self._client.supports_extension("size"):
            options.append(f"SIZE={len(raw)}")
        if self._client.supports_extension("8bitmime") and not raw.isascii():
            options.append("BODY=8BITMIME")
        if not all(each is None or each.is_ascii for each in (sender, *to)):
            if not self._client.supports_extension("smtputf8"):
                # The address will not change, and the relay is what the site has.
                raise Undelivered(outcomes.NO_SMTPUTF8, permanent=True)
            options.append("SMTPUTF8")
        await self._client.mail(str(sender or ""), options=options, encoding="utf-8")

    async def _clear(self, error: Exception) -> None:
        is_refusal = isinstance(error, aiosmtplib.SMTPResponseException) and error.code >= 400
        if not is_refusal or outcomes.is_goodbye(error):
            self.close()
            return
        try:
            await self._client.rset()
        except (aiosmtplib.SMTPException, OSError):
            self.close()

    async def quit(self) -> None:
        """Say goodbye."""
        with suppress(aiosmtplib.SMTPException, OSError):
            await self._client.quit(timeout=5)
        self.close()

    def close(self) -> None:
        """Cut the line."""
        self._client.close()
