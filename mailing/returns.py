"""Takes what comes back of our own mails: bounces of posts and digests, probes, and complaints.

Whose mail it was is said by the signed address it came to, or by the signed link in the mail that a
complaint brings along; never by the words of a report (B1).
"""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Final

import structlog

from community import bounces, complaints, letter_bounces, suppressions
from community.causes import Report
from community.clock import Clock
from community.errors import Refusal
from community.store import Session, Store
from community.tokens import Right, Tokens
from letters import actions
from mailing import bounces as reports
from mailing import replies
from mailing.envelopes import Envelope
from mailing.parser import Parser, Unread
from mailing.replies import Reply

log = structlog.get_logger()

#: What follows when a mail with this way out is called spam; of all others what one click does.
COMPLAINTS: Final[Mapping[str, Callable[..., None]]] = {
    "mailing_list.leave": complaints.of_list,
    "digest.leave": complaints.of_digest,
}


class Returns:
    """Takes reports about mails of ours; a report is never refused, for nobody reads the answer."""

    def __init__(self, store: Store, clock: Clock, tokens: Tokens, parser: Parser) -> None:
        self._store, self._clock, self._tokens, self._parser = store, clock, tokens, parser
        #: By what the address is for; each takes a mail and the number in the address.
        self.takes: Mapping[str, Callable[[Envelope, int], Awaitable[Reply]]] = {
            "bounce": self._bounce,
            "letter": self._letter,
            "probe": self._probe,
            "feedback": self._feedback,
        }

    async def _bounce(self, envelope: Envelope, delivery_id: int) -> Reply:
        report = await self._report(envelope)
        if report is not None:
            raw, now = envelope.raw, self._clock.now()
            await self._store.run(bounces.receive, delivery_id, report, raw=raw, now=now)
        return replies.TAKEN

    async def _letter(self, envelope: Envelope, notice_id: int) -> Reply:
        report = await self._report(envelope)
        if report is not None:
            await self._store.run(letter_bounces.receive, notice_id, report, now=self._clock.now())
        return replies.TAKEN

    async def _probe(self, envelope: Envelope, suppression_id: int) -> Reply:
        report = await self._report(envelope)
        if report is not None:
            now = self._clock.now()
            await self._store.run(suppressions.come_back, suppression_id, report, now=now)
        return replies.TAKEN

    async def _report(self, envelope: Envelope) -> Report | None:
        """Read what came back; what stalls or kills its reader is kept as what nobody can read."""
        try:
            return await self._parser.ask(reports.read, envelope.raw, sender=envelope.sender)
        except Unread as why:
            log.warning("mail.unread", why=str(why))
            return reports.UNREADABLE

    async def _feedback(self, envelope: Envelope, _: int) -> Reply:
        """Stop what somebody called spam, as a feedback loop tells (RFC 5965)."""
        try:
            complaint = await self._parser.ask(reports.complained, envelope.raw)
            right = self._tokens.right(complaint.way_out if complaint else "")
        except (Unread, Refusal):
            log.warning("mail.feedback_unread")
            return replies.TAKEN
        if actions.is_one_click(right.action):
            with suppress(Refusal):  # it is gone, or was never theirs
                await self._store.run(self._stop, right, now=self._clock.now())
        return replies.TAKEN

    @staticmethod
    def _stop(session: Session, right: Right, *, now: datetime) -> None:
        complaint = COMPLAINTS.get(right.action)
        if complaint is not None:
            complaint(session, right.object_id, right.person_id, now=now)
        else:
            act = actions.ACTIONS[right.action].act
            act(session, right.object_id, by=right.person_id, now=now)
