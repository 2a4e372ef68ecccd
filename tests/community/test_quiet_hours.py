"""When messages may come to a person, and what can wait until then."""

from datetime import UTC, datetime, timedelta

import pytest

from community import quiet_hours, reasons
from community.calendar import Calendar
from community.errors import Refusal
from community.outbox import Notice
from community.quiet_hours import QuietHours
from community.store import Store
from tests.builders import a_meetup, a_person

#: Wednesday 3 February 2027, 12:00 in Oslo.
NOON = datetime(2027, 2, 3, 11, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_messages_come_within_the_hours_of_working_days() -> None:
    hours = QuietHours(person_id=1, opens_hour=9, closes_hour=14, days="1245")

    def opens(now: datetime) -> str:
        calendar = Calendar()
        return f"{calendar.local(quiet_hours.next_open(calendar, hours, now)):%d.%m. %H:%M}"

    assert opens(NOON) == "04.02. 09:00"  # no Wednesdays
    assert opens(NOON + DAY) == "04.02. 12:00"
    assert opens(NOON + DAY + 2 * HOUR) == "05.02. 09:00"
    assert opens(NOON + 2 * DAY + 3 * HOUR) == "08.02. 09:00"  # over the weekend
    assert opens(datetime(2027, 3, 25, 11, 0, tzinfo=UTC)) == "30.03. 09:00"  # over Easter
    late = QuietHours(person_id=1, opens_hour=20, closes_hour=24, days="12345")
    assert quiet_hours.next_open(Calendar(), late, NOON) == NOON + 8 * HOUR


def test_what_can_wait_waits_as_long_as_a_day_is_left(store: Store, now: datetime) -> None:
    ada = a_person(store)
    meetup = a_meetup(store, ada, starts_at=NOON, now=now)
    before = NOON - DAY

    def latest(kind: str, *, at: datetime, object_id: int = meetup) -> datetime | None:
        notice = Notice(kind=kind, object_id=object_id, person_id=ada)
        return store.read_sync(quiet_hours.latest, notice, now=at)

    assert latest("meetup.propose", at=now) == before
    assert latest("meetup.propose", at=before) is None
    assert latest("meetup.cancel", at=now) is None
    assert latest("post.hold", at=now) is None
    assert latest("mentorship.nudge", at=now) == now + quiet_hours.LONGEST
    assert latest("meetup.leave", at=now, object_id=99) == now + quiet_hours.LONGEST
    changed = Notice(kind="meetup.propose", object_id=meetup, person_id=ada, replaces_id=1)
    assert store.read_sync(quiet_hours.latest, changed, now=now) is None


def test_hours_are_chosen_and_forgotten(store: Store, now: datetime) -> None:
    ada = a_person(store)
    assert store.read_sync(quiet_hours.waits_until, ada, now=NOON) is None

    for days in ("51", "12"):
        store.run_sync(quiet_hours.choose, opens_hour=9, closes_hour=14, days=days, by=ada, now=now)

    kept = store.read_sync(quiet_hours.of_person, ada)
    assert kept is not None
    assert (kept.opens_hour, kept.closes_hour, kept.days) == (9, 14, "12")
    monday = datetime(2027, 2, 8, 8, 0, tzinfo=UTC)
    assert store.read_sync(quiet_hours.waits_until, ada, now=NOON) == monday
    assert store.read_sync(quiet_hours.waits_until, ada, now=monday) is None
    for _ in range(2):
        store.run_sync(quiet_hours.forget, by=ada, now=now)
    assert store.read_sync(quiet_hours.of_person, ada) is None


def test_hours_that_leave_nothing_are_refused(store: Store, now: datetime) -> None:
    ada = a_person(store)
    for wrong in (
        (9, 10, "1"),
        (16, 9, "1"),
        (-1, 9, "1"),
        (9, 25, "1"),
        (9, 14, ""),
        (9, 14, "6"),
    ):
        opens, closes, days = wrong
        with pytest.raises(Refusal):
            store.run_sync(
                quiet_hours.choose, opens_hour=opens, closes_hour=closes, days=days, by=ada, now=now
            )


def test_every_kind_that_can_wait_is_a_kind() -> None:
    assert set(reasons.WHY) >= quiet_hours.PATIENT
