"""Prepares a post for its way to the members: reads it, settles how it leaves, and splices it.

Called by the fan-out once per post and process; what is decided is kept, so a repeat has the same
bytes.
"""

from dataclasses import dataclass

from community import departures
from community.departures import Leaving
from community.store import Store
from letters.letter import House
from mailing import compose, sealing, signing, splicing
from mailing.compose import SplitMail
from mailing.dmarc import Dmarc
from mailing.signing import OpenSignature, Signer
from mailing.splicing import Manner


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
        self._store, self._house, self._dmarc = store, house, dmarc
        self._own_domains, self._authserv_id = own_domains, authserv_id
        self._signer = signer

    async def prepare(self, post_id: int) -> Departing:
        """Return a post as everybody gets it."""
        leaving = await self._store.read(departures.leaving, post_id)
        how = await self._manner(leaving)
        splice = splicing.splice(leaving, how, house=self._house, authserv_id=self._authserv_id)
        mail, signature = self._signed(compose.for_list(leaving.source.raw, splice), leaving)
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

    async def _manner(self, leaving: Leaving) -> Manner:
        if leaving.is_munged is not None:
            return Manner(is_munged=leaving.is_munged)
        domain = splicing.domain_to_ask(leaving, self._own_domains)
        forbids = domain is not None and await self._dmarc.forbids(domain)
        how = splicing.manner(leaving, forbids=forbids, own_domains=self._own_domains)
        return Manner(
            is_munged=await self._store.run(
                departures.settle, leaving.source.post_id, is_munged=how.is_munged
            )
        )
