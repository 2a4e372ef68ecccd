"""What a pair reads about its booked meeting."""

from datetime import datetime, timedelta

import pytest

from community import expectations, meetings, mentoring, outbox
from community.meetings import Meeting
from community.outbox import Channel
from community.people import Role
from community.store import Store
from letters.letter import Button, Letter
from tests.builders import a_coordinator, a_person, letter, planned

DAY = timedelta(days=1)
WHEN = "Wed 10 Feb, 10:00–11:00"


@pytest.fixture
def ada(store: Store) -> int:
    return a_person(store, "Ada Holm", slack_id="U1")


@pytest.fixture
def per(store: Store) -> int:
    return a_person(store, "Per Foss", roles=(Role.MENTOR,))


@pytest.fixture
def meeting(store: Store, now: datetime, ada: int, per: int) -> int:
    kari = a_coordinator(store)
    pair = store.run_sync(mentoring.pair, postdoc_id=ada, mentor_id=per, by=kari, now=now).id
    return store.run_sync(
        meetings.book, pair, starts_at=now + 9 * DAY, by=ada, now=now, place="Hangaren"
    ).id


def _read(store: Store, kind: str, person: int) -> Letter:
    found = letter(store, f"meeting.{kind}", person)
    assert found is not None
    return found


def _remind(store: Store, meeting: int, to: int, detail: str, now: datetime) -> Letter | None:
    store.run_sync(outbox.put, "meeting.remind", meeting, to, detail=detail, now=now)
    return letter(store, "meeting.remind", to)


def test_invite_puts_it_into_both_calendars_as_one_event(
    store: Store, now: datetime, meeting: int, ada: int, per: int
) -> None:
    for_ada, for_per = _read(store, "invite", ada), _read(store, "invite", per)

    assert for_ada.subject == "In your calendar: first meeting with Per Foss"
    assert for_ada.facts == (("When", WHEN), ("Where", "Hangaren"))
    assert for_ada.buttons == (
        Button(label=for_ada.buttons[0].label, action="meeting.move", object_id=meeting),
    )
    first, second = for_ada.invitation, for_per.invitation
    assert first is not None
    assert second is not None
    assert first.uid == second.uid == f"meeting-{meeting}@lists.example.org"
    assert (first.method, first.sequence, first.starts_at) == ("REQUEST", 0, now + 9 * DAY)
    assert (first.attendee_address, first.organizer_name) == ("ada.holm@example.org", "Per Foss")
    assert (second.attendee_address, second.organizer_name) == ("per.foss@example.org", "Ada Holm")
    assert first.organizer_address != second.organizer_address
    assert first.summary == "First meeting: Ada Holm and Per Foss"


@pytest.mark.parametrize(
    ("detail", "subject", "opening", "actions"),
    [
        (
            "3d-0",
            "Soon: your meeting with Per Foss",
            "In three working days you meet Per Foss.",
            ["meeting.move"],
        ),
        (
            "1d-0",
            "Soon: your meeting with Per Foss",
            "On the next working day you meet Per Foss.",
            ["meeting.move"],
        ),
        (
            "after-0",
            "Did you meet Per Foss?",
            "One press is enough, from one of you.",
            ["meeting.confirm", "meeting.move"],
        ),
    ],
)
def test_reminders_before_and_the_question_after(
    store: Store,
    now: datetime,
    meeting: int,
    ada: int,
    detail: str,
    subject: str,
    opening: str,
    actions: list[str],
) -> None:
    found = _remind(store, meeting, ada, detail, now)

    assert found is not None
    assert (found.subject, found.paragraphs) == (subject, (opening,))
    assert [button.action for button in found.buttons] == actions
    assert found.stop is not None
    assert found.stop.action == "mentorship.mute"


def test_a_reminder_of_an_earlier_time_or_a_held_meeting_is_not_sent(
    store: Store, now: datetime, meeting: int, ada: int
) -> None:
    store.run_sync(meetings.move, meeting, starts_at=now + 10 * DAY, by=ada, now=now)
    assert _remind(store, meeting, ada, "1d-0", now) is None
    assert _remind(store, meeting, ada, "1d-1", now) is not None

    store.run_sync(meetings.confirm, meeting, by=ada, now=now)
    assert _remind(store, meeting, ada, "after-1", now) is None
    assert letter(store, "meeting.invite", ada) is None


def test_decline_asks_the_other_one_to_move_it(
    store: Store, now: datetime, meeting: int, ada: int, per: int
) -> None:
    store.run_sync(meetings.decline, meeting, by=per, now=now)

    found = _read(store, "decline", ada)

    assert found.subject == "Per Foss cannot come at this time"
    assert found.facts == (("When", WHEN), ("Where", "Hangaren"))
    assert [button.action for button in found.buttons] == ["meeting.move"]
    store.run_sync(meetings.confirm, meeting, by=ada, now=now)
    settled = _read(store, "decline", ada)
    assert (settled.subject, settled.buttons) == ("You have met Per Foss", ())


def test_what_a_pair_has_of_its_meeting_offers_nothing_once_the_pair_has_ended(
    store: Store, now: datetime, meeting: int, ada: int, per: int
) -> None:
    waiting = ("meeting.remind", "meeting.decline")
    for kind in waiting:
        about = (kind, meeting, ada)
        store.run_sync(outbox.put, *about, detail="1d-0", channel=Channel.SLACK, now=now)
    pair = store.read_sync(lambda session: session.get_one(Meeting, meeting).mentorship_id)

    store.run_sync(expectations.hand_back, pair, by=per, now=now)

    for kind in waiting:
        said = letter(store, kind, ada)
        assert said is not None
        assert (said.subject, said.buttons) == ("You and Per Foss", ())
    assert letter(store, "meeting.invite", ada) is None
    assert {step.state for step in planned(store, "meeting.remind")} == {"cancelled"}
    assert _remind(store, meeting, per, "1d-0", now) is None
