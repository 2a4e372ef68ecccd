# ruff: noqa: N802 - aiosmtpd finds commands by these names
"""One LMTP conversation (RFC 2033), said on top of aiosmtpd's protocol class.

aiosmtpd reads commands and closes what is idle; what we answer is decided here. It is ours where
aiosmtpd answers once for several recipients, puts exception texts into replies, or reads a mail
line by line. Nothing here knows lists or posts: `knows` and `take` do.
"""

import asyncio
import logging
import re
import uuid
from collections.abc import Awaitable, Callable
from typing import cast

from aiosmtpd.lmtp import LMTP

from community.store import is_away
from mailing import addresses, envelopes, gate, replies
from mailing.endofdata import EndOfData
from mailing.envelopes import Envelope, Path, Terms
from mailing.replies import Reply
from mailing.room import Share

log = logging.getLogger(__name__)

_CHUNK_OCTETS = 64 * 1024
_ENDING = b"QUIT\r\n"


class Dialogue(LMTP):
    """Talk LMTP to one client; told of its end, the listener forgets it."""

    protocol = "LMTP"
    greeting = "LHLO"
    line_length_limit = _CHUNK_OCTETS
    command_size_limit = 2048

    def __init__(self, terms: Terms, *, ended: Callable[["Dialogue"], None]) -> None:
        super().__init__(
            None,
            hostname=terms.hostname,
            ident=self.protocol,
            enable_SMTPUTF8=True,
            timeout=terms.limits.idle_seconds,
            auth_exclude_mechanism=["LOGIN", "PLAIN"],
            loop=asyncio.get_running_loop(),
        )
        self._terms, self._limits = terms, terms.limits
        self._ended = ended
        self._errors = 0
        self._is_in_data = False
        self._is_leaving = False
        self._sender: str | None = None
        self._is_utf8 = False
        #: Which it says it has.
        self._octets = 0
        self._recipients: list[str] = []
        #: Replies that go out with the next.
        self._unsent = b""

    # The conversation as a whole

    def connection_lost(self, error: Exception | None) -> None:
        """Forget the client; a mail that is being stored is stored all the same."""
        super().connection_lost(error)
        self._ended(self)

    async def leave(self) -> None:
        """End the conversation, after the replies to a mail that is being taken."""
        self._is_leaving = True
        if not self._is_in_data:
            self._close(replies.CLOSING)
        if self._handler_coroutine is not None:
            await asyncio.wait([self._handler_coroutine], timeout=self._limits.idle_seconds)

    def _close(self, reply: Reply) -> None:
        if self.transport is not None:
            self._writer.write(self._unsent + f"{reply.line()}\r\n".encode())
            self._unsent = b""
            self.transport.close()

    def _timeout_cb(self) -> None:
        self._close(replies.TOO_SLOW)

    async def handle_exception(self, error: Exception) -> str:
        """Answer a bug of ours with "try again later", and tell ourselves alone what it was."""
        return self._fault(error).line()

    def _fault(self, error: Exception) -> Reply:
        if is_away(error):
            log.warning("The database is away: mail is told to come later")
            return replies.FAULT
        log.error("mail dialogue broke, reference %s", uuid.uuid4().hex[:8], exc_info=error)
        return replies.FAULT

    async def push(self, status: str | bytes) -> None:
        """Send a reply; aiosmtpd's own words lose what they repeat of the client's."""
        line = status.decode() if isinstance(status, bytes) else status
        if line.startswith("500 "):
            line = "500 5.5.2 I do not know this command"
        self._unsent += f"{line}\r\n".encode()
        # What came together is answered together (RFC 2920 §3.2); who is refused hears at once.
        if self._is_in_data or not line.startswith("250") or b"\n" not in self._heard():
            octets, self._unsent = self._unsent, b""
            self._writer.write(octets)
            await self._writer.drain()
        if line.startswith("5") and not self._is_in_data:
            self._errors += 1
            if self._errors >= self._limits.max_errors:
                self._close(replies.TOO_MANY_ERRORS)

    def _heard(self) -> bytearray:
        """Return what the client has said that was not read yet."""
        # aiosmtpd looks there in the same way when TLS starts.
        return cast(bytearray, self._reader._buffer)  # type: ignore[attr-defined]

    async def _say(self, reply: Reply) -> None:
        await self.push(reply.line())

    # Commands, as aiosmtpd finds them by name

    async def smtp_LHLO(self, arg: str | None) -> None:
        """Greet, and say what we can do (RFC 2033 §5 asks for the first and the last)."""
        await self._greet(arg)

    async def _greet(self, arg: str | None) -> None:
        if not arg or self.session is None:
            await self._say(replies.SYNTAX)
            return
        self._forget()
        self.session.host_name = arg
        self.session.extended_smtp = True
        offers = ("PIPELINING", f"SIZE {self._limits.max_octets}", "8BITMIME", "SMTPUTF8")
        lines = [f"250-{word}" for word in (self.hostname, *offers)]
        await self.push("\r\n".join([*lines, "250 ENHANCEDSTATUSCODES"]))

    async def smtp_MAIL(self, arg: str | None) -> None:
        """Open a transaction; a mail that says it is too big is refused before it comes."""
        if self.session is None or not self.session.host_name or self._sender is not None:
            await self._say(replies.order(self.greeting))
            return
        path = envelopes.path("FROM", arg)
        refusal = replies.SYNTAX if path is None else self._refused_sender(path)
        if path is None or refusal is not None:
            await self._say(refusal or replies.SYNTAX)
            return
        self._sender = path.address
        self._is_utf8 = "SMTPUTF8" in path.parameters
        self._octets = int(path.parameters.get("SIZE", "0"))
        await self._say(Reply(code=250, text="2.1.0 Ok"))

    def _refused_sender(self, path: Path) -> Reply | None:
        given = dict(path.parameters)
        size, body = given.pop("SIZE", "0"), given.pop("BODY", "7BIT")
        is_utf8 = given.pop("SMTPUTF8", None) is not None
        if given:
            return replies.PARAMETER
        if not re.fullmatch(r"[0-9]{1,20}", size) or body.upper() not in ("7BIT", "8BITMIME"):
            return replies.SYNTAX
        if int(size) > self._limits.max_octets:
            return replies.TOO_BIG
        if not self._terms.room.has(int(size)):  # RFC 1870 §6.1
            return replies.NO_ROOM
        if not path.address.isascii() and not is_utf8:
            return replies.NEEDS_SMTPUTF8
        return None if envelopes.is_sender(path.address) else replies.MALFORMED_SENDER

    async def smtp_RCPT(self, arg: str | None) -> None:
        """Accept a recipient that we know."""
        if self._sender is None:
            await self._say(replies.order(self.greeting))
            return
        path = envelopes.path("TO", arg)
        if path is None or path.parameters:
            await self._say(replies.SYNTAX if path is None else replies.PARAMETER)
            return
        address = path.address
        if address.casefold() == "postmaster":  # RFC 5321 §4.5.1: also without a domain
            address = f"postmaster@{self._terms.hostname}"
        refusal = await self._refused_recipient(address)
        if refusal is None:
            self._recipients.append(address)
        await self._say(refusal or Reply(code=250, text="2.1.5 Ok"))

    async def _refused_recipient(self, text: str) -> Reply | None:
        if len(self._recipients) >= self._limits.max_recipients:
            return replies.TOO_MANY_RECIPIENTS
        if not text.isascii() and not self._is_utf8:
            return replies.NEEDS_SMTPUTF8
        try:
            addresses.parse(text)
        except addresses.NotAnAddress:
            return replies.MALFORMED_ADDRESS
        try:
            return await self._terms.knows(text)
        except Exception as error:  # the edge: any fault of ours is temporary for the client
            return self._fault(error)

    async def smtp_DATA(self, arg: str | None) -> None:
        """Take the mail and answer once for each accepted recipient, in order (RFC 2033 §4.2)."""
        if arg or self._sender is None or not self._recipients:
            await self._say(replies.SYNTAX if arg else replies.NO_RECIPIENT)
            return
        with self._terms.room.shared() as share:
            if not share.covers(self._octets):
                await self._say(replies.NO_ROOM)
                return
            self._is_in_data = True
            await self.push("354 End the mail with <CR><LF>.<CR><LF>")
            end = await self._collected(share)
            answers = await self._answers(end)
        await self.push("\r\n".join(answer.line() for answer in answers))
        self._is_in_data = False
        self._forget()
        self._reset_timeout()
        await self._go_on(end)

    async def _collected(self, share: Share) -> EndOfData:
        end = EndOfData(max_octets=self._limits.max_octets)
        until = self.loop.time() + self._limits.mail_seconds
        chunk = b""
        while True:
            is_whole = end.feed(chunk)
            if not end.is_dropped and not share.covers(max(self._octets, end.kept_octets)):
                end.drop()
            if is_whole:
                return end
            left = until - self.loop.time()
            # Written each time: a client that drips single bytes is still cut off in the end.
            self._reset_timeout(max(0.001, min(self._limits.idle_seconds, left)))
            chunk = await self._reader.read(_CHUNK_OCTETS)
            if not chunk:
                raise ConnectionResetError("the client went away within a mail")

    def _judged(self, end: EndOfData) -> tuple[Reply | None, bytes]:
        try:
            return self._refused_mail(end)
        except Exception as error:  # the edge, and replies are owed whatever happens
            return self._fault(error), b""

    async def _answers(self, end: EndOfData) -> list[Reply]:
        refusal, raw = self._judged(end)
        if refusal is not None:
            return [refusal] * len(self._recipients)
        self._reset_timeout(self._limits.mail_seconds)
        return [
            await self._taken(self._terms.take(self._envelope(recipient, raw)))
            for recipient in self._recipients
        ]

    @staticmethod
    def _refused_mail(end: EndOfData) -> tuple[Reply | None, bytes]:
        if end.after and not _is_ending(end.after):
            # Nothing may follow a mail but QUIT: what does is a second mail, hidden in the first.
            return replies.SMUGGLED, b""
        if end.is_too_big:
            return replies.TOO_BIG, b""
        if end.is_dropped:
            return replies.NO_ROOM, b""
        raw = end.mail()
        return gate.check(raw), raw

    def _envelope(self, recipient: str, raw: bytes) -> Envelope:
        beside = tuple(self._recipients)
        return Envelope(sender=self._sender or "", recipient=recipient, raw=raw, beside=beside)

    async def _taken(self, taking: Awaitable[Reply]) -> Reply:
        try:
            return await taking
        except Exception as error:  # the edge: any fault of ours is temporary for the client
            return self._fault(error)

    async def _go_on(self, end: EndOfData) -> None:
        after = (end.after or b"") + self._heard()
        if after and not _is_ending(after):
            self._close(replies.SMUGGLED)
        elif end.after:
            self._close(Reply(code=221, text="2.0.0 Bye"))
        elif self._is_leaving:
            self._close(replies.CLOSING)

    async def smtp_RSET(self, arg: str | None) -> None:
        """Forget the transaction."""
        self._forget()
        await self._say(Reply(code=250, text="2.0.0 Ok"))

    def _forget(self) -> None:
        self._sender = None
        self._is_utf8 = False
        self._octets = 0
        self._recipients = []

    async def smtp_NOOP(self, arg: str | None) -> None:
        """Say that we are there."""
        await self._say(Reply(code=250, text="2.0.0 Ok"))

    async def smtp_VRFY(self, arg: str | None) -> None:
        """Tell nobody who is a member."""
        await self._say(replies.CANNOT_VERIFY)

    async def smtp_EXPN(self, arg: str | None) -> None:
        """Tell nobody who is on a list."""
        await self._say(replies.NOT_HERE)

    async def smtp_AUTH(self, arg: str | None) -> None:
        """Take no passwords."""
        await self._say(replies.NOT_HERE)

    async def smtp_STARTTLS(self, arg: str | None) -> None:
        """Talk plainly: the listener belongs on the loop-back or behind the site's own MTA."""
        await self._say(replies.NOT_HERE)

    async def smtp_HELP(self, arg: str | None) -> None:
        """Name the commands."""
        await self.push(f"214 2.0.0 {self.greeting} MAIL RCPT DATA RSET NOOP QUIT")


def _is_ending(octets: bytes) -> bool:
    """Tell whether only QUIT follows: RFC 2920 §3.1 lets clients send that with the dot."""
    return _ENDING.startswith(octets.upper())
