"""What people are told about a gathering, from the rows that the acts put."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from community import gatherings
from community.audiences import Audience
from community.gatherings import Gathering
from community.store import Store
from letters import kinds
from letters.letter import Button, Invitation, Letter
from tests.builders import NEXT_WEEK, a_coordinator, a_house, a_person, letter, notices

WHEN = ("When", "Mon 8 Feb, 12:00–14:00")
ONE_DAY_BEFORE = datetime(2027, 2, 5, 8, 30, tzinfo=UTC)


@pytest.fixture
def kari(store: Store) -> int:
    return a_coordinator(store)


@pytest.fixture
def ada(store: Store) -> int:
    return a_person(store, "Ada Holm", slack_id="U1")


@pytest.fixture
def gathering(store: Store, now: datetime, kari: int, ada: int) -> int:
    return _publish(store, kari, now, description="Bring a question.")


def _publish(
    store: Store, by: int, now: datetime, *, capacity: int = 2, description: str = ""
) -> int:
    return store.run_sync(
        gatherings.publish,
        title="Seminar",
        place="Hangaren",
        starts_at=NEXT_WEEK,
        minutes=120,
        capacity=capacity,
        audience=Audience.POSTDOCS,
        description=description,
        by=by,
        now=now,
    ).id


def _facts(taken: int, capacity: int = 2) -> tuple[tuple[str, str], ...]:
    places = ("Places", f"{taken} of {capacity} taken")
    return (WHEN, ("Where", "Hangaren"), places)


def _register(gathering_id: int) -> Button:
    return Button(
        label="Register", action="gathering.register", object_id=gathering_id, style="primary"
    )


def _release(gathering_id: int) -> Button:
    return Button(label="Release my place", action="gathering.release", object_id=gathering_id)


def _read(store: Store, kind: str, person: int) -> Letter:
    found = letter(store, f"gathering.{kind}", person)
    assert found is not None
    return found


def _remind(store: Store, gathering_id: int, detail: str, now: datetime) -> None:
    store.run_sync(gatherings.remind, gathering_id, detail=detail, due_at=now, now=now)


def _first(store: Store, kind: str, person: int) -> Letter | None:
    """Read the first notice of a kind; those after it bring it up to date in Slack."""
    theirs = [notice for notice in notices(store, kind) if notice.person_id == person]
    written = store.read_sync(kinds.write, theirs[0], house=a_house())
    return None if written is None else written[1]


def _invitation(store: Store, kind: str, person: int) -> Invitation:
    invitation = _read(store, kind, person).invitation
    assert invitation is not None
    return invitation


def test_publish_invites_with_one_button(store: Store, gathering: int, ada: int) -> None:
    assert _read(store, "publish", ada) == Letter(
        language="en",
        subject="Gathering: Seminar",
        paragraphs=(
            "You are invited. Register if you want to come; places are limited.",
            "Bring a question.",
        ),
        facts=_facts(0),
        buttons=(_register(gathering),),
        why="You get this because you are among those it is for.",
        stop=Button(label="No more about gatherings", action="gathering.mute", object_id=gathering),
    )


def test_publish_says_when_the_reader_has_a_place_already(
    store: Store, now: datetime, gathering: int, ada: int
) -> None:
    store.run_sync(gatherings.register, gathering, by=ada, now=now)

    found = _read(store, "publish", ada)

    assert found.paragraphs[0] == "You have a place at this gathering."
    assert [button.action for button in found.buttons] == ["gathering.release"]


def test_publish_says_when_it_is_full(store: Store, now: datetime, kari: int, ada: int) -> None:
    full = _publish(store, kari, now, capacity=1)
    store.run_sync(gatherings.register, full, by=a_person(store, "Bo Li"), now=now)

    found = _read(store, "publish", ada)

    assert found.paragraphs == ("All places are taken at the moment. Somebody may release one.",)
    assert (found.facts, found.buttons) == (_facts(1, 1), ())


def test_publish_says_in_slack_that_it_is_cancelled(
    store: Store, now: datetime, gathering: int, kari: int, ada: int
) -> None:
    store.run_sync(gatherings.cancel, gathering, by=kari, now=now)

    found = _read(store, "publish", ada)

    assert found.paragraphs[0] == "This gathering has been cancelled."
    assert found.buttons == ()


def test_publish_says_that_it_is_over_and_is_not_sent_any_more(
    store: Store, now: datetime, gathering: int, kari: int, ada: int
) -> None:
    bo = a_person(store, "Bo Li")
    other = _publish(store, kari, now)
    store.run_sync(gatherings.cancel, other, by=kari, now=now)
    ends_at = NEXT_WEEK + timedelta(hours=2)
    store.run_sync(lambda session: session.execute(update(Gathering).values(state="over")).close())

    assert ends_at > now
    assert letter(store, "gathering.publish", bo) is None  # by mail, not sent yet
    assert _read(store, "publish", ada).paragraphs[0] == "This gathering is over."


def test_invite_says_until_when_to_release_and_what_an_empty_place_costs(
    store: Store, now: datetime, gathering: int, ada: int
) -> None:
    store.run_sync(gatherings.register, gathering, by=ada, now=now)

    assert _read(store, "invite", ada) == Letter(
        language="en",
        subject="You have a place: Seminar",
        paragraphs=(
            "You have a place. Here is the gathering for your calendar.",
            "If you cannot come, release your place by Thu 4 Feb, 12:00: 1 of 2 places are taken, "
            "and one that nobody releases stays empty.",
            "Bring a question.",
        ),
        facts=_facts(1),
        buttons=(_release(gathering),),
        why="You get this because you have registered. Release your place to get no more.",
        invitation=Invitation(
            method="REQUEST",
            uid=f"gathering-{gathering}@lists.example.org",
            sequence=0,
            starts_at=NEXT_WEEK,
            ends_at=NEXT_WEEK + timedelta(hours=2),
            summary="Seminar",
            place="Hangaren",
            description="Bring a question.",
            organizer_name="Kari Berg",
            organizer_address=_invitation(store, "invite", ada).organizer_address,
            attendee_name="Ada Holm",
            attendee_address="ada.holm@example.org",
            stamped_at=now,
        ),
    )


def test_uninvite_takes_it_out_of_the_calendar_above_the_invitation(
    store: Store, now: datetime, gathering: int, ada: int
) -> None:
    store.run_sync(gatherings.register, gathering, by=ada, now=now)
    asked = _invitation(store, "invite", ada)
    store.run_sync(gatherings.release, gathering, by=ada, now=now)

    found = _read(store, "uninvite", ada)

    assert found.subject == "Place released: Seminar"
    assert found.paragraphs == (
        "You have released your place. Thank you for saying so: somebody else can take it.",
        "The gathering leaves your calendar, and you get no reminders.",
    )
    assert found.buttons == (_register(gathering),)
    cancelled = _invitation(store, "uninvite", ada)
    assert (cancelled.method, cancelled.sequence) == ("CANCEL", 1)
    assert cancelled.uid == asked.uid


def test_what_is_no_longer_true_is_not_sent(
    store: Store, now: datetime, gathering: int, ada: int
) -> None:
    store.run_sync(gatherings.register, gathering, by=ada, now=now)
    _remind(store, gathering, "1d", ONE_DAY_BEFORE)
    store.run_sync(gatherings.release, gathering, by=ada, now=now)

    assert letter(store, "gathering.invite", ada) is None
    assert _first(store, "gathering.remind", ada) is None

    store.run_sync(gatherings.register, gathering, by=ada, now=now)

    assert letter(store, "gathering.uninvite", ada) is None
    assert _invitation(store, "invite", ada).sequence == 2


def test_remind_asks_to_release_and_says_the_day(
    store: Store, now: datetime, gathering: int, ada: int
) -> None:
    store.run_sync(gatherings.register, gathering, by=ada, now=now)
    _remind(store, gathering, "3d", now)

    assert _read(store, "remind", ada) == Letter(
        language="en",
        subject="Reminder: Seminar, Mon 8 Feb, 12:00",
        paragraphs=(
            "You have a place. If you are coming, you need not do anything.",
            "If you cannot come, release your place by Thu 4 Feb, 12:00: 1 of 2 places are taken, "
            "and one that nobody releases stays empty.",
        ),
        facts=_facts(1),
        buttons=(_release(gathering),),
        why="You get this because you have registered. Release your place to get no more.",
    )


def test_remind_asks_to_release_now_when_the_day_for_it_is_past(
    store: Store, now: datetime, gathering: int, ada: int
) -> None:
    store.run_sync(gatherings.register, gathering, by=ada, now=now)
    _remind(store, gathering, "1d", ONE_DAY_BEFORE)

    assert _read(store, "remind", ada).paragraphs[1] == (
        "If you cannot come, release your place now: 1 of 2 places are taken, and one that nobody "
        "releases stays empty."
    )


def test_cancel_takes_it_out_of_the_calendar_and_stops_the_rest(
    store: Store, now: datetime, gathering: int, kari: int, ada: int
) -> None:
    store.run_sync(gatherings.register, gathering, by=ada, now=now)
    _remind(store, gathering, "3d", now)
    store.run_sync(gatherings.cancel, gathering, by=kari, now=now)

    found = _read(store, "cancel", ada)

    assert found.subject == "Cancelled: Seminar"
    assert found.paragraphs == (
        "This gathering has been cancelled. It leaves your calendar by itself.",
    )
    assert (found.buttons, found.why) == ((), "You get this because you had registered.")
    invitation = _invitation(store, "cancel", ada)
    assert (invitation.method, invitation.sequence) == ("CANCEL", 1)
    assert letter(store, "gathering.invite", ada) is None
    assert _first(store, "gathering.remind", ada) is None


def test_norwegian_readers_read_norwegian(store: Store, now: datetime, kari: int) -> None:
    siv = a_person(store, "Siv Lie", language="nb")
    gathering_id = _publish(store, kari, now)
    store.run_sync(gatherings.register, gathering_id, by=siv, now=now)

    found = _read(store, "invite", siv)

    assert found.language == "nb"
    assert found.facts[0] == ("Når", "man. 8. feb. kl. 12.00–14.00")
    assert found.buttons[0].label != "Release my place"


def test_the_house_invites_when_the_coordinator_has_been_erased(
    store: Store, now: datetime, gathering: int, ada: int
) -> None:
    store.run_sync(gatherings.register, gathering, by=ada, now=now)
    store.run_sync(
        lambda session: session.execute(update(Gathering).values(coordinator_id=None)).close()
    )

    assert _invitation(store, "invite", ada).organizer_name == "Samband"
