"""How moderators learn that a post waits: at once in Slack, gathered by mail.

In Slack a list's channel has the cards, or each moderator where it has none. In a burst the first
posts have cards of their own and the rest one card that counts (R15). Mails are gathered by
dockets.py, one a working day; here their moments are planned.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Index, literal_column, select, text
from sqlalchemy.orm import Session

from community import (
    channel_cards,
    moderators_channels,
    outbox,
    people,
    steps,
    tellings,
)
from community.channel_cards import ChannelCard
from community.due import Outcome, Work
from community.outbox import Channel, Notice
from community.people import Role
from community.posts import Post, turn

#: Of the posts of one minute so many have cards of their own.
BURST: Final = 5
MINUTE: Final = timedelta(minutes=1)
#: Of the posts that came before, so many are looked at.
LOOKED_AT: Final = 50
#: By then Slack must have shown a post, or it goes out by mail (M5).
PATIENCE: Final = timedelta(minutes=4)
#: A card that counts is kept up to date for so long.
COUNTED: Final = timedelta(days=1)

CARD: Final = "post.hold"
WAITING: Final = ("held", "quarantined")
COUNT: Final = "post.count"
_MODERATORS: Final = people.with_role(Role.MODERATOR)
IS_CARD: Final = "channel = 'slack' AND replaces_id IS NULL"

# What a card is about finds it, among all that was ever said.
Index(
    "ix_notice_cards",
    Notice.kind,
    Notice.object_id,
    sqlite_where=text(IS_CARD),
    postgresql_where=text(IS_CARD),
)


def ask(session: Session, held: Sequence[Post], *, now: datetime) -> None:
    """Have all moderators learn of posts that have just come and wait."""
    if not held:
        return
    in_order = sorted(held, key=lambda post: post.id)
    few = max(0, BURST - _came_before(session, in_order[0].id, now=now))
    _show(session, in_order[:few], which="", now=now)
    for post in in_order[few:]:
        _count(session, post, now=now)
    _plan(session, in_order, now=now)


def ask_again(session: Session, post: Post, *, now: datetime) -> None:
    """Have all moderators learn that a post waits again, where cards stand already by these."""
    which = turn(session, post.id)
    if not channel_cards.renew(session, CARD, post.id, detail=f"hold{which}", now=now):
        _show(session, [post], which=which, now=now)
    _plan(session, [post], which=which, now=now)


def count_again(session: Session, list_id: int, *, now: datetime) -> None:
    """Have the cards that count brought up to date, once a minute however much is decided."""
    first = _counting(session, list_id, now=now)
    if first is not None:
        at = _minute(now)
        steps.plan(session, "post.count", first, due_at=at, detail=f"{at:%Y%m%dT%H%M}")


def count(session: Session, post_id: int, *, detail: str, due_at: datetime, now: datetime) -> None:
    """Bring the cards that count from this post on up to date; a step."""
    channel_cards.renew(session, COUNT, post_id, detail=detail, now=now)


def settle_cards(session: Session, outcomes: Sequence[Outcome], *, now: datetime) -> None:
    """Write down what came of cards in channels; what none will take goes to each moderator."""
    channel_cards.settle(session, outcomes, now=now)
    for outcome in outcomes:
        card = session.get(ChannelCard, outcome.row_id, populate_existing=True)
        if card is None or card.state != Work.FAILED or card.reference is not None:
            continue
        moderators_channels.note_refusal(session, card.channel, outcome.words or "", now=now)
        if session.get_one(Post, card.object_id).state in WAITING:
            to = (session, card.kind, card.object_id, _MODERATORS)
            outbox.put_to_all(*to, channel=Channel.SLACK, now=now)


def _came_before(session: Session, post_id: int, *, now: datetime) -> int:
    """Count the posts that came in the minute before this one and waited; as far as matters."""
    newest = select(Post.received_at, Post.deadline_at).where(Post.id < post_id)
    rows = session.execute(newest.order_by(Post.id.desc()).limit(LOOKED_AT))
    return sum(came > now - MINUTE and deadline is not None for came, deadline in rows)


def _show(session: Session, held: Sequence[Post], *, which: str, now: datetime) -> None:
    for list_id in {post.list_id for post in held}:
        ids = [post.id for post in held if post.list_id == list_id]
        channel = moderators_channels.of_list(session, list_id, now=now)
        if channel:
            channel_cards.put(session, CARD, ids, channel, now=now)
        else:
            about = (session, CARD, ids, _MODERATORS)
            tellings.tell_all(*about, detail=which, channel=Channel.SLACK, now=now)


def _count(session: Session, post: Post, *, now: datetime) -> None:
    """Have one card count the posts of a list from this one on, for a day."""
    if _counting(session, post.list_id, now=now) is not None:
        count_again(session, post.list_id, now=now)
        return
    channel = moderators_channels.of_list(session, post.list_id, now=now)
    if channel:
        channel_cards.put(session, COUNT, [post.id], channel, now=now)
    else:
        outbox.put_to_all(session, COUNT, post.id, _MODERATORS, channel=Channel.SLACK, now=now)


def _counting(session: Session, list_id: int, *, now: datetime) -> int | None:
    """Return the post from which on a card counts those of this list; None where none does."""
    found = (each(session, list_id, now=now) for each in (_in_channel, _in_person))
    return max((first for first in found if first is not None), default=None)


def _in_channel(session: Session, list_id: int, *, now: datetime) -> int | None:
    query = (
        select(ChannelCard.object_id)
        .join(Post, Post.id == ChannelCard.object_id)
        .where(
            ChannelCard.kind == COUNT,
            ChannelCard.state.in_((Work.DUE, Work.DONE)),
            Post.received_at > now - COUNTED,
            Post.list_id == list_id,
        )
    )
    return session.scalar(query.order_by(ChannelCard.object_id.desc()).limit(1))


def _in_person(session: Session, list_id: int, *, now: datetime) -> int | None:
    query = (
        select(Notice.object_id)
        .join(Post, Post.id == Notice.object_id)
        .where(
            Notice.kind == COUNT,
            Notice.channel == literal_column("'slack'"),
            Notice.replaces_id.is_(None),
            Notice.due_at > now - COUNTED,
            Post.list_id == list_id,
        )
    )
    return session.scalar(query.order_by(Notice.object_id.desc()).limit(1))


def _plan(session: Session, held: Sequence[Post], *, which: str = "", now: datetime) -> None:
    """Plan the mail, the look whether Slack has shown them, and what happens at the deadline."""
    at = _minute(now)
    minute, later = f"{at:%Y%m%dT%H%M}", at + PATIENCE - MINUTE
    for list_id in {post.list_id for post in held}:
        steps.plan(session, "mailing_list.ask", list_id, due_at=at, detail=minute)
        steps.plan(session, "mailing_list.look", list_id, due_at=later, detail=minute)
    ends = [(post.id, post.deadline_at) for post in held if post.deadline_at is not None]
    steps.plan_each(session, "post.expire", ends, detail=which)


def _minute(now: datetime) -> datetime:
    """Return the end of this minute."""
    return now.replace(second=0, microsecond=0) + MINUTE
