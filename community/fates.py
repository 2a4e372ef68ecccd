"""What became of a post: who has it, who gets it later, who does not and why, and who decided.

For moderators, coordinators and administrators everything; for its author the counts, the rules and
the reason, without anybody else's name or address. Counted by the database: 50,000 deliveries are a
few rows here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import String, case, cast, func, literal, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from community import attachments, ends, journal, judgements, meters, withdrawals
from community.attachments import Attachment
from community.due import Work
from community.ends import DIGEST, End
from community.fanouts import DigestEntry
from community.judgements import Judgement
from community.lists import MailingList
from community.meters import Meter
from community.outbox import Delivery, Notice
from community.people import Person, Reader, Role
from community.posts import Post
from community.threads import SHOWN, Unseen, moderates

#: Who sees everything about every post.
STAFF: Final = frozenset({Role.MODERATOR, Role.COORDINATOR, Role.ADMIN})
#: What is shown besides the changes of state; what moderators do among themselves is theirs.
BESIDES: Final = frozenset({"post.claim", "post.edit"})
OURS: Final = frozenset({"post.trust", "post.ban", "post.note", "post.retry", "post.drop"})
#: At most so many people are named; the counts are of all.
MOST_NAMED: Final = 200
#: What the relay’s answers are told apart by, before they are put together.
_PREFIX: Final = 9
_CODE: Final = re.compile(r"([245]\d\d)(?:[ -]([245]\.\d{1,3}\.\d{1,3})\b)?")


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One kind of answer of the relay, and how many deliveries it was given to."""

    #: An `End`.
    end: str
    #: Such as `550 5.1.1`; empty where there was no answer.
    code: str
    count: int
    #: One of the answers in full; empty for who may not see other people's addresses.
    example: str


@dataclass(frozen=True, kw_only=True)
class Troubled:
    """Somebody whose copy did not simply go out."""

    delivery_id: int
    name: str
    email: str
    #: An `End`.
    end: str
    reply: str
    attempts: int
    is_in_doubt: bool


@dataclass(frozen=True, kw_only=True)
class StateChange:
    """A change of state, from the journal."""

    at: datetime
    #: `post.accept`.
    event: str
    #: A state; empty where the post stayed in its own.
    new: str
    #: Empty when time did it, or for who may not know.
    who: str
    #: Whether a person did it.
    is_by_person: bool
    #: `slack`, `mail`, `web`, `time`, `command`, or empty where nobody noted it.
    door: str


@dataclass(frozen=True, kw_only=True)
class Fate:
    """What became of one post, as one reader may see it."""

    post_id: int
    list_address: str
    #: Empty for who may not read the post.
    subject: str
    state: str
    since: datetime
    received_at: datetime
    size_bytes: int
    released_at: datetime | None
    #: When its grace ends; empty unless it still runs.
    leaves_at: datetime | None
    deadline_at: datetime | None
    #: What the moderator wrote to the author.
    reason: str
    #: To whose people and those of related fields it goes alone; empty: to all.
    fields: tuple[str, ...]
    #: Deliveries by `End`; every end is there.
    copies: Mapping[str, int]
    #: Of those that wait: how many were tried before.
    retried: int
    #: How many may have a copy of which we were never told, or a second one.
    in_doubt: int
    #: Readers of digests: for whom it waits, in how many it is on its way, sent, and never will be.
    to_collect: int
    collected: int
    collected_sent: int
    collected_lost: int
    replies: tuple[Reply, ...]
    people: tuple[Troubled, ...]
    events: tuple[StateChange, ...]
    #: None for a post from before it was kept.
    judgement: Judgement | None
    #: What was left of the list's budget after it.
    meter: Meter | None
    #: How many get or got a line about its thread instead of the post.
    lines: int
    #: None for who may not read the post.
    attachments: tuple[Attachment, ...]
    #: Whether the reader sees everything.
    is_whole: bool


def of(session: Session, post_id: int, *, reader: Reader | None, now: datetime) -> Fate:
    """Return what became of a post; `reader` is None for whoever runs the service.

    Raises:
        Unseen: there is none, or it is not for this reader.
    """
    post = session.get(Post, post_id)
    if post is None:
        raise Unseen
    is_whole = reader is None or bool(reader.roles & STAFF)
    if reader is not None and not is_whole and post.author_id != reader.person_id:
        raise Unseen
    is_own = reader is not None and post.author_id == reader.person_id
    reads = reader is None or is_own or moderates(reader) or post.state in SHOWN
    copies, retried, in_doubt = _copies(session, post_id, now=now)
    to_collect, collected, sent, lost, lines = _collected(session, post_id)
    events = _events(session, post_id, is_whole=is_whole)
    return Fate(
        post_id=post.id,
        list_address=session.get_one(MailingList, post.list_id).address,
        subject=post.subject if reads else "",
        state=post.state,
        since=max((each.at for each in events if each.new), default=post.received_at),
        received_at=post.received_at,
        size_bytes=post.size_bytes,
        released_at=post.released_at,
        leaves_at=withdrawals.card(session, post_id).leaves_at,
        deadline_at=post.deadline_at if post.state == "held" else None,
        reason=post.reason,
        fields=tuple(post.fields.split()),
        copies=copies,
        retried=retried,
        in_doubt=in_doubt,
        to_collect=to_collect,
        collected=collected,
        collected_sent=sent,
        collected_lost=lost,
        replies=_replies(session, post_id, is_whole=is_whole),
        people=_people(session, post_id, now=now) if is_whole else (),
        events=events,
        judgement=judgements.read(post.judgement),
        meter=meters.after(post.judgement),
        lines=lines,
        attachments=attachments.of_posts(session, [post_id]).get(post_id, ()) if reads else (),
        is_whole=is_whole,
    )


def _copies(session: Session, post_id: int, *, now: datetime) -> tuple[dict[str, int], int, int]:
    rows = (
        select(
            ends.end().label("how"),
            case((Delivery.attempts > 0, 1), else_=0).label("tried"),
            case((ends.doubts(Delivery, now=now) > 0, 1), else_=0).label("doubtful"),
        )
        .where(Delivery.post_id == post_id)
        .subquery()
    )
    query = select(rows.c.how, func.count(), func.sum(rows.c.tried), func.sum(rows.c.doubtful))
    copies = {each.value: 0 for each in End}
    retried = in_doubt = 0
    for how, count, tried, doubtful in session.execute(query.group_by(rows.c.how)):
        copies[how] = count
        in_doubt += doubtful
        retried += tried if how == End.WAITING else 0
    return copies, retried, in_doubt


def _collected(session: Session, post_id: int) -> tuple[int, int, int, int, int]:
    """Count the readers of digests: in the next, in one on its way, sent, or not sent; lines."""
    its_key = (
        literal(f"{DIGEST}:")
        + cast(DigestEntry.digest_id, String)
        + "::"
        + cast(DigestEntry.person_id, String)
        + ":mail"
    )
    whole = ~DigestEntry.is_line
    sent = func.count().filter(Notice.state == Work.DONE, whole)
    lost = func.count().filter(Notice.state.in_((Work.FAILED, Work.CANCELLED)), whole)
    query = (
        select(
            func.count().filter(whole),
            func.count(DigestEntry.digest_id).filter(whole),
            sent,
            lost,
            func.count().filter(DigestEntry.is_line),
        )
        .outerjoin(Notice, Notice.key == its_key)
        .where(DigestEntry.post_id == post_id)
    )
    everybody, in_one, gone, never, lines = session.execute(query).one()
    return everybody - in_one, in_one - gone - never, gone, never, lines


def _replies(session: Session, post_id: int, *, is_whole: bool) -> tuple[Reply, ...]:
    """Put equal answers together: by their first signs in the database, by their code here."""
    words, how = _words(), ends.end()
    beginning = func.substr(words, 1, _PREFIX)
    query = (
        select(how.label("how"), beginning.label("beginning"), func.count(), func.min(words))
        .where(Delivery.post_id == post_id, words != "")
        .group_by("how", "beginning")
    )
    counts: dict[tuple[str, str, str], int] = {}
    examples: dict[tuple[str, str, str], str] = {}
    for end, _, count, example in session.execute(query):
        code = code_of(example)
        key = (end, code, "" if code else example)
        counts[key] = counts.get(key, 0) + count
        examples[key] = min(example, examples.get(key, example))
    found = [
        Reply(end=key[0], code=key[1], count=count, example=examples[key] if is_whole else "")
        for key, count in counts.items()
    ]
    order = list(End)
    return tuple(sorted(found, key=lambda each: (order.index(End(each.end)), -each.count,
                                                 each.code, each.example)))  # fmt: skip


def code_of(words: str) -> str:
    """Return the code of an SMTP answer with its status, such as `550 5.1.1`; "" if it is none."""
    match = _CODE.match(words)
    return " ".join(part for part in match.groups() if part) if match else ""


def _people(session: Session, post_id: int, *, now: datetime) -> tuple[Troubled, ...]:
    """Return whose copies did not simply go out: refused, given up, tried again or in doubt."""
    doubtful = ends.doubts(Delivery, now=now) > 0
    is_hard = or_(Delivery.state == Work.FAILED, Delivery.last_error.is_not(None), doubtful)
    query = (
        select(Delivery.id, Person.name, Delivery.email, ends.end(), _words(), Delivery.attempts)
        .add_columns(case((doubtful, 1), else_=0))
        .join(Person, Person.id == Delivery.person_id)
        .where(Delivery.post_id == post_id, Delivery.state != Work.CANCELLED, is_hard)
        .order_by(Delivery.id)
        .limit(MOST_NAMED)
    )
    return tuple(
        Troubled(
            delivery_id=delivery_id,
            name=name,
            email=email,
            end=end,
            reply=words,
            attempts=attempts,
            is_in_doubt=bool(in_doubt),
        )
        for delivery_id, name, email, end, words, attempts, in_doubt in session.execute(query)
    )


def _words() -> ColumnElement[str]:
    """Say what the relay answered last, or why there was no answer."""
    answer = func.coalesce(Delivery.reference, "")
    return case((Delivery.state == Work.DONE, answer), else_=func.coalesce(Delivery.last_error, ""))


def _events(session: Session, post_id: int, *, is_whole: bool) -> tuple[StateChange, ...]:
    besides = BESIDES | OURS if is_whole else BESIDES
    life = journal.of(session, "post", post_id)
    entries = [each for each in life if each.new or each.event in besides]
    ids = {entry.person_id for entry in entries if entry.person_id is not None}
    names = dict(iter(session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))))
    return tuple(
        StateChange(
            at=entry.at,
            event=entry.event,
            new=entry.new or "",
            who=names.get(entry.person_id or 0, "") if is_whole else "",
            is_by_person=entry.person_id is not None,
            door=entry.door,
        )
        for entry in entries
    )
