"""Mail by HTTP: raw MIME in a POST, for providers and platforms that have no LMTP.

`POST /mail/postdocs@lists.example.org?sender=ada@example.org`, with the token as Bearer. The same
gate, the same reception and the same promise as on the LMTP port: 200 is said after the commit,
503 for any fault of ours. Web knows this only as a callable; here is no web framework.
"""

import asyncio
import hmac
import logging
import uuid
from collections.abc import AsyncIterator, Mapping

from community.store import is_away
from mailing import addresses, envelopes, gate, replies
from mailing.addresses import NotAnAddress
from mailing.envelopes import Envelope, Knows, Limits, Take
from mailing.replies import Reply
from mailing.room import LARGEST_AT_ONCE, Room, Share

log = logging.getLogger(__name__)

#: So many mails are taken in at once; each is held in memory while it comes.
MAX_AT_ONCE = 10

#: What an answer of the mail dialogue is in HTTP; what is not here is 422, and is not sent again.
STATUSES = {
    replies.UNKNOWN_ADDRESS: 404,
    replies.MALFORMED_ADDRESS: 400,
    replies.MALFORMED_SENDER: 400,
    replies.TOO_BIG: 413,
}

NO_TOKEN = (401, "The token is missing or wrong.")
#: What providers send where they are not told to send the mail itself.
WRAPPED = ("multipart/form-data", "application/json")
NOT_A_MAIL = (415, "Send the mail itself as the body (raw MIME): no form, no JSON, not compressed.")
NO_SENDER = (400, "The envelope sender is missing: ?sender=ada@example.org, or ?sender= for none.")


class Webhook:
    """Takes mails by HTTP; called with what a request says, it returns the status and its words."""

    def __init__(
        self,
        take: Take,
        knows: Knows,
        *,
        token: str,
        limits: Limits,
        at_once: int = MAX_AT_ONCE,
        shared: Room | None = None,
    ) -> None:
        self._take, self._knows, self._limits = take, knows, limits
        self._shared = shared or Room(LARGEST_AT_ONCE * limits.max_octets)
        self._token = token.encode()
        self._room = at_once

    async def __call__(
        self,
        recipient: str,
        sender: str | None,
        headers: Mapping[str, str],
        body: AsyncIterator[bytes],
    ) -> tuple[int, str]:
        """Take one mail, or say why not.

        `sender` is empty for the null sender and None if it was left out; `headers` are by name in
        lower case. The body is not read before the token was seen.
        """
        if not self._is_trusted(headers.get("authorization", "")):
            return NO_TOKEN
        if _is_wrapped(headers):
            return NOT_A_MAIL
        if sender is None:
            return NO_SENDER
        if self._room == 0:
            return _said(replies.BUSY)
        self._room -= 1
        try:
            refusal = await self._refused(recipient, sender)
            if refusal is not None:
                return _said(refusal)
            with self._shared.shared() as share:
                raw = await self._collected(headers.get("content-length", ""), body, share)
                envelope = Envelope(sender=sender, recipient=recipient, raw=raw)
                return _said(await self._taken(envelope))
        except _Stopped as stopped:
            return _said(stopped.reply)
        except Exception as error:  # the edge: any fault of ours is temporary for the client
            return _said(_fault(error))
        finally:
            self._room += 1

    def _is_trusted(self, stated: str) -> bool:
        scheme, _, token = stated.partition(" ")
        stated_token = token.strip().encode(errors="replace")
        return scheme.casefold() == "bearer" and hmac.compare_digest(stated_token, self._token)

    async def _refused(self, recipient: str, sender: str) -> Reply | None:
        if not envelopes.is_sender(sender):
            return replies.MALFORMED_SENDER
        try:
            addresses.parse(recipient)
        except NotAnAddress:
            return replies.MALFORMED_ADDRESS
        return await self._knows(recipient)

    async def _collected(self, length: str, body: AsyncIterator[bytes], share: Share) -> bytes:
        """Read the body; stop as soon as it is too big, finds no room, or has taken too long."""
        most = self._limits.max_octets
        stated = int(length) if length.isdecimal() and len(length) < 20 else 0
        if stated > most:
            raise _Stopped(replies.TOO_BIG)
        kept = bytearray()
        try:
            async with asyncio.timeout(self._limits.mail_seconds):
                async for chunk in body:
                    kept += chunk
                    if len(kept) > most:
                        raise _Stopped(replies.TOO_BIG)
                    if not share.covers(max(stated, len(kept))):
                        raise _Stopped(replies.NO_ROOM)
        except (TimeoutError, ConnectionError):
            raise _Stopped(replies.TOO_SLOW) from None
        return with_crlf(bytes(kept))

    async def _taken(self, envelope: Envelope) -> Reply:
        return gate.check(envelope.raw) or await self._take(envelope)


class _Stopped(Exception):
    """The body was not read to its end."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.text)
        self.reply = reply


def _fault(error: Exception) -> Reply:
    if is_away(error):
        log.warning("The database is away: mail is told to come later")
    else:
        log.error("mail by http broke, reference %s", uuid.uuid4().hex[:8], exc_info=error)
    return replies.FAULT


def _is_wrapped(headers: Mapping[str, str]) -> bool:
    """Tell whether the body is something around a mail, which would be taken for the mail."""
    kind = headers.get("content-type", "").partition(";")[0].strip().casefold()
    packing = headers.get("content-encoding", "").strip().casefold()
    return kind in WRAPPED or packing not in ("", "identity")


def with_crlf(raw: bytes) -> bytes:
    """End every line in CR LF, if every line ends in LF: so do providers that keep mail in files.

    A mail of both kinds stays as it is, and the gate refuses it.
    """
    return raw if b"\r" in raw else raw.replace(b"\n", b"\r\n")


def _said(reply: Reply) -> tuple[int, str]:
    # The words only: an SMTP code in front of them would be taken for the HTTP status.
    words = reply.line().partition(" ")[2].partition(" ")[2]
    if reply.is_yes:
        return 200, words
    if reply.code < 500:
        return 503, words
    return STATUSES.get(reply, 422), words
