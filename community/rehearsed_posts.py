"""What a policy would have done with the last posts of a list, beside what happened to them.

Asked before a policy is saved. Reads the columns that the rules look at and no mail's bytes:
suspect headers are those that were looked for when a post came. The counts before the first day are
kept by letting the week before it pass as it did. What was refused then is not kept, and not here.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from community import hearings, judgements, subscriptions, topics
from community.attachments import Attachment
from community.cases import Author, Decision, PostFacts
from community.judgements import Judgement, Value
from community.lists import MailingList
from community.policies import Policy
from community.posts import HOUSE, LOST, WAITING, Post
from community.rehearsals import Rehearsal, Sums
from community.replays import Mail, Replay
from community.standings import STRANGER
from community.store import calendar_of
from community.threads import SHOWN

DAYS: Final = 90
#: So many posts are judged while somebody waits for a page.
MOST_AT_ONCE: Final = 2000
#: Longer than a week and a day: what was queued before it has been published since.
_WARM_UP: Final = timedelta(days=9)
#: What a moderator, or the end of the hold, has made of a post that waited; others wait still.
_ENDS: Final = {
    "releasing": Decision.ACCEPT,
    "released": Decision.ACCEPT,
    "queued": Decision.DIGEST,
    "digested": Decision.DIGEST,
    "returned": Decision.RETURN,
    "discarded": Decision.DISCARD,
}

Seen = TypeVar("Seen", PostFacts, Author)
#: What is taken for true of posts that came before anything was kept.
_PLAIN: Final = PostFacts(
    is_unreadable=False, is_loop=False, is_automatic=False, from_addresses=(), is_reply=False
)
_MEMBER: Final = replace(STRANGER, is_subscriber=True)


@dataclass(frozen=True, kw_only=True)
class Change:
    """A post that would have fared otherwise."""

    post_id: int
    subject: str
    #: The list has had it; else its subject is for moderators alone.
    is_out: bool
    came_at: datetime
    was: Decision
    would: Decision
    #: Which rule would have spoken; `accepted` if none.
    rule: str


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What happened to the posts of some days, and what would have under a policy."""

    days: int
    was: Rehearsal
    would: Rehearsal
    #: In order of arrival.
    changes: tuple[Change, ...]


def of_late(
    session: Session, list_id: int, policy: Policy, *, now: datetime, most: int = MOST_AT_ONCE
) -> Comparison:
    """Rehearse a policy on the last days; on fewer where more posts came, as `days` says."""
    beyond = (
        select(Post.received_at)
        .where(Post.list_id == list_id, Post.received_at > now - timedelta(days=DAYS))
        .where(Post.received_at <= now)
        .order_by(Post.received_at.desc())
        .offset(most)
        .limit(1)
    )
    first_left_out = session.scalar(beyond)
    days = DAYS if first_left_out is None else max(1, (now - first_left_out).days)
    return compare(session, list_id, policy, now=now, days=days)


def compare(
    session: Session, list_id: int, policy: Policy, *, now: datetime, days: int = DAYS
) -> Comparison:
    """Rehearse a policy on the posts of the last days."""
    calendar, since = calendar_of(session), now - timedelta(days=days)
    replay, was, would = Replay(policy, calendar), Sums(calendar), Sums(calendar)
    changes: list[Change] = []
    brought = _endings(session, list_id, since=since - _WARM_UP)
    for row in _posts(session, list_id, since=since - _WARM_UP, until=now):
        judgement = judgements.read(row.judgement)
        decision = judgement.decision if judgement else _ENDS.get(row.state, Decision.HOLD)
        mail = _mail(row, judgement, decision, file_endings=brought[row.id])
        if mail.came_at < since:
            replay.note(mail, decision)
            continue
        judged = replay.judge(mail)
        verdict, reached = judged.verdict, judged.contained_to
        then = (reached or 0) if mail.post.is_contained else None
        was.add(mail, decision, row.rule, contained_to=then)
        would.add(mail, verdict.decision, verdict.rule, contained_to=reached)
        if verdict.decision is not decision:
            changes.append(
                Change(
                    post_id=row.id,
                    subject=row.subject,
                    is_out=row.state in SHOWN,
                    came_at=row.received_at,
                    was=decision,
                    would=verdict.decision,
                    rule=verdict.rule,
                )
            )
    members = subscriptions.count_subscribers(session, list_id)
    # The first days may have been before there was a list: there were no mails a week then.
    begun = max(since, session.get_one(MailingList, list_id).created_at)
    return Comparison(
        days=days,
        was=was.total(since=begun, until=now, members=members),
        would=would.total(since=begun, until=now, members=members),
        changes=tuple(changes),
    )


def _posts(
    session: Session, list_id: int, *, since: datetime, until: datetime
) -> Iterator[Row[Any]]:
    """Give the posts that the rules judged; what its author took back is not counted."""
    query = (
        select(
            Post.id,
            Post.received_at,
            Post.thread_id,
            Post.author_id,
            Post.from_email,
            Post.subject,
            Post.came_as,
            Post.state,
            Post.rule,
            Post.judgement,
            Post.decided_at,
            Post.said,
        )
        .where(
            Post.list_id == list_id,
            Post.received_at >= since,
            Post.received_at <= until,
            Post.state != "withdrawn",
            Post.rule.not_in((LOST, HOUSE)),
        )
        .order_by(Post.received_at, Post.id)
    )
    yield from session.execute(query)


def _endings(
    session: Session, list_id: int, *, since: datetime
) -> defaultdict[int, tuple[str, ...]]:
    """Return of which kinds the files are that came with posts; judgements name no files."""
    query = (
        select(Attachment.post_id, Attachment.name)
        .join(Post, Post.id == Attachment.post_id)
        .where(Post.list_id == list_id, Post.received_at >= since)
        .order_by(Attachment.post_id, Attachment.number)
    )
    found: defaultdict[int, tuple[str, ...]] = defaultdict(tuple)
    for post_id, name in session.execute(query):
        found[post_id] += (hearings.ending(name),)
    return found


def _mail(
    row: Row[Any],
    judgement: Judgement | None,
    decision: Decision,
    *,
    file_endings: tuple[str, ...],
) -> Mail:
    seen = judgement.seen if judgement else {}
    # A post says nothing plainly of who wrote it: its author's name alone would not say so.
    senders = () if row.rule == "sender" else (row.from_email,)
    marked = topics.read(row.subject if row.came_as is None else row.came_as) is not None
    waited = decision in WAITING
    return Mail(
        number=row.id,
        came_at=row.received_at,
        thread=row.thread_id,
        writer=str(row.author_id or row.from_email),
        post=replace(
            _as_seen(_PLAIN, seen),
            from_addresses=senders,
            file_endings=file_endings,
            has_topic=marked,
        ),
        author=_as_seen(_MEMBER, seen),
        said=row.said,
        settled=_ENDS.get(row.state, Decision.HOLD) if waited else Decision.ACCEPT,
        settled_at=row.decided_at if waited else None,
    )


def _as_seen(usual: Seen, seen: Mapping[str, Value]) -> Seen:
    """Return facts as the rules saw them; as usual where a post is older than what it keeps."""
    known = {each.name: seen[each.name] for each in fields(usual) if each.name in seen}
    return replace(usual, **known)  # type: ignore[arg-type]  # it was written from such facts
