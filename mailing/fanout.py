"""Sends a post to its subscribers: the bytes as they came, our header lines spliced in.

The list's part of a post is spliced once and kept for the next recipients; each copy has its own
envelope sender (VERP), its own one-click way out (RFC 8058) and, last of all, its own signature.
Where a list has its members share a mail, all of them have one envelope, and nothing in the mail is
anybody's own.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import AnyStr

from community.outbox import Delivery
from community.parcels import Parcel
from community.setbacks import Away, Crowded, Partly, Postponed, TooLate, Undelivered
from community.tokens import Right
from letters import field_lines
from letters.letter import House
from mailing import addresses, compose, copies, outcomes
from mailing.addresses import NotAnAddress
from mailing.copies import Copy, Shared
from mailing.departing import Departing, Departures
from mailing.lanes import RelayLane, RelayLanes
from mailing.outgoing import Relay
from mailing.signing import OpenSignature
from mailing.trials import Trials

#: How many posts are kept spliced, and how much of them; each claim has some rows of every post.
KEPT = 64
KEPT_OCTETS = 16 * 1024 * 1024
#: How long one copy may take that is sent by itself.
LONE_SECONDS = 60.0
#: Those who share a mail.
Rows = Sequence[Parcel | Delivery]
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
    #: The envelope sender and the last header lines of a mail that several share.
    for_many: tuple[str, bytes]
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
        self._trials = Trials(departures.store, relay.paces.clock)
        self._prepared: OrderedDict[int, Prepared] = OrderedDict()
        #: What is being prepared: all lanes come to a new post at once, and one reads it for all.
        self._preparing: dict[int, asyncio.Task[Prepared]] = {}

    @property
    def most(self) -> int:
        """How many lanes there may be at once."""
        return self._lanes.most

    def lane(self, *, seconds: float) -> "PostLane":
        """Give a lane whose every attempt ends within so many seconds."""
        return PostLane(self, self._lanes.lane(seconds=seconds), seconds=seconds)

    async def send(self, row: Parcel | Delivery) -> str:
        """Send one copy by itself; return the relay's answer or raise Undelivered."""
        lane = self.lane(seconds=LONE_SECONDS)
        try:
            return await lane.carry(row, following=None, may_send=_at_once)
        finally:
            await lane.aclose()

    def copy(self, parcel: Parcel | Delivery, post: Prepared) -> Copy:
        """Make one person's copy, or the mail that a parcel and its companions share.

        Raises: Undelivered when the address cannot be one.
        """
        if parcel.together > 1:
            return self.for_many(together(parcel), post)
        tokens = self.house.tokens
        token = tokens.link(Right("mailing_list.leave", post.list_id, parcel.person_id))
        stamp = tokens.stamp("bounce", parcel.id)
        own = token.encode().join(post.way_out)
        if post.signature is not None:
            own = post.signature.signed(own)
        return Copy(stamp.join(post.bounces), _recipient(parcel), own, post.shared)

    def for_many(self, parcels: Rows, post: Prepared) -> Copy:
        """Make the mail that all of these share: nothing in it is anybody's own (D7).

        Raises: Undelivered when an address cannot be one.
        """
        first, *others = map(_recipient, parcels)
        sender, own = post.for_many
        return Copy(sender, first, own, post.shared, tuple(others))

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
        prepared = self._prepared[post_id] = await self._trials.run(post_id, self._read)
        while len(self._prepared) > 1 and self._keeps_too_much():
            self._prepared.popitem(last=False)
        return prepared

    async def _read(self, post_id: int) -> Prepared:
        return self._opened(await self.departures.prepare(post_id))

    def _keeps_too_much(self) -> bool:
        octets = sum(len(post.shared.wire_body) for post in self._prepared.values())
        return len(self._prepared) > self._kept or octets > KEPT_OCTETS

    def _opened(self, departing: Departing) -> Prepared:
        name, _, domain = departing.list_address.partition("@")
        mail = departing.mail
        choices = f"{self.house.public_url}/posts/{departing.post_id}/choices"
        leave = f"mailto:{addresses.beside(name, 'leave', domain)}"
        # No List-Unsubscribe-Post: one click cannot say who has pressed (RFC 8058 §3.1).
        own = field_lines.urls("List-Unsubscribe", choices, leave) + b"\r\n"
        return Prepared(
            list_id=departing.list_id,
            bounces=_around(str(addresses.bounces(name, _HERE, domain)), _HERE),
            way_out=self._way_out(leave),
            for_many=(
                str(addresses.beside(name, "bounces", domain)),
                departing.signature.signed(own) if departing.signature is not None else own,
            ),
            shared=copies.shared(mail.head, mail.body),
            signature=departing.signature,
        )

    def _way_out(self, leave: str) -> tuple[bytes, bytes]:
        """Open the fields of the way out; some programs know but the second, a mail (RFC 2369)."""
        page = f"{self.house.public_url}/mailing_lists/{_HERE}/leave"
        return _around(b"".join((*compose.unsubscribing(page, leave), b"\r\n")), _HERE.encode())


async def _at_once() -> None:
    """Let a copy go without waiting for another."""


def together(parcel: Parcel | Delivery) -> Rows:
    """Return the parcel and those who share its mail."""
    return (parcel, *parcel.companions) if isinstance(parcel, Parcel) else (parcel,)


def _recipient(parcel: Parcel | Delivery) -> str:
    try:
        return copies.checked(parcel.email)
    except NotAnAddress as error:
        # Nothing that could end a command may reach one; no later try can mend an address.
        raise Undelivered("not a mail address", permanent=True) from error


def _around(whole: AnyStr, here: AnyStr) -> tuple[AnyStr, AnyStr]:
    before, _, after = whole.partition(here)
    return before, after


class PostLane:
    """One lane to the relay, for copies of posts."""

    def __init__(self, sender: PostSender, lane: RelayLane, *, seconds: float) -> None:
        self._sender, self._lane, self._seconds = sender, lane, seconds
        #: The copy that was made ahead and may go, or why it may not, and whose it is.
        self._ahead: tuple[Parcel | Delivery, Copy | Postponed] | None = None

    async def carry(
        self,
        row: Parcel | Delivery,
        *,
        following: Parcel | Delivery | None,
        may_send: Callable[[], Awaitable[None]],
    ) -> str:
        """Send one copy; return the relay's answer.

        Raises: Undelivered, Postponed, what the lane raises, or Partly where several share the
        copy and not the same came of all.
        """
        copy = self._made_ahead(row) or await self._copy(row)
        self._ahead = self._made(following) if following is not None else None
        next_copy = self._ahead[1] if self._ahead is not None else None
        if isinstance(next_copy, Postponed):
            next_copy = None
        paces = self._sender.relay.paces
        sent = self._lane.carry(copy, following=next_copy, may_send=may_send)
        try:
            if copy.others:
                sent = self._shared(copy, together(row), sent, may_send)
            reply = await sent
        except Undelivered as failure:
            if outcomes.wants_less(failure):
                paces.slow_down(row.email)
            raise
        paces.went(row.email)
        return reply

    async def _shared(
        self, copy: Copy, rows: Rows, sent: Awaitable[str], may_send: Callable[[], Awaitable[None]]
    ) -> str:
        """Say what came of all who share a mail, each of whom has a row.

        What the relay refuses for all whom it had let in is tried once more, in two halves, so that
        one whom it dislikes does not speak for all; then its word stands (D4).
        """
        try:
            return await sent
        except Away:
            raise
        except Undelivered as failure:
            told = Partly({}, failure)
        except Partly as partly:
            told = partly
        let_in = [place for place in range(len(rows)) if place not in told.came]
        came = {row.id: told.of(place) for place, row in enumerate(rows)}
        if isinstance(told.rest, Undelivered) and told.rest.permanent and len(let_in) > 1:
            middle = (len(let_in) + 1) // 2
            for half in (let_in[:middle], let_in[middle:]):
                again = await self._again(copy.to(half), may_send)
                came |= {rows[place].id: again.of(nth) for nth, place in enumerate(half)}
        raise Partly(came, told.rest)

    async def _again(self, copy: Copy, may_send: Callable[[], Awaitable[None]]) -> Partly:
        """Send a half of a shared mail, and say what came of each in its envelope."""
        try:
            # The rows' lease must outlive both halves.
            half = self._seconds / 2
            reply = await self._lane.carry(copy, following=None, may_send=may_send, seconds=half)
        except Partly as partly:
            return partly
        except Undelivered as failure:
            return Partly({}, failure)
        except (Crowded, Postponed, TooLate):  # of this half; the other may have gone
            return Partly({}, Undelivered("there was no room for it in time", permanent=False))
        except TimeoutError:
            return Partly({}, Undelivered("no answer in time", permanent=False, in_doubt=True))
        return Partly({}, reply)

    def _made_ahead(self, row: Parcel | Delivery) -> Copy | None:
        """Give the copy of a row if it was made already, and may go."""
        if self._ahead is None or self._ahead[0] is not row:
            return None
        made = self._ahead[1]
        self._ahead = None
        if isinstance(made, Postponed):
            raise made
        return made

    async def _copy(self, row: Parcel | Delivery) -> Copy:
        """Make the copy that is to be sent now, if it may go."""
        post = self._sender.at_hand(row.post_id) or await self._prepared(row.post_id)
        copy = self._sender.copy(row, post)
        self._sender.relay.paces.take(row.email)
        return copy

    async def _prepared(self, post_id: int) -> Prepared:
        """Have a post prepared, and a line made ready meanwhile."""
        ready = self._lane.make_ready()
        post, line = await asyncio.gather(
            self._sender.prepare(post_id), ready, return_exceptions=True
        )
        for came in (post, line):
            if isinstance(came, BaseException):
                raise came
        assert isinstance(post, Prepared)  # noqa: S101 - for the type checker
        return post

    def _made(self, parcel: Parcel | Delivery) -> tuple[Parcel | Delivery, Copy | Postponed] | None:
        """Make the next copy now, if that needs no waiting; what is wrong with it shows later."""
        post = self._sender.at_hand(parcel.post_id)
        if post is None:
            return None
        try:
            copy = self._sender.copy(parcel, post)
            self._sender.relay.paces.take(parcel.email)
        except Postponed as other:
            return parcel, other
        except Exception:
            return None  # and this lane's own row has no part in it
        return parcel, copy

    async def aclose(self) -> None:
        """Let go of the lane."""
        await self._lane.aclose()
