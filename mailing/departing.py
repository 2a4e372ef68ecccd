"""Prepares a post for its way to the members: reads it, settles how it leaves, and splices it.

Called by the fan-out once per post and process; what is decided is kept, so a repeat has the same
bytes.
"""

from dataclasses import dataclass, replace

from community import departures
from community.departures import Leaving, Manner
from community.store import Store
from letters.footers import words
from letters.letter import House
from mailing import compose, footers, gate, headers, sealing, signing, splicing
from mailing.compose import SplitMail
from mailing.dmarc import Dmarc
from mailing.signing import OpenSignature, Signer


@dataclass(frozen=True, kw_only=True)
class Departing:
    """A post, open where one person's fields go in."""

    post_id: int
    list_id: int
    list_address: str
    mail: SplitMail
    #: None where nobody has given us a key.
    signature: OpenSignature | None


class Departures:
    """Prepares posts."""

    def __init__(
        self,
        store: Store,
        house: House,
        dmarc: Dmarc,
        *,
        own_domains: tuple[str, ...],
        authserv_id: str = "",
        signer: Signer | None = None,
    ) -> None:
        self.store, self._house, self._dmarc = store, house, dmarc
        self._own_domains, self._authserv_id = own_domains, authserv_id
        self._signer = signer

    async def prepare(self, post_id: int) -> Departing:
        """Return a post as everybody gets it."""
        leaving = await self.store.read(departures.leaving, post_id)
        how = leaving.manner or await self._settled(leaving)
        mail, signature = self._signed(self._spliced(leaving, how), leaving)
        return Departing(
            post_id=post_id,
            list_id=leaving.source.list_id,
            list_address=leaving.source.list_address,
            mail=mail,
            signature=signature,
        )

    def _signed(self, mail: SplitMail, leaving: Leaving) -> tuple[SplitMail, OpenSignature | None]:
        """Put above a post what was found when it came, sealed, and open the copies' signature.

        Both bear the moment of the release, not of sending.
        """
        signer, at = self._signer, leaving.released_at
        if signer is None:
            return mail, None
        bh = signing.body_hash(mail.body)
        host = self._authserv_id or signer.domain
        sealed = sealing.seal(
            signer, head=mail.head, bh=bh, host=host, results=leaving.authentication, at=at
        )
        head = sealed + mail.head
        opened = OpenSignature(signer, head=head, bh=bh, at=at, personal=compose.PERSONAL)
        return SplitMail(head=head, body=mail.body), opened

    def _spliced(self, leaving: Leaving, how: Manner) -> SplitMail:
        """Write into a post all that its copies share."""
        splice = splicing.splice(leaving, how, house=self._house, authserv_id=self._authserv_id)
        mail = compose.for_list(leaving.source.raw, splice)
        if not how.footer:
            return mail
        body = footers.footed(headers.part(gate.normalised(leaving.source.raw)), how.footer)
        return mail if body is None else replace(mail, body=body)

    async def _settled(self, leaving: Leaving) -> Manner:
        domain = splicing.domain_to_ask(leaving, self._own_domains)
        forbids = domain is not None and await self._dmarc.forbids(domain)
        how = splicing.manner(leaving, forbids=forbids, own_domains=self._own_domains)
        source = leaving.source
        lines = words(
            leaving.policy,
            list_address=source.list_address,
            post_id=source.post_id,
            house=self._house,
            is_of_house=leaving.from_email == source.list_address,
        )
        if lines and self._may_have_footer(leaving, how):
            how = replace(how, footer=lines)
        return await self.store.run(departures.settle, source.post_id, how)

    def _may_have_footer(self, leaving: Leaving, how: Manner) -> bool:
        """Say whether a footer breaks nothing that holds; in the list's own name nothing does."""
        if how.is_munged:
            return True
        came = headers.part(gate.normalised(leaving.source.raw))
        return not footers.breaks_a_signature(came, self._spliced(leaving, how).head)
