"""What is due when, for whom and why; what waits or failed, and trying it again.

For coordinators and whoever runs the service. Shows no word of any post; only `retry` changes
anything.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from community import departures, reasons, schedules
from community.announcements import Announcement
from community.due import Work
from community.errors import Refusal
from community.gatherings import Gathering
from community.meetups import Meetup
from community.mentoring import Mentorship
from community.outbox import Channel, Delivery, Notice
from community.people import Person
from community.settling import DOUBT
from community.steps import Step

MOST: Final = 200
#: Between a person and us; no coordinator has to do anything about it.
PRIVATE: Final = ("sign_in.link", "person.link", "address_request.confirm", "join_request.confirm")


@dataclass(frozen=True, kw_only=True)
class DueItem:
    """Something that waits for its moment, is tried again, or has failed."""

    #: `notice:12`; of several that wait together the first.
    ref: str
    #: When it is tried next; of what is settled, when that was.
    when: datetime | None
    #: The kind of notice, the action of a step, the name of a schedule.
    what: str
    #: The thing it is about: `meetup 5`; empty for a schedule.
    about: str = ""
    #: What people call that thing, where coordinators may know it.
    title: str = ""
    #: Who gets it, when that is one person.
    whom: str = ""
    #: How many people get it.
    people: int = 0
    #: `slack`, `mail`, or empty when nothing goes out.
    channel: str = ""
    #: An English sentence for `texts.say`.
    why: str
    state: Work = Work.DUE
    attempts: int = 0
    last_error: str | None = None
    #: The far side may have taken it although we got no answer.
    in_doubt: bool = False


def due(
    session: Session, *, now: datetime, limit: int = MOST, sees_private: bool = False
) -> list[DueItem]:
    """Return what is due, the next first; what waits together for several people is one item.

    What is `PRIVATE` is left out, unless `sees_private`: for whoever runs the service.
    """
    hidden = () if sees_private else PRIVATE
    # By `next_at`, which has an index of what is due, and no state that millions have.
    waiting = [
        *_notices_together(session, hidden, now=now, limit=limit),
        *_deliveries_together(session, now=now, limit=limit),
        *_steps(session, Step.next_at.is_not(None), now=now, limit=limit),
        *(_of_schedule(row) for row in schedules.coming(session)),
    ]
    return titled(session, sorted(waiting, key=_moment)[:limit])


def outbox(session: Session, *, now: datetime, limit: int = MOST) -> list[DueItem]:
    """Return row by row what waits or failed, with its reason: failed first, then the next.

    Also what was cancelled although it may have been taken already, and steps that raised.
    """
    found = [
        *_rows(session, Notice, now=now, limit=limit),
        *_rows(session, Delivery, now=now, limit=limit),
        *broken_steps(session, now=now, limit=limit),
    ]
    order = (Work.FAILED, Work.CANCELLED, Work.DUE)
    return titled(
        session, sorted(found, key=lambda item: (order.index(item.state), *_moment(item)))[:limit]
    )


def retry(session: Session, ref: str, *, now: datetime) -> None:
    """Have a row that failed or waits tried again at once; `ref` is like `notice:12`.

    Raises:
        Refusal: no such row; done or cancelled; being tried at this moment.
    """
    noun, _, number = ref.partition(":")
    if not (number.isascii() and number.isdigit() and int(number[:18]) < 2**31):
        raise Refusal("“{ref}” is no id. Ids look like notice:12, delivery:7 or step:3.", ref=ref)
    row = _locked(session, noun, int(number))
    if row is None:
        raise Refusal("There is no {ref}. “samband outbox” shows what there is.", ref=ref)
    if row.state == Work.DONE:
        raise Refusal("{ref} is done; trying it again would do it twice.", ref=ref)
    if row.state == Work.CANCELLED:
        raise Refusal("{ref} was cancelled ({why}).", ref=ref, why=row.last_error or "")
    if row.claims > row.attempts and row.next_at is not None and row.next_at > now:
        raise Refusal(
            "{ref} is being tried at this moment. If that process has died, it comes again by "
            "itself: {when}.",
            ref=ref,
            when=row.next_at,
        )
    again: dict[str, object] = {"state": Work.DUE, "next_at": now, "settled_at": None}
    if not isinstance(row, Step):
        again["faults"] = 0
    if isinstance(row, Delivery):
        departures.end(session, row.post_id)
    session.execute(update(type(row)).where(type(row).id == row.id).values(**again))


def _locked(session: Session, noun: str, row_id: int) -> Step | Notice | Delivery | None:
    if noun == "step":
        return session.get(Step, row_id, with_for_update=True)
    if noun == "notice":
        return session.get(Notice, row_id, with_for_update=True)
    return session.get(Delivery, row_id, with_for_update=True) if noun == "delivery" else None


def _rows(
    session: Session, model: type[Notice] | type[Delivery], *, now: datetime, limit: int
) -> Iterator[DueItem]:
    taken = or_(model.claims > model.attempts, model.last_error.startswith(DOUBT))
    wanted = or_(
        model.state.in_((Work.DUE, Work.FAILED)), and_(model.state == Work.CANCELLED, taken)
    )
    query = select(model, Person.name).join(Person, Person.id == model.person_id).where(wanted)
    order = (case((model.state == Work.FAILED, 0), else_=1), model.next_at, model.id)
    for row, name in session.execute(query.order_by(*order).limit(limit)):
        if isinstance(row, Delivery):
            yield replace(of_delivery(row, now), whom=name)
        elif isinstance(row, Notice):
            yield replace(of_notice(row, now), whom=name)


def broken_steps(session: Session, *, now: datetime, limit: int) -> Iterator[DueItem]:
    """Yield the steps that have raised: those that wait for another try, and those given up."""
    raised = and_(Step.state == Work.DUE, Step.attempts > 0)
    return _steps(session, or_(Step.state == Work.FAILED, raised), now=now, limit=limit)


def _steps(
    session: Session, wanted: ColumnElement[bool], *, now: datetime, limit: int
) -> Iterator[DueItem]:
    query = select(Step).where(wanted).order_by(Step.next_at, Step.id).limit(limit)
    for step in session.scalars(query):
        yield _item(step, what=step.action, object_id=step.object_id, people=0, now=now)


def _notices_together(
    session: Session, hidden: Collection[str], *, now: datetime, limit: int
) -> Iterator[DueItem]:
    """Yield one item for all notices that say the same thing by the same channel, equally far."""
    same = (Notice.kind, Notice.object_id, Notice.detail, Notice.channel)
    equally_far = (Notice.attempts, Notice.claims, Notice.last_error)
    first, next_at = func.min(Notice.id), func.min(Notice.next_at)
    query = (
        select(first, func.count(), next_at)
        .where(Notice.next_at.is_not(None), Notice.kind.not_in(hidden))
        .group_by(*same, *equally_far)
        .order_by(next_at, first)
        .limit(limit)
    )
    groups = {row_id: (count, when) for row_id, count, when in session.execute(query)}
    rows = select(Notice, Person.name).join(Person).where(Notice.id.in_(groups))
    for notice, name in session.execute(rows):
        count, when = groups[notice.id]
        item = of_notice(notice, now)
        yield replace(item, when=when, people=count, whom=name if count == 1 else "")


def _deliveries_together(session: Session, *, now: datetime, limit: int) -> Iterator[DueItem]:
    """Yield one item for each post that is on its way, however many still wait for it."""
    first, next_at = func.min(Delivery.id), func.min(Delivery.next_at)
    query = (
        select(first, func.count(), next_at)
        .where(Delivery.next_at.is_not(None))
        .group_by(Delivery.post_id)
        .order_by(next_at, first)
        .limit(limit)
    )
    groups = {row_id: (count, when) for row_id, count, when in session.execute(query)}
    rows = select(Delivery, Person.name).join(Person).where(Delivery.id.in_(groups))
    for delivery, name in session.execute(rows):
        count, when = groups[delivery.id]
        item = of_delivery(delivery, now)
        yield replace(item, when=when, people=count, whom=name if count == 1 else "")


def of_notice(notice: Notice, now: datetime) -> DueItem:
    """Return a notice as an item."""
    item = _item(notice, what=notice.kind, object_id=notice.object_id, people=1, now=now)
    return replace(item, channel=notice.channel)


def of_delivery(delivery: Delivery, now: datetime) -> DueItem:
    """Return one copy of a post as an item."""
    item = _item(delivery, what=reasons.DELIVER, object_id=delivery.post_id, people=1, now=now)
    return replace(item, channel=Channel.MAIL.value)


def _item(
    row: Step | Notice | Delivery, *, what: str, object_id: int, people: int, now: datetime
) -> DueItem:
    is_tried_now = row.claims == row.attempts + 1 and row.next_at is not None and row.next_at > now
    lost = row.claims > row.attempts and not is_tried_now
    return DueItem(
        ref=f"{row.__tablename__}:{row.id}",
        when=row.next_at or row.settled_at,
        what=what,
        about=f"{what.partition('.')[0]} {object_id}",
        people=people,
        why=reasons.why(what),
        state=Work(row.state),
        attempts=row.attempts,
        last_error=row.last_error,
        in_doubt=lost or (row.last_error or "").startswith(DOUBT),
    )


def _of_schedule(row: schedules.Schedule) -> DueItem:
    return DueItem(
        ref=f"schedule:{row.name}", when=row.next_at, what=row.name, why=reasons.why(row.name)
    )


def _moment(item: DueItem) -> tuple[bool, float, str]:
    return (item.when is None, item.when.timestamp() if item.when else 0.0, item.ref)


def titled(session: Session, items: list[DueItem]) -> list[DueItem]:
    """Add to each item what people call its thing: one query for each noun, not for each item."""
    wanted: dict[str, set[int]] = {}
    for item in items:
        noun, _, number = item.about.partition(" ")
        wanted.setdefault(noun, set()).add(int(number or 0))
    titles = {
        f"{noun} {object_id}": title
        for noun, ids in wanted.items()
        if noun in TITLES
        for object_id, title in session.execute(TITLES[noun](ids))
    }
    return [replace(item, title=titles.get(item.about, "")) for item in items]


def _pairs(ids: set[int]) -> Select[int, str]:
    postdoc, mentor = aliased(Person), aliased(Person)
    return (
        select(Mentorship.id, postdoc.name + " – " + mentor.name)
        .join(postdoc, postdoc.id == Mentorship.postdoc_id)
        .join(mentor, mentor.id == Mentorship.mentor_id)
        .where(Mentorship.id.in_(ids))
    )


#: What coordinators may read of a thing; the subject of a post is not among it.
TITLES: Final[Mapping[str, Callable[[set[int]], Select[int, str]]]] = {
    "meetup": lambda ids: select(Meetup.id, Meetup.topic).where(Meetup.id.in_(ids)),
    "gathering": lambda ids: select(Gathering.id, Gathering.title).where(Gathering.id.in_(ids)),
    "announcement": lambda ids: select(
        Announcement.id,
        case((Announcement.title_en != "", Announcement.title_en), else_=Announcement.title_nb),
    ).where(Announcement.id.in_(ids)),
    "mentorship": _pairs,
}
