"""What is tried no more, because processes die of it or it raises each time (D6).

A row that was only near when a process died is told from the one it died of by trying it alone
(`parcels.is_suspect`, `scheduler/drain.py`). Preparing a whole post is counted by
`departures.begin`.
"""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from community import due
from community.channel_cards import ChannelCard
from community.due import Work
from community.outbox import Delivery, Notice
from community.parcels import Parcel


def begin_alone(session: Session, row: Notice | ChannelCard | Delivery | Parcel) -> None:
    """Note that a row is tried which two processes may have died of; settling it takes that back.

    If this process dies too, the row is not tried any more (D6).
    """
    model = type(row) if isinstance(row, Notice | ChannelCard) else Delivery
    begun = update(model).where(
        model.id == row.id, model.claims == row.claims, model.state == Work.DUE
    )
    session.execute(begun.values(faults=due.MOST_FAULTS))


def set_aside(session: Session, post_id: int, *, why: str, now: datetime) -> int:
    """Give up all copies of a post that have not gone out; return how many."""
    return due.fail(session, Delivery, Delivery.post_id == post_id, now=now, why=why)
