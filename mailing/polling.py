"""Mail from a mailbox: looked into every minute, for houses whose server offers nothing else.

The same gate, the same reception and the same promise as on the LMTP port. A mail leaves the inbox
after the commit; what fails for a while stays and is tried again, and what comes twice is one post.
"""

import asyncio
import re
import uuid
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress

import structlog

from community.store import is_away
from config.parsing import ImapAddress
from mailing import addresses, envelopes, gate, headers, imap, replies
from mailing.addresses import NotAnAddress
from mailing.envelopes import Envelope, Knows, Take
from mailing.headers import Parted
from mailing.imap import ImapTrouble, Inbox
from mailing.replies import Reply

log = structlog.get_logger()

EVERY_SECONDS = 60
MAX_RECIPIENTS = 100

# Where servers write whom a mail was for; only without any of them do we believe its author.
_ENVELOPE_FIELDS = ("x-original-to", "delivered-to", "envelope-to", "x-envelope-to")
_AUTHORS_FIELDS = ("to", "cc")
_ADDRESS = re.compile(r"[^\s<>\"(),:;\[\]\\]{1,128}@[^\s<>\"(),:;\[\]\\]{1,190}")


class Polling:
    """Takes in what lies in one mailbox."""

    def __init__(self, take: Take, knows: Knows, address: ImapAddress, *, max_octets: int) -> None:
        self._take, self._knows, self._address = take, knows, address
        self._max_octets = max_octets

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Look every minute until the context ends; a mail that is being taken is finished."""
        stop = asyncio.Event()
        task = asyncio.create_task(self._until(stop))
        try:
            yield
        finally:
            stop.set()
            await task

    async def _until(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await self.look(stop)
            with suppress(TimeoutError):
                async with asyncio.timeout(EVERY_SECONDS):
                    await stop.wait()

    async def look(self, stop: asyncio.Event | None = None) -> bool:
        """Take in all that lies there, or nothing more once `stop` is set; say if all went well."""
        mailbox = imap.opened(self._address)
        try:
            inbox = await asyncio.to_thread(mailbox.__enter__)
            try:
                return await self._through(inbox, stop or asyncio.Event())
            finally:
                await asyncio.to_thread(mailbox.__exit__, None, None, None)
        except (ImapTrouble, OSError) as trouble:
            # The mails lie there safely; the next minute may be better.
            words = str(trouble) if isinstance(trouble, ImapTrouble) else type(trouble).__name__
            log.warning("mail.imap", trouble=words)
        except Exception as error:  # the edge: whatever a server says, we look again in a minute
            if is_away(error):
                log.warning("mail.database_away")
            else:
                log.error("mail.imap_broke", reference=uuid.uuid4().hex[:8], exc_info=error)
        return False

    async def _through(self, inbox: Inbox, stop: asyncio.Event) -> bool:
        is_well = True
        for uid in await asyncio.to_thread(inbox.uids):
            if stop.is_set():
                break
            try:
                is_well &= await self._settled(inbox, uid)
            except imap.Refused as refused:  # the mail stays; those behind it are looked at
                log.warning("mail.imap", trouble=str(refused), uid=uid)
                is_well = False
            except (ImapTrouble, OSError):
                raise
            except Exception as error:  # the edge: a fault of ours leaves this mail where it is
                if is_away(error):
                    raise  # none of those behind it could be kept
                log.error("mail.broke", reference=uuid.uuid4().hex[:8], exc_info=error)
                is_well = False
        return is_well

    async def _settled(self, inbox: Inbox, uid: str) -> bool:
        """Take one mail for all its recipients and put it away; False if it must stay."""
        size = await asyncio.to_thread(inbox.size, uid)
        if size is None:
            return True
        raw = await asyncio.to_thread(inbox.fetch, uid) if size <= self._max_octets else b""
        if raw is None:
            return True
        is_too_big = max(size, len(raw)) > self._max_octets  # some servers only guess the size
        answers = [replies.TOO_BIG] if is_too_big else await self._received(raw)
        if any(400 <= answer.code < 500 for answer in answers):
            return False
        is_taken = any(answer.is_yes for answer in answers)
        if not is_taken:
            log.warning("mail.refused", uid=uid, codes=sorted({one.code for one in answers}))
        await asyncio.to_thread(inbox.move, uid, imap.TAKEN if is_taken else imap.REFUSED)
        return True

    async def _received(self, raw: bytes) -> list[Reply]:
        raw = gate.normalised(raw)
        refusal = gate.check(raw)
        if refusal is not None:
            return [refusal]
        parted = headers.part(raw)
        sender = sender_of(parted)
        known = await self._known(recipients(parted, _ENVELOPE_FIELDS))
        known = known or await self._known(recipients(parted, _AUTHORS_FIELDS))
        return [
            await self._take(
                Envelope(sender=sender, recipient=recipient, raw=raw, beside=tuple(known))
            )
            for recipient in known
        ] or [replies.UNKNOWN_ADDRESS]

    async def _known(self, found: Iterable[str]) -> list[str]:
        return [each for each in found if await self._knows(each) is None]


def recipients(parted: Parted, names: tuple[str, ...]) -> list[str]:
    """List the addresses in these fields, each once; what is none is left out."""
    found: dict[str, str] = {}
    for field in parted.named(*names):
        for text in _ADDRESS.findall(field.value[:4096].decode("utf-8", errors="replace")):
            with suppress(NotAnAddress):
                address = addresses.parse(text)
                found.setdefault(address.key, str(address))
    return list(found.values())[:MAX_RECIPIENTS]


def sender_of(parted: Parted) -> str:
    """Say what the envelope's sender was: Return-Path has it, and `<>` there is the null sender.

    A mailbox that keeps no Return-Path leaves the address in From; nobody is the null sender then,
    which would make every mail an automatic one.
    """
    path = parted.first("return-path")
    if path is not None:
        text = path.decode("utf-8", errors="replace").strip().strip("<>").strip()
        if envelopes.is_sender(text):
            return text
    authors = recipients(parted, ("from",))
    return authors[0] if authors else "unknown@invalid"
