"""Lanes to the relay: each holds one open line and sends one copy after the other on it.

`fanout.py` asks for them. Where the relay offers PIPELINING a lane speaks by `pipelined.py`, else
it hands each mail to `Relay.send`; which of the two is asked anew each time lines are dialled.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import cast

import aiosmtplib

from community.outbox import Crowded, Undelivered
from mailing import outcomes
from mailing.copies import Copy
from mailing.outgoing import Relay
from mailing.pipelined import PipelinedLine

#: Postfix lets one client have 50 lines; where a relay lets us have fewer, we make do with those.
MOST_LANES = 48
#: Postfix and Exim hang up after about so many; a new line costs as much as a hundred mails.
MAILS_PER_LINE = 1_000
_OFFERS = ("size", "8bitmime", "smtputf8")


class RelayLanes:
    """The open lines to one relay."""

    def __init__(self, relay: Relay, *, most: int = MOST_LANES) -> None:
        self.relay, self.most = relay, most
        self._spare: list[PipelinedLine] = []
        #: How many lines are open, spare or in a lane.
        self._open = 0
        #: How many lanes send by `Relay.send`, because the relay knows no PIPELINING.
        self._plain = 0
        relay.close_with(self.aclose)

    def lane(self, *, seconds: float) -> "RelayLane":
        """Give a lane; it dials when it first has something to carry."""
        return RelayLane(self, seconds=seconds)

    async def line(self) -> PipelinedLine | None:
        """Give an open line; None where the relay knows no PIPELINING.

        Raises:
            Crowded: there are lines, and the relay wants no more of them.
            Undelivered: there is none, and none to be had.
        """
        while self._spare:
            line = self._spare.pop()
            if line.is_open:
                return line
            self.let_go()
        if self._plain:
            return None
        try:
            client = await self.relay.connected()
        except Undelivered as refused:
            if self._open:
                raise Crowded from refused
            raise
        if not client.supports_extension("pipelining"):
            self.relay.keep(client)
            return None
        self._open += 1
        return self._taken_over(client)

    def _taken_over(self, client: aiosmtplib.SMTP) -> PipelinedLine:
        """Go on with a line that aiosmtplib has dialled, made safe and logged in."""
        return PipelinedLine(
            cast(asyncio.Transport, client.transport),  # its type says less than it is
            offers=frozenset(each for each in _OFFERS if client.supports_extension(each)),
            command_seconds=self.relay.command_seconds,
            mail_seconds=self.relay.mail_seconds,
        )

    def take_plain(self) -> None:
        """Count a lane that sends by `Relay.send`. Raises: Crowded when the relay has enough."""
        if self._plain >= self.relay.connections:
            raise Crowded
        self._plain += 1

    def leave_plain(self) -> None:
        """Count that lane no longer."""
        self._plain -= 1

    def keep(self, line: PipelinedLine) -> None:
        """Keep a line for the next lane."""
        self._spare.append(line)

    def let_go(self) -> None:
        """Count a line that is closed."""
        self._open -= 1

    async def aclose(self) -> None:
        """Say goodbye on every spare line."""
        while self._spare:
            await self._spare.pop().quit()
            self.let_go()


class RelayLane:
    """One lane: at most one transaction of it is ever in doubt."""

    def __init__(self, lanes: RelayLanes, *, seconds: float) -> None:
        self._lanes, self._seconds = lanes, seconds
        self._line: PipelinedLine | None = None
        self._is_plain = False

    async def carry(
        self,
        copy: Copy,
        *,
        following: Copy | None,
        may_send: Callable[[], Awaitable[None]],
        seconds: float | None = None,
    ) -> str:
        """Send one copy and return the relay's answer; within fewer seconds than usual if asked.

        Raises: Undelivered, Partly, Crowded, or what `may_send` raises.
        """
        seconds = seconds or self._seconds
        while True:
            line = await self._dialled()
            if line is None:
                await may_send()
                async with asyncio.timeout(seconds):
                    relay = self._lanes.relay
                    return await relay.send_to_all(copy.sender, copy.recipients, copy.raw)
            try:
                return await line.carry(
                    copy,
                    following=following if line.carried + 1 < MAILS_PER_LINE else None,
                    may_send=may_send,
                    seconds=seconds,
                )
            except outcomes.Stale:
                continue  # it was not the first on that line, so a fresh one says what is wrong

    async def _dialled(self) -> PipelinedLine | None:
        line = self._line
        if line is not None:
            if line.is_open and line.carried < MAILS_PER_LINE:
                return line
            self._line = None
            await line.quit()
            self._lanes.let_go()
        if not self._is_plain:
            async with asyncio.timeout(self._seconds):
                self._line = await self._lanes.line()
            if self._line is None:
                self._lanes.take_plain()
                self._is_plain = True
        return self._line

    async def aclose(self) -> None:
        """Leave the line to the next lane, if it can be used."""
        if self._is_plain:
            self._lanes.leave_plain()
        if self._line is None:
            return
        if self._line.is_open and self._line.is_idle:
            self._lanes.keep(self._line)
        else:
            self._line.close()
            self._lanes.let_go()
        self._line = None
