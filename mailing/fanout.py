"""Sends a post to one subscriber: the bytes as they came, our header lines spliced in.

The list's part of a post is spliced once and kept for the next recipients; each copy has its own
envelope sender (VERP), its own one-click way out (RFC 8058) and, last of all, its own signature.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import AnyStr

from community.outbox import Delivery, Parcel, Undelivered
from community.tokens import Right
from letters.letter import House
from mailing import addresses, compose, copies
from mailing.addresses import NotAnAddress
from mailing.copies import Copy, Shared
from mailing.departing import Departing, Departures
from mailing.lanes import RelayLane, RelayLanes
from mailing.outgoing import Relay
from mailing.signing import OpenSignature

#: How many posts are kept spliced, and how much of them; each claim has some rows of every post.
KEPT = 64
KEPT_OCTETS = 16 * 1024 * 1024
#: How long one copy may take that is sent by itself.
LONE_SECONDS = 60.0
#: Stands where a person's token goes, and has no sign that a token could not have.
_HERE = "0here0"


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A post, open where one person's fields go in."""

    list_id: int
    #: The envelope sender, before and after the delivery's stamp.
    bounces: tuple[str, str]
    #: The personal header lines, before and after the person's token.
    way_out: tuple[bytes, bytes]
    shared: Shared
    signature: OpenSignature | None


class PostSender:
    """Carries deliveries to the relay, by several lanes."""

    def __init__(
        self, departures: Departures, relay: Relay, house: House, *, kept: int = KEPT
    ) -> None:
        self.departures, self.relay, self.house = departures, relay, house
        self._kept = kept
        self._lanes = RelayLanes(relay)
        self._prepared: OrderedDict[int, Prepared] = OrderedDict()
        #: What is being prepared: all lanes come to a new post at once, and one reads it for all.
        self._preparing: dict[int, asyncio.Task[Prepared]] = {}

    @property
    def most(self) -> int:
        """How many lanes there may be at once."""
        return self._lanes.most

    def lane(self, *, seconds: float) -> "PostLane":
        """Give a lane whose every attempt ends within so many seconds."""
        return PostLane(self, self._lanes.lane(seconds=seconds))

    async def send(self, row: Parcel | Delivery) -> str:
        """Send one copy by itself; return the relay's answer or raise Undelivered."""
        lane = self.lane(seconds=LONE_SECONDS)
        try:
            return await lane.carry(row, following=None, may_send=_at_once)
        finally:
            await lane.aclose()

    def copy(self, parcel: Parcel | Delivery, post: Prepared) -> Copy:
        """Make one person's copy.

        Raises: Undelivered when the address cannot be one.
        """
        tokens = self.house.tokens
        token = tokens.link(Right("mailing_list.leave", post.list_id, parcel.person_id))
        stamp = tokens.stamp("bounce", parcel.id)
        try:
            recipient = copies.checked(parcel.email)
        except NotAnAddress as error:
            # Nothing that could end a command may reach one; no later try can mend an address.
            raise Undelivered("not a mail address", permanent=True) from error
        own = token.encode().join(post.way_out)
        if post.signature is not None:
            own = post.signature.signed(own)
        return Copy(stamp.join(post.bounces), recipient, own, post.shared)

    def at_hand(self, post_id: int) -> Prepared | None:
        """Give a post that is spliced already."""
        if post_id not in self._prepared:
            return None
        self._prepared.move_to_end(post_id)
        return self._prepared[post_id]

    async def prepare(self, post_id: int) -> Prepared:
        """Read and splice a post, once for all who wait for it, and keep it for the others."""
        running = self._preparing.get(post_id)
        if running is None:
            running = self._preparing[post_id] = asyncio.create_task(self._prepare(post_id))
            running.add_done_callback(lambda _: self._preparing.pop(post_id))
        return await asyncio.shield(running)  # whoever gives up waiting, the others do not

    async def _prepare(self, post_id: int) -> Prepared:
        departing = await self.departures.prepare(post_id)
        prepared = self._prepared[post_id] = self._opened(departing)
        while len(self._prepared) > 1 and self._keeps_too_much():
            self._prepared.popitem(last=False)
        return prepared

    def _keeps_too_much(self) -> bool:
        octets = sum(len(post.shared.wire_body) for post in self._prepared.values())
        return len(self._prepared) > self._kept or octets > KEPT_OCTETS

    def _opened(self, departing: Departing) -> Prepared:
        name, _, domain = departing.list_address.partition("@")
        mail = departing.mail
        return Prepared(
            list_id=departing.list_id,
            bounces=_around(str(addresses.bounces(name, _HERE, domain)), _HERE),
            way_out=self._way_out(),
            shared=copies.shared(mail.head, mail.body),
            signature=departing.signature,
        )

    def _way_out(self) -> tuple[bytes, bytes]:
        lines = compose.unsubscribing(f"{self.house.public_url}/mailing_lists/{_HERE}/leave")
        return _around(b"".join((*lines, b"\r\n")), _HERE.encode())


async def _at_once() -> None:
    """Let a copy go without waiting for another."""


def _around(whole: AnyStr, here: AnyStr) -> tuple[AnyStr, AnyStr]:
    before, _, after = whole.partition(here)
    return before, after


class PostLane:
    """One lane to the relay, for copies of posts."""

    def __init__(self, sender: PostSender, lane: RelayLane) -> None:
        self._sender, self._lane = sender, lane
        #: The copy that was made ahead, and whose it is.
        self._ahead: tuple[Parcel | Delivery, Copy] | None = None

    async def carry(
        self,
        row: Parcel | Delivery,
        *,
        following: Parcel | Delivery | None,
        may_send: Callable[[], Awaitable[None]],
    ) -> str:
        """Send one copy; return the relay's answer or raise Undelivered."""
        if self._ahead is not None and self._ahead[0] is row:
            copy = self._ahead[1]
        else:
            post = self._sender.at_hand(row.post_id) or await self._sender.prepare(row.post_id)
            copy = self._sender.copy(row, post)
        self._ahead = self._made(following) if following is not None else None
        next_copy = self._ahead[1] if self._ahead is not None else None
        return await self._lane.carry(copy, following=next_copy, may_send=may_send)

    def _made(self, parcel: Parcel | Delivery) -> tuple[Parcel | Delivery, Copy] | None:
        """Make the next copy now, if that needs no waiting; what is wrong with it shows later."""
        post = self._sender.at_hand(parcel.post_id)
        if post is None:
            return None
        try:
            return parcel, self._sender.copy(parcel, post)
        except Undelivered:
            return None

    async def aclose(self) -> None:
        """Let go of the lane."""
        await self._lane.aclose()
