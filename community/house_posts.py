"""What the house itself writes to a list: its monthly letter.

It goes as a post does: to subscribers by their choices, into the archive, open to answers. No rule
is asked and no budget counts it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from community import keeping, lists, monthly_letters
from community.cases import Decision, Verdict
from community.lists import MailingList
from community.monthly_letters import Month, MonthlyLetter
from community.posts import HOUSE
from community.received import Judged, Received
from community.store import calendar_of


@dataclass(frozen=True, kw_only=True)
class HouseMail:
    """A mail of the house to a list."""

    raw: bytes
    message_id: str
    subject: str
    text: str


#: Makes the words: a list, its month, and when.
Write = Callable[[MailingList, Month, datetime], HouseMail]


def write_monthly(
    session: Session, write: Write, *, since: date, until: date, now: datetime
) -> int:
    """Write to every list that wants it about its last month, if that is due; return how many.

    Due on the first working day of a month, or as soon after as we are up (T3); once per list and
    month (T1); not about a month in which nothing went out.
    """
    month = monthly_letters.due_month(calendar_of(session), since=since, until=until)
    if month is None:
        return 0
    written = select(MonthlyLetter.list_id).where(MonthlyLetter.month == month)
    wanted = (MailingList.id.not_in(written), lists.is_open(now))
    others = select(MailingList).where(*wanted).order_by(MailingList.id)
    count = 0
    for a_list in session.scalars(others.with_for_update(key_share=True)).all():
        if a_list.policy.monthly_letter == "off":
            continue
        figures = monthly_letters.of_month(session, a_list.id, month)
        if figures.posts:
            post = _post(session, a_list, write(a_list, figures, now), now=now)
            session.add(MonthlyLetter(list_id=a_list.id, month=month, post_id=post, written_at=now))
            count += 1
    return count


def _post(session: Session, a_list: MailingList, mail: HouseMail, *, now: datetime) -> int:
    received = Received(
        raw=mail.raw,
        sender=a_list.address,
        message_id=mail.message_id,
        fingerprint=sha256(mail.raw).hexdigest(),
        subject=mail.subject,
        from_name=a_list.name,
        from_addresses=(a_list.address,),
        answers=(),
        text=mail.text,
        is_automatic=False,
        list_ids=(),
        is_unreadable=False,
    )
    judged = Judged(
        mail=received,
        verdict=Verdict(decision=Decision.ACCEPT, rule=HOUSE),
        list_id=a_list.id,
        thread_id=None,
        author_id=None,
        judgement={},
        deadline_at=None,
    )
    return keeping.keep(session, [judged], now=now)[0]
