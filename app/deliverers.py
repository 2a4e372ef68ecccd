"""What carries notices, and cards in moderators' channels, out of the outbox to the doors.

Between a row and its door stands what only `app` can put together: the words, which are written
when they are sent (for mail a moment before, many together: `ahead.py`), and whether the person is
to be left alone. `wiring.py` makes them.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Protocol

from app.ahead import Ahead
from community import (
    asking,
    channel_cards,
    moderators_channels,
    outbox,
    quiet_hours,
    suppressions,
)
from community.channel_cards import ChannelCard
from community.clock import Clock
from community.outbox import Channel, Notice
from community.parcels import Parcel
from community.people import Reader
from community.queues import Queue
from community.setbacks import Postponed
from community.store import Session, Store
from letters import channel_cards as channel_letters
from letters import kinds
from letters.letter import House, Letter
from scheduler.claims import Room
from scheduler.delivery import Deliverer
from scheduler.lanes import Needless
from texts import Language

if TYPE_CHECKING:
    from bot.channel_sender import ChannelSender

AnyDeliverer = Deliverer[Notice] | Deliverer[Parcel] | Deliverer[ChannelCard]
#: Asks whether somebody wants to be left alone, and until when.
Rests = Callable[[Reader], Awaitable[datetime | None]]
#: In which queue the notices of a channel wait.
QUEUES = {Channel.MAIL: Queue.MAIL_NOTICES, Channel.SLACK: Queue.SLACK_NOTICES}
#: Each mail that is held has a letter to its author: those of a moment are claimed together, those
#: of a flood after it (`delivery.MOST_GATHERINGS`).
GATHERS_SECONDS = 0.25


class Send(Protocol):
    """How a door sends a notice; `replaces` is where an earlier Slack message stands."""

    def __call__(
        self, notice: Notice, to: Reader, said: Letter, /, *, replaces: str | None
    ) -> Awaitable[str]:
        """Send one letter and return the far side's answer, or raise Undelivered."""
        ...


def _to_say(
    session: Session, notice: Notice, *, house: House, now: datetime
) -> tuple[Reader, Letter, str | None, datetime | None]:
    """Return what is said to whom, and until when it may wait at the most.

    Raises: Needless; setbacks.Postponed in the person's quiet hours; setbacks.Undelivered when the
    message that it brings up to date has not gone out yet.
    """
    written = kinds.write(session, notice, house=house)
    if written is None:
        raise Needless
    latest = quiet_hours.latest(session, notice, now=now)
    if latest is not None:
        until = quiet_hours.waits_until(session, notice.person_id, now=now)
        if until is not None and until <= latest:
            raise Postponed("these are this person’s quiet hours", until=until)
    try:
        return *written, outbox.replaced(session, notice), latest
    except outbox.NeverSaid:
        raise Needless from None


def notices(
    store: Store,
    clock: Clock,
    house: House,
    channel: Channel,
    send: Send,
    *,
    room: Room | None = None,
    rests: Rests | None = None,
) -> Deliverer[Notice]:
    """Return the deliverer of one channel: it asks for the words only when it sends.

    `rests` is asked about whom what can wait is for.
    """

    # In Slack each goes to a message of its own, and waits for its turn there.
    ahead = Ahead(store, clock, house) if channel is Channel.MAIL else None

    async def say(notice: Notice) -> str:
        if ahead is not None and (written := ahead.take(notice)) is not None:
            return await send(notice, *written, replaces=None)
        now = clock.now()
        to, letter, replaces, latest = await store.read(_to_say, notice, house=house, now=now)
        if rests is not None and latest is not None:
            until = await rests(to)
            if until is not None and until <= latest:
                raise Postponed("this person is not to be disturbed", until=until)
        return await send(notice, to, letter, replaces=replaces)

    return Deliverer(
        store,
        clock,
        say,
        claim=partial(outbox.claim_notices, channel=channel),
        settle=suppressions.settle_notices,
        name=QUEUES[channel],
        room=room,
        gathers_seconds=GATHERS_SECONDS if channel is Channel.MAIL else 0.0,
        foresee=None if ahead is None else ahead.write,
    )


def cards(
    store: Store, clock: Clock, house: House, sender: "ChannelSender", *, tongue: Language
) -> Deliverer[ChannelCard]:
    """Return the deliverer of cards in moderators' channels, which looks who can read there."""

    async def show(card: ChannelCard) -> str:
        if await store.read(moderators_channels.is_stale, card.channel, now=clock.now()):
            trouble, reason = await sender.look(card.channel)
            seen = partial(moderators_channels.note, reason=reason, now=clock.now())
            await store.run(seen, card.channel, trouble)
        letter = await store.read(channel_letters.write, card, house=house, tongue=tongue)
        return await sender.send(card, letter)

    return Deliverer(
        store,
        clock,
        show,
        claim=channel_cards.claim,
        settle=asking.settle_cards,
        name=Queue.CARDS,
        lanes=1,
    )
