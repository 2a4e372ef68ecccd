"""How rows reach a far side: by lanes, each of which carries one row at a time.

A door that only has a `send` gets lanes from `OneByOne`; one that can look a row ahead brings its
own (`mailing/fanout.py`).
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar, cast

from community.channel_cards import ChannelCard
from community.outbox import Delivery, Notice
from community.parcels import Parcel

Row = TypeVar("Row", bound=Notice | ChannelCard | Delivery | Parcel)
Carried = TypeVar("Carried", contravariant=True)

Send = Callable[[Row], Awaitable[str]]
MaySend = Callable[[], Awaitable[None]]


def together(row: Row) -> tuple[Row, ...]:
    """Return the rows that go out with this one in one transaction, itself first."""
    if isinstance(row, Parcel) and row.companions:
        return (row, *cast(tuple[Row, ...], row.companions))  # a parcel's companions are parcels
    return (row,)


class Needless(Exception):
    """What a row would have said no longer applies."""


class Lane(Protocol[Carried]):
    """One way to the far side."""

    async def carry(self, row: Carried, *, following: Carried | None, may_send: MaySend) -> str:
        """Send one row and return the far side's answer.

        `may_send` must have returned before anything is sent that cannot be undone. `following` is
        what this lane will carry next.

        A row with companions is sent for all of them (`together`); what came of each, where that
        differs, is said by `setbacks.Partly`.

        Raises: what is in `setbacks.py`, which has what `may_send` raises too, or Needless.
        """

    async def aclose(self) -> None:
        """Let go of the lane; nothing is being carried."""


class Lanes(Protocol[Carried]):
    """A far side with its own lanes."""

    @property
    def most(self) -> int:
        """How many lanes may be open at once."""

    def lane(self, *, seconds: float) -> Lane[Carried]:
        """Open a lane whose every attempt ends within so many seconds."""


class OneByOne(Lane[Row]):
    """A lane for a door that sends one row after the other."""

    def __init__(self, send: Send[Row], *, seconds: float) -> None:
        self._send, self._seconds = send, seconds

    async def carry(self, row: Row, *, following: Row | None, may_send: MaySend) -> str:
        """Wait for the turn, then send."""
        await may_send()
        async with asyncio.timeout(self._seconds):
            return await self._send(row)

    async def aclose(self) -> None:
        """Do nothing: nothing is held."""
