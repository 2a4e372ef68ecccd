"""Mails to a list that went to one person alone, or to its coordinators, as they are read there."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from community.lists import MailingList
from community.posts import Post

#: A letter brings so much of a mail; the whole of it stays with us.
MOST_SIGNS = 20_000
#: The rule whose forwarded mails thank the author of a post.
THANKS = "thanks"


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
        size_bytes=post.size_bytes,
    )
