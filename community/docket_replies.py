"""What a moderator answers to a docket by mail: decisions, or words for the other moderators.

The door has read the words; here they count only if the mail comes from the docket's own moderator.
Each answer counts once however often it is delivered, and the moderator hears what came of it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import JSON, ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from community import claims, dockets, journal, moderation, outbox, people
from community.cases import Decision, Proof
from community.dockets import Docket
from community.errors import N_, Refusal
from community.outbox import Channel
from community.people import Person, Role
from community.store import Base, calendar_of

#: What a mail must not be to decide: denied by its domain, or not proved where we look.
DOUBTFUL: Final = (Proof.FAIL, Proof.NONE)
ANSWER: Final = "docket.answer"
NOTE: Final = "docket.note"
TOO_OLD: Final = N_("The mail you have answered is too old. Nothing has been decided.")
NO_NUMBER: Final = N_("There is no post {number} in the mail you have answered.")
SEVERAL: Final = N_("There is more than one post in that mail. Write the number behind the word.")


class DocketReply(Base):
    """One answer to a docket, and what came of it."""

    __tablename__ = "docket_reply"
    __table_args__ = (UniqueConstraint("docket_id", "fingerprint"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    docket_id: Mapped[int] = mapped_column(ForeignKey("docket.id", ondelete="CASCADE"))
    fingerprint: Mapped[str]
    came_at: Mapped[datetime]
    #: What the moderator wrote to the others; empty where it was a decision.
    note: Mapped[str]
    #: What came of each post, by its number: the words of a Refusal and its facts, or nothing.
    outcome: Mapped[dict[str, Any]] = mapped_column(JSON)


@dataclass(frozen=True, kw_only=True)
class Said:
    """One decision of an answer."""

    #: What is to be done, a key of `VERBS`.
    verb: str
    #: With which posts; none where no number was written.
    numbers: tuple[int, ...] = ()
    #: Whether all posts of the docket are meant.
    is_all: bool = False
    #: What stands behind the word: why a post goes back.
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Given:
    """What the mail door has read from an answer."""

    fingerprint: str
    from_addresses: tuple[str, ...]
    proof: Proof
    #: None where it is no decision; several name each their posts.
    said: tuple[Said, ...]
    #: All that was written, without what it answers.
    text: str


@dataclass(frozen=True, kw_only=True)
class DocketReplyCard:
    """An answer as its moderator, or the others, read of it."""

    docket_id: int
    moderator: str
    note: str
    #: By number.
    posts: dict[int, int]
    #: Why not, by number; 0 for what concerns all of it.
    refused: dict[int, tuple[str, dict[str, str | int]]]


def take(session: Session, docket_id: int, given: Given, *, now: datetime) -> bool:
    """Do what an answer says, once; return False where it is not from the docket's moderator.

    The rest of a mail that decides some posts and not others is said to its moderator.
    """
    docket = session.get(Docket, docket_id, with_for_update=True)
    if docket is None:
        return True  # long ago; there is nothing left to say
    if not is_from(session, docket.person_id, given):
        by = None
        journal.write(session, "docket", docket_id, "refuse", by=by, now=now, new="sender")
        return False
    same = (DocketReply.docket_id == docket_id, DocketReply.fingerprint == given.fingerprint)
    if session.scalar(select(DocketReply.id).where(*same)) is not None:
        return True
    reply = DocketReply(
        docket_id=docket_id,
        fingerprint=given.fingerprint,
        came_at=now,
        note="" if given.said else given.text,
        outcome={},
    )
    if given.said:
        reply.outcome = _decide_all(session, docket, given.said, now=now)
    session.add(reply)
    session.flush()
    me = docket.person_id
    if given.said:
        outbox.put(session, ANSWER, reply.id, me, channel=Channel.MAIL, now=now)
    elif given.text:
        others = people.with_role(Role.MODERATOR).where(Person.id != me)
        outbox.put_to_all(session, NOTE, reply.id, others, now=now)
        about = [(post_id, me) for post_id in dockets.waiting(session, docket_id)]
        journal.write_all(session, "post", "note", about, now=now)
        outbox.put(session, ANSWER, reply.id, me, channel=Channel.MAIL, now=now)
    return True


def shown(session: Session, reply_id: int) -> DocketReplyCard:
    """Return an answer and what came of it."""
    reply = session.get_one(DocketReply, reply_id)
    docket = session.get_one(Docket, reply.docket_id)
    numbers = dockets.numbers_of(session, docket.id)
    named = {int(number): refused for number, refused in reply.outcome.items()}
    return DocketReplyCard(
        docket_id=docket.id,
        moderator=session.get_one(Person, docket.person_id).name,
        note=reply.note,
        posts={number: numbers[number] for number in named if number in numbers},
        refused={number: (no[0], no[1]) for number, no in named.items() if no},
    )


def is_from(session: Session, person_id: int, given: Given) -> bool:
    """Say whether an answer comes from this person, as far as anybody has looked (threat 8)."""
    if len(given.from_addresses) != 1 or given.proof in DOUBTFUL:
        return False
    person = people.by_email(session, given.from_addresses[0])
    return person is not None and person.id == person_id


def _decide_all(
    session: Session, docket: Docket, said: tuple[Said, ...], *, now: datetime
) -> dict[str, list[object]]:
    if docket.made_at + dockets.GOOD_FOR < now:
        return {"0": [TOO_OLD, {}]}
    numbers = dockets.numbers_of(session, docket.id)
    outcome: dict[str, list[object]] = {}
    for each in said:
        wanted = each.numbers or (tuple(numbers) if each.is_all or len(numbers) == 1 else ())
        if not wanted:
            return {"0": [SEVERAL, {}]}
        for number in dict.fromkeys(wanted):
            outcome[str(number)] = _decide(session, docket, each, numbers.get(number), number, now)
    return outcome


def _decide(
    session: Session, docket: Docket, said: Said, post_id: int | None, number: int, now: datetime
) -> list[object]:
    """Decide about one post; return why not, or nothing."""
    if post_id is None:
        return [NO_NUMBER, {"number": number}]
    try:
        VERBS[said.verb](session, post_id, by=docket.person_id, now=now, reason=said.reason)
    except Refusal as no:
        return said_no(session, no)
    return []


def said_no(session: Session, no: Refusal) -> list[object]:
    """Return the words of a "no" and its facts as text; a moment is one of the next hours."""
    calendar = calendar_of(session)
    facts = {
        name: f"{calendar.local(fact):%H:%M}" if isinstance(fact, datetime) else str(fact)
        for name, fact in no.facts.items()
    }
    return [no.message, facts]


def _decision(decision: Decision) -> Any:
    def act(session: Session, post_id: int, *, by: int, now: datetime, reason: str) -> None:
        why = reason if decision is Decision.RETURN else ""
        moderation.decide(session, post_id, decision, by=by, now=now, reason=why)

    return act


def _claim(session: Session, post_id: int, *, by: int, now: datetime, reason: str) -> None:
    claims.claim(session, post_id, by=by, now=now)


def _trust(session: Session, post_id: int, *, by: int, now: datetime, reason: str) -> None:
    moderation.accept_and_trust(session, post_id, by=by, now=now)


#: What a word in the first line does: `act(session, post_id, *, by, now, reason)`.
VERBS: Final[dict[str, Any]] = {
    "accept": _decision(Decision.ACCEPT),
    "digest": _decision(Decision.DIGEST),
    "return": _decision(Decision.RETURN),
    "discard": _decision(Decision.DISCARD),
    "claim": _claim,
    "trust": _trust,
}
