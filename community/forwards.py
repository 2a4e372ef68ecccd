"""Mails to a list that go to one person alone, or to its coordinators, and as they are read there.

What their authors hear is in `author_letters.py` and, of whom nobody here knows, `outsiders.py`.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from community import outbox, people
from community.lists import MailingList
from community.outbox import Channel
from community.people import Role
from community.posts import Post, Told

#: A letter brings so much of a mail; the whole of it stays with us.
MOST_SIGNS = 20_000
#: The rule whose forwarded mails thank the author of a post.
THANKS = "thanks"
#: Who gets what people outside write, where it goes to no list: the first role that anybody has.
LOOKS_AFTER = (Role.COORDINATOR, Role.MODERATOR, Role.ADMIN)


@dataclass(frozen=True, kw_only=True)
class Forwarded:
    """A mail to a list that does not concern everybody."""

    post_id: int
    list_id: int
    list_address: str
    subject: str
    from_name: str
    from_email: str
    text: str
    #: Whether it only thanks somebody.
    is_thanks: bool
    #: Whether people whom nobody here knows can join the list.
    takes_guests: bool
    size_bytes: int


def shown(session: Session, post_id: int) -> Forwarded:
    """Return a mail as those read it whom it concerns."""
    post = session.get_one(Post, post_id)
    a_list = session.get_one(MailingList, post.list_id)
    return Forwarded(
        post_id=post.id,
        list_id=a_list.id,
        list_address=a_list.address,
        subject=post.subject,
        from_name=post.from_name,
        from_email=post.from_email,
        text=post.text[:MOST_SIGNS],
        is_thanks=post.rule == THANKS,
        takes_guests=a_list.policy.guests != "reject",
        size_bytes=post.size_bytes,
    )


def forward(session: Session, post: Told, thanked: int | None, *, now: datetime) -> None:
    """Send a post to one person alone; without one, to those who look after the list."""
    mail = Channel.MAIL
    if thanked is not None:
        outbox.put(session, "post.forward", post.id, thanked, channel=mail, now=now)
        return
    for role in LOOKS_AFTER:
        whom = people.with_role(role)
        if session.scalar(whom.limit(1)) is not None:
            break
    outbox.put_to_all(session, "post.forward", post.id, whom, channel=mail, now=now)
