"""Mails that come to a list: judged by its rules.

The mail door hands over the bytes and the facts that it has read from them (`received.py`).
`mailbags.py` judges the mails that come together one by one, and has them kept together
(`keeping.py`).
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from community import (
    field_tags,
    hearings,
    judgements,
    keeping,
    lists,
    posting_rules,
    posts,
    standings,
    subjects,
    widening,
)
from community.cases import Case, Decision, Verdict
from community.containment import is_contained
from community.errors import Refusal
from community.hearings import Answered
from community.lists import Addressed, MailingList
from community.posts import Post, Thread
from community.prepared import Prepared
from community.received import Judged, Received
from community.store import calendar_of

#: A list, stored or as it was read for this mail.
AnyList = MailingList | Addressed
#: The decisions that bring a post to the list, at once or later.
LETS_IN = (Decision.ACCEPT, Decision.DIGEST, Decision.HOLD)

_LIST = bindparam("list_id", type_=MailingList.id.type)
_SAME = Prepared(
    select(Post.id).where(
        Post.list_id == _LIST,
        Post.fingerprint == bindparam("fingerprint", type_=Post.fingerprint.type),
    )
)
_ANSWERED = (
    select(Post.message_id, Post.thread_id, Post.author_id, Thread.closed_at, Thread.fields)
    .join(Thread, Thread.id == Post.thread_id)
    .where(Post.list_id == _LIST, Post.message_id.in_(bindparam("answers", expanding=True)))
    .order_by(Post.id)
)


def receive(session: Session, list_id: int, mail: Received, *, now: datetime) -> Post:
    """Take one mail to a list: judge it by the rules, keep it, and say what must be said.

    The same mail again gives back the post that is there already.

    Raises:
        Refusal: the policy rejects it; nothing is kept, and the door answers 5xx.
    """
    (a_list,) = lists.locked(session, [list_id])
    known = same(session, a_list, mail, now=now)
    if known is None:
        (known,) = keeping.keep(session, [judge(session, a_list, mail, now=now)], now=now)
    return session.get_one(Post, known)


def same(session: Session, a_list: AnyList, mail: Received, *, now: datetime) -> int | None:
    """Return the post of the list that is this very mail (A4); it goes to whom this one names too.

    Two that come at once come one after the other, as the list is locked.
    """
    values = {"list_id": a_list.id, "fingerprint": mail.fingerprint}
    known = next((post_id for (post_id,) in _SAME.rows(session, values)), None)
    if known is not None:
        widening.widen(session, known, _named(a_list, mail), now=now)
    return known


def judge(session: Session, a_list: AnyList, mail: Received, *, now: datetime) -> Judged:
    """Say what becomes of a mail to a list that is locked, so that a budget holds exactly.

    Raises:
        Refusal: the list is closed, or its policy rejects it.
    """
    lists.require_open(a_list, now=now)
    writers, sender = mail.from_addresses, mail.sender
    standing = standings.before(session, a_list.id, writers, sender=sender, said=mail.said, now=now)
    author_id = standing.author_id
    answered = _answered(session, a_list.id, mail, now=now)
    facts = hearings.facts(session, a_list, mail, answered, author_id=author_id)
    if answered is not None and _is_contained(
        session, a_list, answered.thread_id, author_id, now=now
    ):
        facts = replace(facts, is_contained=True)
    policy = a_list.policy
    case = Case(post=facts, policy=policy, author=standing.author, traffic=standing.traffic)
    verdict = posting_rules.decide(case)
    if verdict.decision is Decision.REJECT:
        words = posting_rules.BY_NAME[verdict.rule].refusal
        raise Refusal(words, address=a_list.address, **policy.values())
    if mail.is_lost and verdict.decision in LETS_IN:
        verdict = Verdict(decision=Decision.RETURN, rule=posts.LOST, silent=verdict.silent)
    waits = verdict.decision in posts.WAITING
    later = calendar_of(session).working_hours_later
    return Judged(
        mail=mail,
        verdict=verdict,
        list_id=a_list.id,
        thread_id=answered.thread_id if answered else None,
        author_id=author_id,
        judgement=judgements.kept(verdict, case),
        deadline_at=later(now, policy.hold_hours) if waits else None,
        fields=(answered.fields if answered else "") or _named(a_list, mail),
        thanked_id=answered.author_id if answered and facts.is_thanks else None,
    )


def _answered(session: Session, list_id: int, mail: Received, *, now: datetime) -> Answered | None:
    """Return the nearest post of this list that the mail answers.

    What does not say so by its headers may say it by its subject.
    """
    if not mail.answers:
        meant = subjects.thread_meant(session, list_id, mail.subject, at=now)
        return None if meant is None else hearings.of_thread(session, meant)
    values = {"list_id": list_id, "answers": mail.answers}
    there = {
        message_id: Answered(
            thread_id=thread_id, author_id=author_id, is_closed=closed is not None, fields=fields
        )
        for message_id, thread_id, author_id, closed, fields in session.connection().execute(
            _ANSWERED, values
        )
    }
    return next((there[answer] for answer in mail.answers if answer in there), None)


def _named(a_list: AnyList, mail: Received) -> str:
    """Say to whose people a mail goes, unless it is an answer, which stays where its thread is.

    What was written to the list itself as well goes to all. What names several fields may come
    once by each of their addresses, and counts once: so each brings all that it names.
    """
    if not mail.fields or a_list.address in mail.to_addresses:
        return ""
    name, _, domain = a_list.address.partition("@")
    tags = (
        address.removeprefix(f"{name}+").removesuffix(f"@{domain}")
        for address in mail.to_addresses
        if address.startswith(f"{name}+") and address.endswith(f"@{domain}")
    )
    named = (code for tag in tags for code in field_tags.codes(tag))
    return " ".join(field_tags.in_order((*mail.fields, *named)))


def _is_contained(
    session: Session, a_list: AnyList, thread_id: int, author_id: int | None, *, now: datetime
) -> bool:
    thread = posts.so_far(session, thread_id, author_id=author_id)
    return is_contained(a_list.policy, thread, now=now)
