"""What the posting rules look at besides the mail: who wrote it, and what the list has carried.

Two statements, put together once, that read posts from indexes alone: the answer costs the same
after ten years of posts. Asked by `arrivals.py` for every mail.
"""

from datetime import datetime, timedelta

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session

from community.cases import Author, Traffic, Trust
from community.lists import Subscription
from community.monthly_letters import MonthlyLetter
from community.people import Address, Person, PersonRole, Role, normalised
from community.posts import ON_ITS_WAY, Post
from community.repeats import LATELY, MOST
from community.store import Moment, calendar_of

WEEK = timedelta(days=7)
#: Who writes from an address that nobody here has.
STRANGER = Author(is_subscriber=False, is_moderator=False, accepted_posts=0)

#: Who has one of these roles is more than a mentor.
BESIDES = tuple(role.value for role in (Role.MEMBER, Role.MODERATOR, Role.COORDINATOR, Role.ADMIN))

_LIST = bindparam("of_list", type_=Post.list_id.type)
_EMAIL = bindparam("email", type_=Address.email.type)
_MIDNIGHT = bindparam("midnight", type_=Moment())
_SAID = bindparam("said", type_=Post.said.type)
_LATELY = bindparam("lately", type_=Moment())
_WEEK_AGO = bindparam("week_ago", type_=Moment())


def of_author(
    session: Session, list_id: int, emails: tuple[str, ...], *, now: datetime
) -> tuple[int | None, Author]:
    """Return the person who wrote, and what that is on the list; None unless we know just one."""
    if len(emails) != 1:
        return None, STRANGER
    values = {"of_list": list_id, "email": normalised(emails[0]), "week_ago": now - WEEK}
    row = session.connection().execute(STANDING, values).one_or_none()
    if row is None:
        return None, STRANGER
    person_id, trust, is_moderator, is_mentor, accepted, threads, replies = row
    author = Author(
        is_subscriber=trust is not None,
        is_moderator=is_moderator,
        accepted_posts=accepted,
        is_mentor=is_mentor,
        trust=trust or Trust.USUAL,
        threads_this_week=threads,
        replies_this_week=replies,
    )
    return person_id, author


def traffic(session: Session, list_id: int, *, said: str | None = None, now: datetime) -> Traffic:
    """Count what went to all at once: new threads since local midnight, mails in seven days.

    And what came lately, whatever became of it, that `said` the same.
    """
    calendar = calendar_of(session)
    midnight = calendar.at_local(calendar.local(now).date(), datetime.min.time())
    values = {
        "of_list": list_id,
        "midnight": midnight,
        "week_ago": now - WEEK,
        "said": said,
        "lately": now - LATELY,
    }
    today, this_week, repeats = session.connection().execute(TRAFFIC, values).one()
    return Traffic(threads_today=today, mails_this_week=this_week, repeats=repeats)


def _standing() -> Select[int, str | None, bool, bool, int, int, int]:
    place = and_(Subscription.list_id == _LIST, Subscription.person_id == Person.id)
    has_role = exists().where(PersonRole.person_id == Person.id)
    moderates = has_role.where(PersonRole.role == Role.MODERATOR.value)
    is_mentor = and_(
        has_role.where(PersonRole.role == Role.MENTOR.value),
        ~has_role.where(PersonRole.role.in_(BESIDES)),
    )
    mine = (Post.list_id == _LIST, Post.author_id == Person.id)
    waits = Post.state == ON_ITS_WAY
    return (
        select(
            Person.id,
            Subscription.trust,
            moderates,
            is_mentor,
            _count(*mine, or_(Post.released_at.is_not(None), waits)),
            _count(*mine, or_(Post.released_at > _WEEK_AGO, waits), ~Post.is_reply),
            _count(*mine, or_(Post.released_at > _WEEK_AGO, waits), Post.is_reply.is_(True)),
        )
        .join(Address, Address.person_id == Person.id)
        .outerjoin(Subscription, place)
        .where(Address.email == _EMAIL, Person.state == "active")
    )


def _traffic() -> Select[int, int, int]:
    # Counted apart, as no index serves both; what is in its grace has not been released.
    on_list = Post.list_id == _LIST
    waits = Post.state == ON_ITS_WAY
    at_once, begins = Post.state == "released", ~Post.is_reply
    to_all = and_(~Post.is_contained, Post.fields == "")
    return select(
        _count(on_list, Post.released_at >= _MIDNIGHT, at_once, begins, to_all)
        + _count(on_list, waits, begins, to_all)
        - _letters_since(_MIDNIGHT),
        _count(on_list, Post.released_at > _WEEK_AGO, at_once, to_all)
        + _count(on_list, waits, to_all)
        - _letters_since(_WEEK_AGO),
        _repeats(),
    )


def _letters_since(moment: BindParameter[datetime]) -> ColumnElement[int]:
    """Count the house's own letters, which are posts that no budget counts."""
    lately = (MonthlyLetter.list_id == _LIST, MonthlyLetter.written_at >= moment)
    return select(func.count()).select_from(MonthlyLetter).where(*lately).scalar_subquery()


def _repeats() -> ColumnElement[int]:
    same = select(Post.id).where(
        Post.list_id == _LIST, Post.said == _SAID, Post.received_at > _LATELY
    )
    return select(func.count()).select_from(same.limit(MOST).subquery()).scalar_subquery()


def _count(*where: ColumnElement[bool]) -> ColumnElement[int]:
    return select(func.count()).select_from(Post).where(*where).scalar_subquery()


#: What `of_author` and `traffic` ask.
STANDING = _standing()
TRAFFIC = _traffic()
