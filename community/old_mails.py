"""Mails that a list had before it was ours: into the archive with their dates, and out of it again.

Nothing is sent, counted or asked: nobody hears of them. The same mail twice is one post, so that an
import that was cut off is simply begun anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from community import attachments, lifecycle, lists, searches, subjects, threads, topics
from community.emails import normalised
from community.people import by_emails
from community.posts import Post, PostSource, Thread
from community.received import Received

#: The rule that stands at a post that no rule has seen.
IMPORTED: Final = "imported"
#: How Message-IDs end that were made up for mails without one.
_MADE_UP: Final = "@no-message-id.invalid>"


@dataclass(frozen=True, kw_only=True)
class OldMail:
    """A mail of an archive, and when the list had it."""

    mail: Received
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A mail as it came, to be written out."""

    post_id: int
    #: The envelope sender; empty for the null sender.
    sender: str
    at: datetime
    raw: bytes


def take(session: Session, list_id: int, mails: Sequence[OldMail], *, now: datetime) -> int:
    """Put old mails into the archive of a list, in order; return how many were new.

    A mail is there already if its bytes are, or another with its Message-ID. Authors are linked by
    their addresses; what answers an earlier one joins its thread.
    """
    lists.locked(session, [list_id])
    there = _there(session, list_id, mails)
    authors = by_emails(session, [each for old in mails for each in old.mail.from_addresses])
    begun = _Threads(session, list_id, mails)
    rows: list[tuple[Post, OldMail]] = []
    for old in mails:
        ids = _ids(old.mail)
        if ids & there:
            continue
        there |= ids
        post = _post(old, list_id, begun.of(old), authors)
        rows.append((post, old))
    if not rows:
        return 0
    session.add_all(post for post, _ in rows)
    session.flush()
    begun_with = [(post.id, "import") for post, _ in rows]
    lifecycle.note_begun(session, "post", begun_with, now=now)
    session.execute(insert(PostSource), [_source(post, old) for post, old in rows])
    searches.index(session, [post for post, _ in rows])
    attachments.keep(session, {post.id: old.mail.attachments for post, old in rows})
    return len(rows)


def count(session: Session, list_id: int, *, since: datetime | None = None) -> int:
    """Say how many mails of a list there are to be written out."""
    query = select(func.count()).where(Post.list_id == list_id, Post.state.in_(threads.SHOWN))
    return session.scalar(query if since is None else query.where(Post.received_at >= since)) or 0


def after(
    session: Session, list_id: int, post_id: int, *, since: datetime | None = None, most: int
) -> list[Kept]:
    """Return some mails of a list that everybody on it has seen, after one of them, by number.

    Those of people who were erased are no longer there.
    """
    query = (
        select(Post.id, Post.sender, Post.received_at, PostSource.raw)
        .join(PostSource, PostSource.post_id == Post.id)
        .where(Post.list_id == list_id, Post.state.in_(threads.SHOWN), Post.id > post_id)
        .order_by(Post.id)
        .limit(most)
    )
    rows = session.execute(query if since is None else query.where(Post.received_at >= since))
    return [Kept(post_id=number, sender=who, at=at, raw=raw) for number, who, at, raw in rows]


def _there(session: Session, list_id: int, mails: Sequence[OldMail]) -> set[str]:
    """Return what is known of these mails: fingerprints and Message-IDs."""
    fingerprints = [old.mail.fingerprint for old in mails]
    message_ids = [old.mail.message_id for old in mails]
    of_list = Post.list_id == list_id
    same = select(Post.fingerprint).where(of_list, Post.fingerprint.in_(fingerprints))
    named = select(Post.message_id).where(of_list, Post.message_id.in_(message_ids))
    return {*session.scalars(same), *session.scalars(named)}


def _ids(mail: Received) -> set[str]:
    is_named = not mail.message_id.endswith(_MADE_UP)
    return {mail.fingerprint, mail.message_id} if is_named else {mail.fingerprint}


class _Threads:
    """The threads that some mails belong to, known or begun by them."""

    def __init__(self, session: Session, list_id: int, mails: Sequence[OldMail]) -> None:
        self.session, self.list_id = session, list_id
        answered = {answer for old in mails for answer in old.mail.answers}
        query = select(Post.message_id, Post.thread_id).where(
            Post.list_id == list_id, Post.message_id.in_(answered)
        )
        #: Those of this batch, by subject.
        self.begun: dict[str, int] = {}
        self.known: dict[str, int] = dict(iter(session.execute(query)))

    def of(self, old: OldMail) -> int:
        mail = old.mail
        there = (self.known[answer] for answer in mail.answers if answer in self.known)
        thread_id = next(there, None) or self._meant(old) or self._begin(old)
        self.known[mail.message_id] = thread_id
        return thread_id

    def _meant(self, old: OldMail) -> int | None:
        if old.mail.answers or not subjects.is_answer(old.mail.subject):
            return None
        meant = subjects.thread_meant
        found = meant(self.session, self.list_id, old.mail.subject, at=old.at)
        return found or self.begun.get(subjects.bare(old.mail.subject))

    def _begin(self, old: OldMail) -> int:
        subject = old.mail.subject
        topic = topics.read(subject) or ""
        thread = Thread(list_id=self.list_id, subject=subject, topic=topic, started_at=old.at)
        self.session.add(thread)
        self.session.flush()
        self.begun[subjects.bare(old.mail.subject)] = thread.id
        return thread.id


def _post(old: OldMail, list_id: int, thread_id: int, authors: dict[str, int]) -> Post:
    mail = old.mail
    sole = mail.from_addresses[0] if len(mail.from_addresses) == 1 else ""
    return Post(
        list_id=list_id,
        thread_id=thread_id,
        author_id=authors.get(normalised(sole)) if sole else None,
        state=lifecycle.begun("post", "import"),
        sender=mail.sender,
        from_name=mail.from_name,
        from_email=mail.from_addresses[0] if mail.from_addresses else "",
        message_id=mail.message_id,
        fingerprint=mail.fingerprint,
        subject=mail.subject,
        text=mail.text,
        size_bytes=len(mail.raw),
        received_at=old.at,
        released_at=old.at,
        rule=IMPORTED,
        judgement={},
        copies=0,
    )


def _source(post: Post, old: OldMail) -> dict[str, object]:
    raw = old.mail.raw
    return {"post_id": post.id, "raw": raw, "sha256": sha256(raw).hexdigest()}
