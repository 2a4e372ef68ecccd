"""The bytes of a post as they are sent on: read with their hash, so that no other bytes go out."""

import hashlib
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from community.lists import MailingList
from community.posts import Post, PostSource


class Damaged(Exception):
    """The bytes of a post are not those that came (A6); restore them from a backup."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """A post as it is sent on."""

    post_id: int
    list_id: int
    list_address: str
    message_id: str
    raw: bytes
    #: The subject that a moderator has given it; None where it leaves with its own.
    subject: str | None = None


def source(session: Session, post_id: int) -> Source:
    """Return the bytes of a post and the list it went to.

    Raises:
        Damaged: the bytes have changed since they came.
    """
    row = session.execute(
        select(Post, MailingList.address, PostSource)
        .join(MailingList, MailingList.id == Post.list_id)
        .join(PostSource, PostSource.post_id == Post.id)
        .where(Post.id == post_id)
    ).one()
    post, address, kept = row
    if not is_whole(kept.raw, kept.sha256):
        raise Damaged(f"post {post_id}")
    return Source(
        post_id=post.id,
        list_id=post.list_id,
        list_address=address,
        message_id=post.message_id,
        raw=kept.raw,
        subject=None if post.came_as is None else post.subject,
    )


def is_whole(raw: bytes, sha256: str) -> bool:
    """Say whether bytes have this hash; of mails from before hashes were kept nobody knows."""
    return not sha256 or hashlib.sha256(raw).hexdigest() == sha256
