"""Notices about several things at once, by one statement; put as `outbox.put` would put each."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from community import extents, insertions, notice_rows
from community.due import Work
from community.extents import Extent
from community.outbox import Channel, Notice
from community.people import Person

_THIS_ONE = select(Person.id).where(Person.id == bindparam("person", type_=Person.id.type))


def tell_all(
    session: Session,
    kind: str,
    object_ids: Sequence[int],
    people_ids: Select[int],
    *,
    detail: str = "",
    channel: Channel,
    now: datetime,
) -> None:
    """Put one notice about each of these things for everybody selected, as `outbox.put_to_all`.

    The SELECT is one of a few constants: the statement is kept with it.
    """
    rows = _kept(people_ids, channel, extents.of(kind))
    about = [notice_rows.values_of(kind, object_id, detail, now=now) for object_id in object_ids]
    insertions.each_once(session, Notice, rows, about)


def is_told(session: Session, person_id: int, kinds: Sequence[str], *, since: datetime) -> bool:
    """Say whether a person has had a letter of one of these kinds since a moment."""
    earlier = select(Notice.id).where(
        Notice.person_id == person_id, Notice.kind.in_(kinds), Notice.due_at > since
    )
    return session.scalar(earlier.limit(1)) is not None


def has_heard(session: Session, person_id: int | None, kind: str, detail: str) -> bool:
    """Say whether a person has ever had, or gets, a letter of a kind with this detail."""
    earlier = select(Notice.id).where(
        Notice.person_id == person_id,
        Notice.kind == kind,
        Notice.detail == detail,
        Notice.state != Work.CANCELLED,
    )
    return session.scalar(earlier.limit(1)) is not None


def tell_each(
    session: Session,
    kind: str,
    own: Sequence[tuple[int, int]],
    *,
    detail: str = "",
    channel: Channel | None,
    now: datetime,
) -> None:
    """Put one notice for each of these people about their own thing: (its id, the person's)."""
    rows = _kept(_THIS_ONE, channel, extents.of(kind))
    values = [
        {**notice_rows.values_of(kind, about, detail, now=now), "person": person}
        for about, person in own
    ]
    insertions.each_once(session, Notice, rows, values)


@cache
def _kept(
    people_ids: Select[int], channel: Channel | None, far: Extent
) -> Select[*tuple[Any, ...]]:
    return notice_rows.rows_of(people_ids, channel, far)
