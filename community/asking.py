"""How moderators learn that a post waits: at once in Slack, gathered by mail.

In Slack a list's channel has the cards, or each moderator where it has none. In a burst the first
posts have cards of their own and the rest one card that counts (R15). Mails are gathered by
dockets.py, one a working day; here their moments are planned.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Index, Select, bindparam, func, literal_column, or_, select, text
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
from community.people import Person, Role
from community.posts import Post, Told, turn
from community.prepared import Prepared
from community.store import Moment

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


def ask(session: Session, held: Sequence[Told], *, now: datetime) -> None:
    """Have all moderators learn of posts that have just come and wait."""
    if not held:
        return
    in_order = sorted(held, key=lambda post: post.id)
    few = max(0, BURST - _came_before(session, in_order[0].id, now=now))
    _show(session, in_order[:few], which="", now=now)
    again = _count(session, in_order[few:], now=now)
    steps.plan_all(session, [*again, *_planned(in_order, now=now)])


def ask_again(session: Session, post: Post, *, now: datetime) -> None:
    """Have all moderators learn that a post waits again, where cards stand already by these."""
    which = turn(session, post.id)
    if not channel_cards.renew(session, CARD, post.id, detail=f"hold{which}", now=now):
        _show(session, [post], which=which, now=now)
    steps.plan_all(session, _planned([post], which=which, now=now))


def count_again(session: Session, list_id: int, *, now: datetime) -> None:
    """Have the cards that count brought up to date, once a minute however much is decided."""
    first, _ = _counting(session, list_id, now=now)
    if first is not None:
        steps.plan_all(session, [_recount(first, now=now)])


def _recount(post_id: int, *, now: datetime) -> steps.Plan:
    at = _minute(now)
    return steps.Plan("post.count", post_id, at, f"{at:%Y%m%dT%H%M}")


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
        post = session.get(Post, card.object_id)  # None when its time was over before
        if post is not None and post.state in WAITING:
            to = (session, card.kind, card.object_id, _MODERATORS)
            outbox.put_to_all(*to, channel=Channel.SLACK, now=now)


def _came_before(session: Session, post_id: int, *, now: datetime) -> int:
    """Count the posts that came in the minute before this one and waited; as far as matters."""
    values = {"post_id": post_id, "since": now - MINUTE}
    return int(_CAME_BEFORE.one(session, values)[0])


def _show(session: Session, held: Sequence[Told], *, which: str, now: datetime) -> None:
    for list_id in {post.list_id for post in held}:
        ids = [post.id for post in held if post.list_id == list_id]
        channel = moderators_channels.of_list(session, list_id, now=now)
        if channel:
            channel_cards.put(session, CARD, ids, channel, now=now)
        else:
            about = (session, CARD, ids, _MODERATORS)
            tellings.tell_all(*about, detail=which, channel=Channel.SLACK, now=now)


def _count(session: Session, held: Sequence[Told], *, now: datetime) -> list[steps.Plan]:
    """Have one card count the posts of a list from the first of these on, for a day.

    Where one does already, return what brings it up to date.
    """
    firsts: dict[int, Told] = {}
    for post in held:
        firsts.setdefault(post.list_id, post)
    plans = []
    for list_id, post in firsts.items():
        counting, has_readers = _counting(session, list_id, now=now)
        if counting is not None:
            plans.append(_recount(counting, now=now))
        elif channel := moderators_channels.of_list(session, list_id, now=now):
            channel_cards.put(session, COUNT, [post.id], channel, now=now)
        elif has_readers:
            about = (session, COUNT, [post.id], _MODERATORS)
            tellings.tell_all(*about, channel=Channel.SLACK, now=now)
    return plans


def _counting(session: Session, list_id: int, *, now: datetime) -> tuple[int | None, bool]:
    """Return the post from which on a card counts those of this list; None where none does.

    And whether a moderator is in Slack, who would read one.
    """
    values = {"of_list": list_id, "since": now - COUNTED}
    in_channel, in_person, has_readers = _COUNTING.one(session, values)
    firsts = [first for first in (in_channel, in_person) if first is not None]
    return max(firsts, default=None), has_readers


def _in_channel() -> Select[int]:
    query = (
        select(ChannelCard.object_id)
        .join(Post, Post.id == ChannelCard.object_id)
        .where(
            ChannelCard.kind == COUNT,
            or_(ChannelCard.state == Work.DUE, ChannelCard.state == Work.DONE),
            Post.received_at > _SINCE,
            Post.list_id == _LIST,
        )
    )
    return query.order_by(ChannelCard.object_id.desc()).limit(1)


def _in_person() -> Select[int]:
    query = (
        select(Notice.object_id)
        .join(Post, Post.id == Notice.object_id)
        .where(
            Notice.kind == COUNT,
            Notice.channel == literal_column("'slack'"),
            Notice.replaces_id.is_(None),
            Notice.due_at > _SINCE,
            Post.list_id == _LIST,
        )
    )
    return query.order_by(Notice.object_id.desc()).limit(1)


def _lately() -> Select[int]:
    before = select(Post.received_at, Post.deadline_at).where(
        Post.id < bindparam("post_id", type_=Post.id.type)
    )
    newest = before.order_by(Post.id.desc()).limit(LOOKED_AT).subquery()
    waits = (newest.c.received_at > _SINCE, newest.c.deadline_at.is_not(None))
    enough = select(newest.c.received_at).where(*waits).limit(BURST).subquery()
    return select(func.count()).select_from(enough)


# Put together once: asked for every post that waits.
_SINCE: Final = bindparam("since", type_=Moment())
_LIST: Final = bindparam("of_list", type_=Post.list_id.type)
_CAME_BEFORE: Final = Prepared(_lately())
_COUNTING: Final = Prepared(
    select(
        _in_channel().scalar_subquery(),
        _in_person().scalar_subquery(),
        _MODERATORS.where(Person.slack_id.is_not(None)).exists(),
    )
)


def _planned(held: Sequence[Told], *, which: str = "", now: datetime) -> list[steps.Plan]:
    """Plan the mail, the look whether Slack has shown them, and what happens at the deadline."""
    at = _minute(now)
    minute, later = f"{at:%Y%m%dT%H%M}", at + PATIENCE - MINUTE
    plans = []
    for list_id in sorted({post.list_id for post in held}):
        plans.append(steps.Plan("mailing_list.ask", list_id, at, minute))
        plans.append(steps.Plan("mailing_list.look", list_id, later, minute))
    ends = [(post.id, post.deadline_at) for post in held if post.deadline_at is not None]
    return plans + [steps.Plan("post.expire", post_id, end, which) for post_id, end in ends]


def _minute(now: datetime) -> datetime:
    """Return the end of this minute."""
    return now.replace(second=0, microsecond=0) + MINUTE
