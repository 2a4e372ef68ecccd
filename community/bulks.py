"""Many decisions at once: about the posts that a moderator has marked, or about all that fit.

The marked ones are decided in one transaction. Of ten thousand a moderator decides by one row; a
step takes twenty at a time, so that nobody waits long behind it and a crash loses none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, ForeignKey, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from community import holds, moderation, people, steps
from community.cases import Decision
from community.errors import Refusal
from community.holds import IS_WAITING, Wanted
from community.lists import MailingList
from community.people import Role
from community.posts import Post
from community.store import Base

#: What can be decided about many at once; a return has a reason for each.
DECISIONS: Final = (Decision.ACCEPT, Decision.DIGEST, Decision.DISCARD)
CHUNK: Final = 20
#: How long it can be looked up what came of one; its words may name somebody.
KEPT_FOR: Final = timedelta(days=30)


class Bulk(Base):
    """One decision about all posts that fit and had come when it was taken."""

    __tablename__ = "bulk"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    decision: Mapped[str]
    #: Which posts, as `holds.Wanted`.
    list_address: Mapped[str]
    rule: Mapped[str]
    words: Mapped[str]
    #: The last post that had come, and the last that was decided.
    until_id: Mapped[int]
    reached_id: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime]
    #: How many there were, how many are done, and how many somebody else or time had decided.
    count: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    late: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None]


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What came of several decisions."""

    done: int
    #: How many were no longer to be decided.
    late: int


def decide(
    session: Session, post_ids: Sequence[int], decision: Decision, *, by: int, now: datetime
) -> Counted:
    """Decide about several posts in one transaction; those decided before stay as they are.

    Raises:
        Refusal: not a moderator; nothing that is decided about many; nothing marked.
    """
    people.require(session, by, Role.MODERATOR)
    if decision not in DECISIONS:
        raise Refusal("Return each post by itself, with its reason.")
    if not post_ids:
        raise Refusal("Mark the posts first.")
    marked = set(post_ids)
    done = moderation.decide_each(session, marked, decision, by=by, now=now)
    return Counted(done=done, late=len(marked) - done)


def decide_all(
    session: Session, wanted: Wanted, decision: Decision, *, by: int, now: datetime
) -> Bulk:
    """Have all posts decided that fit and wait at this moment; a step does it from now on.

    Raises:
        Refusal: not a moderator; nothing that is decided about many; none fits.
    """
    people.require(session, by, Role.MODERATOR)
    if decision not in DECISIONS:
        raise Refusal("Return each post by itself, with its reason.")
    fitting = select(func.max(Post.id), func.count(Post.id)).where(*_fitting(wanted))
    last, count = session.execute(fitting.join(MailingList)).one()
    if not count:
        raise Refusal("No post that waits fits.")
    bulk = Bulk(
        person_id=by,
        decision=decision.value,
        list_address=wanted.list_address,
        rule=wanted.rule,
        words=wanted.words,
        until_id=last,
        made_at=now,
        count=count,
    )
    session.add(bulk)
    session.flush()
    steps.plan(session, "bulk.carry_out", bulk.id, due_at=now)
    return bulk


def carry_out(
    session: Session, bulk_id: int, *, detail: str, due_at: datetime, now: datetime
) -> None:
    """Decide about the next few, and plan those after them; a step."""
    bulk = session.get(Bulk, bulk_id, with_for_update=True)
    if bulk is None or bulk.ended_at is not None:
        return  # ended, or whoever took it was erased, and it with them
    wanted = Wanted(list_address=bulk.list_address, rule=bulk.rule, words=bulk.words)
    next_ids = (
        select(Post.id)
        .join(MailingList)
        .where(*_fitting(wanted), Post.id > bulk.reached_id, Post.id <= bulk.until_id)
        .order_by(Post.id)
        .limit(CHUNK)
    )
    post_ids = list(session.scalars(next_ids))
    try:
        counted = decide(session, post_ids, Decision(bulk.decision), by=bulk.person_id, now=now)
    except Refusal:  # none is left, or whoever asked moderates no longer
        bulk.ended_at = now
        return
    bulk.done += counted.done
    bulk.late += counted.late
    bulk.reached_id = post_ids[-1]
    steps.plan(session, "bulk.carry_out", bulk_id, due_at=now, detail=str(bulk.reached_id))


def of_person(session: Session, bulk_id: int, *, reader_id: int) -> Bulk | None:
    """Return a bulk decision, for whoever took it."""
    bulk = session.get(Bulk, bulk_id)
    return bulk if bulk is not None and bulk.person_id == reader_id else None


def forget_old(session: Session, *, now: datetime) -> None:
    """Forget decisions that were carried out long ago; the journal knows of each post."""
    session.execute(delete(Bulk).where(Bulk.ended_at <= now - KEPT_FOR))


def _fitting(wanted: Wanted) -> list[ColumnElement[bool]]:
    return [IS_WAITING, *holds.matching(wanted)]
