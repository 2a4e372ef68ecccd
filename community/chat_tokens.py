"""The chat's keys to its workspace: administrators are told when one is refused.

What is owed in chat stays due meanwhile and goes out when the key is mended; forms and pages work.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from community import journal, outbox, people
from community.journal import Entry
from community.outbox import Channel
from community.people import Role
from community.store import calendar_of

NOUN: Final = "chat"
REFUSED: Final = "chat.refuse"
#: The journal's events need a thing: the bot's own key, the one that opens its line, and the
#: bot's next one.
CHAT: Final = 0
LINE: Final = 1
NEXT: Final = 2
#: Marks the platform's word as one about the next token; the present one may still be good.
RENEWAL: Final = "renewal "


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """A key that is refused."""

    #: The platform's own word for why.
    code: str
    since: datetime

    @property
    def is_renewal(self) -> bool:
        """Say whether it is the next key, so that the present one may still be good."""
        return self.code.startswith(RENEWAL)


def unrenewed(code: str) -> str:
    """Mark a code as what stands in the way of the next token."""
    return RENEWAL + code


def refuse(session: Session, code: str, *, key: int = CHAT, now: datetime) -> None:
    """Note that the platform refuses a key, and tell the administrators by mail, once a day.

    `code` is the platform's own word for it.
    """
    day = f"{calendar_of(session).local(now):%Y%m%d}"
    about = (session, REFUSED, key, people.with_role(Role.ADMIN))
    outbox.put_to_all(*about, detail=f"{day}:{code}", channel=Channel.MAIL, now=now)
    known = _trouble(session, key)
    if known is None or known.code != code:
        journal.write(session, NOUN, key, "refuse", by=None, now=now, new=code)


def accept(session: Session, *, key: int = CHAT, now: datetime) -> None:
    """Note that the platform takes a key, if it was refused before."""
    known = _trouble(session, key)
    if known is not None:
        journal.write(session, NOUN, key, "accept", by=None, now=now, old=known.code)


def troubles(session: Session) -> list[Trouble]:
    """Return what is refused now."""
    found = [_trouble(session, key) for key in (CHAT, LINE, NEXT)]
    return [trouble for trouble in found if trouble is not None]


def _trouble(session: Session, key: int) -> Trouble | None:
    """Return what the journal says last of a key, if that is a refusal."""
    query = select(Entry).where(Entry.noun == NOUN, Entry.object_id == key)
    last = session.scalars(query.order_by(Entry.id.desc()).limit(1)).first()
    if last is None or last.event != REFUSED:
        return None
    return Trouble(code=last.new or "", since=last.at)


def code_of(detail: str) -> str:
    """Return the platform's word from the detail of a notice."""
    return detail.partition(":")[2]
