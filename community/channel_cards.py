"""Cards in a moderators' channel: one message of ours each, brought up to date where it stands.

A card says what its thing looks like now, for everybody in the channel. One row is one message: it
is due when it was never posted, and again whenever its thing has changed; changes that come while
it waits are one update. `asking.py` puts cards, the scheduler has them sent (docs/decisions/0032).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Index, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from community import due, insertions, outbox
from community.due import Due, Outcome, Work
from community.store import Base


class ChannelCard(Due, Base):
    """One message about one thing in one channel."""

    __tablename__ = "channel_card"

    #: What it says: `post.hold`, `post.count`; the words are in letters/.
    kind: Mapped[str]
    object_id: Mapped[int]
    #: The Slack id of the channel.
    channel: Mapped[str]
    #: How often its thing has changed, and how often it had when it was claimed last.
    changes: Mapped[int] = mapped_column(default=0, server_default="0")
    shown: Mapped[int] = mapped_column(default=0, server_default="0")
    #: Where it stands: Slack's `channel:ts`.
    reference: Mapped[str | None] = mapped_column(index=True)
    #: As a notice's.
    doubts: Mapped[int] = mapped_column(default=0, server_default="0")
    #: As a notice's.
    faults: Mapped[int] = mapped_column(default=0, server_default="0")


Index("ix_channel_card_kind_object_id", ChannelCard.kind, ChannelCard.object_id)


def put(
    session: Session, kind: str, object_ids: Sequence[int], channel: str, *, now: datetime
) -> int:
    """Have a card about each of these things stand in a channel; put twice, there is one."""
    rows = [
        {
            "key": f"{kind}:{object_id}:{channel}",
            "kind": kind,
            "object_id": object_id,
            "channel": channel,
            "due_at": now,
            "next_at": now,
            "state": Work.DUE,
            "claims": 0,
            "attempts": 0,
        }
        for object_id in object_ids
    ]
    return insertions.once(session, ChannelCard, rows)


def renew(session: Session, kind: str, object_id: int, *, detail: str, now: datetime) -> int:
    """Bring everything in Slack of this kind about this thing up to date; return how many."""
    return renew_each(session, kind, [object_id], detail=detail, now=now)


def renew_each(
    session: Session, kind: str, object_ids: Sequence[int], *, detail: str, now: datetime
) -> int:
    """Bring everything in Slack of this kind about these things up to date; return how many."""
    about = (ChannelCard.kind == kind, ChannelCard.object_id.in_(object_ids))
    changed = update(ChannelCard).where(*about).values(changes=ChannelCard.changes + 1)
    quietly = changed.execution_options(synchronize_session=False)
    cards = int(session.execute(quietly).rowcount)  # type: ignore[attr-defined]  # an UPDATE has it
    if cards:
        due.do_again(session, ChannelCard, *about, now=now)
    return cards + outbox.put_instead_of_each(session, kind, object_ids, detail=detail, now=now)


def claim(
    session: Session, *, now: datetime, limit: int, lease: timedelta, by: str
) -> list[ChannelCard]:
    """Take up to `limit` cards that are due (see `due.claim`)."""
    cards = due.claim(session, ChannelCard, now=now, limit=limit, lease=lease, by=by)
    seen = update(ChannelCard).where(ChannelCard.id.in_([card.id for card in cards]))
    session.execute(
        seen.values(shown=ChannelCard.changes).execution_options(synchronize_session=False)
    )
    return cards


def settle(session: Session, outcomes: Sequence[Outcome], *, now: datetime) -> None:
    """Write down what came of cards; one whose thing changed meanwhile is due again."""
    due.settle(session, ChannelCard, outcomes, now=now)
    done = [outcome.row_id for outcome in outcomes if outcome.state is Work.DONE]
    changed = (ChannelCard.id.in_(done), ChannelCard.shown < ChannelCard.changes)
    due.do_again(session, ChannelCard, *changed, now=now)


def is_in_doubt(card: ChannelCard) -> bool:
    """Say whether an earlier try may have posted it, though nobody wrote down where it stands."""
    return card.reference is None and (card.doubts > 0 or card.claims - card.attempts > 1)


def stands_at(session: Session, reference: str) -> ChannelCard | None:
    """Return the card that this message is; None when it is none."""
    return session.scalar(select(ChannelCard).where(ChannelCard.reference == reference))


def refresh(session: Session, reference: str, *, now: datetime) -> None:
    """Have one card say anew what is true; nothing where no card stands."""
    card = stands_at(session, reference)
    if card is not None:
        card.changes += 1
        session.flush()
        due.do_again(session, ChannelCard, ChannelCard.id == card.id, now=now)
        due.try_again(session, ChannelCard, ChannelCard.id == card.id, now=now)
