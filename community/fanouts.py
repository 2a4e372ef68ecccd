"""Who gets a post at once and who in a digest: what people have chosen, as conditions in SQL.

Called when a post is released (`releases.release`) or published (`digests.make_due`). One
INSERT ... SELECT however many people are on the list; a post comes to a person once, at once or in
one digest, also where the same mail went to several lists of this house.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, Select, bindparam, false, insert, literal, or_, select, true
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.sql.elements import ColumnElement

from community import outbox
from community.deliveries import MailChoice, ThreadChoice
from community.due import Work
from community.emails import normalised
from community.fields import related
from community.lists import MailingList
from community.outbox import Delivery
from community.people import Address, Person, PersonField
from community.prepared import Prepared
from community.store import Base
from community.subscriptions import Mode, Subscription
from community.topic_choices import TopicMode, have_chosen


class Addressee(Base):
    """Somebody to whom a post was written directly as well (To or Cc), by any address."""

    __tablename__ = "addressee"

    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class DigestEntry(Base):
    """A post that a person gets in a digest: the next one, or the one it was in."""

    __tablename__ = "digest_entry"

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True
    )
    #: With the person the key: no post is ever in two digests of one person (G1).
    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    #: Only one line about its thread comes, with the others' (containment.py).
    is_line: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: Empty until its digest is made.
    digest_id: Mapped[int | None] = mapped_column(
        ForeignKey("digest.id", ondelete="CASCADE"), index=True
    )


#: The modes in which whatever is on the list comes, at once or in a digest.
BY_LIST = (Mode.EACH, Mode.DAILY, Mode.WEEKLY)
#: Who reads digests, and who does not but is on the list to get something.
DIGESTS = (Mode.DAILY, Mode.WEEKLY)
AT_ONCE = (Mode.EACH, Mode.FOLLOWED)


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """A post that leaves now, as far as it matters for who gets it."""

    post_id: int
    list_id: int
    thread_id: int
    author_id: int | None
    #: It goes to those who write in its thread or follow it; the others get a line.
    is_contained: bool = False
    #: It goes to people of these fields and related ones alone; empty: to all.
    fields: tuple[str, ...] = ()
    #: The topic of its thread, for those who have chosen about it; empty: none.
    topic: str = ""
    #: Who has written in its thread: they follow it unless they mute it.
    writers: Select[int]
    #: The posts on other lists of this house that are the same mail.
    twins: tuple[int, ...] = ()
    now: datetime


def release(session: Session, post: Outgoing) -> int:
    """Put a delivery for everybody who gets the post at once, and an entry for digest readers.

    Returns how many deliveries there are.
    """
    session.flush()  # the statements read what has just become of the post
    together = session.get_one(MailingList, post.list_id).policy.together
    hearers = at_once(post)
    copies = outbox.put_deliveries(session, post.post_id, hearers, together=together, now=post.now)
    _put_entries(session, post, in_digest(post))
    _put_lines(session, post)
    return copies


def collect(session: Session, post: Outgoing) -> None:
    """Put an entry for everybody who gets a post that the rules have moved to the digest."""
    session.flush()  # as above
    _put_entries(session, post, beyond_budget(post))
    _put_lines(session, post)


def at_once(post: Outgoing) -> Select[int]:
    """Select who gets the post as a mail of its own."""
    return _hearers(post).where(
        or_(
            (Subscription.mode == Mode.EACH)
            & _reaches(post)
            & _unless(post, TopicMode.DIGEST, TopicMode.NONE),
            Subscription.mode.in_(DIGESTS) & _chose(post, follows=True),
            (Subscription.mode == Mode.FOLLOWED) & _follows(post),
            _wants(post, TopicMode.EACH) & _reaches(post),
        )
    )


def in_digest(post: Outgoing) -> Select[int]:
    """Select who gets the post in a digest: its readers but those who follow the thread."""
    return _hearers(post).where(
        or_(
            Subscription.mode.in_(DIGESTS)
            & ~_chose(post, follows=True)
            & ~_wants(post, TopicMode.EACH)
            & _unless(post, TopicMode.NONE),
            Subscription.mode.in_(AT_ONCE) & _wants(post, TopicMode.DIGEST) & ~_follows(post),
        ),
        _reaches(post),
    )


def beyond_budget(post: Outgoing) -> Select[int]:
    """Select who gets a post that is beyond what goes out at once: all, in a digest."""
    return _hearers(post).where(
        or_(
            Subscription.mode.in_(BY_LIST) & _reaches(post) & _unless(post, TopicMode.NONE),
            (Subscription.mode == Mode.FOLLOWED) & _follows(post),
            _wants(post, TopicMode.EACH, TopicMode.DIGEST) & _reaches(post),
        )
    )


def note_addressees(session: Session, emails: Mapping[int, Sequence[str]]) -> None:
    """Remember to which people posts were written directly: the addresses in each."""
    named = [
        {"post": post_id, "email": normalised(email)}
        for post_id, directly in emails.items()
        for email in directly
    ]
    _ADDRESSEES.each(session, named)


def by_line(post: Outgoing) -> Select[int]:
    """Select who gets a line about a post that goes to those in its thread.

    Who has chosen only what they follow gets none, unless they want the topic.
    """
    by_list = Subscription.mode.in_(BY_LIST) & ~_wants(post, TopicMode.NONE)
    return _hearers(post).where(
        or_(by_list, _wants(post, TopicMode.EACH, TopicMode.DIGEST)), ~_follows(post)
    )


_POST = bindparam("post", type_=Addressee.post_id.type)
_ADDRESSEES = Prepared(
    insert(Addressee).from_select(
        ["post_id", "person_id"],
        select(_POST, Address.person_id).where(
            Address.email == bindparam("email", type_=Address.email.type),
            # by another address of theirs
            Address.person_id.not_in(select(Addressee.person_id).where(Addressee.post_id == _POST)),
        ),
    )
)


def is_awake(now: datetime) -> ColumnElement[bool]:
    """Say which subscriptions are not paused."""
    return or_(Subscription.paused_until.is_(None), Subscription.paused_until <= now)


def _hearers(post: Outgoing) -> Select[int]:
    """Select the subscribers whom nothing keeps from this post, whatever their mode."""
    twice = select(MailChoice.person_id).where(MailChoice.gets_second)
    named = select(Addressee.person_id).where(
        Addressee.post_id == post.post_id, Addressee.person_id.not_in(twice)
    )
    hearers = select(Subscription.person_id).where(
        Subscription.list_id == post.list_id,
        is_awake(post.now),
        ~_chose(post, follows=False),
        Subscription.person_id.not_in(named),
    )
    if post.twins:
        hearers = hearers.where(Subscription.person_id.not_in(_have_it(post.twins)))
    if post.fields:
        hearers = hearers.where(or_(_is_near(post), _chose(post, follows=True)))
    if post.author_id is None:
        return hearers
    not_own = select(MailChoice.person_id).where(
        MailChoice.person_id == post.author_id, ~MailChoice.gets_own
    )
    return hearers.where(Subscription.person_id.not_in(not_own))


def _have_it(twins: Sequence[int]) -> Select[int]:
    """Select who gets one of these posts whole: at once or in a digest."""
    as_mail = select(Delivery.person_id).where(
        Delivery.post_id.in_(twins), Delivery.state != Work.CANCELLED
    )
    as_entry = select(DigestEntry.person_id).where(
        DigestEntry.post_id.in_(twins), ~DigestEntry.is_line
    )
    return select(as_mail.union_all(as_entry).subquery().c.person_id)


def _is_near(post: Outgoing) -> ColumnElement[bool]:
    """Say who is of the post's fields or related ones, or has written in its thread."""
    of_field = select(PersonField.person_id).where(PersonField.code.in_(related(post.fields)))
    return or_(Subscription.person_id.in_(of_field), Subscription.person_id.in_(post.writers))


def _chose(post: Outgoing, *, follows: bool) -> ColumnElement[bool]:
    chosen = select(ThreadChoice.person_id).where(
        ThreadChoice.thread_id == post.thread_id, ThreadChoice.follows.is_(follows)
    )
    return Subscription.person_id.in_(chosen)


def _reaches(post: Outgoing) -> ColumnElement[bool]:
    """Say whom a post reaches by being on the list: all, or those in its thread."""
    return _follows(post) if post.is_contained else true()


def _follows(post: Outgoing) -> ColumnElement[bool]:
    return or_(_chose(post, follows=True), Subscription.person_id.in_(post.writers))


def _wants(post: Outgoing, *modes: TopicMode) -> ColumnElement[bool]:
    """Say who has chosen one of these modes for the topic, and wants any mail of the list."""
    if not post.topic:
        return false()
    return (Subscription.mode != Mode.NONE) & have_chosen(post.list_id, post.topic, *modes)


def _unless(post: Outgoing, *modes: TopicMode) -> ColumnElement[bool]:
    """Say who has chosen none of these modes for the post's topic, or follows its thread."""
    return or_(~_wants(post, *modes), _follows(post)) if post.topic else true()


def _put_lines(session: Session, post: Outgoing) -> None:
    if post.is_contained:
        _put_entries(session, post, by_line(post), is_line=True)


def _put_entries(
    session: Session, post: Outgoing, readers: Select[int], *, is_line: bool = False
) -> None:
    whom = outbox.picked(readers)
    active = (
        select(Person.id, literal(post.post_id), literal(is_line))
        .select_from(whom)
        .join(Person, Person.id == whom.c[0])
        .join(Address, Address.person_id == Person.id)
        .where(Person.state == "active", Address.is_primary, Address.state != "suppressed")
    )
    into = insert(DigestEntry).from_select(["person_id", "post_id", "is_line"], active)
    session.execute(into)
