"""In which queues something is due: the one cheap question that an idle service asks.

Whoever claims writes, and on SQLite writers wait for each other; so the service asks this first,
and claims only where there is something to have.
"""

from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Final

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from community import home_views, outbox
from community.channel_cards import ChannelCard
from community.freezes import Freeze
from community.outbox import Channel, Notice
from community.prepared import Prepared
from community.schedules import Schedule
from community.steps import Step


class Queue(StrEnum):
    """What waits for one worker of its own."""

    #: Schedules and steps.
    TIME = "time"
    POSTS = "posts"
    MAIL_NOTICES = "notices-mail"
    SLACK_NOTICES = "notices-slack"
    #: Cards in moderators' channels.
    CARDS = "cards"
    #: Home tabs that are to be shown anew.
    HOMES = "homes"


def due(session: Session, *, now: datetime) -> frozenset[Queue]:
    """Say in which queues something may be claimed or done at `now`."""
    moments = {"now": now, "lately": now - home_views.PACE}
    answers = _prepared().one(session, moments)
    *there_is, is_frozen = answers
    queues = {queue for queue, is_there in zip(_ASKED, there_is, strict=True) if is_there}
    if is_frozen:  # nothing of the outbox may be claimed
        return frozenset(queues & {Queue.TIME})
    first_delivery = outbox.next_delivery_at(session)
    if first_delivery is not None and first_delivery <= now:
        queues.add(Queue.POSTS)
    return frozenset(queues)


#: What each answer but the last is about.
_ASKED: Final = (
    Queue.TIME,
    Queue.MAIL_NOTICES,
    Queue.SLACK_NOTICES,
    Queue.CARDS,
    Queue.HOMES,
)


@cache
def _prepared() -> Prepared:
    now = bindparam("now", type_=Notice.next_at.type)
    schedules = select(Schedule.name).where(Schedule.next_at <= now)
    steps = select(Step.id).where(Step.next_at <= now)
    mails, slacks = (
        select(Notice.id).where(Notice.next_at <= now, Notice.channel == channel.value)
        for channel in (Channel.MAIL, Channel.SLACK)
    )
    cards = select(ChannelCard.id).where(ChannelCard.next_at <= now)
    freezes = select(Freeze.id).where(Freeze.released_at.is_(None))
    return Prepared(
        select(
            or_(schedules.exists(), steps.exists()),
            mails.exists(),
            slacks.exists(),
            cards.exists(),
            home_views.IS_WAITING,
            freezes.exists(),
        )
    )
