"""What people are told about a meetup."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from community import meetups, outbox
from community.meetups import Meetup, Rsvp
from community.store import Store
from letters.letter import Button, Invitation, Letter
from tests.builders import NEXT_WEEK, a_meetup, a_person, letter

PHYSICS, LAW = "1.3", "5.5"


@pytest.fixture
def ada(store: Store) -> int:
    return a_person(store, "Ada Holm", fields=(PHYSICS,))


@pytest.fixture
def bo(store: Store) -> int:
    return a_person(store, "Bo Li", fields=(PHYSICS,), slack_id="U1")


@pytest.fixture
def meetup(store: Store, ada: int, bo: int, now: datetime) -> int:
    return a_meetup(store, ada, now=now)


def _read(store: Store, kind: str, person: int) -> Letter:
    found = letter(store, f"meetup.{kind}", person)
    assert found is not None
    return found


def _facts(who: str) -> tuple[tuple[str, str], ...]:
    return (
        ("When", "Mon 8 Feb, 12:00–13:00"),
        ("Where", "Hangaren"),
        ("Who is coming", who),
    )


def _calendar(store: Store, kind: str, person: int) -> tuple[str, int]:
    invitation = _read(store, kind, person).invitation
    assert invitation is not None
    return invitation.method, invitation.sequence


def test_propose_says_who_invites_and_why(store: Store, meetup: int, bo: int) -> None:
    assert _read(store, "propose", bo) == Letter(
        language="en",
        subject="Meetup: Lunch",
        paragraphs=("Ada Holm (Physical sciences) invites you.",),
        facts=_facts("Ada Holm (1/5)"),
        buttons=(Button(label="Join", action="meetup.join", object_id=meetup, style="primary"),),
        why="You get this because your field is the same as or close to Physical sciences.",
        stop=Button(label="No more meetup proposals", action="meetup.mute", object_id=meetup),
    )


def test_propose_is_brought_up_to_date_and_not_sent_late(
    store: Store, now: datetime, meetup: int, ada: int, bo: int
) -> None:
    siv = a_person(store, "Siv Lie", fields=(PHYSICS,))
    again = a_meetup(store, ada, now=now)
    store.run_sync(meetups.join, again, by=bo, now=now)
    joined = _read(store, "propose", bo)
    for meetup_id in (meetup, again):
        store.run_sync(meetups.cancel, meetup_id, by=ada, now=now)

    assert joined.paragraphs == ("You are coming to this meetup.",)
    assert [button.action for button in joined.buttons] == ["meetup.leave"]
    assert _read(store, "propose", bo).paragraphs == ("This meetup has been cancelled.",)
    assert letter(store, "meetup.propose", siv) is None
    store.run_sync(lambda session: session.execute(update(Meetup).values(state="over")).close())
    assert _read(store, "propose", bo).paragraphs == ("This meetup is over.",)


def test_invite_puts_it_into_the_calendar(
    store: Store, now: datetime, meetup: int, ada: int, bo: int
) -> None:
    store.run_sync(meetups.join, meetup, by=bo, now=now)

    found = _read(store, "invite", bo)

    assert found.invitation is not None
    assert found == Letter(
        language="en",
        subject="In your calendar: Lunch",
        paragraphs=("Here is the meetup for your calendar.",),
        facts=_facts("Ada Holm and Bo Li (2/5)"),
        buttons=(Button(label="I can’t come", action="meetup.leave", object_id=meetup),),
        why="You get this because you said that you are coming.",
        invitation=Invitation(
            method="REQUEST",
            uid=f"meetup-{meetup}@lists.example.org",
            sequence=0,
            starts_at=NEXT_WEEK,
            ends_at=NEXT_WEEK + timedelta(hours=1),
            summary="Lunch",
            place="Hangaren",
            description="",
            organizer_name="Ada Holm",
            organizer_address=found.invitation.organizer_address,
            attendee_name="Bo Li",
            attendee_address="bo.li@example.org",
            stamped_at=now,
        ),
    )
    host = _read(store, "invite", ada)
    assert [button.action for button in host.buttons] == ["meetup.cancel"]
    assert host.why == "You get this because you host it."


def test_the_host_hears_who_comes_and_who_does_not(
    store: Store, now: datetime, meetup: int, ada: int, bo: int
) -> None:
    store.run_sync(meetups.join, meetup, by=bo, now=now)
    joined = _read(store, "join", ada)
    store.run_sync(meetups.leave, meetup, by=bo, now=now)
    left = _read(store, "leave", ada)

    assert joined.paragraphs == ("Somebody new is coming to your meetup.",)
    assert left.paragraphs == ("Somebody cannot come to your meetup after all.",)
    assert [found.facts for found in (joined, left)] == [
        _facts("Ada Holm and Bo Li (2/5)"),
        _facts("Ada Holm (1/5)"),
    ]
    assert [button.action for button in joined.buttons] == ["meetup.cancel"]
    assert joined.why == left.why == "You get this because you host it."


def test_uninvite_takes_it_out_of_the_calendar(
    store: Store, now: datetime, meetup: int, bo: int
) -> None:
    store.run_sync(meetups.join, meetup, by=bo, now=now)
    store.run_sync(meetups.leave, meetup, by=bo, now=now)

    found = _read(store, "uninvite", bo)

    assert _calendar(store, "uninvite", bo) == ("CANCEL", 1)
    assert found.paragraphs == ("You said that you cannot come. Until another time!",)
    assert found.why == "You get this because you said that you cannot come."
    assert [button.action for button in found.buttons] == ["meetup.join"]
    assert letter(store, "meetup.invite", bo) is None


def test_a_cancellation_is_not_sent_to_who_has_joined_again(
    store: Store, now: datetime, meetup: int, bo: int
) -> None:
    for act in (meetups.join, meetups.leave, meetups.join):
        store.run_sync(act, meetup, by=bo, now=now)

    assert letter(store, "meetup.uninvite", bo) is None
    assert _calendar(store, "invite", bo) == ("REQUEST", 1)


def test_cancel_tells_who_would_have_come(
    store: Store, now: datetime, meetup: int, ada: int, bo: int
) -> None:
    store.run_sync(meetups.join, meetup, by=bo, now=now)
    store.run_sync(meetups.cancel, meetup, by=ada, now=now)

    found = _read(store, "cancel", bo)

    assert _calendar(store, "cancel", bo) == ("CANCEL", 1)
    assert found.paragraphs == (
        "This meetup has been cancelled. It leaves your calendar by itself.",
    )
    assert found.buttons == ()
    assert letter(store, "meetup.invite", bo) is None


def test_norwegian_readers_read_the_field_in_norwegian(store: Store, ada: int) -> None:
    siv = a_person(store, "Siv Lie", fields=(PHYSICS,), language="nb")
    a_meetup(store, ada)

    found = _read(store, "propose", siv)

    assert found.language == "nb"
    assert "Physical" not in found.why + found.paragraphs[0]


def test_a_host_without_a_field_is_named_without_one(
    store: Store, now: datetime, meetup: int, bo: int
) -> None:
    eli = a_person(store, "Eli Moe")
    plain = a_meetup(store, eli, now=now)
    store.run_sync(outbox.put, "meetup.propose", plain, bo, detail="by hand", now=now)

    assert _read(store, "propose", bo).paragraphs == ("Eli Moe (–) invites you.",)


def test_an_empty_meetup_shows_a_dash(store: Store, now: datetime, meetup: int, bo: int) -> None:
    store.run_sync(lambda session: session.execute(update(Rsvp).values(state="withdrawn")).close())

    assert _read(store, "propose", bo).facts == _facts("– (0/5)")
