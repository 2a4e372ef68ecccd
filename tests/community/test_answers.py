"""What people's calendars answer: every noun and every answer, and what is none of ours."""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from community import answers, gathering_cards, meetings, meetups, mentoring
from community.answers import Answer
from community.people import Role
from community.store import Store
from tests.builders import a_coordinator, a_gathering, a_meetup, a_person, notices

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
