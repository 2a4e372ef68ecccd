"""What becomes of a mail that reaches one of our addresses: a post, a bounce, a calendar's answer.

The listener asks `knows` for each recipient and `take` for each mail; `take` returns only after the
commit, so that its 250 is true (A1).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import structlog

from community import (
    answers,
    docket_replies,
    field_tags,
    join_replies,
    lists,
    mailbags,
    shared_returns,
)
from community.answers import Answer
from community.clock import Clock
from community.emails import normalised
from community.errors import Refusal
from community.lists import Met
from community.mailbags import Handed
from community.store import Store
from community.tokens import Tokens
from mailing import addresses, calendar_answers, handovers, intake, replies, unread
from mailing.addresses import NotAnAddress
from mailing.bundling import Bundles
from mailing.intake import Facts
from mailing.listener import Envelope
from mailing.parser import Parser, Unread
from mailing.proving import Vouching
from mailing.replies import Reply
from mailing.requests import Requests
from mailing.returns import Returns
from texts import Language, local, say

log = structlog.get_logger()

REFUSED = Reply(code=550, text="5.7.1 ")
NO_ANSWER = Reply(
    code=550,
    text="5.7.1 This address reads answers from calendars only. Please write to the person.",
)
#: What stands before the + of our signed addresses, and what it may be signed for.
_SIGNED = {
    "reply": ("reply", "docket", "join"),
    "bounces": ("probe", "letter"),
    "confirm": ("confirm",),
}
#: So many of the others in an envelope are looked at; there are fewer fields than that.
_MOST_BESIDE = 50
#: Where one reply covers several recipients: come back if anything is left to do, which is harmless
#: for what is done (A4); else it is taken if anybody took it.
_WINS = {4: 0, 2: 1, 5: 2}


class Reception:
    """Takes mails for the lists of this house and for its own addresses."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        tokens: Tokens,
        parser: Parser,
        *,
        domain: str,
        language: Language,
        vouching: Vouching | None = None,
    ) -> None:
        self.store, self.clock, self.tokens, self.parser = store, clock, tokens, parser
        self.domain, self.language, self.vouching = domain, language, vouching or Vouching()
        #: The lists that were found, by address. One that is not here is looked for each time, as
        #: it may have been made a moment ago, and so is one that is closed or will be; one that has
        #: been removed or closed since is found out when a mail is to be kept for it. An id is
        #: never given to another list.
        self._lists: dict[str, Met] = {}
        self._posts = Bundles(store, clock, mailbags.receive_all, octets=_octets)
        self._returns = Returns(store, clock, tokens, parser)
        self._requests = Requests(
            store, clock, tokens, self._proved, domain=domain, language=language
        )

    async def knows(self, recipient: str) -> Reply | None:
        """Answer RCPT: None when the address is ours."""
        try:
            if self._stamped(recipient) is not None:
                return None
            if (met := await self._met(recipient)) is not None:
                if (unknown := _unknown_field(recipient)) is None:
                    lists.require_open(met, now=self.clock.now())
                return unknown
            known = await self._bounces_of(recipient) or await self._requests.beside(recipient)
        except NotAnAddress:
            return replies.MALFORMED_ADDRESS
        except lists.Closed as closed:
            return self._refused(closed)
        return None if known else replies.UNKNOWN_ADDRESS

    async def take(self, envelope: Envelope) -> Reply:
        """Keep a mail for one recipient; the reply is true when it is given."""
        stamped = self._stamped(envelope.recipient)
        if stamped is not None:
            purpose, number = stamped
            ours = {
                "reply": self._answer,
                "docket": self._decision,
                "join": self._admission,
                "confirm": self._requests.confirm,
            }
            return await (ours.get(purpose) or self._returns.takes[purpose])(envelope, number)
        list_id = await self._list_id(envelope.recipient)
        if list_id is None and (of_list := await self._bounces_of(envelope.recipient)):
            # A mail that many shared has come back: whose it was is nowhere said by us (B1).
            if envelope.sender == "":  # what a person writes there is no report
                now = self.clock.now()
                await self.store.run(shared_returns.receive, of_list, now=now)
            return replies.TAKEN
        if list_id is None and (beside := await self._requests.beside(envelope.recipient)):
            return await self._requests.take(envelope, beside)
        if list_id is None:  # taken away since RCPT
            return replies.UNKNOWN_ADDRESS
        if (unknown := _unknown_field(envelope.recipient)) is not None:
            return unknown
        return await self._post({list_id: _all_fields(envelope)}, envelope)

    async def take_together(self, envelopes: Sequence[Envelope]) -> Reply:
        """Keep a mail for all its recipients by one transaction, or for none; say which (A2).

        What it also brings to our signed addresses is taken after that: twice is once there.
        """
        to: dict[int, tuple[str, ...]] = {}
        rest = []
        for envelope in envelopes:
            is_ours = self._stamped(envelope.recipient) is not None
            list_id = None if is_ours else await self._list_id(envelope.recipient)
            if list_id is None or _unknown_field(envelope.recipient) is not None:
                rest.append(envelope)
            else:
                to[list_id] = _either(to.get(list_id), _fields(envelope.recipient))
        answers = [await self._post(to, envelopes[0])] if to else []
        answers += [await self.take(envelope) for envelope in rest]
        return min(answers or [replies.UNKNOWN_ADDRESS], key=lambda each: _WINS[each.code // 100])

    async def _post(self, to: Mapping[int, tuple[str, ...]], envelope: Envelope) -> Reply:
        """Keep a mail for these lists, on each for the fields that its address names there."""
        facts = await self._proved(envelope)
        try:
            mail = handovers.received(facts, envelope, language=self.language)
            await self._posts.take(Handed(tuple(to), mail, to))
        except lists.Gone:
            return await self._post_to_rest(to, envelope)
        except lists.Closed as closed:  # since RCPT, where it is said from now on
            self._lists.clear()
            return replies.JUST_CLOSED if len(to) > 1 else self._refused(closed)
        except Refusal as refusal:
            return self._refused(refusal)
        return replies.TAKEN

    def _refused(self, refusal: Refusal) -> Reply:
        why = local(refusal.facts, self.store.calendar.zone)
        words = say(self.language, refusal.message, **why)
        return Reply(code=REFUSED.code, text=REFUSED.text + words)

    async def _post_to_rest(self, to: Mapping[int, tuple[str, ...]], envelope: Envelope) -> Reply:
        """Keep a mail for those of its lists that have not been removed."""
        self._lists.clear()
        there = await self.store.read(lists.there, to)
        rest = {list_id: fields for list_id, fields in to.items() if list_id in there}
        return await self._post(rest, envelope) if rest else replies.UNKNOWN_ADDRESS

    async def _proved(self, envelope: Envelope) -> Facts:
        """Read a mail's facts, and what can be found out about who sent it."""
        facts = await self._read(envelope)
        if self.vouching.proving is None:
            return facts
        found = await self.vouching.proving.found(envelope.raw, facts.authentication)
        return replace(facts, authentication=found)

    async def _read(self, envelope: Envelope) -> Facts:
        """Read a mail's facts; if it stalls or kills its reader, say that it cannot be read."""
        raw, sender = envelope.raw, envelope.sender
        try:
            return await self.parser.ask(
                intake.read,
                raw,
                sender=sender,
                authserv_id=self.vouching.authserv_id,
                trusted_sealers=self.vouching.sealers,
            )
        except Unread as found:
            log.warning("mail.unread", why=str(found))
            return unread.facts(raw, sender=sender, why=found.why)

    async def _list_id(self, recipient: str) -> int | None:
        met = await self._met(recipient)
        return None if met is None else met.id

    async def _met(self, recipient: str) -> Met | None:
        address = _address(recipient)
        found = self._lists.get(address) or await self.store.read(lists.met, address)
        if found is not None and found.closes_at is None:
            self._lists[address] = found
        return found

    async def _bounces_of(self, recipient: str) -> int | None:
        """Return the list to whose `-bounces` this goes; None if that is not what it is."""
        parts = addresses.split(recipient)
        name = parts.local.casefold().removesuffix("-bounces")
        if name == parts.local.casefold() or parts.tag is not None:
            return None
        return await self.store.read(lists.knows, f"{name}@{parts.domain}")

    def _stamped(self, recipient: str) -> tuple[str, int] | None:
        """Return what an address of our own is for and its number; None for all others (B1).

        `bounce` (a delivery), `letter` (a notice), `probe` (a suppression), `reply` (a person),
        `docket` (posts that wait) or `join` (a letter about who wants to), which are signed; and
        `feedback`, which everybody may know.
        """
        parts = addresses.split(recipient)
        local = parts.local.casefold()
        if (local, parts.domain) == ("feedback", self.domain) and parts.tag is None:
            return "feedback", 0
        purposes = _SIGNED.get(local, ("bounce",) if local.endswith("-bounces") else ())
        for purpose in purposes if parts.tag is not None else ():
            number = self.tokens.stamped(purpose, parts.tag or "")
            if number is not None:
                return purpose, number
        return None

    async def _decision(self, envelope: Envelope, docket_id: int) -> Reply:
        """Take a moderator's answer; whose it is not hears nothing of it (threat 8)."""
        facts = await self._proved(envelope)
        if facts.is_automatic or facts.unreadable is not None:
            return replies.TAKEN
        given = handovers.docket_reply(facts)
        if not await self.store.run(docket_replies.take, docket_id, given, now=self.clock.now()):
            log.warning("mail.not_the_moderator", docket=docket_id)
        return replies.TAKEN

    async def _admission(self, envelope: Envelope, notice_id: int) -> Reply:
        """Take a moderator's answer about who wants to join, as one about posts."""
        facts = await self._proved(envelope)
        if facts.is_automatic or facts.unreadable is not None:
            return replies.TAKEN
        given = handovers.join_reply(facts)
        if not await self.store.run(join_replies.take, notice_id, given, now=self.clock.now()):
            log.warning("mail.not_the_moderator", notice=notice_id)
        return replies.TAKEN

    async def _answer(self, envelope: Envelope, person_id: int) -> Reply:
        try:
            answer = await self.parser.ask(calendar_answers.read, envelope.raw)
        except Unread as why:  # it is no calendar's answer, whatever else it is
            log.warning("mail.unread", why=str(why))
            answer = None
        if answer is None:
            facts = await self._read(envelope)
            return replies.TAKEN if facts.is_automatic else NO_ANSWER
        if answer.partstat in Answer.__members__:
            await self.store.run(
                answers.take,
                answer.uid,
                Answer(answer.partstat),
                by=person_id,
                attendee=answer.attendee,
                now=self.clock.now(),
            )
        return replies.TAKEN


def _address(recipient: str) -> str:
    """Return the address of the list that a recipient may be, with its tag or without."""
    parts = addresses.split(recipient)
    return normalised(f"{parts.local}@{parts.domain}")


def _all_fields(envelope: Envelope) -> tuple[str, ...]:
    """Return the fields of all addresses of its list to which a mail comes at once; none: all.

    It comes once for each of them, and counts once.
    """
    fields = _fields(envelope.recipient)
    for other in envelope.beside[:_MOST_BESIDE] if fields else ():
        is_same = _address(other) == _address(envelope.recipient)
        if is_same and _unknown_field(other) is None:
            fields = _either(fields, _fields(other))
    return fields


def _fields(recipient: str) -> tuple[str, ...]:
    """Return the fields that an address of a list names behind a plus sign; none: all."""
    tag = addresses.split(recipient).tag
    return () if tag is None else field_tags.codes(tag)


def _unknown_field(recipient: str) -> Reply | None:
    """Return what is said to an address of a list that names a field which is none."""
    tag = addresses.split(recipient).tag
    if tag is None or field_tags.codes(tag):
        return None
    return replies.unknown_field(field_tags.near(tag))


def _either(some: tuple[str, ...] | None, more: tuple[str, ...]) -> tuple[str, ...]:
    """Return the fields of a mail that came by two addresses of a list; none: all."""
    if some is None:
        return more
    return tuple(dict.fromkeys(some + more)) if some and more else ()


def _octets(handed: Handed) -> int:
    return len(handed.mail.raw)
