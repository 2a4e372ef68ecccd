"""What would become of a composition if it were sent now: the rules' word, and how many get it.

The same judgement that a mail gets when it comes (`arrivals.judge`), and the same conditions by
which a post is fanned out (`fanouts.py`); nothing is kept. The form for writing shows it before
anything is sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, false, func, select
from sqlalchemy.orm import Session

from community import arrivals, compositions, digests, fanouts, holds, meters, outbox, posts, topics
from community.cases import Decision
from community.compositions import Composed, Composition, Write
from community.fanouts import Outgoing
from community.meters import Meter
from community.people import Person
from community.posts import Thread
from community.received import Judged
from community.store import calendar_of


@dataclass(frozen=True, kw_only=True)
class Prospect:
    """What would become of a composition now."""

    mail: Composed
    list_name: str
    decision: Decision
    #: Which rule spoke; `accepted` if none did.
    rule: str
    policy: Mapping[str, str | int]
    #: Before it.
    meter: Meter
    #: How many would get it as a mail, in a digest, and as one line in a digest.
    at_once: int
    in_digest: int
    by_line: int
    #: To whose people it goes alone; empty: to all.
    fields: tuple[str, ...]
    is_contained: bool
    #: The next daily digest.
    digest_at: datetime
    #: Until when a moderator has time, and what happens then.
    deadline_at: datetime | None
    outcome: str

    @property
    def is_for_the_list(self) -> bool:
        """Say whether it is worth sending: whether anybody gets it, now or later."""
        return self.decision in (*arrivals.LETS_IN, Decision.FORWARD)


def rehearse(
    session: Session, composition: Composition, write: Write, *, by: int, now: datetime
) -> Prospect:
    """Say what the rules would do with a composition now, and how many would get it.

    Raises:
        Refusal: the policy would reject it, or there is no such list or thread for its author.
    """
    a_list, composed, mail = compositions.mail_of(session, composition, write, by=by, now=now)
    judged = arrivals.judge(session, a_list, mail, now=now)
    outgoing = _outgoing(session, judged, by=by, now=now)
    later = judged.verdict.decision is Decision.DIGEST
    none = select(Person.id).where(false())
    whole = fanouts.beyond_budget(outgoing) if later else fanouts.in_digest(outgoing)
    return Prospect(
        mail=composed,
        list_name=a_list.name,
        decision=judged.verdict.decision,
        rule=judged.verdict.rule,
        policy=a_list.policy.values(),
        meter=meters.of_list(session, a_list.id, now=now),
        at_once=_count(session, none if later else fanouts.at_once(outgoing)),
        in_digest=_count(session, whole),
        by_line=_count(session, fanouts.by_line(outgoing) if outgoing.is_contained else none),
        fields=outgoing.fields,
        is_contained=outgoing.is_contained,
        digest_at=digests.next_daily(calendar_of(session), now),
        deadline_at=judged.deadline_at,
        outcome=holds.outcome_after(judged.verdict.rule, a_list),
    )


def _outgoing(session: Session, judged: Judged, *, by: int, now: datetime) -> Outgoing:
    """Say what matters for who gets it; nobody has chosen anything about what is not there yet."""
    thread_id = judged.thread_id or 0
    thread = session.get(Thread, thread_id)
    return Outgoing(
        post_id=0,
        list_id=judged.list_id,
        thread_id=thread_id,
        author_id=by,
        is_contained=bool(judged.judgement["seen"].get("is_contained")),
        fields=tuple(judged.fields.split()),
        topic=thread.topic if thread else topics.read(judged.mail.subject) or "",
        writers=posts.writers(thread_id),
        now=now,
    )


def _count(session: Session, readers: Select[int]) -> int:
    """Count the people among these whom mail reaches."""
    whom = outbox.picked(readers)
    reached = (
        select(func.count())
        .select_from(whom)
        .join(Person, Person.id == whom.c[0])
        .where(Person.state == "active", Person.id.not_in(outbox.unreachable()))
    )
    return session.scalar(reached) or 0
