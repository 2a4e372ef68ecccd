"""Sends a notice to one person as a mail: a letter with its links, buttons and calendar entry.

The same notice always becomes the same mail (Message-ID from its key, Date from its moment), so
that a repeat after a crash is recognised as one. Automatic mail has the null envelope
sender; only digests and the probe of an address come back, to addresses of their own
(`returns_to`).
"""

from dataclasses import replace

from community.outbox import Notice
from community.people import Reader
from community.setbacks import Undelivered
from letters.letter import Button, House, Item, Letter
from mailing import invitations, outcomes, signing
from mailing.digests import digest
from mailing.letter import Link, Mail, Section, letter, message_id
from mailing.outgoing import Relay
from mailing.signing import Signer

#: Less than a letter's lane has (a quarter of a lease): who is cut off here knows how far it was.
LETTER_SECONDS = 25.0


class MailSender:
    """Carries notices to the relay."""

    def __init__(
        self, relay: Relay, house: House, *, mail_from: str, signer: Signer | None = None
    ) -> None:
        self.relay, self.house, self.mail_from, self._signer = relay, house, mail_from, signer

    async def send(
        self, notice: Notice, to: Reader, said: Letter, *, replaces: str | None = None
    ) -> str:
        """Send one letter; return the relay's answer or raise Undelivered or Postponed.

        `replaces` is for doors that can change what they have said; mail cannot.
        """
        if said.to_address is not None:
            to = replace(to, email=said.to_address)
        raw = written(self.mail(notice, to, said))
        if self._signer is not None:
            raw = signing.signed(self._signer, raw, at=notice.due_at)
        paces = self.relay.paces
        paces.take_for_letter(to.email)
        notice.sent_to = to.email  # goes into the table with what comes of this try
        try:
            reply = await self.relay.send(
                said.returns_to or "", to.email, raw, seconds=LETTER_SECONDS
            )
        except Undelivered as failure:
            if outcomes.wants_less(failure):
                paces.slow_down(to.email)
            raise
        paces.went(to.email)
        return reply

    def mail(self, notice: Notice, to: Reader, said: Letter) -> Mail:
        """Return the letter as a mail."""
        entry = said.invitation
        return Mail(
            to_name=to.name,
            to_address=to.email,
            from_name=self.house.name,
            from_address=self.mail_from,
            reply_to=said.reply_to,
            subject=said.subject,
            paragraphs=said.paragraphs,
            facts=said.facts,
            quote=said.quote,
            contents=said.contents,
            links=tuple(self._link(button, to) for button in said.buttons),
            sections=tuple(self._section(item, to) for item in said.items),
            why=said.why,
            stop=self._link(said.stop, to) if said.stop else None,
            calendar=invitations.written(entry) if entry else None,
            calendar_method=entry.method if entry else "REQUEST",
            attached=said.attached,
            language=said.language,
            message_id=said.contents.message_id
            if said.contents
            else message_id(notice.key, self.house.domain),
            date=notice.due_at,
        )

    def _section(self, item: Item, to: Reader) -> Section:
        links = tuple(self._link(button, to) for button in item.buttons)
        return Section(title=item.title, facts=item.facts, quote=item.quote, links=links)

    def _link(self, button: Button, to: Reader) -> Link:
        return Link(label=button.label, url=self.house.link(button, to), style=button.style)


def written(mail: Mail) -> bytes:
    """Write a mail: a letter, or a digest."""
    return letter(mail) if mail.contents is None else digest(mail, mail.contents)
