"""Lanes to the relay: each holds one open line and sends one copy after the other on it.

`fanout.py` asks for them. Where the relay offers PIPELINING a lane speaks by `pipelined.py`, else
it hands each mail to `Relay.send`; which of the two is asked anew each time lines are dialled.
"""

import asyncio
from collections.abc import Awaitable, Callable

import aiosmtplib

from community.setbacks import Away, Crowded, Undelivered
from mailing import lines, outcomes
from mailing.copies import Copy
from mailing.outcomes import Stage
from mailing.outgoing import Relay
from mailing.pipelined import PipelinedLine

#: Postfix and Exim hang up after about so many; a new line costs as much as a hundred mails.
MAILS_PER_LINE = 1_000


class RelayLanes:
    """The open lines to one relay."""

    def __init__(self, relay: Relay) -> None:
        self.relay = relay
        self._spare: list[PipelinedLine] = []
        #: How many lanes send by `Relay.send`, because the relay knows no PIPELINING.
        self._plain = 0
        #: While there is no line, one lane dials and the others wait for what comes of it.
        self._first = asyncio.Lock()
        relay.close_with(self.aclose)

    @property
    def most(self) -> int:
        """How many lanes there may be now."""
        return self.relay.presence.most

    def lane(self, *, seconds: float) -> "RelayLane":
        """Give a lane; it dials when it first has something to carry."""
        return RelayLane(self, seconds=seconds)

    async def line(self) -> PipelinedLine | None:
        """Give an open line; None where the relay knows no PIPELINING.

        Raises:
            Crowded: there are lines, and the relay wants no more of them.
            Away: there is none, and none to be had.
        """
        while self._spare:
            line = self._spare.pop()
            if line.is_open:
                return line
            self.let_go()
        if not self.relay.presence.lines:
            async with self._first:
                if not self.relay.presence.lines:
                    return await self._another()
        return await self._another()

    async def _another(self) -> PipelinedLine | None:
        if self._plain:
            return None
        client = await self._client()
        if not client.supports_extension("pipelining"):
            self.relay.keep(client)
            return None
        self.relay.presence.lines += 1
        return lines.taken_over(
            client,
            command_seconds=self.relay.command_seconds,
            mail_seconds=self.relay.mail_seconds,
        )

    async def _client(self) -> aiosmtplib.SMTP:
        if self.has_too_many(1):
            raise Crowded
        try:
            return await self.relay.connected()
        except Crowded:
            if self.relay.presence.lines:
                self.relay.presence.crowded()
                raise
        # All that there are belong to letters: the idle ones are worth less than a post.
        if not await self.relay.close_idle():
            raise Crowded
        return await self.relay.connected()

    def has_too_many(self, more: int = 0) -> bool:
        """Tell whether there are more lines, with so many more, than there may be."""
        presence = self.relay.presence
        return not presence.is_steady and presence.lines + more > presence.most

    def take_plain(self) -> None:
        """Count a lane that sends by `Relay.send`. Raises: Crowded when the relay has enough."""
        # The last is left for letters.
        if self._plain >= max(1, min(self.relay.connections - 1, self.most)):
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
        self.relay.presence.lines -= 1

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
            line = self._at_hand() or await self._dialled()
            if line is None:
                await may_send()
                return await self._lanes.relay.send_to_all(
                    copy.sender, copy.recipients, copy.raw, seconds=seconds
                )
            presence = self._lanes.relay.presence
            try:
                reply = await line.carry(
                    copy,
                    following=following if line.carried + 1 < MAILS_PER_LINE else None,
                    may_send=may_send,
                    seconds=seconds,
                )
            except outcomes.Stale:
                continue  # it was not the first on that line, so a fresh one says what is wrong
            except Away as away:
                raise presence.refused(away.reason) from away
            except Undelivered as failure:
                if outcomes.is_answer(failure):
                    presence.answered()
                raise
            presence.answered()
            return reply

    async def make_ready(self) -> None:
        """Have a line at hand, while what it will carry is still being made.

        Raises: Away or Crowded, as `carry` does.
        """
        if self._at_hand() is None:
            await self._dialled()

    def _at_hand(self) -> PipelinedLine | None:
        """Give the line of this lane, if another mail may go by it."""
        line = self._line
        if line is None or not line.is_open or line.carried >= MAILS_PER_LINE:
            return None
        return None if self._lanes.has_too_many() else line

    async def _dialled(self) -> PipelinedLine | None:
        line, self._line = self._line, None
        if line is not None:
            has_too_many = self._lanes.has_too_many()
            await line.quit()
            self._lanes.let_go()
            if has_too_many:
                raise Crowded  # it makes way, for a letter or a relay that is not well
        if not self._is_plain:
            try:
                async with asyncio.timeout(self._seconds):
                    self._line = await self._lanes.line()
            except TimeoutError as error:  # and nothing was said of the mail
                raise outcomes.of(error, Stage.GREETING) from error
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
