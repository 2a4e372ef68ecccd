"""Posts that somebody writes in a form of ours and not in a mail program.

One path: what is written becomes a mail from its author's own address, is judged by the same rules
and kept by the same act as a mail that came (`arrivals.receive`); all that follows is the same too.
Who it is the door has proved. Before it is sent the same judgement is asked for a preview.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from community import arrivals, field_tags, lists, meters, people, subjects, threads
from community.cases import Proof, Trust
from community.errors import Refusal
from community.lists import MailingList
from community.meters import Meter
from community.people import Reader
from community.posts import BY_MAIL, Post, Thread
from community.received import Received
from community.store import door_of
from community.subscriptions import Subscription

#: So many posts of a thread are named in an answer (RFC 5322 §3.6.4 has no limit; lines do).
MOST_ANSWERED: Final = 20
#: Longer the part before the @ must not be (RFC 5321 §4.5.3.1.1).
_LOCAL_PART: Final = 64
#: Controls, halves of signs, and marks by which text is made to read as another.
_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


@dataclass(frozen=True, kw_only=True)
class Composition:
    """What somebody has written, before it is a mail."""

    list_id: int
    subject: str
    text: str
    #: Tells it from another with the same words; the same again is the same post (A4).
    key: str
    #: It goes to people of these fields and related ones alone; empty: to all.
    fields: tuple[str, ...] = ()
    #: The thread that it answers; None: it begins one.
    thread_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Composed:
    """All that stands in the mail that a composition becomes."""

    author_name: str
    author_email: str
    to: str
    subject: str
    text: str
    message_id: str
    #: Message-IDs of the thread that it answers, the nearest last.
    answers: tuple[str, ...]
    at: datetime


#: Makes the bytes of the mail.
Write = Callable[[Composed], bytes]


@dataclass(frozen=True, kw_only=True)
class Destination:
    """A list to which somebody may write, and what is left of its budget."""

    list_id: int
    name: str
    address: str
    meter: Meter


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What a form for writing begins with."""

    places: tuple[Destination, ...]
    #: The author's own fields, the main one first.
    fields: tuple[str, ...]
    #: The subject of an answer; empty where a thread is begun.
    answers: str


def desk(session: Session, *, reader: Reader, thread_id: int | None = None, now: datetime) -> Desk:
    """Return to which lists somebody may write; to that of a thread where they answer.

    Raises:
        Refusal: there is none.
        Unseen: the thread is not for this reader.
    """
    subject, only = "", None
    if thread_id is not None:
        thread = _answerable(session, thread_id, reader)
        subject, only = subjects.answering(thread.subject), thread.list_id
        lists.require_open(session.get_one(MailingList, only), now=now)
    found = [
        a_list
        for a_list in session.scalars(_writable(reader, now=now))
        if only in (None, a_list.id)
    ]
    places = tuple(
        Destination(
            list_id=a_list.id,
            name=a_list.name,
            address=a_list.address,
            meter=meter,
        )
        for a_list, meter in meters.of_each(session, found, now=now)
    )
    if not places:
        raise Refusal("You are on no list that you may write to. Join one first: /postdoc lists")
    return Desk(places=places, fields=people.fields(session, reader.person_id), answers=subject)


def _writable(reader: Reader, *, now: datetime) -> Select[MailingList]:
    writable = select(MailingList).where(lists.is_open(now)).order_by(MailingList.address)
    if threads.moderates(reader):
        return writable
    return writable.join(Subscription, Subscription.list_id == MailingList.id).where(
        Subscription.person_id == reader.person_id,
        Subscription.trust != Trust.REJECT.value,
    )


def _answerable(session: Session, thread_id: int, reader: Reader) -> Thread:
    thread = session.get(Thread, thread_id)
    if thread is None or not threads.may_read(session, thread.list_id, reader):
        raise threads.Unseen
    return thread


def send(
    session: Session, composition: Composition, write: Write, *, by: int, now: datetime
) -> Post:
    """Send a composition to its list as a mail from its author; the same again is the same post.

    Raises:
        Refusal: as `rehearse`.
    """
    a_list, _, mail = mail_of(session, composition, write, by=by, now=now)
    return arrivals.receive(session, a_list.id, mail, now=now)


def mail_of(
    session: Session, composition: Composition, write: Write, *, by: int, now: datetime
) -> tuple[MailingList, Composed, Received]:
    """Make of a composition what the mail door would have read from its mail.

    Raises:
        Refusal: there is no such list, or the thread that it answers is not for its author.
    """
    reader = people.reader(session, by)
    a_list = lists.known(session, composition.list_id)
    answers: tuple[str, ...] = ()
    if composition.thread_id is not None:
        if _answerable(session, composition.thread_id, reader).list_id != a_list.id:
            raise threads.Unseen
        answers = _message_ids(session, composition.thread_id)
    codes = field_tags.in_order(composition.fields)
    if len(codes) != len(set(composition.fields)):  # never to more people than was meant
        raise Refusal("There is no such field. Choose another, or everybody.")
    mark = sha256(composition.key.encode()).hexdigest()
    composed = Composed(
        author_name=one_line(reader.name),
        author_email=reader.email,
        to=_address(a_list, codes),
        subject=one_line(composition.subject),
        text=lines(composition.text),
        message_id=f"<{mark[:32]}@{a_list.address.partition('@')[2]}>",
        answers=answers,
        at=now,
    )
    mail = _received(composed, write(composed), codes, door_of(session))
    return a_list, composed, replace(mail, language=reader.language)


def _received(composed: Composed, raw: bytes, codes: tuple[str, ...], door: str) -> Received:
    return Received(
        raw=raw,
        sender=composed.author_email,
        message_id=composed.message_id,
        # Not of the bytes: the form may be sent again a moment later, with another Date.
        fingerprint=sha256(f"{composed.message_id} {composed.author_email}".encode()).hexdigest(),
        subject=composed.subject,
        from_name=composed.author_name,
        from_addresses=(composed.author_email,),
        answers=tuple(reversed(composed.answers)),
        text=composed.text,
        is_automatic=False,
        list_ids=(),
        is_unreadable=False,
        proof=Proof.PASS,
        to_addresses=(composed.to,),
        fields=codes,
        door=door or BY_MAIL,
    )


def _message_ids(session: Session, thread_id: int) -> tuple[str, ...]:
    """Return what a thread's posts are called, as far as everybody has them, the newest last."""
    newest = (
        select(Post.message_id)
        .where(Post.thread_id == thread_id, Post.state.in_(threads.SHOWN))
        .order_by(Post.id.desc())
        .limit(MOST_ANSWERED)
    )
    found = session.scalars(newest).all()
    if not found:
        raise threads.Unseen
    return tuple(reversed(found))


def _address(a_list: MailingList, codes: tuple[str, ...]) -> str:
    """Return the address of a list, with the fields to whose people alone a mail goes."""
    if not codes:
        return a_list.address
    _, _, domain = a_list.address.partition("@")
    for tag in (field_tags.named(codes), field_tags.BETWEEN.join(codes)):
        local = f"{a_list.name}{field_tags.BETWEEN}{tag}"
        if len(local) <= _LOCAL_PART:
            return f"{local}@{domain}"
    raise Refusal("So many fields do not fit into an address. Choose fewer, or everybody.")


def one_line(text: str) -> str:
    """Return words as they can stand in a header: one line, without what nobody sees."""
    return " ".join(_UNSEEN.sub("", text).split())


def lines(text: str) -> str:
    """Return readable lines, without empty ones at either end."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNSEEN.sub("", plain).strip("\n").rstrip()
