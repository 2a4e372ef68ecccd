# ruff: noqa: N802 - aiosmtpd finds commands by these names
"""The same conversation in SMTP, for mail servers that know no LMTP: one reply covers all.

RFC 5321 §4.1.1.4 has one reply to the end of a mail, whoever it is for. So all recipients are taken
in one transaction or none is (A2).
"""

from mailing import replies
from mailing.dialogue import Dialogue
from mailing.endofdata import EndOfData
from mailing.replies import Reply


class SmtpDialogue(Dialogue):
    """Talk SMTP to one client."""

    protocol = "ESMTP"
    greeting = "EHLO"

    async def smtp_LHLO(self, arg: str | None) -> None:
        """Say that this is SMTP."""
        await self._say(replies.NOT_HERE)

    async def smtp_EHLO(self, arg: str | None) -> None:
        """Greet, and say what we can do."""
        await self._greet(arg)

    async def smtp_HELO(self, arg: str | None) -> None:
        """Greet a client that asks for nothing more."""
        if not arg or self.session is None:
            await self._say(replies.SYNTAX)
            return
        self._forget()
        self.session.host_name = arg
        await self.push(f"250 {self.hostname}")

    async def _answers(self, end: EndOfData) -> list[Reply]:
        refusal, raw = self._judged(end)
        if refusal is not None:
            return [refusal]
        assert self._terms.take_together is not None  # noqa: S101 - that makes it SMTP
        self._reset_timeout(self._limits.mail_seconds)
        envelopes = [self._envelope(recipient, raw) for recipient in self._recipients]
        return [await self._taken(self._terms.take_together(envelopes))]
