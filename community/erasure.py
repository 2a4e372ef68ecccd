"""Forgetting a person on request (GDPR article 17), so that no row and no byte names them.

What is theirs goes with them. What they said to a list stays for those who answered, without a
name, an address or the mail as it came. Mails already sent and backups cannot be recalled here; the
command that calls this says so.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    LargeBinary,
    String,
    Table,
    Text,
    cast,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from community import (
    channel_cards,
    due,
    journal,
    lifecycle,
    meetups,
    roles,
    searches,
    steps,
    tables,
)
from community.channel_cards import ChannelCard
from community.meetups import Meetup, Rsvp
from community.outbox import Delivery, Notice
from community.people import Address, Person
from community.posts import Post, PostSource, Thread
from community.privacy import own_posts
from community.steps import Step

ERASED: Final = "[erased]"
#: Why rows that waited for something of the person were cancelled.
WHY: Final = "erased"
#: Posts that others have seen; of all others the words go too.
SEEN: Final = ("released", "queued", "digested")


@dataclass(frozen=True, kw_only=True)
class Erasure:
    """What was done to forget somebody."""

    #: Posts that stay without a name.
    posts: int
    #: Places elsewhere in which the name, an address or the Slack user was blanked.
    mentions: int


def erase(session: Session, person_id: int, *, by: int | None, now: datetime) -> Erasure:
    """Forget a person: delete what is theirs, blank what names them; the journal keeps the id.

    Open meetups that they host are cancelled first, and those who come are told.

    Raises:
        Refusal: nobody else has a role of theirs that must be kept (`roles.py`).
    """
    with roles.kept(session):
        return _erase(session, person_id, by=by, now=now)


def _erase(session: Session, person_id: int, *, by: int | None, now: datetime) -> Erasure:
    known = {table.name: table for table in tables.load()}
    person = session.get_one(Person, person_id, with_for_update=True)
    emails = list(session.scalars(select(Address.email).where(Address.person_id == person_id)))
    names = _telling_names(session, person)
    unique = [*emails, *([person.slack_id] if person.slack_id else [])]
    _leave_meetups(session, person_id, now=now)
    own, posts = _blank_posts(session, person_id, now=now)
    theirs = select(Delivery.post_id).where(Delivery.person_id == person_id)
    session.execute(update(Post).where(Post.id.in_(theirs)).values(copies=Post.copies - 1))
    supervised = update(Person).where(Person.supervisor_email.in_(emails))
    session.execute(supervised.values(supervisor_email=None))
    session.flush()
    session.expunge_all()
    # Every other table lets go by its foreign key: its rows are deleted, or lose the person's id.
    session.execute(delete(Person).where(Person.id == person_id))
    # `person.…` is left out: the object of some of these is a request.
    forget_what_hung(session, known, set(lifecycle.LIVES) - {Person.__tablename__})
    blanked = {each: _blank(session, each, unique, names) for each in _columns(known.values())}
    named = [key[0] for each, keys in blanked.items() if each.table.name == "post" for key in keys]
    searches.index_again(session, [*own, *named])
    searches.forget(session)
    journal.write(
        session, "person", person_id, "erase", by=None if by == person_id else by, now=now
    )
    return Erasure(posts=posts, mentions=sum(map(len, blanked.values())))


def _telling_names(session: Session, person: Person) -> list[str]:
    """Return the name if it means only this person: of two words, and nobody else's."""
    same = select(func.count()).where(Person.name == person.name, Person.id != person.id)
    is_telling = " " in person.name and not session.scalar(same)
    return [person.name] if is_telling else []


def _leave_meetups(session: Session, person_id: int, *, now: datetime) -> None:
    upcoming = select(Meetup).where(Meetup.state == "open", Meetup.host_id == person_id)
    for meetup in list(session.scalars(upcoming)):
        if meetup.ends_at > now:
            meetups.cancel(session, meetup.id, by=person_id, now=now)
            _hand_over(session, meetup)
    going = select(Rsvp.meetup_id).where(Rsvp.person_id == person_id, Rsvp.state == "going")
    others = select(Meetup).where(Meetup.state == "open", Meetup.id.in_(going))
    for meetup in list(session.scalars(others.where(Meetup.host_id != person_id))):
        if meetup.ends_at > now:
            meetups.leave(session, meetup.id, by=person_id, now=now)


def _hand_over(session: Session, meetup: Meetup) -> None:
    """Keep a cancelled meetup for those who come; else the word to them would go with its host."""
    others = select(Rsvp.person_id).where(Rsvp.meetup_id == meetup.id, Rsvp.state == "going")
    heir = session.scalar(others.where(Rsvp.person_id != meetup.host_id).order_by(Rsvp.id).limit(1))
    if heir is not None:
        meetup.host_id = heir


def _blank_posts(session: Session, person_id: int, *, now: datetime) -> tuple[list[int], int]:
    """Take name, address and the bytes from the person's posts; return them, how many stay."""
    posts = list(session.scalars(select(Post).where(own_posts(session, person_id))))
    ids = [post.id for post in posts]
    for post in posts:
        for event, step in (("discard", "post.expire"), ("withdraw", "post.release")):
            if lifecycle.can(post, event):
                lifecycle.advance(session, post, event, by=None, now=now)
                steps.cancel(session, step, post.id, now=now, why=WHY)
        if post.state not in SEEN:
            post.subject = post.text = post.reason = ""
        channel_cards.renew(session, "post.hold", post.id, detail=WHY, now=now)
        post.from_name = post.from_email = post.sender = ""
    session.flush()
    # The posts' own mails are gone for good: what still waits to be sent on cannot be.
    due.cancel(session, Delivery, Delivery.post_id.in_(ids), now=now, why=WHY)
    session.execute(delete(PostSource).where(PostSource.post_id.in_(ids)))
    unseen = ~exists().where(Post.thread_id == Thread.id, Post.state.in_(SEEN))
    threads = {post.thread_id for post in posts}
    session.execute(update(Thread).where(Thread.id.in_(threads), unseen).values(subject=""))
    return ids, sum(post.state in SEEN for post in posts)


def forget_what_hung(session: Session, known: Mapping[str, Table], nouns: Iterable[str]) -> None:
    """Delete what was to be said or done about things that are no longer there.

    A notice and a step name their thing by noun and id, without a foreign key; the noun is the
    thing's table.
    """
    for noun in nouns:
        table = known.get(noun)
        if table is not None:
            for row, name in (
                (Step, Step.action),
                (Notice, Notice.kind),
                (ChannelCard, ChannelCard.kind),
            ):
                gone = ~exists().where(table.c.id == row.object_id)
                about = name.startswith(f"{noun}.", autoescape=True)
                session.execute(delete(row).where(about, gone))


def _columns(known: Iterable[Table]) -> Iterator[Column[Any]]:
    for table in known:
        for column in table.columns:
            if isinstance(column.type, String | LargeBinary | JSON) and not column.primary_key:
                yield column


def _blank(
    session: Session, column: Column[Any], unique: list[str], names: list[str]
) -> list[tuple[Any, ...]]:
    """Blank what tells the person in one column of all rows; return the keys of where it was."""
    wanted = unique if column.table.name == Person.__tablename__ else unique + names
    if not wanted:
        return []
    table = column.table
    assert isinstance(table, Table)  # noqa: S101 - every mapped class has one
    key = list(table.primary_key.columns)
    telling = or_(*(_has(session, column, needle) for needle in wanted))
    hits = session.execute(select(*key, column).where(telling)).all()
    found = []
    for *ids, value in hits:
        blanked = _blanked(value, wanted)
        if blanked != value:
            same = (part == own for part, own in zip(key, ids, strict=True))
            session.execute(update(table).where(*same).values(_changed(column, blanked)))
            found.append(tuple(ids))
    return found


def _changed(column: Column[Any], value: object) -> dict[str, object]:
    """Return what to write; the bytes of a mail have their hash beside them."""
    changed = {column.name: value}
    if column.table.name == PostSource.__tablename__ and isinstance(value, bytes):
        changed["sha256"] = hashlib.sha256(value).hexdigest()
    return changed


def _has(session: Session, column: Column[Any], needle: str) -> ColumnElement[bool]:
    """Say which rows contain `needle`, whatever its case; ASCII case, for what is in mails."""
    if isinstance(column.type, JSON):  # written in ASCII, å as \u00e5
        return cast(column, Text).icontains(json.dumps(needle)[1:-1], autoescape=True)
    if not isinstance(column.type, LargeBinary):
        return column.icontains(needle, autoescape=True)
    if session.get_bind().dialect.name == "sqlite":
        return cast(column, Text).icontains(needle, autoescape=True)
    # PostgreSQL's `escape` writes what is not ASCII as \\ooo, so that any bytes become text.
    octal = "".join(chr(b) if b < 128 else f"\\{b:03o}" for b in needle.encode())
    return func.encode(column, "escape").icontains(octal, autoescape=True)


def _blanked(value: object, needles: Sequence[str]) -> object:
    """Return the value without the needles where they stand as words of their own."""
    if isinstance(value, dict):
        return {key: _blanked(each, needles) for key, each in value.items()}
    if isinstance(value, list):
        return [_blanked(each, needles) for each in value]
    if isinstance(value, str):
        for needle in needles:
            value = re.sub(rf"(?<!\w){re.escape(needle)}(?!\w)", ERASED, value, flags=re.IGNORECASE)
        return value
    if not isinstance(value, bytes):
        return value  # a number in JSON
    for needle in needles:
        for code in ("utf-8", "latin-1"):
            found = re.escape(needle.encode(code, "replace"))
            value = re.sub(found, ERASED.encode(), value, flags=re.IGNORECASE)
    return value
