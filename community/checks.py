"""What must be true of the rows of posts and of what is due: one SELECT for each rule broken (A5).

Pure: each makes a SELECT of the ids of the rows that break it. `conservation.py` asks them. Many of
them the database itself forbids; that is how a restored or repaired one is known to be whole.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    Integer,
    Select,
    String,
    Subquery,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import ColumnElement

from community import due
from community.digests import Digest
from community.due import Work
from community.ends import DIGEST
from community.errors import N_
from community.fanouts import DigestEntry
from community.journal import Entry
from community.lifecycle import LIVES
from community.outbox import Delivery, Notice
from community.posts import ON_ITS_WAY, Post, PostSource
from community.steps import Step
from community.store import Base

#: A row that still waits this long after its moment has missed the end of its retries.
TOO_LATE: Final = due.GIVE_UP_AFTER + timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What is looked at: everything, or what begins with these ids."""

    #: Who waits since before that moment waits too long.
    late: datetime | BindParameter[datetime]
    post: int | BindParameter[int] = 0
    notice: int | BindParameter[int] = 0
    step: int | BindParameter[int] = 0
    digest: int | BindParameter[int] = 0


#: To make a SELECT once and ask it about any scope, whose values are its parameters.
ANY: Final = Scope(
    late=bindparam("late", type_=Post.received_at.type),
    post=bindparam("post", type_=Integer()),
    notice=bindparam("notice", type_=Integer()),
    step=bindparam("step", type_=Integer()),
    digest=bindparam("digest", type_=Integer()),
)


@dataclass(frozen=True, kw_only=True)
class Check:
    """One rule: how rows that break it are found, what that means, and what to do about it."""

    broken: Callable[[Scope], Select[int]]
    #: English sentences for `texts.say`.
    words: str
    mend: str


def there(scope: Scope) -> Subquery:
    """Count the deliveries of each post, and the people who have one."""
    return (
        select(
            Delivery.post_id,
            func.count().label("rows"),
            func.count(Delivery.person_id.distinct()).label("people"),
        )
        .where(Delivery.post_id >= scope.post)
        .group_by(Delivery.post_id)
        .subquery()
    )


def _state(scope: Scope) -> Select[int]:
    known = LIVES[Post.__tablename__].states
    return _posts(scope).where(Post.state.not_in(known))


def _journal(scope: Scope) -> Select[int]:
    last = (
        select(Entry.object_id, func.max(Entry.id).label("id"))
        .where(Entry.noun == Post.__tablename__, Entry.new.is_not(None))
        .where(Entry.object_id >= scope.post)
        .group_by(Entry.object_id)
        .subquery()
    )
    query = _posts(scope).outerjoin(last, last.c.object_id == Post.id)
    query = query.outerjoin(Entry, Entry.id == last.c.id)
    return query.where(or_(Entry.id.is_(None), Entry.new != Post.state))


def _source(scope: Scope) -> Select[int]:
    # The posts of people who were erased have neither bytes nor a sender; removed ones no bytes.
    is_named = or_(Post.from_email != "", Post.sender != "") & (Post.state != "removed")
    kept = select(PostSource.post_id).where(PostSource.post_id == Post.id)
    return _posts(scope).where(is_named, ~exists(kept))


def _missing(scope: Scope) -> Select[int]:
    found = there(scope)
    query = _posts(scope).outerjoin(found, found.c.post_id == Post.id)
    return query.where(Post.copies > func.coalesce(found.c.rows, 0))


def _double(scope: Scope) -> Select[int]:
    found = there(scope)
    too_many = or_(found.c.rows > found.c.people, Post.copies < found.c.rows)
    return _posts(scope).join(found, found.c.post_id == Post.id).where(too_many)


def _early(scope: Scope) -> Select[int]:
    out = select(Delivery.id).where(Delivery.post_id == Post.id)
    return _posts(scope).where(Post.state.not_in(("released", "removed")), exists(out))


def _both(scope: Scope) -> Select[int]:
    same = and_(
        DigestEntry.post_id == Delivery.post_id, DigestEntry.person_id == Delivery.person_id
    )
    query = select(Delivery.id).join(DigestEntry, same).where(Delivery.post_id >= scope.post)
    return query.order_by(Delivery.id)


def _stuck(scope: Scope) -> Select[int]:
    ends = [
        and_(Post.state == ON_ITS_WAY, ~_is_due("post.release")),
        and_(Post.state == "held", Post.deadline_at.is_not(None), ~_is_due("post.expire")),
    ]
    return _posts(scope).where(or_(*ends))


def _is_due(action: str) -> ColumnElement[bool]:
    mine = (Step.action == action, Step.object_id == Post.id, Step.next_at.is_not(None))
    return exists(select(Step.id).where(*mine))


def _settled(model: type[Delivery | Notice | Step], mine: ColumnElement[bool]) -> Select[int]:
    is_due = model.state == Work.DUE
    waits, is_over = model.next_at.is_not(None), model.settled_at.is_not(None)
    wrong = or_(and_(is_due, ~waits), and_(~is_due, waits), and_(is_due, is_over),
                and_(~is_due, ~is_over))  # fmt: skip
    return select(model.id).where(mine, wrong).order_by(model.id)


def _late(model: type[Delivery | Notice], scope: Scope) -> Select[int]:
    # By the partial index over what waits, which is short.
    late = (model.next_at.is_not(None), model.due_at < scope.late)
    return select(model.id).where(*late).order_by(model.id)


def _objectless(scope: Scope) -> Select[int]:
    known: Mapping[str, Any] = Base.metadata.tables
    gone = [
        and_(
            Step.action.startswith(f"{noun}.", autoescape=True),
            ~exists(select(known[noun].c.id).where(known[noun].c.id == Step.object_id)),
        )
        for noun in LIVES
        if noun in known
    ]
    return select(Step.id).where(Step.next_at.is_not(None), or_(*gone)).order_by(Step.id)


def _unsaid(scope: Scope) -> Select[int]:
    key = literal(f"{DIGEST}:") + cast(Digest.id, String) + "::" + cast(Digest.person_id, String)
    said = select(Notice.id).where(Notice.key == key + ":mail")
    query = select(Digest.id).where(Digest.id >= scope.digest, ~exists(said))
    return query.order_by(Digest.id)


def _foreign(scope: Scope) -> Select[int]:
    entry = aliased(DigestEntry)
    query = select(Digest.id).join(entry, entry.digest_id == Digest.id)
    another = entry.person_id != Digest.person_id
    return query.where(Digest.id >= scope.digest, another).distinct().order_by(Digest.id)


def _posts(scope: Scope) -> Select[int]:
    return select(Post.id).where(Post.id >= scope.post).order_by(Post.id)


_RESTORE: Final = N_("Restore the last good backup beside it and compare; keep this one.")
_REPORT: Final = N_("This is a bug or a repair by hand. Keep a copy of the database and report it.")
_RUNNING: Final = N_("Look whether the roles worker and clock run, and at “samband outbox”.")

#: Every check by its name: the noun whose ids it gives, and what is wrong with it.
CHECKS: Final[Mapping[str, Check]] = {
    "post.state": Check(
        broken=_state, words=N_("Posts in a state that does not exist."), mend=_REPORT
    ),
    "post.journal": Check(
        broken=_journal, words=N_("Posts whose state the journal does not explain."), mend=_REPORT
    ),
    "post.source": Check(
        broken=_source, words=N_("Posts without the mail as it came."), mend=_RESTORE
    ),
    "post.missing": Check(
        broken=_missing, words=N_("Posts of which deliveries are missing."), mend=_RESTORE
    ),
    "post.double": Check(broken=_double, words=N_("Posts that somebody gets twice."), mend=_REPORT),
    "post.early": Check(
        broken=_early, words=N_("Posts that go out although they were not released."), mend=_REPORT
    ),
    "post.stuck": Check(
        broken=_stuck,
        words=N_("Posts that wait for a moment that is not planned."),
        mend=N_("A moderator can still decide about held posts. Report the others."),
    ),
    "delivery.both": Check(
        broken=_both,
        words=N_("Deliveries to somebody who gets the same post in a digest too."),
        mend=_REPORT,
    ),
    "delivery.settled": Check(
        broken=lambda scope: _settled(Delivery, Delivery.post_id >= scope.post),
        words=N_("Deliveries that are neither waiting nor over."),
        mend=_REPORT,
    ),
    "notice.settled": Check(
        broken=lambda scope: _settled(Notice, Notice.id >= scope.notice),
        words=N_("Letters that are neither waiting nor over."),
        mend=_REPORT,
    ),
    "step.settled": Check(
        broken=lambda scope: _settled(Step, Step.id >= scope.step),
        words=N_("Steps that are neither waiting nor over."),
        mend=_REPORT,
    ),
    "delivery.late": Check(
        broken=lambda scope: _late(Delivery, scope),
        words=N_("Deliveries that wait longer than any may."),
        mend=_RUNNING,
    ),
    "notice.late": Check(
        broken=lambda scope: _late(Notice, scope),
        words=N_("Letters that wait longer than any may."),
        mend=_RUNNING,
    ),
    "step.object": Check(
        broken=_objectless, words=N_("Steps about something that is not there."), mend=_REPORT
    ),
    "digest.notice": Check(
        broken=_unsaid, words=N_("Digests that were made and are never sent."), mend=_REPORT
    ),
    "digest.entry": Check(
        broken=_foreign,
        words=N_("Digests with posts that were collected for another."),
        mend=_REPORT,
    ),
}
#: Found by hashing, not by a SELECT: the mail is not the one that came (A6).
DAMAGED: Final = "post.bytes"
WORDS: Final[Mapping[str, tuple[str, str]]] = {
    **{name: (check.words, check.mend) for name, check in CHECKS.items()},
    DAMAGED: (N_("Posts whose bytes are not those that came."), _RESTORE),
}
