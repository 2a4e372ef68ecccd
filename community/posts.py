"""Posts to a list and the threads they are in, as they are kept.

They come in by `arrivals.py`. Their bytes are kept as they came and are what subscribers get; how
they leave is in `releases.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    Select,
    UniqueConstraint,
    and_,
    bindparam,
    false,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from community import journal, lifecycle
from community.cases import Decision, Proof
from community.containment import Reach, SoFar
from community.store import Base

#: What has been accepted and is still in its grace; it counts as sent already.
ON_ITS_WAY = "releasing"
#: What has been released is in one of these, also what was removed later.
GONE = ("released", "digested", "removed")
#: The door by which most posts come.
BY_MAIL = "mail"
#: Newer than the id of any post.
NEWER = 2**31 - 1
#: The decisions after which a post waits for a moderator.
WAITING = (Decision.HOLD, Decision.QUARANTINE)
#: What those are: the condition of an index.
WAITS = "state IN ('held', 'quarantined')"
#: Those that say enough to be told apart by it: the condition of another.
SPEAKS = "said IS NOT NULL"
#: Those that are out: the condition of a third, into which no post is put that only waits.
IS_OUT = "released_at IS NOT NULL"
#: What brings a post back to the moderators after it was settled.
AGAIN = ("post.stop", "post.reopen")
#: The rule that returns an answer to a digest that does not say which post it answers.
LOST = "digest_reply"
#: What stands for a rule where the house itself wrote; no rule was asked, and no budget counts it.
HOUSE = "house"


class Thread(Base):
    """Posts that answer one another."""

    __tablename__ = "thread"
    __table_args__ = (
        CheckConstraint("reach IN ('', 'all', 'followers')", name="reach"),
        Index("ix_thread_list_id_topic", "list_id", "topic"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("mailing_list.id", ondelete="CASCADE"))
    subject: Mapped[str]
    started_at: Mapped[datetime]
    #: Codes of fields with blanks between: its posts go to people of these and related ones alone.
    fields: Mapped[str] = mapped_column(default="", server_default="")
    #: A `Topic` (topics.py), as its first subject is marked or a moderator has chosen; empty: none.
    topic: Mapped[str] = mapped_column(default="", server_default="")
    #: A `Reach`; a moderator chooses it.
    reach: Mapped[str] = mapped_column(default=Reach.POLICY.value, server_default="")
    #: When a moderator closed it: it takes no more answers (closures.py).
    closed_at: Mapped[datetime | None]


#: What posts are told apart by when they are counted.
COUNTED = ("state", "is_reply")


class Post(Base):
    """One mail to a list, in exactly one state."""

    __tablename__ = "post"
    __table_args__ = (
        CheckConstraint(lifecycle.allowed("post"), name="state"),
        UniqueConstraint("list_id", "fingerprint"),
        Index("ix_post_list_id_state", "list_id", "state"),
        # All that the rules ask of a list's and an author's posts: no post is read for it.
        Index(
            "ix_post_list_id_released_at",
            *("list_id", "released_at", *COUNTED, "is_contained", "fields"),
            sqlite_where=text(IS_OUT),
            postgresql_where=text(IS_OUT),
        ),
        Index("ix_post_author_id_list_id", "author_id", "list_id", *COUNTED, "released_at"),
        Index("ix_post_list_id_message_id", "list_id", "message_id"),
        # The archive's pages and search walk it from the newest on, and read no post for it.
        Index("ix_post_list_id_received_at", "list_id", "received_at", "thread_id", "state"),
        # A search over several lists walks all of them at once.
        Index("ix_post_received_at", "received_at", "id", "list_id", "thread_id", "state"),
        # A thread is summed up, and its newest post found, without reading its posts.
        Index("ix_post_thread_id_received_at", "thread_id", "received_at", "state", "id"),
        # Whether the same came a moment ago, asked of every mail.
        Index(
            "ix_post_said",
            *("list_id", "said", "received_at"),
            sqlite_where=text(SPEAKS),
            postgresql_where=text(SPEAKS),
        ),
        # What is in its grace, which the rules count for every mail: always few.
        Index(
            "ix_post_on_its_way",
            *("list_id", "is_contained", "fields", "is_reply", "author_id", "state"),
            sqlite_where=text(f"state = '{ON_ITS_WAY}'"),
            postgresql_where=text(f"state = '{ON_ITS_WAY}'"),
        ),
        # The moderators' queue, in order of arrival; counting it by list and rule reads no post.
        Index(
            "ix_post_waits",
            *("id", "list_id", "rule"),
            sqlite_where=text(WAITS),
            postgresql_where=text(WAITS),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("mailing_list.id", ondelete="CASCADE"))
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    state: Mapped[str]
    #: The envelope sender; empty for the null sender.
    sender: Mapped[str]
    from_name: Mapped[str]
    from_email: Mapped[str]
    #: Whether it comes from the domain of `from_email` (a Proof), which domain vouches or objects,
    #: and what was found: `spf=pass dkim=none dmarc=fail`. By our own mail server; see running.md.
    proof: Mapped[str] = mapped_column(default=Proof.UNKNOWN, server_default="unknown")
    proof_domain: Mapped[str] = mapped_column(default="", server_default="")
    authentication: Mapped[str] = mapped_column(default="", server_default="")
    #: By which door it came; what came by chat is answered where its author hears from us.
    door: Mapped[str] = mapped_column(default=BY_MAIL, server_default=BY_MAIL)
    message_id: Mapped[str]
    #: SHA-256 over sender, Message-ID and canonical bytes: the same mail twice is one post (A4).
    fingerprint: Mapped[str]
    subject: Mapped[str]
    #: The subject as it came, where a moderator has given another, or it was a digest’s; the bytes
    #: stay as they are.
    came_as: Mapped[str | None]
    #: The readable text, for cards, digests and the thread's page.
    text: Mapped[str]
    #: What posts have alike that say the same (repeats.py).
    said: Mapped[str | None]
    size_bytes: Mapped[int]
    received_at: Mapped[datetime]
    #: Which rule spoke when it came, or `accepted`.
    rule: Mapped[str]
    #: Which rules were asked when it came, what each said, and by what they went (judgements.py).
    judgement: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    #: How often its copies were begun to be prepared and it never came to an end, and when last.
    preparations: Mapped[int] = mapped_column(default=0, server_default="0")
    preparing_at: Mapped[datetime | None]
    #: Until when it waits for a moderator.
    deadline_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    #: What the moderator wrote to the author.
    reason: Mapped[str] = mapped_column(default="")
    #: Which of the house's own reasons was given (moderation.CANNED); empty for none.
    canned: Mapped[str] = mapped_column(default="", server_default="")
    released_at: Mapped[datetime | None]
    #: It answers a post that was there when it came.
    is_reply: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: As those of its thread; also for one answer that its author sent no further.
    fields: Mapped[str] = mapped_column(default="", server_default="")
    #: It went to those who write in its thread or follow it; the others got a line in a digest.
    is_contained: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: How many deliveries were put at its release, less those of people who were erased since.
    copies: Mapped[int | None]


class Told(Protocol):
    """A post as those need it who tell of it: a stored one, or one that was just put."""

    id: int
    list_id: int
    author_id: int | None
    from_name: str
    from_email: str
    proof: str
    door: str
    subject: str
    text: str
    rule: str
    deadline_at: datetime | None
    decided_by: int | None


@dataclass(kw_only=True, slots=True)
class NewPost:
    """A post that was put a moment ago, and about which nobody has decided."""

    id: int
    list_id: int
    author_id: int | None
    from_name: str
    from_email: str
    proof: str
    door: str
    subject: str
    text: str
    rule: str
    deadline_at: datetime | None
    decided_by: int | None = None


class PostSource(Base):
    """The bytes of a post as they came; apart, so that listing posts does not read them."""

    __tablename__ = "post_source"

    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True
    )
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    #: Of `raw`, in hex: shows that the bytes are still those that came (A6); empty where unknown.
    sha256: Mapped[str] = mapped_column(default="", server_default="")


def so_far(
    session: Session, thread_id: int, *, author_id: int | None = None, before: int = NEWER
) -> SoFar:
    """Return how far a thread has come before a post of this author, or until now."""
    values = {"thread_id": thread_id, "before": before}
    reach, gone, since, starter_id = session.connection().execute(_SO_FAR, values).one()
    is_own = author_id is not None and author_id == starter_id
    return SoFar(gone=gone, since=since, is_own=is_own, reach=Reach(reach))


_THREAD = bindparam("thread_id", type_=Thread.id.type)
_BEFORE = bindparam("before", type_=Post.id.type)
#: The posts of a thread that are out, or on their way and came before another.
_AHEAD = (
    Post.thread_id == _THREAD,
    or_(Post.released_at.is_not(None), and_(Post.state == ON_ITS_WAY, Post.id < _BEFORE)),
)
_SO_FAR = select(
    Thread.reach,
    select(func.count()).select_from(Post).where(*_AHEAD).scalar_subquery(),
    select(func.min(Post.released_at, type_=Post.released_at.type))
    .where(*_AHEAD)
    .scalar_subquery(),
    select(Post.author_id)
    .where(Post.thread_id == _THREAD)
    .order_by(Post.id)
    .limit(1)
    .scalar_subquery(),
).where(Thread.id == _THREAD)


def writers(thread_id: int) -> Select[int]:
    """Select who has written in a thread what went out."""
    gone = (Post.thread_id == thread_id, Post.released_at.is_not(None))
    authors = select(Post.author_id).where(*gone, Post.author_id.is_not(None))
    return authors  # type: ignore[return-value]  # noqa: RET504 - none is left without


def turn(session: Session, post_id: int) -> str:
    """Tell apart what is due to a post again after it came back: "", then "2", "3"."""
    return turns(session, [post_id])[post_id]


def turns(session: Session, post_ids: Sequence[int]) -> dict[int, str]:
    """Return the `turn` of each of these posts."""
    post = journal.Entry.object_id
    query = select(post, func.count()).where(
        journal.Entry.noun == "post", post.in_(post_ids), journal.Entry.event.in_(AGAIN)
    )
    times = dict(session.execute(query.group_by(post)).all())
    return {each: str(times[each] + 1) if each in times else "" for each in post_ids}
