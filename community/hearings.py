"""What the rules look at in a mail: read from its words, its bytes, and the lists that it names.

Asked by `arrivals.py` for every mail; what only some mails have is looked up only for those.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from community import suspects, wordings
from community.cases import PostFacts
from community.lists import MailingList
from community.posts import Thread

if TYPE_CHECKING:
    from community.arrivals import Received


@dataclass(frozen=True, kw_only=True)
class Answered:
    """The post that a mail answers, as far as the rules care."""

    thread_id: int
    #: None: somebody outside, or who has been erased.
    author_id: int | None
    #: A moderator has closed the thread.
    is_closed: bool


def of_thread(session: Session, thread_id: int) -> Answered:
    """Return what a mail answers that says only by its subject to which thread it belongs."""
    closed = session.connection().execute(_CLOSED, {"thread_id": thread_id}).scalar_one()
    return Answered(thread_id=thread_id, author_id=None, is_closed=closed is not None)


# Put together once, as all that is asked for many mails.
_NAMED = (
    select(func.count())
    .select_from(MailingList)
    .where(MailingList.address.in_(bindparam("addresses", expanding=True)))
)

_CLOSED = select(Thread.closed_at).where(Thread.id == bindparam("thread_id", type_=Thread.id.type))


def facts(
    session: Session,
    a_list: MailingList,
    mail: "Received",
    answered: Answered | None,
    *,
    author_id: int | None,
) -> PostFacts:
    """Read what the rules look at in a mail to this list."""
    own_lines, quoted_lines = wordings.lines(mail.text) if answered else (1, 0)
    # Thanks go to the author of what was answered: there must be one, and another than the writer.
    is_thanks = (
        answered is not None
        and answered.author_id not in (None, author_id)
        and wordings.is_thanks(mail.text, mail.from_name)
    )
    return PostFacts(
        is_unreadable=mail.is_unreadable,
        is_loop=a_list.list_id in mail.list_ids,
        is_automatic=mail.is_automatic,
        from_addresses=mail.from_addresses,
        is_reply=answered is not None,
        proof=mail.proof,
        size_bytes=len(mail.raw),
        file_endings=tuple(_ending(each.name) for each in mail.attachments),
        largest_file_bytes=max((each.size_bytes for each in mail.attachments), default=0),
        recipients=len(mail.to_addresses),
        lists=_lists(session, a_list, mail),
        has_subject=bool(wordings.bare_of_marks(mail.subject)),
        wish=wordings.wish_of(mail.subject, mail.text),
        is_suspect=suspects.is_suspect(mail.raw, a_list.policy.suspect_headers),
        is_thanks=is_thanks,
        own_lines=own_lines,
        quoted_lines=quoted_lines,
        is_closed=answered is not None and answered.is_closed,
    )


def _lists(session: Session, a_list: MailingList, mail: "Received") -> int:
    """Count the lists of this house in To and Cc; a tag (`postdocs+physics@`) is part of one."""
    named = {_untagged(address) for address in mail.to_addresses}
    if not named - {a_list.address}:
        return len(named)
    return session.connection().execute(_NAMED, {"addresses": sorted(named)}).scalar_one()


def _ending(name: str) -> str:
    return name.rpartition(".")[2].strip().casefold() if "." in name else ""


def _untagged(address: str) -> str:
    local, _, domain = address.casefold().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"
