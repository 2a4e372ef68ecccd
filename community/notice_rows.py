"""Which notices are put for whom, and by which way: the SELECTs behind `outbox.put` and its like.

Set-based, so that a notice for ten thousand costs one statement. It decides nothing by itself: what
people have chosen is in `ways.py`, how far a letter goes in `extents.py`.
"""

from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.sql.elements import ColumnElement

from community import ways
from community.due import Work
from community.extents import Extent
from community.people import Address, Person
from community.ways import CategoryChoice, Choosing, Way


@lru_cache(maxsize=64)  # for what `put` asks, and for SELECTs that are kept
def rows_of(
    people_ids: Select[int],
    channel: str | None,
    far: Extent,
    choosing: Choosing | None = None,
) -> Select[*tuple[Any, ...]]:
    """Select a notice for everybody selected, in order; its values are those of `values_of`."""
    if channel is None and choosing is not None:
        return _chosen(people_ids, choosing)
    by = literal(str(channel)) if channel else _preferred()
    rows = _rows(by).where(Person.id.in_(people_ids))
    if not far.is_to_anybody:
        rows = rows.where(Person.state == "active")
    if channel == Way.SLACK:
        rows = rows.where(Person.slack_id.is_not(None))
    elif not far.is_always_mailed:
        rows = rows.where(or_(by == Way.SLACK.value, ~_is_cut_off()))
    if choosing is not None and choosing.is_stoppable:
        rows = rows.where(Person.id.not_in(ways.stopped(choosing.category)))
    return rows


def _chosen(people_ids: Select[int], choosing: Choosing) -> Select[*tuple[Any, ...]]:
    """Select notices by the ways that people have chosen: one each, two for who wants both.

    Who has no Slack gets mail, and whom mail does not reach gets it in Slack.
    """
    each = union_all(*(select(literal(way.value).label("way")) for way in (Way.SLACK, Way.MAIL)))
    channels = each.subquery("channel")
    mine = (CategoryChoice.person_id == Person.id, CategoryChoice.category == choosing.category)
    unchosen = literal(ways.unchosen(choosing.category).value)
    # Of something they are in, also those hear who have stopped the kind.
    way = func.coalesce(func.nullif(CategoryChoice.way, Way.NONE.value), unchosen)
    is_linked, is_cut_off = Person.slack_id.is_not(None), _is_cut_off()
    in_slack = and_(is_linked, or_(way.in_((Way.SLACK.value, Way.BOTH.value)), is_cut_off))
    by_mail = and_(~is_cut_off, or_(way.in_((Way.MAIL.value, Way.BOTH.value)), ~is_linked))
    is_theirs = case((channels.c.way == Way.SLACK.value, in_slack), else_=by_mail)
    rows = (
        _rows(channels.c.way)
        .select_from(Person)
        .outerjoin(CategoryChoice, and_(*mine))
        .join(channels, true())
        .where(Person.id.in_(people_ids), Person.state == "active", is_theirs)
    )
    if not choosing.is_stoppable:
        return rows
    has_stopped = func.coalesce(CategoryChoice.way, unchosen) == Way.NONE.value
    return rows.where(~has_stopped)


def _rows(by: ColumnElement[str]) -> Select[*tuple[Any, ...]]:
    return select(
        (bindparam("about", type_=String) + cast(Person.id, String) + ":" + by).label("key"),
        bindparam("kind", type_=String).label("kind"),
        bindparam("object_id", type_=Person.id.type).label("object_id"),
        bindparam("detail", type_=String).label("detail"),
        Person.id.label("person_id"),
        by.label("channel"),
        *fresh(bindparam("now", type_=Person.joined_at.type)),
    ).order_by(Person.id, by.desc())  # each in Slack before by mail


def _is_cut_off() -> ColumnElement[bool]:
    """Say that mail does not reach a person."""
    return exists().where(
        Address.person_id == Person.id, Address.is_primary, Address.state == "suppressed"
    )


def values_of(kind: str, object_id: int, detail: str, *, now: datetime) -> dict[str, Any]:
    """Return the values of the parameters of `rows_of`."""
    about = f"{kind}:{object_id}:{detail}:"
    return {"about": about, "kind": kind, "object_id": object_id, "detail": detail, "now": now}


def _preferred() -> ColumnElement[str]:
    return case((Person.slack_id.is_not(None), Way.SLACK.value), else_=Way.MAIL.value)


def fresh(now: ColumnElement[datetime]) -> tuple[ColumnElement[Any], ...]:
    """Return the columns of a row that is due now."""
    return (
        now.label("due_at"),
        now.label("next_at"),
        literal(Work.DUE.value).label("state"),
        literal(0).label("claims"),
        literal(0).label("attempts"),
    )
