"""Names what broke while rows were sent: each bug once in the log, under a reference (D6).

A post has a row for each of a thousand people; what breaks for all of them is one line, and all
rows bear its reference. Called by `attempts.py`; what is remembered lasts for one drain.
"""

import secrets
import traceback

import structlog

from community.channel_cards import ChannelCard
from community.outbox import Delivery, Notice
from community.parcels import Parcel

log = structlog.get_logger()

Row = Notice | ChannelCard | Delivery | Parcel


class Faults:
    """What has broken in one drain."""

    def __init__(self) -> None:
        #: By what broke and how: its reference in the log.
        self._references: dict[tuple[str, str], str] = {}
        self._set_aside: set[str] = set()

    def bug(self, row: Row, fault: Exception) -> str:
        """Return the words for a row whose sending raised `fault`."""
        name = type(fault).__name__
        # Not the fault's own words: there may be an address in them.
        where = [f"{at.filename}:{at.lineno}" for at in traceback.extract_tb(fault.__traceback__)]
        reference = self._reference("delivery.fault", row, error=name, where=where)
        return f"internal fault: {name} (reference {reference})"

    def death(self, row: Row) -> str:
        """Return the words for a row that was tried alone by a process which then died."""
        reference = self._reference("delivery.set_aside", row, error="died")
        return f"whoever sends it dies (reference {reference})"

    def set_aside(self, row: Row, words: str) -> None:
        """Log that a row is tried no more; for the first of a post."""
        about = _about(row)
        if about not in self._set_aside:
            self._set_aside.add(about)
            log.error("delivery.set_aside", about=about, row=row.id, words=words)

    def _reference(self, event: str, row: Row, *, error: str, where: object = None) -> str:
        about = _about(row)
        reference = self._references.get((about, error))
        if reference is None:
            reference = self._references[about, error] = secrets.token_hex(4)
            log.error(event, about=about, row=row.id, reference=reference, error=error, where=where)
        return reference


def _about(row: Row) -> str:
    """Name the thing that rows are about: one post, one letter."""
    if isinstance(row, Notice | ChannelCard):
        return f"{row.kind}:{row.object_id}"
    return f"post:{row.post_id}"
