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

    async def carry(
        self, sender: Address | None, to: Sequence[Address], raw: bytes, *, seconds: float
    ) -> str:
        """Do one transaction within so many seconds, or nearly; then the line is ready or closed.

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
    return QuickLine(line)


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

    def __init__(self, line: PipelinedLine) -> None:
        self._line = line

    @property
    def is_open(self) -> bool:
        """Whether another mail can be tried."""
        return self._line.is_open

    @property
    def carried(self) -> int:
        """How many mails were tried on it."""
        return self._line.carried

    async def carry(
        self, sender: Address | None, to: Sequence[Address], raw: bytes, *, seconds: float
    ) -> str:
        """Do one transaction, as `Line` says."""
        first, *others = map(str, to)
        mail = Copy(str(sender or ""), first, b"", copies.shared(b"", raw), tuple(others))
        return await self._line.carry(mail, following=None, may_send=_at_once, seconds=seconds)

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

    async def carry(
        self, sender: Address | None, to: Sequence[Address], raw: bytes, *, seconds: float
    ) -> str:
        """Do one transaction, as `Line` says."""
        stage, raw = Stage.SENDER, gate.normalised(raw)
        is_first, self.carried = self.carried == 0, self.carried + 1
        turned_away: dict[int, Undelivered] = {}
        try:
            # Here and not around it: only here is known how far the mail had come.
            async with asyncio.timeout(seconds):
                await self._open(sender, to, raw)
                stage = Stage.RECIPIENT
                await self._name(to, turned_away)
                stage = Stage.DATA
                await self._announce()
                stage = Stage.MAIL
                response = await self._hand_over(raw)
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
        answer = outcomes.words(response.code, response.message)
        if turned_away:
            raise Partly(turned_away, answer)
        return answer

    async def _announce(self) -> None:
        response = await self._client.execute_command(b"DATA")
        if not 300 <= response.code < 400:
            raise aiosmtplib.SMTPDataError(response.code, response.message)

    async def _hand_over(self, raw: bytes) -> aiosmtplib.SMTPResponse:
        """Send the mail and return the answer to its last dot.

        `data()` of aiosmtplib announces and sends in one, and so cannot tell which of them failed.
        """
        wire, protocol = copies.shared(b"", raw).wire_body, self._client.protocol
        if protocol is None:
            raise aiosmtplib.SMTPServerDisconnected("Connection lost")
        protocol.write(wire)
        response = await protocol.read_response(timeout=self._mail_seconds)
        if not 200 <= response.code < 300:
            raise aiosmtplib.SMTPDataError(response.code, response.message)
        return response

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
        is_refusal = isinstance(error, aiosmtplib.SMTPResponseException) and 400 <= error.code < 600
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
