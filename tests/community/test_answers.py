"""What people's calendars answer: every noun and every answer, and what is none of ours."""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from community import answers, gathering_cards, gatherings, meetings, meetups, mentoring, outbox
from community.answers import Answer
from community.outbox import Channel, Notice
from community.people import Role
from community.store import Session, Store
from tests.builders import a_coordinator, a_gathering, a_meetup, a_person, letter, notices

HOUR = timedelta(hours=1)


@pytest.fixture
def ada(store: Store) -> int:
    return a_person(store, "Ada Holm")


@pytest.fixture
def bo(store: Store) -> int:
    return a_person(store, "Bo Li")


def _take(store: Store, uid: str, answer: Answer, by: int, now: datetime) -> None:
    store.run_sync(answers.take, f"{uid}@lists.example.org", answer, by=by, now=now)


def _going(store: Store, meetup: int, person: int) -> tuple[str, ...]:
    return store.read_sync(meetups.card, meetup, reader_id=person).going


def _is_registered(store: Store, gathering: int, person: int) -> bool:
    return store.read_sync(gathering_cards.card, gathering, reader_id=person).am_registered


def test_a_meetup_is_joined_and_left(store: Store, now: datetime, ada: int, bo: int) -> None:
    meetup = a_meetup(store, ada)
    seen = []
    for answer in (Answer.TENTATIVE, Answer.ACCEPTED, Answer.TENTATIVE, Answer.DECLINED):
        _take(store, f"meetup-{meetup}", answer, bo, now)
        seen.append(_going(store, meetup, bo))

    with_bo, without = ("Ada Holm", "Bo Li"), ("Ada Holm",)
    assert seen == [without, with_bo, with_bo, without]


def test_a_host_who_deletes_the_entry_has_not_called_the_meetup_off(
    store: Store, now: datetime, ada: int
) -> None:
    meetup = a_meetup(store, ada)

    _take(store, f"meetup-{meetup}", Answer.DECLINED, ada, now)

    assert _going(store, meetup, ada) == ("Ada Holm",)
    assert store.read_sync(meetups.card, meetup, reader_id=ada).state == "open"


def test_a_place_at_a_gathering_is_taken_and_released(
    store: Store, now: datetime, ada: int
) -> None:
    gathering = a_gathering(store, a_coordinator(store))
    seen = []
    for answer in (Answer.TENTATIVE, Answer.ACCEPTED, Answer.TENTATIVE, Answer.DECLINED):
        _take(store, f"gathering-{gathering}", answer, ada, now)
        seen.append(_is_registered(store, gathering, ada))

    assert seen == [False, True, True, False]


def test_who_got_an_entry_passed_on_answers_for_nobody_else(
    store: Store, now: datetime, ada: int, bo: int
) -> None:
    """Ada's entry has the address that answers for her, in whoever's calendar it is."""
    gathering = a_gathering(store, a_coordinator(store))
    uid = f"gathering-{gathering}@lists.example.org"
    seen: list[bool] = []
    for attendee in ("ada@alias.example.org", "BO.LI@example.org", "ada.holm@example.org"):
        answer = Answer.DECLINED if seen else Answer.ACCEPTED
        store.run_sync(answers.take, uid, answer, by=ada, attendee=attendee, now=now)
        seen.append(_is_registered(store, gathering, ada))

    assert seen == [True, True, False]
    assert not _is_registered(store, gathering, bo)


def _in_slack(store: Store, kind: str, person: int) -> tuple[str, list[str]]:
    """Read the newest message of a kind in Slack: its first words, and its buttons."""
    found = letter(store, kind, person)
    assert found is not None
    said = found.paragraphs[0] if found.paragraphs else found.subject
    return said, [button.action for button in found.buttons]


def _updates(store: Store) -> list[str]:
    return [notice.key for notice in notices(store) if notice.replaces_id is not None]


def test_what_stands_in_slack_says_what_the_calendar_answered(store: Store, now: datetime) -> None:
    ada = a_person(store, "Ada Holm", slack_id="U1")
    host, kari = a_person(store, "Bo Li"), a_coordinator(store)
    meetup, gathering = a_meetup(store, host), a_gathering(store, kari)
    slack = Channel.SLACK
    about = (("meetup.propose", meetup), ("gathering.publish", gathering))
    for kind, number in about:
        store.run_sync(outbox.put, kind, number, ada, channel=slack, now=now)
    invited = [_in_slack(store, kind, ada) for kind, _ in about]

    seen = []
    for answer in (Answer.ACCEPTED, Answer.ACCEPTED, Answer.DECLINED):
        _take(store, f"meetup-{meetup}", answer, ada, now)
        _take(store, f"gathering-{gathering}", answer, ada, now)
        seen.append([_in_slack(store, kind, ada) for kind, _ in about])

    comes = ("You are coming to this meetup.", ["meetup.leave"])
    has_place = ("You have a place at this gathering.", ["gathering.release"])
    assert seen == [[comes, has_place], [comes, has_place], invited]
    assert len(_updates(store)) == 4
    # What is pressed on the message itself is shown there at once; elsewhere in Slack it is not.
    for notice in notices(store):
        _stands_at(store, notice.id, f"D1:{notice.kind}")
    chat = store.door("slack")
    chat.at("D1:meetup.propose").run_sync(meetups.join, meetup, by=ada, now=now)
    chat.at("D1:gathering.publish").run_sync(gatherings.register, gathering, by=ada, now=now)
    assert len(_updates(store)) == 4
    chat.run_sync(meetups.leave, meetup, by=ada, now=now)
    chat.at("D1:meetup.propose").run_sync(gatherings.release, gathering, by=ada, now=now)
    assert len(_updates(store)) == 6


def _stands_at(store: Store, notice_id: int, reference: str) -> None:
    def write(session: Session) -> None:
        session.get_one(Notice, notice_id).reference = reference

    store.run_sync(write)


def test_a_reminder_in_slack_says_that_the_place_was_released(store: Store, now: datetime) -> None:
    ada = a_person(store, "Ada Holm", slack_id="U1")
    gathering = a_gathering(store, a_coordinator(store))
    store.run_sync(gatherings.register, gathering, by=ada, now=now)
    slack = Channel.SLACK
    store.run_sync(outbox.put, "gathering.remind", gathering, ada, channel=slack, now=now)
    assert _in_slack(store, "gathering.remind", ada)[1] == ["gathering.release"]

    _take(store, f"gathering-{gathering}", Answer.DECLINED, ada, now)

    assert _in_slack(store, "gathering.remind", ada)[1] == ["gathering.register"]


def test_what_stands_in_slack_of_a_first_meeting_says_what_was_booked_and_held(
    store: Store, now: datetime, ada: int
) -> None:
    per = a_person(store, "Per Foss", roles=(Role.MENTOR,), slack_id="U2")
    kari = a_coordinator(store)
    pair = store.run_sync(mentoring.pair, postdoc_id=ada, mentor_id=per, by=kari, now=now).id
    kinds, slack = ("mentorship.nudge", "mentorship.offer"), Channel.SLACK
    for kind in kinds:
        store.run_sync(outbox.put, kind, pair, per, detail="1", channel=slack, now=now)

    meeting = store.run_sync(meetings.book, pair, starts_at=now + 24 * HOUR, by=ada, now=now).id
    booked = [_in_slack(store, kind, per) for kind in kinds]
    store.run_sync(
        outbox.put, "meeting.remind", meeting, per, detail="1d-0", channel=slack, now=now
    )
    store.run_sync(meetings.move, meeting, starts_at=now + 48 * HOUR, by=ada, now=now)
    moved = _in_slack(store, "meeting.remind", per)
    store.run_sync(meetings.confirm, meeting, by=ada, now=now)

    yours = ("Your meeting with Ada Holm", ["meeting.move"])
    assert (booked, moved) == ([yours, yours], yours)
    met = [_in_slack(store, kind, per) for kind in (*kinds, "meeting.remind")]
    assert met == [("You have met Ada Holm", [])] * 3


def test_a_meeting_is_declined_and_the_other_one_hears(
    store: Store, now: datetime, ada: int
) -> None:
    per = a_person(store, "Per Foss", roles=(Role.MENTOR,))
    kari = a_coordinator(store)
    pair = store.run_sync(mentoring.pair, postdoc_id=ada, mentor_id=per, by=kari, now=now).id
    meeting = store.run_sync(meetings.book, pair, starts_at=now + 24 * HOUR, by=ada, now=now).id
    for answer in Answer:
        _take(store, f"meeting-{meeting}", answer, per, now)

    told = [(n.kind, n.person_id) for n in notices(store) if n.kind != "meeting.invite"]
    assert told == [("meeting.decline", ada)]


@pytest.mark.parametrize("answer", list(Answer))
def test_what_is_over_or_never_theirs_changes_nothing(
    store: Store, now: datetime, ada: int, bo: int, answer: Answer
) -> None:
    meetup = a_meetup(store, ada)
    gathering = a_gathering(store, a_coordinator(store))
    mentor = a_person(store, "Per Foss", roles=(Role.MENTOR,))
    before = (_going(store, meetup, bo), len(notices(store)))

    for uid in (f"meetup-{meetup}", f"gathering-{gathering}", "meeting-1"):
        if not uid.startswith("meetup"):  # whoever is here may join one of those
            _take(store, uid, answer, mentor, now)
        _take(store, uid, answer, 4711, now)  # nobody (any more)
        _take(store, uid, answer, bo, now + 24 * 30 * HOUR)  # over

    assert (_going(store, meetup, bo), len(notices(store))) == before


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    uid=st.text(max_size=40)
    | st.builds(
        "{}-{}@{}".format,
        st.sampled_from(["meetup", "gathering", "meeting", "post", "", "meetup-1"]),
        st.sampled_from(["²", "٣", "-1", "", "9" * 18, "9" * 5000, "1e3", "None", "4711", "0"]),
        st.text(max_size=5),
    ),
    answer=st.sampled_from(list(Answer)),
)
def test_no_uid_breaks_anything(store: Store, now: datetime, uid: str, answer: Answer) -> None:
    store.run_sync(answers.take, uid, answer, by=1, now=now)

    assert notices(store) == []
