"""What the posting rules look at besides the mail: who wrote it, and what the list has carried.

One statement, put together once, that reads posts from indexes alone: the answer costs the same
after ten years of posts. Asked by `arrivals.py` for every mail.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    and_,
    bindparam,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from community import bans
from community.cases import Author, Traffic, Trust
from community.emails import normalised
from community.lists import MailingList
from community.monthly_letters import MonthlyLetter
from community.people import Address, Person, PersonRole, Role
from community.posts import GONE, ON_ITS_WAY, Post
from community.prepared import Prepared
from community.repeats import LATELY, MOST
from community.store import Moment, calendar_of
from community.subscriptions import Subscription

WEEK = timedelta(days=7)
#: Who writes from an address that nobody here has.
STRANGER = Author(is_subscriber=False, is_moderator=False, accepted_posts=0)

#: Who has one of these roles is more than a mentor.
BESIDES = tuple(role.value for role in (Role.MEMBER, Role.MODERATOR, Role.COORDINATOR, Role.ADMIN))

#: A list that is named, or one of those that a statement goes through.
OfList = BindParameter[int] | InstrumentedAttribute[int]

_LIST = bindparam("of_list", type_=Post.list_id.type)
_EMAIL = bindparam("email", type_=Address.email.type)
_MIDNIGHT = bindparam("midnight", type_=Moment())
_SAID = bindparam("said", type_=Post.said.type)
_LATELY = bindparam("lately", type_=Moment())
_WEEK_AGO = bindparam("week_ago", type_=Moment())
#: As its index has it.
_IN_GRACE = Post.state == literal_column(f"'{ON_ITS_WAY}'")


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Who wrote a mail, what they are on its list, and what that has carried."""

    #: None unless we know just one.
    author_id: int | None
    author: Author
    traffic: Traffic


def before(
    session: Session,
    list_id: int,
    emails: tuple[str, ...],
    *,
    sender: str = "",
    said: str | None = None,
    now: datetime,
) -> Standing:
    """Return how things stand before a mail with these addresses in From and this envelope.

    What came lately, whatever became of it, counts as a repeat if it `said` the same.
    """
    values = {
        "of_list": list_id,
        **_since(session, now),
        "said": said,
        "lately": now - LATELY,
        "email": normalised(emails[0]) if len(emails) == 1 else None,
        "names": bans.names((*emails, sender)),
    }
    row = _BEFORE[session.connection().dialect.name].one(session, values)
    is_banned, threads_today, mails_this_week, repeats, author_id, *of_person = row
    traffic = Traffic(threads_today=threads_today, mails_this_week=mails_this_week, repeats=repeats)
    if author_id is None:
        author = replace(STRANGER, is_banned=is_banned)
        return Standing(author_id=None, author=author, traffic=traffic)
    trust, is_moderator, is_mentor, accepted, threads, replies = of_person
    author = Author(
        is_subscriber=trust is not None,
        is_moderator=is_moderator,
        accepted_posts=accepted,
        is_banned=is_banned,
        is_mentor=is_mentor,
        trust=trust or Trust.USUAL,
        threads_this_week=threads,
        replies_this_week=replies,
    )
    return Standing(author_id=author_id, author=author, traffic=traffic)


def traffic(session: Session, list_ids: Collection[int], *, now: datetime) -> dict[int, Traffic]:
    """Count what went to all at once on each list: new threads since midnight, a week's mails."""
    rows = session.execute(_TRAFFIC, {"lists": list(list_ids), **_since(session, now)})
    return {
        list_id: Traffic(threads_today=threads_today, mails_this_week=mails_this_week)
        for list_id, threads_today, mails_this_week in rows
    }


def _since(session: Session, now: datetime) -> dict[str, datetime]:
    """Return from when on a list's traffic counts: local midnight, and seven days ago."""
    calendar = calendar_of(session)
    midnight = calendar.at_local(calendar.local(now).date(), datetime.min.time())
    return {"midnight": midnight, "week_ago": now - WEEK}


def standing(dialect: str) -> Select[*tuple[Any, ...]]:
    """Select what `before` asks."""
    place = and_(Subscription.list_id == _LIST, Subscription.person_id == Person.id)
    has_role = exists().where(PersonRole.person_id == Person.id)
    moderates = has_role.where(PersonRole.role == Role.MODERATOR.value)
    is_mentor = and_(
        has_role.where(PersonRole.role == Role.MENTOR.value),
        ~has_role.where(or_(*(PersonRole.role == role for role in BESIDES))),
    )
    this_week = Post.released_at > _WEEK_AGO
    mail = select(literal(1)).subquery("mail")  # one row, also where nobody is known
    return (
        select(
            bans.any_of(dialect),
            *_carried(_LIST),
            _repeats(),
            Person.id,
            Subscription.trust,
            moderates,
            is_mentor,
            _by_author(Post.released_at.is_not(None)),
            _by_author(this_week, ~Post.is_reply),
            _by_author(this_week, Post.is_reply.is_(True)),
        )
        .select_from(mail)
        .outerjoin(Address, Address.email == _EMAIL)
        .outerjoin(Person, and_(Person.id == Address.person_id, Person.state == "active"))
        .outerjoin(Subscription, place)
    )


def _by_author(released: ColumnElement[bool], *kind: ColumnElement[bool]) -> ColumnElement[int]:
    """Count what they wrote and was released then, or is in its grace."""
    # Apart, as no index serves both; and by its states, for one holds what never went out as well.
    mine = (Post.list_id == _LIST, Post.author_id == Person.id, *kind)
    gone = Post.state.in_([literal_column(f"'{state}'") for state in GONE])
    return _count(*mine, gone, released) + _count(*mine, _IN_GRACE)


def _carried(the_list: OfList) -> tuple[ColumnElement[int], ColumnElement[int]]:
    on_list, waits = Post.list_id == the_list, _IN_GRACE  # apart, as no index serves both
    at_once, begins = Post.state == "released", ~Post.is_reply
    to_all = and_(~Post.is_contained, Post.fields == "")
    return (
        _count(on_list, Post.released_at >= _MIDNIGHT, at_once, begins, to_all)
        + _count(on_list, waits, begins, to_all)
        - _letters_since(the_list, _MIDNIGHT),
        _count(on_list, Post.released_at > _WEEK_AGO, at_once, to_all)
        + _count(on_list, waits, to_all)
        - _letters_since(the_list, _WEEK_AGO),
    )


def _letters_since(the_list: OfList, moment: BindParameter[datetime]) -> ColumnElement[int]:
    """Count the house's own letters, which are posts that no budget counts."""
    lately = (MonthlyLetter.list_id == the_list, MonthlyLetter.written_at >= moment)
    return select(func.count()).select_from(MonthlyLetter).where(*lately).scalar_subquery()


def _repeats() -> ColumnElement[int]:
    same = select(Post.id).where(
        Post.list_id == _LIST, Post.said == _SAID, Post.received_at > _LATELY
    )
    return select(func.count()).select_from(same.limit(MOST).subquery()).scalar_subquery()


def _count(*where: ColumnElement[bool]) -> ColumnElement[int]:
    return select(func.count()).select_from(Post).where(*where).scalar_subquery()


_BEFORE = {dialect: Prepared(standing(dialect)) for dialect in ("sqlite", "postgresql")}
_TRAFFIC = select(MailingList.id, *_carried(MailingList.id)).where(
    MailingList.id.in_(bindparam("lists", expanding=True))
)
