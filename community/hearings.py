"""What the rules look at in a mail: read from its words, its bytes, and the lists that it names.

Asked by `arrivals.py` for every mail; what only some mails have is looked up only for those. What a
mail says by itself is `written`, which is pure: mails of an archive are read by the same.
"""

from dataclasses import dataclass

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from community import suspects, topics, wordings
from community.cases import PostFacts
from community.lists import Addressed, MailingList
from community.posts import Thread
from community.received import Received


@dataclass(frozen=True, kw_only=True)
class Answered:
    """The post that a mail answers, as far as the rules care."""

    thread_id: int
    #: None: somebody outside, or who has been erased.
    author_id: int | None
    #: A moderator has closed the thread.
    is_closed: bool
    #: The fields to whose people the thread goes, as codes with blanks between; empty: to all.
    fields: str


def of_thread(session: Session, thread_id: int) -> Answered:
    """Return what a mail answers that says only by its subject to which thread it belongs."""
    closed, fields = session.connection().execute(_THREAD, {"thread_id": thread_id}).one()
    is_closed = closed is not None
    return Answered(thread_id=thread_id, author_id=None, is_closed=is_closed, fields=fields)


# Put together once, as all that is asked for many mails.
_NAMED = (
    select(func.count())
    .select_from(MailingList)
    .where(MailingList.address.in_(bindparam("addresses", expanding=True)))
)

_THREAD = select(Thread.closed_at, Thread.fields).where(
    Thread.id == bindparam("thread_id", type_=Thread.id.type)
)


def facts(
    session: Session,
    a_list: MailingList | Addressed,
    mail: Received,
    answered: Answered | None,
    *,
    author_id: int | None,
) -> PostFacts:
    """Read what the rules look at in a mail to this list."""
    # Thanks go to the author of what was answered: there must be one, and another than the writer.
    is_heard = answered is not None and answered.author_id not in (None, author_id)
    return written(
        mail,
        list_id=a_list.list_id,
        suspect_headers=a_list.policy.suspect_headers,
        lists=_lists(session, a_list, mail),
        is_reply=answered is not None,
        is_heard=is_heard,
        is_closed=answered is not None and answered.is_closed,
    )


def written(
    mail: Received,
    *,
    list_id: str,
    suspect_headers: str,
    lists: int,
    is_reply: bool,
    is_heard: bool,
    is_closed: bool,
) -> PostFacts:
    """Read what the rules look at in a mail, beside what only the list knows of it.

    `lists` of ours are named in To and Cc; `is_heard` if it answers somebody else who can be
    reached.
    """
    own_lines, quoted_lines = wordings.lines(mail.text) if is_reply else (1, 0)
    return PostFacts(
        is_unreadable=mail.is_unreadable,
        unreadable=mail.unreadable,
        is_loop=list_id in mail.list_ids,
        is_automatic=mail.is_automatic,
        from_addresses=mail.from_addresses,
        is_reply=is_reply,
        proof=mail.proof,
        size_bytes=len(mail.raw),
        file_endings=tuple(ending(each.name) for each in mail.attachments),
        largest_file_bytes=max((each.size_bytes for each in mail.attachments), default=0),
        recipients=len(mail.to_addresses),
        lists=lists,
        has_subject=bool(wordings.bare_of_marks(mail.subject)),
        has_topic=topics.read(mail.subject) is not None,
        wish=wordings.wish_of(mail.subject, mail.text),
        is_suspect=suspects.is_suspect(mail.raw, suspect_headers),
        is_thanks=is_heard and wordings.is_thanks(mail.text, mail.from_name),
        own_lines=own_lines,
        quoted_lines=quoted_lines,
        is_closed=is_closed,
    )


def _lists(session: Session, a_list: MailingList | Addressed, mail: Received) -> int:
    """Count the lists of this house in To and Cc; a tag (`postdocs+physics@`) is part of one."""
    named = {_untagged(address) for address in mail.to_addresses}
    if not named - {a_list.address}:
        return len(named)
    return session.connection().execute(_NAMED, {"addresses": sorted(named)}).scalar_one()


def ending(name: str) -> str:
    """Return what stands behind the last dot of the name of a file, lower case."""
    return name.rpartition(".")[2].strip().casefold() if "." in name else ""


def _untagged(address: str) -> str:
    local, _, domain = address.casefold().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"
