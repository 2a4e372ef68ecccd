"""Sends a post to one subscriber: the bytes as they came, our header lines spliced in.

The list's part of a post is spliced once and kept for the next recipients; each copy has its own
envelope sender (VERP) and its own one-click way out (RFC 8058).
"""

from collections import OrderedDict
from dataclasses import dataclass

from community import posts
from community.outbox import Delivery
from community.store import Store
from community.tokens import Right
from letters.letter import House
from mailing import addresses, compose
from mailing.compose import Personal, Splice, SplitMail
from mailing.outgoing import Relay

#: How many posts are kept spliced; a fan-out works on one or a few at a time.
KEPT = 8


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A post, open where one person's fields go in."""

    list_id: int
    list_name: str
    list_domain: str
    mail: SplitMail


class PostSender:
    """Carries deliveries to the relay."""

    def __init__(self, store: Store, relay: Relay, house: House, *, authserv_id: str = "") -> None:
        self.store, self.relay, self.house = store, relay, house
        self.authserv_id = authserv_id
        self._prepared: OrderedDict[int, Prepared] = OrderedDict()

    async def send(self, delivery: Delivery) -> str:
        """Send one copy; return the relay's answer or raise Undelivered."""
        post = await self._prepare(delivery.post_id)
        leave = Right("mailing_list.leave", post.list_id, delivery.person_id)
        token = self.house.tokens.link(leave)
        url = f"{self.house.public_url}/mailing_lists/{token}/leave"
        stamp = self.house.tokens.stamp("bounce", delivery.id)
        sender = addresses.bounces(post.list_name, stamp, post.list_domain)
        raw = compose.personal(post.mail, Personal(unsubscribe_url=url))
        return await self.relay.send(str(sender), delivery.email, raw)

    async def _prepare(self, post_id: int) -> Prepared:
        if post_id not in self._prepared:
            source = await self.store.read(posts.source, post_id)
            self._prepared[post_id] = self._spliced(source)
            while len(self._prepared) > KEPT:
                self._prepared.popitem(last=False)
        self._prepared.move_to_end(post_id)
        return self._prepared[post_id]

    def _spliced(self, source: posts.Source) -> Prepared:
        url = self.house.public_url
        name, _, domain = source.list_address.partition("@")
        splice = Splice(
            list_id=source.list_address.replace("@", "."),
            list_name=name,
            post_address=addresses.parse(source.list_address),
            help_url=f"{url}/lists/{source.list_address}/rules",
            tag=name,
            archive_url=f"{url}/lists/{source.list_address}",
            archived_at=f"{url}/posts/{source.post_id}",
            message_id=source.message_id,
            authserv_id=self.authserv_id,
        )
        return Prepared(
            list_id=source.list_id,
            list_name=name,
            list_domain=domain,
            mail=compose.for_list(source.raw, splice),
        )
