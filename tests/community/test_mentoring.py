"""Mentor pairs: who may be one, and what a pair asks of the coordinators."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from community import expectations, lifecycle, mentoring, outbox, ways
from community.errors import Refusal
from community.mentoring import Mentorship
from community.outbox import Channel
from community.people import Address, Category, Person, Role
from community.store import Session, Store
from community.ways import Way
from tests.builders import a_coordinator, a_person, a_reader, letter, notices, told

ENDED = "This pair has ended. Ask a coordinator if that is a surprise."
COORDINATORS = "Only a coordinator can do this. Ask one of them."


@pytest.fixture
def kari(store: Store) -> int:
    return a_coordinator(store, slack_id="U9")


@pytest.fixture
def ada(store: Store) -> int:
    return a_person(store, "Ada Holm", slack_id="U1")


@pytest.fixture
def per(store: Store) -> int:
    return a_person(store, "Per Foss", roles=(Role.MENTOR,))


@pytest.fixture
def pair(store: Store, now: datetime, kari: int, ada: int, per: int) -> int:
    return _pair(store, now, kari, ada, per)


def _pair(store: Store, now: datetime, by: int, postdoc: int, mentor: int) -> int:
    made = store.run_sync(mentoring.pair, postdoc_id=postdoc, mentor_id=mentor, by=by, now=now)
    return made.id


def _refusal(store: Store, act: object, *args: object, **kwargs: object) -> str:
    with pytest.raises(Refusal) as refused:
        store.run_sync(act, *args, **kwargs)  # type: ignore[arg-type]  # any act of this file
    return str(refused.value)


def _leave(session: Session, person_id: int, now: datetime) -> None:
    lifecycle.advance(session, session.get_one(Person, person_id), "leave", by=None, now=now)


def _reasons(store: Store) -> list[tuple[int, str, str]]:
    watch = notices(store, "mentorship.watch")
    return [(notice.person_id, notice.channel, notice.detail) for notice in watch]


def test_a_pair_has_names_and_addresses(
    store: Store, now: datetime, pair: int, ada: int, per: int
) -> None:
    found = store.read_sync(mentoring.one, pair)

    assert found == mentoring.Pair(
        mentorship_id=pair,
        state="active",
        postdoc_id=ada,
        postdoc_name="Ada Holm",
        postdoc_email="ada.holm@example.org",
        mentor_id=per,
        mentor_name="Per Foss",
        mentor_email="per.foss@example.org",
        agreed_at=now,
    )
    assert store.read_sync(mentoring.of_person, ada) == [found]
    assert store.read_sync(mentoring.of_person, per) == [found]
    assert store.read_sync(mentoring.active) == [found]


def test_a_pair_is_refused_when_something_is_wrong(
    store: Store, now: datetime, kari: int, ada: int, per: int
) -> None:
    both = a_person(store, "Liv Dal", roles=(Role.MEMBER, Role.MENTOR))

    def refusal(postdoc: int, mentor: int, by: int = kari) -> str:
        return _refusal(store, mentoring.pair, postdoc_id=postdoc, mentor_id=mentor, by=by, now=now)

    assert [refusal(ada, per, by=by) for by in (ada, per)] == [COORDINATORS] * 2
    assert refusal(per, per) == "Per Foss is not a postdoc. Choose one."
    assert refusal(both, both) == "Liv Dal is not a postdoc. Choose one."
    assert refusal(ada, kari) == "Kari Berg is not a mentor. Choose one."
    gone = a_person(store, "Bo Li", roles=(Role.MEMBER, Role.MENTOR))
    store.run_sync(_leave, gone, now)
    assert {refusal(gone, per), refusal(ada, gone)} == {"Bo Li has left. Choose somebody else."}
    assert refusal(0, per) == "There is no such person (any more)."
    _pair(store, now, kari, ada, per)
    assert refusal(ada, per) == "Per Foss and Ada Holm are a pair."
    assert len(store.read_sync(mentoring.active)) == 1


@pytest.mark.parametrize("email", [" Per.Foss@Example.org ", "per@second.example"])
def test_nobodys_supervisor_becomes_their_mentor(
    store: Store, now: datetime, kari: int, ada: int, per: int, email: str
) -> None:
    def supervise(session: Session) -> None:
        session.get_one(Person, ada).supervisor_email = email
        session.add(Address(person_id=per, email="per@second.example", is_primary=False))

    store.run_sync(supervise)

    assert (
        _refusal(store, mentoring.pair, postdoc_id=ada, mentor_id=per, by=kari, now=now)
        == "Per Foss supervises Ada Holm. A mentor is somebody else."
    )


def test_the_database_itself_keeps_a_pair_from_being_made_twice(
    store: Store, now: datetime, pair: int, ada: int, per: int
) -> None:
    def again(session: Session) -> None:
        session.add(Mentorship(postdoc_id=ada, mentor_id=per, agreed_at=now, state="active"))

    with pytest.raises(IntegrityError):
        store.run_sync(again)


@pytest.mark.parametrize("who", ["ada", "per", "kari"])
def test_either_of_the_two_or_a_coordinator_asks_for_help_once_a_day(
    store: Store, now: datetime, pair: int, kari: int, who: str, ada: int, per: int
) -> None:
    by = {"ada": ada, "per": per, "kari": kari}[who]
    for moment in (now, now, now + timedelta(days=1)):
        store.run_sync(mentoring.ask_help, pair, by=by, now=moment)

    assert _reasons(store) == [
        (kari, "slack", f"help-{by}-2027-02-01"),
        (kari, "slack", f"help-{by}-2027-02-02"),
    ]


def test_a_handed_back_pair_is_ended_and_can_be_made_anew(
    store: Store, now: datetime, pair: int, kari: int, ada: int, per: int
) -> None:
    store.run_sync(expectations.hand_back, pair, by=per, now=now)

    assert _reasons(store) == [(kari, "slack", f"hand_back-{per}")]
    assert store.read_sync(mentoring.of_person, ada) == []
    assert store.read_sync(mentoring.one, pair).state == "ended"
    for act in (expectations.hand_back, mentoring.ask_help, mentoring.mute):
        assert _refusal(store, act, pair, by=per, now=now) == ENDED
    assert _pair(store, now, kari, ada, per) != pair


def test_what_stands_in_slack_of_an_ended_pair_offers_nothing(
    store: Store, now: datetime, pair: int, ada: int, per: int
) -> None:
    about = ("mentorship.nudge", pair, ada)
    store.run_sync(outbox.put, *about, detail="1", channel=Channel.SLACK, now=now)

    store.run_sync(expectations.hand_back, pair, by=per, now=now)

    said = letter(store, "mentorship.nudge", ada)
    assert said is not None
    assert (said.subject, said.paragraphs, said.buttons) == ("You and Per Foss", (ENDED,), ())


def test_who_stops_the_reminders_is_handed_to_the_coordinators(
    store: Store, now: datetime, pair: int, kari: int, per: int
) -> None:
    for _ in range(2):
        store.run_sync(mentoring.mute, pair, by=per, now=now)

    assert _reasons(store) == [(kari, "slack", f"mute-{per}")]
    assert a_reader(store, per).person_id == per
    assert store.read_sync(ways.of_person, per)[Category.MENTORSHIP] is Way.NONE


@pytest.mark.parametrize("act", [expectations.hand_back, mentoring.ask_help, mentoring.mute])
def test_nobody_else_touches_a_pair(store: Store, now: datetime, pair: int, act: object) -> None:
    eve = a_person(store, "Eve Lund", roles=(Role.MEMBER, Role.MENTOR, Role.MODERATOR))

    assert _refusal(store, act, pair, by=eve, now=now) == COORDINATORS
    assert _refusal(store, act, 4711, by=eve, now=now) == ENDED
    assert told(store, "mentorship.watch") == []


def test_a_pair_that_is_not_there_is_not_shown(store: Store) -> None:
    assert _refusal(store, mentoring.one, 4711) == "There is no such pair."
