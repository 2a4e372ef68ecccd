"""Speaks SMTP on one open line with as few round trips as RFC 2920 allows.

The next mail's MAIL, RCPT and DATA travel with the octets of the mail before it; but no mail is
sent before the caller has the last outcome on disk, so that a crash leaves at most one mail per
line in doubt (reliability D2). `outgoing.py` dials, greets and logs in before a line is ours.
"""

import asyncio
from collections.abc import Awaitable, Callable

import aiosmtplib

from community.setbacks import Away, Partly, Undelivered
from mailing import outcomes
from mailing.answers import Answer, Reader
from mailing.copies import Copy
from mailing.outcomes import Stage

#: Above this a mail is written slice by slice, as fast as the relay takes it: memory stays flat.
SLICE_OCTETS = 64 * 1024
#: So much is read at once of what the relay says.
BUFFER_OCTETS = 4096
_USUAL = ((Stage.SENDER, 0), (Stage.RECIPIENT, 0), (Stage.MAIL, 0))


class PipelinedLine(asyncio.BufferedProtocol):
    """One connection to a relay that offers PIPELINING, between two transactions."""

    def __init__(
        self,
        transport: asyncio.Transport,
        *,
        offers: frozenset[str],
        command_seconds: float,
        mail_seconds: float,
    ) -> None:
        self._transport = transport
        self._offers = offers
        self._command_seconds, self._mail_seconds = command_seconds, mail_seconds
        self._loop = asyncio.get_running_loop()
        self._answers = Reader(self._loop, on_silence=transport.abort)
        #: asyncio's own would be made anew, of 256 KB, for each reply of forty octets.
        self._buffer = memoryview(bytearray(BUFFER_OCTETS))
        self._may_write = asyncio.Event()
        self._may_write.set()
        #: The copy whose MAIL, RCPT and DATA were said with the mail before it.
        self._ahead: Copy | None = None
        self.carried = 0
        transport.set_protocol(self)

    @property
    def is_open(self) -> bool:
        """Whether another mail can be tried."""
        return not self._answers.is_closed and not self._transport.is_closing()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is said that was not answered."""
        return self._ahead is None and not self._answers.waiting

    # What asyncio calls

    def get_buffer(self, sizehint: int) -> memoryview:
        """Give the place for what the relay says next."""
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Take what the relay says."""
        self._answers.feed(bytes(self._buffer[:nbytes]))

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that the line is cut."""
        self._answers.close()
        self._may_write.set()

    def pause_writing(self) -> None:
        """Stop writing: the relay is slow."""
        self._may_write.clear()

    def resume_writing(self) -> None:
        """Go on writing."""
        self._may_write.set()

    # What a lane calls

    async def carry(
        self,
        copy: Copy,
        *,
        following: Copy | None,
        may_send: Callable[[], Awaitable[None]],
        seconds: float,
    ) -> str:
        """Hand over one copy and return the relay's answer, or give up after so many seconds.

        The mail itself waits for `may_send`. With its last octets goes the envelope of `following`;
        if another copy comes next, or none, the line is of no more use.

        Raises:
            Undelivered: the relay refused it, or the line broke.
            Partly: it was refused for some of several; by their place in the envelope.
            outcomes.Stale: the line was closed before anything of this mail was answered.
        """
        is_first, self.carried = self.carried == 0, self.carried + 1
        self._answers.must_end_by(self._loop.time() + seconds)
        if self._ahead is None:
            self._transport.write(self._envelope(copy))
        elif self._ahead is not copy:  # what has been answered, or will be, is about the other
            raise self._broken(Stage.SENDER, is_first=is_first)
        self._ahead = None
        turned_away: dict[int, Undelivered] = {}
        try:
            await self._open(copy, turned_away, is_first=is_first)
            await may_send()
            self._answers.must_end_by(self._loop.time() + seconds)
            if self._answers.is_closed or self._answers.waiting:
                # Nobody spoke, yet it answers: 421, it goes. Nothing of this mail was said.
                raise self._broken(Stage.SENDER, is_first=is_first)
            await self._write(copy, following)
            answer = await self._confirmed()
        except Undelivered as failure:
            if not turned_away:
                raise
            raise Partly(turned_away, failure) from failure
        except BaseException:  # also cancelled: where the dialogue stands is not known
            self.close()
            raise
        if turned_away:
            raise Partly(turned_away, answer)
        return answer

    async def _open(
        self, copy: Copy, turned_away: dict[int, Undelivered], *, is_first: bool
    ) -> None:
        """Read the answers to MAIL, RCPT and DATA; return when the relay waits for the mail.

        Of several recipients, those that are refused go into `turned_away`.
        """
        if copy.others or not self._answers.open_a_mail():
            await self._open_step_by_step(copy, turned_away, is_first=is_first)

    async def _open_step_by_step(
        self, copy: Copy, turned_away: dict[int, Undelivered], *, is_first: bool
    ) -> None:
        refused: tuple[Answer, Stage] | None = None
        for stage, place in _stages(copy):
            answer = await self._answers.next(self._command_seconds)
            if answer is None:
                if refused is None:
                    raise self._broken(stage, is_first=is_first)
                break  # it hung up, and had said why
            wanted = 300 if stage is Stage.MAIL else 200
            if refused is not None or wanted <= answer.code < wanted + 100:
                continue
            if stage is Stage.RECIPIENT and copy.others and outcomes.is_of_one(answer.code):
                turned_away[place] = outcomes.of(_error(answer), stage)
                if len(turned_away) <= len(copy.others):
                    continue
            refused = (answer, stage)
        if refused is not None:
            await self._refused(*refused, last=answer, is_first=is_first)

    async def _refused(
        self, answer: Answer, stage: Stage, *, last: Answer | None, is_first: bool
    ) -> None:
        """End a transaction of which something was refused, and say what it means."""
        is_nonsense = not 400 <= answer.code < 600
        if answer.code == 421 or is_nonsense:
            self.close()
            if answer.code == 421 and stage is Stage.SENDER:
                error = _error(answer)
                if is_first:
                    raise Away(outcomes.of(error, stage).reason)
                raise outcomes.Stale(error)
        elif last is not None and last.code == 354:
            # RFC 2920 §3.1: it waits for a mail to nobody; that mail is empty.
            await self._tidy(b".\r\n")
        else:
            await self._tidy(b"RSET\r\n")
        raise outcomes.of(_error(answer), Stage.DATA if stage is Stage.MAIL else stage)

    async def _tidy(self, command: bytes) -> None:
        self._transport.write(command)
        answer = await self._answers.next(self._command_seconds)
        if answer is None or answer.code == 421 or answer.code < 200:
            self.close()

    async def _write(self, copy: Copy, following: Copy | None) -> None:
        shared = copy.shared
        envelope = b""
        if following is not None:
            try:
                envelope = self._envelope(following)
                self._ahead = following
            except Undelivered:
                pass  # it is told so when its turn comes
        if len(shared.wire_body) <= SLICE_OCTETS:
            self._transport.write(
                b"".join((shared.wire_head, copy.own, shared.wire_body, envelope))
            )
            return
        self._transport.write(shared.wire_head + copy.own)
        body = memoryview(shared.wire_body)
        for at in range(0, len(body), SLICE_OCTETS):
            async with asyncio.timeout(self._mail_seconds):
                await self._may_write.wait()
            if self._answers.is_closed or self._answers.waiting:
                raise await self._cut_short()
            self._transport.write(body[at : at + SLICE_OCTETS])
        self._transport.write(envelope)

    async def _cut_short(self) -> Undelivered:
        """Say what it means that the relay spoke or hung up before it had seen the last dot."""
        answer = await self._answers.next(0) if self._answers.waiting else None
        self.close()
        if answer is None:
            return outcomes.of(ConnectionError(), Stage.DATA)
        return outcomes.of(_error(answer), Stage.DATA)

    async def _confirmed(self) -> str:
        """Read the answer to the last dot."""
        answer = await self._answers.next(self._mail_seconds)
        if answer is None:
            self.close()
            raise outcomes.of(ConnectionError(), Stage.MAIL)
        if 200 <= answer.code < 300:
            return outcomes.words(answer.code, answer.text)
        if not 400 <= answer.code < 600 or answer.code == 421:
            self.close()
        raise outcomes.of(_error(answer), Stage.MAIL)

    def _envelope(self, copy: Copy) -> bytes:
        shared = copy.shared
        options = ""
        if "size" in self._offers:
            octets = len(shared.wire_head) + len(copy.own) + len(shared.wire_body)
            options = f" SIZE={octets}"
        if not shared.is_ascii and "8bitmime" in self._offers:
            options += " BODY=8BITMIME"
        if not "".join((copy.sender, copy.recipient, *copy.others)).isascii():
            if "smtputf8" not in self._offers:
                # The address will not change, and the relay is what the site has.
                raise Undelivered(outcomes.NO_SMTPUTF8, permanent=True)
            options += " SMTPUTF8"
        # RFC 2920 §3.1: DATA ends a group; whatever follows waits for its answer.
        to = f"RCPT TO:<{copy.recipient}>\r\n"
        if copy.others:
            to = "".join(f"RCPT TO:<{each}>\r\n" for each in copy.recipients)
        return f"MAIL FROM:<{copy.sender}>{options}\r\n{to}DATA\r\n".encode()

    def _broken(self, stage: Stage, *, is_first: bool) -> Exception:
        """Say what it means that no answer came while nothing of the mail was sent."""
        self.close()
        fault = TimeoutError() if self._answers.is_silent else ConnectionError()
        failure = outcomes.of(fault, Stage.RECIPIENT)
        if stage is Stage.SENDER:  # nothing of this mail was answered
            return Away(failure.reason) if is_first else outcomes.Stale(fault)
        return failure

    async def quit(self) -> None:
        """Say goodbye, unless the relay waits for a mail."""
        if self.is_open and self.is_idle:
            self._transport.write(b"QUIT\r\n")
            await self._answers.next(5)
        self.close()

    def close(self) -> None:
        """Cut the line; what was begun on it counts for nothing."""
        self._answers.close()
        self._transport.abort()


def _stages(copy: Copy) -> tuple[tuple[Stage, int], ...]:
    """Return what each answer is to; for a recipient with the place in the envelope."""
    if not copy.others:
        return _USUAL
    to = ((Stage.RECIPIENT, place) for place in range(len(copy.recipients)))
    return (_USUAL[0], *to, _USUAL[-1])


def _error(answer: Answer) -> aiosmtplib.SMTPResponseException:
    return aiosmtplib.SMTPResponseException(answer.code, answer.text)
