"""Who of the moderators is looking at a held post: shown to the others, and over by itself.

A claim is a courtesy and no lock: whoever decides first decides (moderation.py).
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, Session, mapped_column

from community import channel_cards, journal, people
from community.errors import Refusal
from community.people import Person, Role
from community.posts import Post
from community.store import Base

#: So long a claim is shown to the others.
HOLDS: Final = timedelta(minutes=30)
STATES: Final = ("held", "quarantined")


class Claim(Base):
    """One moderator's word that they look at one post."""

    __tablename__ = "claim"

    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    until: Mapped[datetime]


def claim(session: Session, post_id: int, *, by: int, now: datetime) -> Claim:
    """Say that a moderator looks at a held post; said again it holds for longer.

    Raises:
        Refusal: not a moderator; it waits no longer; somebody else looks at it.
    """
    people.require(session, by, Role.MODERATOR)
    post = session.get(Post, post_id, with_for_update=True)
    if post is None or post.state not in STATES:
        raise Refusal("This post does not wait for a moderator (any more).")
    known = session.get(Claim, post_id)
    if known is None:
        known = Claim(post_id=post_id, person_id=by, until=now + HOLDS)
        session.add(known)
    elif known.person_id != by and known.until > now:
        other = session.get_one(Person, known.person_id).name
        raise Refusal("{name} is looking at it until {when}.", name=other, when=known.until)
    known.person_id, known.until = by, now + HOLDS
    journal.write(session, "post", post_id, "claim", by=by, now=now)
    which = f"claim{by}-{int(now.timestamp())}"
    channel_cards.renew(session, "post.hold", post_id, detail=which, now=now)
    return known
