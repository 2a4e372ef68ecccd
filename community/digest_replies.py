"""Answers to digests: into the thread they belong to, and never a new thread “Re: digest 12”.

`mailbags.py` asks `directed` about every mail. Most answer no digest and stay as they are.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import repeat

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from community import people, subjects
from community.digests import Digest
from community.fanouts import DigestEntry
from community.posts import Post
from community.received import Received

#: How long a post in a digest is found by its subject alone.
REMEMBERED = timedelta(days=31)
#: More posts than a month of digests has.
MOST_ENTRIES = 500
#: So much of an answer is searched for what it quotes.
MOST_SIGNS = 100_000
#: What may stand before a post's subject or Message-ID where a digest is quoted.
_HEAD = re.compile(r"^[>\s*]*(?:(?:subject|emne|message-id)\s*:\s*)?", re.IGNORECASE)
#: The subject of our digests, in both languages: “[postdocs] Digest 12: …”.
_OF_DIGEST = re.compile(r"\[[^\[\]]{1,200}\] ?(?:digest|oppsamling) (\d{1,9})\b", re.IGNORECASE)


@dataclass(frozen=True)
class AnsweredEntry:
    """A post in a digest, as far as an answer needs it."""

    list_id: int
    message_id: str
    thread_id: int
    subject: str


def directed(
    session: Session, list_id: int, mail: Received, *, now: datetime
) -> tuple[int, Received]:
    """Return the list that a mail belongs to, and the mail with the post that it answers.

    1. A mail that answers a post by its headers is that post's answer.
    2. An answer to a digest belongs to the entry whose subject it has, to the only thread, or to
       the only one of which it quotes the head.
    3. An answer with a subject that the author read in a digest belongs to that entry.
    4. An answer to a digest that fits no entry is lost: it goes back to its author with words.
    """
    if _answers_a_post(session, list_id, mail):
        return list_id, mail
    digest_id = _digest_answered(session, mail)
    entry = (
        _entry_of(session, digest_id, mail)
        if digest_id is not None
        else _entry_read(session, list_id, mail, now=now)
    )
    if entry is not None:
        return entry.list_id, _answering(mail, entry)
    return list_id, replace(mail, is_lost=True) if digest_id is not None else mail


def _answering(mail: Received, entry: AnsweredEntry) -> Received:
    """Make a mail the answer to an entry; one that is called “Re: Digest 12” is called after it."""
    mail = replace(mail, answers=(entry.message_id, *mail.answers))
    if not _OF_DIGEST.search(mail.subject):
        return mail
    return replace(mail, subject=subjects.answering(entry.subject), came_as=mail.subject)


def _answers_a_post(session: Session, list_id: int, mail: Received) -> bool:
    if not mail.answers:
        return False
    query = select(Post.id).where(Post.list_id == list_id, Post.message_id.in_(mail.answers))
    return session.scalar(query.limit(1)) is not None


def _digest_answered(session: Session, mail: Received) -> int | None:
    """Return the digest that the mail answers, by its headers or else by its subject."""
    if mail.answers:
        by_header = select(Digest.message_id, Digest.id).where(Digest.message_id.in_(mail.answers))
        found = dict(session.execute(by_header).all())
        if found:
            return next(found[answer] for answer in mail.answers if answer in found)
    reply = subjects.is_answer(mail.subject)
    named = _OF_DIGEST.search(mail.subject) if reply else None
    if named is None or not mail.from_addresses:
        return None
    author = people.by_email(session, mail.from_addresses[0])
    if author is None:
        return None
    by_number = select(Digest.id).where(
        Digest.person_id == author.id, Digest.number == int(named[1])
    )
    return session.scalar(by_number)


def _entry_of(session: Session, digest_id: int, mail: Received) -> AnsweredEntry | None:
    query = _entries().where(DigestEntry.digest_id == digest_id)
    entries = [AnsweredEntry(*row) for row in session.execute(query)]
    found = _with_subject(entries, mail.subject)
    return found or _only_one(entries) or _only_one(_quoted(entries, mail.text))


def _only_one(entries: list[AnsweredEntry]) -> AnsweredEntry | None:
    """Return the last entry, if all are of one thread."""
    return entries[0] if len({entry.thread_id for entry in entries}) == 1 else None


def _quoted(entries: list[AnsweredEntry], text: str) -> list[AnsweredEntry]:
    """Return the entries whose head stands in a text: their Message-ID or subject, on a line."""
    lines = map(_HEAD.sub, repeat(""), text[:MOST_SIGNS].splitlines())
    heads = {subjects.bare(line) for line in lines}
    return [
        entry
        for entry in entries
        if {subjects.bare(entry.subject), entry.message_id.casefold()} & (heads - {""})
    ]


def _entry_read(
    session: Session, list_id: int, mail: Received, *, now: datetime
) -> AnsweredEntry | None:
    """Return the post that the author of an answer without headers has read in a digest."""
    if mail.answers or not subjects.is_answer(mail.subject) or len(mail.from_addresses) != 1:
        return None
    author = people.by_email(session, mail.from_addresses[0])
    if author is None:
        return None
    read = _entries().where(
        DigestEntry.person_id == author.id,
        DigestEntry.digest_id.is_not(None),
        Post.list_id == list_id,
        Post.received_at > now - REMEMBERED,
    )
    entries = [AnsweredEntry(*row) for row in session.execute(read.limit(MOST_ENTRIES))]
    return _with_subject(entries, mail.subject)


def _entries() -> Select[int, str, int, str]:
    return (
        select(Post.list_id, Post.message_id, Post.thread_id, Post.subject)
        .join(DigestEntry, DigestEntry.post_id == Post.id)
        .order_by(Post.id.desc())
    )


def _with_subject(entries: list[AnsweredEntry], subject: str) -> AnsweredEntry | None:
    wanted = subjects.bare(subject)
    return next(
        (entry for entry in entries if wanted and subjects.bare(entry.subject) == wanted), None
    )
