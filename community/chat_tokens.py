"""The chat's key to its workspace: administrators are told when it is refused.

What is owed in chat stays due meanwhile and goes out when the key is mended; forms and pages work.
"""

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from community import journal, outbox, people
from community.outbox import Channel
from community.people import Role
from community.store import calendar_of

REFUSED: Final = "chat.refuse"
#: The journal's events need a thing: there is one chat.
CHAT: Final = 0


#: Marks the platform's word as one about the next token; the present one may still be good.
RENEWAL: Final = "renewal "


def unrenewed(code: str) -> str:
    """Mark a code as what stands in the way of the next token."""
    return RENEWAL + code


def refuse(session: Session, code: str, *, now: datetime) -> None:
    """Tell the administrators by mail, once a day, that the platform refuses our token.

    `code` is the platform's own word for it.
    """
    day = f"{calendar_of(session).local(now):%Y%m%d}"
    about = (session, REFUSED, CHAT, people.with_role(Role.ADMIN))
    if outbox.put_to_all(*about, detail=f"{day}:{code}", channel=Channel.MAIL, now=now):
        journal.write(session, "chat", CHAT, "refuse", by=None, now=now, new=code)


def code_of(detail: str) -> str:
    """Return the platform's word from the detail of a notice."""
    return detail.partition(":")[2]
