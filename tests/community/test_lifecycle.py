"""Every state of every life meets every event; what is not in the table cannot happen."""

import threading
from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError

from community import journal, lifecycle
from community.announcements import Announcement
from community.gatherings import Gathering, Registration
from community.join_requests import JoinRequest
from community.lifecycle import LIVES, NEW, Life, Living, NotNow
from community.meetings import Meeting, Slot
from community.meetups import Meetup, Rsvp
from community.mentoring import Mentorship
from community.people import Address, Person
from community.posts import Post, Thread
from community.store import Base, Session, Store
from tests.builders import EARLIER, NEXT_WEEK, a_list, a_person


def _person(session: Session) -> Person:
    return Person(name="Siv Lie", language="en", joined_at=EARLIER)


def _address(session: Session) -> Address:
    return Address(person_id=1, email="siv.lie@example.org", is_primary=False)


def _post(session: Session) -> Post:
    thread = Thread(list_id=1, subject="Lunch", started_at=EARLIER)
    session.add(thread)
    session.flush()
    return Post(
        list_id=1,
        thread_id=thread.id,
        sender="",
        from_name="",
        from_email="",
        message_id="1@example.org",
        fingerprint="1",
        subject="Lunch",
        text="",
        size_bytes=0,
        received_at=EARLIER,
        rule="",
    )


def _meetup(session: Session) -> Meetup:
    return Meetup(
        host_id=1, topic="Lunch", place="Hangaren", starts_at=NEXT_WEEK, minutes=60, max_people=5
    )


def _rsvp(session: Session) -> Rsvp:
    return Rsvp(meetup_id=_there(session, _meetup(session)), person_id=1)


def _mentorship(session: Session) -> Mentorship:
    return Mentorship(postdoc_id=1, mentor_id=2, agreed_at=EARLIER)


def _slot(session: Session) -> Slot:
    pair = _there(session, _mentorship(session))
    return Slot(mentorship_id=pair, offered_by=1, starts_at=NEXT_WEEK)


def _meeting(session: Session) -> Meeting:
    return Meeting(mentorship_id=_there(session, _mentorship(session)), starts_at=NEXT_WEEK)


def _gathering(session: Session) -> Gathering:
    return Gathering(
        title="Seminar",
        description="",
        place="Hangaren",
        starts_at=NEXT_WEEK,
        minutes=60,
        capacity=2,
        audience="all",
    )


def _registration(session: Session) -> Registration:
    gathering = _there(session, _gathering(session))
    return Registration(gathering_id=gathering, person_id=1, sequence=0)


def _announcement(session: Session) -> Announcement:
    return Announcement(
        title_en="Call", body_en="Apply.", title_nb="", body_nb="", audience="all", send_at=EARLIER
    )


def _join_request(session: Session) -> JoinRequest:
    return JoinRequest(list_id=1, language="en", asked_at=EARLIER)


#: How to make a thing of each kind that has no state yet; people 1 and 2 and list 1 are there.
MAKE: dict[str, Callable[[Session], Living]] = {
    "person": _person,
    "join_request": _join_request,
    "address": _address,
    "post": _post,
    "meetup": _meetup,
    "rsvp": _rsvp,
    "mentorship": _mentorship,
    "slot": _slot,
    "meeting": _meeting,
    "gathering": _gathering,
    "registration": _registration,
    "announcement": _announcement,
}


def _there(session: Session, thing: Living) -> int:
    """Put a thing that another one needs into its first state."""
    thing.state = LIVES[thing.__tablename__].states[0]
    session.add(thing)
    session.flush()
    return thing.id


def _events(life: Life) -> set[str]:
    return {event for _state, event in life.moves} | {"vanish"}


@pytest.fixture(autouse=True)
def two_people_and_a_list(store: Store) -> None:
    a_list(store, a_person(store, "Ada Holm"), a_person(store, "Bo Li"))


def test_every_life_has_a_maker_here() -> None:
    assert set(MAKE) == set(LIVES)


@pytest.mark.parametrize("noun", sorted(LIVES))
def test_every_event_in_every_state_does_what_the_table_says(
    store: Store, now: datetime, noun: str
) -> None:
    life = LIVES[noun]

    class Undone(Exception):
        pass

    def happens(session: Session, state: str, event: str) -> None:
        thing = MAKE[noun](session)
        if state != NEW:
            thing.state = state
            session.add(thing)
            session.flush()
        expected = life.moves.get((state, event))

        assert lifecycle.can(thing, event) is (expected is not None)
        if expected is None:
            with pytest.raises(NotNow):
                lifecycle.advance(session, thing, event, by=1, now=now)
            session.flush()
            assert (thing.state or NEW) == state
            assert thing.id is None or journal.of(session, noun, thing.id) == []
        else:
            lifecycle.advance(session, thing, event, by=1, now=now)
            session.expire(thing)
            assert thing.state == expected
            [entry] = journal.of(session, noun, thing.id)
            assert (entry.event, entry.person_id, entry.at, entry.old, entry.new) == (
                f"{noun}.{event}",
                1,
                now,
                state or None,
                expected,
            )
        raise Undone

    for state in (NEW, *life.states):
        for event in sorted(_events(life)):
            with pytest.raises(Undone):
                store.run_sync(happens, state, event)


@pytest.mark.parametrize("noun", sorted(LIVES))
def test_the_database_refuses_a_state_that_the_life_does_not_have(store: Store, noun: str) -> None:
    def spoil(session: Session) -> None:
        thing_id = _there(session, MAKE[noun](session))
        statement = text(f"UPDATE {noun} SET state = 'lost' WHERE id = :id")  # noqa: S608 - our own
        session.execute(statement, {"id": thing_id})

    with pytest.raises(IntegrityError):
        store.run_sync(spoil)


def test_of_two_who_advance_at_the_same_time_one_is_told_that_it_is_settled(
    store: Store, now: datetime
) -> None:
    gathering_id = store.run_sync(lambda session: _there(session, _gathering(session)))
    loaded, got = threading.Barrier(2), []

    def end(session: Session) -> None:
        # PostgreSQL lets both read "open" before one of them writes; SQLite takes turns.
        gathering = session.get_one(Gathering, gathering_id)
        if not store.is_sqlite:
            loaded.wait()
        lifecycle.advance(session, gathering, "end", by=None, now=now)

    def work() -> None:
        try:
            store.run_sync(end)
            got.append("ended")
        except NotNow:
            got.append("not now")

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(got) == ["ended", "not now"]
    assert len(store.read_sync(journal.of, "gathering", gathering_id)) == 1


def test_advance_is_refused_when_the_row_has_moved_under_a_stale_thing(
    store: Store, now: datetime
) -> None:
    def stale(session: Session) -> None:
        gathering = _gathering(session)
        _there(session, gathering)
        session.execute(
            update(Gathering).values(state="cancelled").execution_options(synchronize_session=False)
        )
        assert gathering.state == "open"
        lifecycle.advance(session, gathering, "end", by=None, now=now)

    with pytest.raises(NotNow):
        store.run_sync(stale)


def test_every_noun_with_a_life_is_a_table() -> None:
    assert set(LIVES) <= set(Base.metadata.tables)


def test_every_state_but_the_last_ones_can_be_left_and_each_can_be_reached() -> None:
    for life in LIVES.values():
        left = {state for state, _event in life.moves} - {NEW}
        assert left <= set(life.states)
        assert {event for state, event in life.moves if state == NEW}


def test_as_markdown_names_every_move_and_time_out() -> None:
    page = lifecycle.as_markdown()

    assert page.startswith("# Lives\n\nMade from `community/lifecycle.py`; do not edit by hand.\n")
    assert "## registration\n\n| state | event | becomes |\n|---|---|---|\n" in page
    assert "| (new) | register | registered |\n| registered | release | released |\n" in page
    assert "By itself:\n\n- scheduled: send, at `send_at`\n" in page
    moves = sum(len(life.moves) for life in LIVES.values())
    assert page.count("\n| ") == moves + len(LIVES)
