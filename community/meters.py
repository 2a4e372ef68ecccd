"""How much of a list's budget is left: today's new threads, the week's mails; numbers only.

Shown before somebody writes (pages, Slack) and after (letters, the page of a post).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from community import judgements, lists, standings
from community.cases import Decision, Traffic
from community.lists import MailingList
from community.policies import Policy


@dataclass(frozen=True, kw_only=True)
class Meter:
    """What still goes out at once; the rest goes into the next digest."""

    threads_left: int
    threads_per_day: int
    mails_left: int
    mails_per_week: int

    @property
    def is_full(self) -> bool:
        """Say whether a new thread would go into the digest now."""
        return not (self.threads_left and self.mails_left)


def left(policy: Policy, traffic: Traffic) -> Meter:
    """Return what is left of a budget after what a list has carried. Pure."""
    return Meter(
        threads_left=max(0, policy.threads_per_day - traffic.threads_today),
        threads_per_day=policy.threads_per_day,
        mails_left=max(0, policy.mails_per_member_per_week - traffic.mails_this_week),
        mails_per_week=policy.mails_per_member_per_week,
    )


def of_each(
    session: Session, wanted: Iterable[MailingList], *, now: datetime
) -> list[tuple[MailingList, Meter]]:
    """Return each of these lists with what is left of its budget now, by one statement."""
    each = list(wanted)
    carried = standings.traffic(session, [a_list.id for a_list in each], now=now)
    return [(a_list, left(a_list.policy, carried[a_list.id])) for a_list in each]


def of_list(session: Session, list_id: int, *, now: datetime) -> Meter:
    """Return what is left of a list's budget now."""
    ((_, meter),) = of_each(session, [session.get_one(MailingList, list_id)], now=now)
    return meter


def of_lists(session: Session, *, now: datetime) -> list[tuple[MailingList, Meter]]:
    """Return every list that is open, by address, with what is left of its budget now."""
    return of_each(session, lists.open_lists(session, now=now), now=now)


def after(judgement: Mapping[str, Any]) -> Meter | None:
    """Return what a post left of the budget when it came; None where that was not kept. Pure."""
    known = judgements.read(judgement)
    if known is None or "mails_per_member_per_week" not in known.policy:
        return None
    goes = known.decision is Decision.ACCEPT
    begins = goes and not known.seen["is_reply"]
    to_all = goes and not known.seen.get("is_contained", False)
    policy = Policy(
        threads_per_day=int(known.policy["threads_per_day"]),
        mails_per_member_per_week=int(known.policy["mails_per_member_per_week"]),
    )
    traffic = Traffic(
        threads_today=int(known.seen["threads_today"]) + begins,
        mails_this_week=int(known.seen["mails_this_week"]) + to_all,
    )
    return left(policy, traffic)
