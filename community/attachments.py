"""What came with posts: named beside them, and given out again to who may read the post
(`threads.attachment`).

The bytes stay in the mail as it came; a door takes them out when somebody asks.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ForeignKey, Index, bindparam, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from community.prepared import Prepared
from community.store import Base


@dataclass(frozen=True, kw_only=True)
class Attached:
    """One attachment of a mail, as the mail calls it: untrusted."""

    #: Without a path; empty where the mail gives none.
    name: str
    content_type: str
    #: About: it is not decoded to be counted.
    size_bytes: int


class Attachment(Base):
    """What a post brought with it."""

    __tablename__ = "attachment"
    __table_args__ = (Index("ix_attachment_post_id_number", "post_id", "number", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    #: From 1, in the order of the mail.
    number: Mapped[int]
    name: Mapped[str]
    content_type: Mapped[str]
    size_bytes: Mapped[int]


_KEPT = Prepared(
    insert(Attachment).inline(), "post_id", "number", "name", "content_type", "size_bytes"
)
_OF_POSTS = (  # every letter about a post asks
    select(Attachment)
    .where(Attachment.post_id.in_(bindparam("post_ids", expanding=True)))
    .order_by(Attachment.post_id, Attachment.number)
)


def keep(session: Session, brought: Mapping[int, Sequence[Attached]]) -> None:
    """Name what came with new posts."""
    rows = [
        {
            "post_id": post_id,
            "number": number,
            "name": each.name,
            "content_type": each.content_type,
            "size_bytes": each.size_bytes,
        }
        for post_id, attached in brought.items()
        for number, each in enumerate(attached, 1)
    ]
    _KEPT.each(session, rows)


def of_posts(session: Session, post_ids: Collection[int]) -> dict[int, tuple[Attachment, ...]]:
    """Return what came with each of some posts, in the order of the mail; nothing for most."""
    found: dict[int, tuple[Attachment, ...]] = {}
    if not post_ids:
        return found
    for each in session.scalars(_OF_POSTS, {"post_ids": list(post_ids)}):
        found[each.post_id] = (*found.get(each.post_id, ()), each)
    return found
