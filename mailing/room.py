"""How many octets of mails lie in memory at once, over all clients of all ways in.

So many clients may each hand in the largest mail at the same moment. What finds no room is told to
come later, while small mails find room always: their number is bounded by that of the clients.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import structlog

log = structlog.get_logger()

#: Room for so many of the largest mails; each is some moments in hand.
LARGEST_AT_ONCE: Final = 5
#: So much of each mail is not counted.
SMALL_OCTETS: Final = 256 * 1024


class Room:
    """Room for so many octets; what is counted of a mail is what it has beyond `small` ones."""

    def __init__(self, octets: int, *, small: int = SMALL_OCTETS) -> None:
        self._free, self._small = octets, small

    def has(self, octets: int) -> bool:
        """Tell whether a mail of this size would find room now."""
        return octets - self._small <= self._free

    @contextmanager
    def shared(self) -> Iterator["Share"]:
        """Give a mail its share, which is empty, and take it back at the end."""
        share = Share(self)
        try:
            yield share
        finally:
            share.covers(0)

    def _turn(self, held: int, octets: int) -> int | None:
        wanted = max(0, octets - self._small)
        if wanted - held > self._free:
            return None
        self._free -= wanted - held
        return wanted


class Share:
    """What one mail has of the room."""

    def __init__(self, room: Room) -> None:
        self._room, self._held = room, 0

    def covers(self, octets: int) -> bool:
        """Have room for so many octets of the mail, no more; false, and for none, if there is not.

        Who hears that keeps nothing of the mail.
        """
        held = self._room._turn(self._held, octets)
        if held is None:
            log.warning("mail.no_room_in_memory")
            self._room._turn(self._held, 0)
        self._held = held or 0
        return held is not None
