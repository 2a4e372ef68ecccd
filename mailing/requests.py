"""Takes mails to the addresses beside a list's own (-join, -leave, -request, -owner).

What a machine has written, and what comes from nobody, is never answered: it ends here. Everything
that could be forged is answered only to the address it names, and seldom (`community/rations.py`).
"""

from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple

import structlog

from community import emails, inquiries, join_cards, join_requests, lists, mailed_commands
from community.cases import Proof
from community.clock import Clock
from community.errors import Refusal
from community.mailed_commands import Asker
from community.store import Store
from community.tokens import Tokens
from mailing import addresses, authentication, commands, replies
from mailing.envelopes import Envelope
from mailing.intake import Facts
from mailing.replies import Reply
from texts import Language, say

log = structlog.get_logger()

#: What is asked by writing to it; `owner` reaches people.
ASKED: Final = ("request", "join", "leave", "subscribe", "unsubscribe")
#: Addresses of the house itself (RFC 2142, RFC 5321 §4.5.1), and the sender of our own letters.
OF_HOUSE: Final = ("postmaster", "abuse", "samband")
#: What an answer to the mail that asks for a confirmation must begin with.
YES: Final = "confirm"
REFUSED: Final = "5.7.1 "
NO_SOLE_SENDER: Final = Reply(code=550, text="5.7.1 The mail does not say plainly who wrote it")

Read = Callable[[Envelope], Awaitable[Facts]]


class Beside(NamedTuple):
    """An address beside a list's own: which list, and what it is for."""

    #: Empty for the house itself.
    list_id: int | None
    sub: str


class Requests:
    """Takes what people ask of a list, and what they write to those behind it."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        tokens: Tokens,
        read: Read,
        *,
        domain: str,
        language: Language,
    ) -> None:
        self._store, self._clock, self._tokens, self._read = store, clock, tokens, read
        self._domain, self._language = domain, language

    async def beside(self, recipient: str) -> Beside | None:
        """Return what an address beside a list's own is for; None if it is none."""
        parts = addresses.split(recipient)
        local = parts.local.casefold()
        if parts.domain == self._domain and local in OF_HOUSE:
            return Beside(None, local)
        name, hyphen, sub = local.rpartition("-")
        if not hyphen or sub not in (*ASKED, "owner"):
            return None
        list_id = await self._store.read(lists.knows, f"{name}@{parts.domain}")
        return None if list_id is None else Beside(list_id, sub)

    async def take(self, envelope: Envelope, to: Beside) -> Reply:
        """Take a mail to such an address; what a machine wrote is dropped without a word."""
        facts = await self._read(envelope)
        if facts.is_automatic or facts.list_ids or envelope.sender == "":
            log.info("mail.request_dropped", list=to.list_id)
            return replies.TAKEN
        if len(facts.from_addresses) != 1:
            return NO_SOLE_SENDER
        if to.list_id is None or to.sub == "owner":
            return await self._pass_on(envelope, facts, to.list_id)
        return await self._obey(facts, to.list_id, to.sub)

    async def confirm(self, envelope: Envelope, request_id: int) -> Reply:
        """Take an answer to the mail that asks for a confirmation: a yes, or words for people."""
        facts = await self._read(envelope)
        if facts.is_automatic or len(facts.from_addresses) != 1:
            return replies.TAKEN
        words = [commands.read(line) for line in commands.first_lines(facts.text)]
        if any(found is not None and found[0] in (YES, "join") for found in words):
            await self._confirm(request_id, facts)
            return replies.TAKEN
        try:
            card = await self._store.read(join_cards.card, request_id)
        except Refusal as refusal:  # who asked, or the list, has gone since
            return self._refused(refusal)
        return await self._pass_on(envelope, facts, card.list_id)

    async def _confirm(self, request_id: int, facts: Facts) -> None:
        """Take a yes; one that comes too late, or from another address, has no effect."""
        try:
            await self._store.run(
                join_requests.confirm_by_mail,
                request_id,
                facts.from_addresses[0],
                now=self._clock.now(),
            )
        except Refusal:
            log.info("mail.confirm_refused", request=request_id)

    async def _obey(self, facts: Facts, list_id: int, sub: str) -> Reply:
        wish = commands.wish(facts, sub=sub, language=self._language)
        if wish.word == YES:
            number = self._tokens.stamped("confirm", wish.value)
            if number is not None:
                await self._confirm(number, facts)
                return replies.TAKEN
        proof, _ = authentication.proof(facts.authentication, facts.from_addresses)
        asker = Asker(
            email=facts.from_addresses[0],
            name=facts.from_name,
            proof=Proof(proof),
            fingerprint=facts.fingerprint,
        )
        now = self._clock.now()
        await self._store.run(mailed_commands.obey, list_id, wish, asker, now=now)
        return replies.TAKEN

    async def _pass_on(self, envelope: Envelope, facts: Facts, list_id: int | None) -> Reply:
        mail = inquiries.Incoming(
            to_address=emails.normalised(envelope.recipient),
            subject=facts.subject,
            from_name=facts.from_name,
            from_email=facts.from_addresses[0],
            text=facts.text,
            raw=envelope.raw,
            fingerprint=facts.fingerprint,
        )
        try:
            await self._store.run(inquiries.receive, list_id, mail, now=self._clock.now())
        except Refusal as refusal:
            return self._refused(refusal)
        return replies.TAKEN

    def _refused(self, refusal: Refusal) -> Reply:
        return Reply(code=550, text=REFUSED + say(self._language, refusal.message, **refusal.facts))
