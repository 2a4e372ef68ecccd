"""The Slack channels in which moderators' cards stand: which list has one, and what is known of it.

A list names its channel in its policy (`moderators_channel`). Whether the channel is private, and
whether we can write there, is looked at before the first card of a day (threat 32); what is wrong
is told to the administrators once.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from community import lists, outbox, people
from community.lists import MailingList
from community.people import Role
from community.store import Base

#: So long a look at a channel counts.
LOOK_EVERY: Final = timedelta(days=1)
#: What Slack says of a channel in which we cannot write.
CLOSES: Final = ("not_in_channel", "channel_not_found", "is_archived", "restricted_action")
WATCH: Final = "moderators_channel.watch"


class Trouble(StrEnum):
    """What is wrong with a channel."""

    NONE = ""
    #: Everybody in the workspace can read it: cards leave the text of posts out.
    PUBLIC = "public"
    #: People of another organisation are in it: as public.
    SHARED = "shared"
    #: Slack does not say what it is: as public.
    UNKNOWN = "unknown"
    #: We cannot write there: moderators have direct messages.
    CLOSED = "closed"


class ModeratorsChannel(Base):
    """A channel as it was looked at last."""

    __tablename__ = "moderators_channel"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The Slack id.
    channel: Mapped[str] = mapped_column(unique=True)
    #: A `Trouble`.
    trouble: Mapped[str] = mapped_column(default="")
    #: Slack's own word for it; empty when nothing is wrong.
    reason: Mapped[str] = mapped_column(default="")
    looked_at: Mapped[datetime]


def of_list(session: Session, list_id: int, *, now: datetime) -> str:
    """Return the channel in which cards of this list are to stand now; empty for none.

    None is named, or we could not write there when we tried last, within a day.
    """
    named = lists.policy_of(session, list_id).moderators_channel
    if not named:
        return ""
    known = of(session, named)
    is_closed = known is not None and known.trouble == Trouble.CLOSED
    return "" if is_closed and not _is_stale(known, now=now) else named


def of(session: Session, channel: str) -> ModeratorsChannel | None:
    """Return what is known of a channel; None when nobody has looked yet."""
    return session.scalar(select(ModeratorsChannel).where(ModeratorsChannel.channel == channel))


def may_read_posts(session: Session, channel: str) -> bool:
    """Say whether the text of posts may stand there: only where it is known to be private."""
    known = of(session, channel)
    return known is not None and known.trouble == Trouble.NONE


def is_stale(session: Session, channel: str, *, now: datetime) -> bool:
    """Say whether a channel is to be looked at again."""
    return _is_stale(of(session, channel), now=now)


def _is_stale(known: ModeratorsChannel | None, *, now: datetime) -> bool:
    return known is None or known.looked_at <= now - LOOK_EVERY


def note(
    session: Session, channel: str, trouble: Trouble, *, reason: str = "", now: datetime
) -> ModeratorsChannel:
    """Write down what a channel is; tell the administrators when that is new and wrong."""
    known = of(session, channel)
    before = Trouble.NONE if known is None else Trouble(known.trouble)
    if known is None:
        known = ModeratorsChannel(channel=channel, looked_at=now)
        session.add(known)
    known.trouble, known.reason, known.looked_at = trouble.value, reason, now
    session.flush()
    if trouble not in (before, Trouble.NONE):
        outbox.put_to_all(
            session,
            WATCH,
            known.id,
            people.with_role(Role.ADMIN),
            detail=f"{trouble.value}{int(now.timestamp())}",
            now=now,
        )
    return known


def note_refusal(session: Session, channel: str, words: str, *, now: datetime) -> None:
    """Write down that Slack has not let us write in a channel, if that is what it said."""
    code = words.partition(":")[0]
    if code in CLOSES:
        note(session, channel, Trouble.CLOSED, reason=code, now=now)


def choose(
    session: Session,
    list_id: int,
    channel: str,
    *,
    trouble: Trouble,
    reason: str = "",
    by: int,
    now: datetime,
) -> MailingList:
    """Have the cards of a list stand in a channel that was just looked at; empty for none.

    Raises:
        Refusal: not a coordinator; no Slack id.
    """
    people.require(session, by, Role.COORDINATOR)
    change = f"moderators_channel={channel}"
    a_list = lists.set_policy(session, list_id, [change], by=by, now=now)
    session.flush()
    if channel:
        note(session, channel, trouble, reason=reason, now=now)
    return a_list


def lists_of(session: Session, channel: str) -> list[str]:
    """Return the addresses of the lists whose cards stand there."""
    return [
        each.address
        for each in lists.all_lists(session)
        if each.policy.moderators_channel == channel
    ]


def watched(session: Session, channel_id: int) -> tuple[ModeratorsChannel, list[str]]:
    """Return a channel and its lists, for the letter about what is wrong with it."""
    known = session.get_one(ModeratorsChannel, channel_id)
    return known, lists_of(session, known.channel)
