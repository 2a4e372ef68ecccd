"""How a post leaves its list: decided once, before the first copy, and the same for all copies.

The mail door asks `leaving`, works out what only it can (what the author's domain wants), and
settles it here; a copy that is repeated after days has the bytes of the others (D2).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ForeignKey, false, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from community import sources
from community.due import MOST_FAULTS
from community.lists import MailingList
from community.policies import Policy
from community.posts import Post
from community.sources import Source
from community.store import Base

#: A preparation that was begun so long ago has died; a younger one may be another process's.
LONGEST_PREPARATION: Final = timedelta(seconds=15)


class Departure(Base):
    """What was decided about the copies of one post."""

    __tablename__ = "departure"

    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True
    )
    #: The list stands in From, the author in Reply-To.
    is_munged: Mapped[bool]
    #: An answer goes to the list; else to the author.
    to_list: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: The lines below the post, each with its end; empty for none.
    footer: Mapped[str] = mapped_column(default="")

    @property
    def manner(self) -> "Manner":
        """Return it as a value."""
        footer = tuple(self.footer.splitlines())
        return Manner(is_munged=self.is_munged, to_list=self.to_list, footer=footer)


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How the copies of one post leave; the same for all of them."""

    #: The list stands in From, the author in Reply-To.
    is_munged: bool
    #: An answer goes to the list; else to the author.
    to_list: bool = False
    #: The lines below the post; none where it has no footer.
    footer: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Leaving:
    """A post that is about to leave, and what its list wants."""

    source: Source
    from_name: str
    #: Empty if the mail does not say plainly who wrote it.
    from_email: str
    #: What was found about its sender when it came.
    authentication: str
    policy: Policy
    released_at: datetime
    #: Empty before the first copy.
    manner: Manner | None


def begin(session: Session, post_id: int, *, excused: int, now: datetime) -> int | None:
    """Note ahead that a post is being prepared; return which try it is, None if it must wait.

    Beyond `MOST_FAULTS` the post is not to be prepared any more (D6). `excused` tries came to an
    end that says nothing against the post.
    """
    post = session.get_one(Post, post_id, with_for_update={"key_share": True})
    tries = max(0, post.preparations - excused)
    at = post.preparing_at
    if tries >= MOST_FAULTS:
        post.preparations = tries
        return None if at is not None and now - at < LONGEST_PREPARATION else tries + 1
    post.preparations, post.preparing_at = tries + 1, now
    return tries + 1


def end(session: Session, post_id: int) -> None:
    """Note that a post was prepared, or may be tried as if it were new."""
    session.execute(
        update(Post).where(Post.id == post_id).values(preparations=0, preparing_at=None)
    )


def leaving(session: Session, post_id: int) -> Leaving:
    """Return a post with what decides how it leaves, or has decided it."""
    post = session.get_one(Post, post_id)
    departure = session.get(Departure, post_id)
    return Leaving(
        source=sources.source(session, post_id),
        from_name=post.from_name,
        from_email=post.from_email,
        authentication=post.authentication,
        policy=session.get_one(MailingList, post.list_id).policy,
        released_at=post.released_at or post.received_at,
        manner=departure.manner if departure else None,
    )


def settle(session: Session, post_id: int, manner: Manner) -> Manner:
    """Keep how a post leaves and return it; of two who settle it at once the first wins."""
    session.get_one(Post, post_id, with_for_update={"key_share": True})
    departure = session.get(Departure, post_id)
    if departure is None:
        footer = "\n".join(manner.footer)
        departure = Departure(
            post_id=post_id, is_munged=manner.is_munged, to_list=manner.to_list, footer=footer
        )
        session.add(departure)
    return departure.manner
