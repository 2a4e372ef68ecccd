"""What a moderator answers by mail about somebody who wants to join: yes, no, or words for others.

The answer goes to an address that is signed for one letter, so for one question and one moderator;
it counts only if it comes from them, once, and they hear what came of it (as `docket_replies.py`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import JSON, ForeignKey, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from community import admissions, docket_replies, join_cards, journal, outbox, people
from community.docket_replies import Given, Said
from community.errors import Refusal
from community.join_cards import JoinCard
from community.join_requests import WAITS_FOR, JoinRequest
from community.outbox import Channel, Notice
from community.people import Person, Role
from community.store import Base

#: The letter that is answered.
ASKED: Final = "join_request.wait"
ANSWER: Final = "join_reply.answer"
NOTE: Final = "join_reply.note"
#: Nobody reads of an answer that is so old.
KEPT: Final = 2 * WAITS_FOR


class JoinReply(Base):
    """One answer of a moderator about somebody who wants to join, and what came of it."""

    __tablename__ = "join_reply"
    __table_args__ = (UniqueConstraint("notice_id", "fingerprint"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The letter that was answered.
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id", ondelete="CASCADE"))
    fingerprint: Mapped[str]
    came_at: Mapped[datetime]
    #: What the moderator wrote to the others; empty where it was a decision.
    note: Mapped[str]
    #: Why nothing was done: the words of a Refusal and its facts; else empty.
    refused: Mapped[list[Any]] = mapped_column(JSON)


@dataclass(frozen=True, kw_only=True)
class JoinReplyCard:
    """An answer as its moderator, or the others, read of it."""

    notice_id: int
    moderator: str
    note: str
    #: Why nothing was done, with its facts; None where it was.
    refused: tuple[str, dict[str, str | int]] | None
    card: JoinCard


def take(session: Session, notice_id: int, given: Given, *, now: datetime) -> bool:
    """Do what an answer says, once; return False where it is not from whom the letter went to."""
    asked = session.get(Notice, notice_id)
    if asked is None or asked.kind != ASKED:
        return True  # long ago; there is nothing left to say
    me, request_id = asked.person_id, asked.object_id
    # Locked first, so that the same mail that comes twice at one moment is one.
    if session.get(JoinRequest, request_id, with_for_update=True) is None:
        return True
    if not docket_replies.is_from(session, me, given):
        journal.write(session, "join_request", request_id, "refuse", by=None, now=now, new="sender")
        return False
    same = (JoinReply.notice_id == notice_id, JoinReply.fingerprint == given.fingerprint)
    if session.scalar(select(JoinReply.id).where(*same)) is not None:
        return True
    if not (given.said or given.text):
        return True
    reply = JoinReply(
        notice_id=notice_id,
        fingerprint=given.fingerprint,
        came_at=now,
        note="" if given.said else given.text,
        refused=_decide(session, request_id, given.said[0], by=me, now=now) if given.said else [],
    )
    session.add(reply)
    session.flush()
    if not given.said:
        others = people.with_role(Role.MODERATOR).where(Person.id != me)
        outbox.put_to_all(session, NOTE, reply.id, others, now=now)
        journal.write(session, "join_request", request_id, "note", by=me, now=now)
    outbox.put(session, ANSWER, reply.id, me, channel=Channel.MAIL, now=now)
    return True


def shown(session: Session, reply_id: int) -> JoinReplyCard | None:
    """Return an answer and what came of it; None once it is forgotten."""
    reply = session.get(JoinReply, reply_id)
    if reply is None:
        return None
    asked = session.get_one(Notice, reply.notice_id)
    return JoinReplyCard(
        notice_id=asked.id,
        moderator=session.get_one(Person, asked.person_id).name,
        note=reply.note,
        refused=(reply.refused[0], reply.refused[1]) if reply.refused else None,
        card=join_cards.card(session, asked.object_id),
    )


def forget_old(session: Session, *, now: datetime) -> None:
    """Forget answers of which everybody has long read."""
    session.execute(delete(JoinReply).where(JoinReply.came_at <= now - KEPT))


def _decide(
    session: Session, request_id: int, said: Said, *, by: int, now: datetime
) -> list[object]:
    """Decide as the answer says; return why not, or nothing."""
    try:
        if said.verb == "accept":
            admissions.accept(session, request_id, by=by, now=now)
        else:
            admissions.decline(session, request_id, reason=said.reason, by=by, now=now)
    except Refusal as no:
        return docket_replies.said_no(session, no)
    return []
