"""Whether a moderator lets posts in faster than a person reads; administrators are told.

Their account may be in other hands (threat 42). Nothing is stopped by this: who decides much at
once has mostly looked before. Looks at no more of the journal than a minute's worth.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from community import journal, outbox, people
from community.journal import Entry
from community.outbox import Channel
from community.people import Person, Role
from community.store import calendar_of

ALERT: Final = "person.alert"
#: More acceptances in a minute than these are not one person's reading.
MOST: Final = 20
MINUTE: Final = timedelta(minutes=1)
#: So many of the newest events are looked at: each acceptance leaves one to three.
LOOKED_AT: Final = 500


def note(session: Session, person_id: int, *, now: datetime) -> None:
    """Tell the administrators, once a day, of somebody who accepts more than twenty a minute."""
    newest = session.scalar(select(func.max(Entry.id))) or 0
    lately = select(func.count()).where(
        Entry.id > newest - LOOKED_AT,
        Entry.person_id == person_id,
        Entry.event == "post.accept",
        Entry.at > now - MINUTE,
    )
    if (session.scalar(lately) or 0) <= MOST:
        return
    day = f"{calendar_of(session).local(now):%Y%m%d}"
    admins = people.with_role(Role.ADMIN)
    about = (session, ALERT, person_id, admins)
    if outbox.put_to_all(*about, detail=day, channel=Channel.MAIL, now=now):
        journal.write(session, "person", person_id, "alert", by=None, now=now)


def who(session: Session, person_id: int) -> Person:
    """Return whom an alert is about."""
    return session.get_one(Person, person_id)
