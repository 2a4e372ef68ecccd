"""Hands mail to the site's relay over SMTP: a pool of lines that stay open.

One recipient per transaction where each copy carries its own way out, several where they share a
mail. `scheduler/drain.py` settles what comes of it; what an answer means is decided in
`outcomes`.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib

from community.clock import SystemClock
from community.setbacks import Away, Crowded, Partly, Undelivered
from mailing import addresses, lines, outcomes
from mailing.addresses import Address, NotAnAddress
from mailing.lines import Line
from mailing.outcomes import Stage
from mailing.paces import Paces

MAILS_PER_LINE = 100
#: A relay that takes longer to say hello is not there; a lane has more time than this.
GREETING_SECONDS = 20

_STARTTLS = {"required": True, "opportunistic": None, "never": False}


@dataclass(frozen=True, kw_only=True, repr=False)
class RelayAddress:
    """Where the relay is and how it is spoken to; has the password, so it is never shown."""

    host: str
    port: int
    user: str | None
    password: str | None
    uses_tls: bool
    #: True: or not at all. None: if it is offered. False: never.
    starttls: bool | None


def address_of(url: str) -> RelayAddress:
    """Read `smtp://user:password@host:port?starttls=required` or `smtps://…`.

    With a password STARTTLS is a must, whatever the URL says: it never crosses a wire openly.
    Raises: ValueError, which says what was wrong, without the password.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("a relay is smtp://host:port or smtps://user:password@host:port")
    try:
        port = parts.port
    except ValueError as error:
        raise ValueError("the relay's port is no number up to 65535") from error
    asked = parse_qs(parts.query).get("starttls", ["opportunistic"])[0]
    if asked not in _STARTTLS:
        raise ValueError("starttls is required, opportunistic or never")
    uses_tls = parts.scheme == "smtps"
    has_password = parts.password is not None
    return RelayAddress(
        host=parts.hostname,
        port=port or (465 if uses_tls else 25),
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password is not None else None,
        uses_tls=uses_tls,
        starttls=False if uses_tls else (True if has_password else _STARTTLS[asked]),
    )


class Relay:
    """Send mail through one relay, several lines at a time."""

    def __init__(
        self,
        url: str,
        *,
        hostname: str = "localhost",
        connections: int = 5,
        command_seconds: float = 60,
        mail_seconds: float = 300,
        tls: ssl.SSLContext | None = None,
        paces: Paces | None = None,
    ) -> None:
        self._address = address_of(url)
        self.paces = paces or Paces(SystemClock(), pauses=False)
        self.presence = self.paces.presence
        self._hostname = hostname
        self.connections = connections
        self.command_seconds, self.mail_seconds = command_seconds, mail_seconds
        self._tls = tls
        self._free = asyncio.Semaphore(connections)
        self._idle: list[Line] = []
        #: Lines of our own that are open, idle or not.
        self._lines: set[Line] = set()
        self._besides: list[Callable[[], Awaitable[None]]] = []

    def room(self) -> int | None:
        """Say how many mails may be taken up now; None for as many as there are."""
        return self.paces.room()

    async def send(
        self, envelope_sender: str, recipient: str, raw: bytes, *, seconds: float | None = None
    ) -> str:
        """Hand over one mail to one recipient and give the relay's answer.

        `envelope_sender` is empty for the null sender. The bytes leave as they are, but for the
        dots that SMTP doubles. It is given up after so many `seconds`.
        Raises: Undelivered; `in_doubt` if the line broke after the mail was on its way. Postponed
        when no line was free all that time.
        """
        return await self.send_to_all(envelope_sender, (recipient,), raw, seconds=seconds)

    async def send_to_all(
        self,
        envelope_sender: str,
        recipients: Sequence[str],
        raw: bytes,
        *,
        seconds: float | None = None,
    ) -> str:
        """Hand over one mail to several recipients in one transaction; give the relay's answer.

        Raises: Undelivered for all; Partly if some of several were refused, by their place.
        """
        until = asyncio.get_running_loop().time() + (seconds or self.mail_seconds)
        try:
            sender = addresses.parse(envelope_sender) if envelope_sender else None
            to = [addresses.parse(recipient) for recipient in recipients]
        except NotAnAddress as error:
            # Nothing that could end a command may reach one; no later try can mend an address.
            raise Undelivered("not a mail address", permanent=True) from error
        await self._wait_for_a_place(until)
        try:
            return await self._carry(sender, to, raw, until=until)
        finally:
            self._free.release()

    async def _wait_for_a_place(self, until: float) -> None:
        try:
            async with asyncio.timeout_at(until):
                await self._free.acquire()
        except TimeoutError:
            raise self.presence.busy() from None

    async def _carry(
        self, sender: Address | None, to: list[Address], raw: bytes, *, until: float
    ) -> str:
        while self._idle:
            line = self._idle.pop()
            if not line.is_open:
                continue  # the relay closed it while nobody looked: relays do after minutes
            try:
                return await self._use(line, sender, to, raw, until=until)
            except outcomes.Stale:
                continue  # closed just now, before anything of this mail was said
        try:
            async with asyncio.timeout_at(until):
                line = self._opened(await self.connected())
        except Crowded:
            raise self.presence.make_way() from None
        except TimeoutError as error:  # and nothing was said of the mail
            raise outcomes.of(error, Stage.GREETING) from error
        self._lines.add(line)
        return await self._use(line, sender, to, raw, until=until)

    async def connected(self) -> aiosmtplib.SMTP:
        """Dial the relay, make the line safe and log in, as the URL asks for.

        Raises:
            Away: the relay is not there, or does not want us.
            Crowded: it does not want another line; there are some.
        """
        self.presence.dial()
        address = self._address
        client = aiosmtplib.SMTP(
            hostname=address.host,
            port=address.port,
            username=address.user,
            password=address.password,
            local_hostname=self._hostname,
            timeout=self.command_seconds,
            use_tls=address.uses_tls,
            start_tls=address.starttls,
            # Where nobody asked for TLS, encrypting to whoever answers beats not encrypting.
            validate_certs=address.uses_tls or address.starttls is True or self._tls is not None,
            tls_context=self._tls,
        )
        try:
            async with asyncio.timeout(GREETING_SECONDS):
                await client.connect()
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            client.close()
            self._lines = {line for line in self._lines if line.is_open}
            if self._lines or self.presence.lines:
                raise Crowded from error
            raise self.presence.refused(outcomes.of(error, Stage.GREETING).reason) from error
        except BaseException:  # cancelled: nobody else holds this line
            client.close()
            raise
        return client

    def _opened(self, client: aiosmtplib.SMTP) -> Line:
        return lines.opened(
            client, command_seconds=self.command_seconds, mail_seconds=self.mail_seconds
        )

    def keep(self, client: aiosmtplib.SMTP) -> None:
        """Keep a line that was dialled and not used."""
        line = self._opened(client)
        self._lines.add(line)
        self._idle.append(line)

    async def close_idle(self) -> bool:
        """Say goodbye on every line that nobody uses; return whether there was one."""
        had_some = bool(self._idle)
        while self._idle:
            await self._idle.pop().quit()
        return had_some

    async def _use(
        self, line: Line, sender: Address | None, to: list[Address], raw: bytes, *, until: float
    ) -> str:
        seconds = max(1.0, until - asyncio.get_running_loop().time())
        try:
            reply = await line.carry(sender, to, raw, seconds=seconds)
        except Away as away:
            line.close()
            raise self.presence.refused(away.reason) from away
        except (Undelivered, Partly) as failure:
            if isinstance(failure, Partly) or outcomes.is_answer(failure):
                self.presence.answered()
            await self._keep(line)
            raise
        except BaseException:
            line.close()
            raise
        self.presence.answered()
        await self._keep(line)
        return reply

    async def _keep(self, line: Line) -> None:
        if line.is_open and line.carried < MAILS_PER_LINE:
            self._idle.append(line)
        else:
            await line.quit()

    def close_with(self, close: Callable[[], Awaitable[None]]) -> None:
        """Have `close` called when the relay is left: for lines that others took over."""
        self._besides.append(close)

    async def aclose(self) -> None:
        """Say goodbye on every open line."""
        for close in self._besides:
            await close()
        await self.close_idle()
