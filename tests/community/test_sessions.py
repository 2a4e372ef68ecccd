"""Sessions and sign-in links, where the pages' tests do not look."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from community import lifecycle, sessions
from community.errors import Refusal
from community.people import Person
from community.sessions import SignInRequest, WebSession
from community.store import Session, Store
from tests import builders


def asked(store: Store, now: datetime, email: str = "ada.holm@example.org") -> int:
    """Ask for a link and return the number of the request."""
    store.run_sync(sessions.ask, email, now=now)
    return builders.notices(store, "sign_in.link")[-1].object_id


def count(session: Session) -> tuple[int, int]:
    return (
        session.scalar(select(func.count()).select_from(SignInRequest)) or 0,
        session.scalar(select(func.count()).select_from(WebSession)) or 0,
    )


def test_link_is_good_for_its_own_person_alone(store: Store, now: datetime) -> None:
    builders.a_person(store)
    other = builders.a_person(store, "Bo Lie")
    request = asked(store, now)

    with pytest.raises(Refusal, match="no longer good"):
        store.run_sync(sessions.sign_in, request, by=other, now=now)


def test_nobody_signs_in_after_leaving(store: Store, now: datetime) -> None:
    ada = builders.a_person(store)
    request = asked(store, now)
    token = store.run_sync(sessions.sign_in, request, by=ada, now=now)
    later = now + timedelta(minutes=6)
    second = asked(store, later)

    def leave(session: Session) -> None:
        lifecycle.advance(session, session.get_one(Person, ada), "leave", by=None, now=later)

    store.run_sync(leave)

    assert store.read_sync(sessions.find, token, now=later) is None
    with pytest.raises(Refusal, match="no longer good"):
        store.run_sync(sessions.sign_in, second, by=ada, now=later)


def test_neither_cookie_nor_address_is_kept_as_it_is(store: Store, now: datetime) -> None:
    ada = builders.a_person(store)
    request = asked(store, now)
    token = store.run_sync(sessions.sign_in, request, by=ada, now=now)

    def kept(session: Session) -> list[str]:
        rows = [*session.execute(select(SignInRequest.__table__)).all()]
        rows += [*session.execute(select(WebSession.__table__)).all()]
        return [str(value) for row in rows for value in row]

    assert not {token, "ada.holm@example.org"} & set(store.read_sync(kept))


def test_visit_is_written_down_every_five_minutes_and_never_moved_back(
    store: Store, now: datetime
) -> None:
    ada = builders.a_person(store)
    token = store.run_sync(sessions.sign_in, asked(store, now), by=ada, now=now)
    later = now + timedelta(minutes=5)

    fresh = store.read_sync(sessions.find, token, now=later - timedelta(seconds=1))
    stale = store.read_sync(sessions.find, token, now=later)
    assert fresh is not None
    assert stale is not None
    store.run_sync(sessions.touch, stale.session_id, now=later)
    store.run_sync(sessions.touch, stale.session_id, now=now)
    touched = store.read_sync(sessions.find, token, now=later)

    assert touched is not None
    assert (fresh.is_stale, stale.is_stale, touched.is_stale) == (False, True, False)


def test_session_is_ended_by_its_own_person_alone(store: Store, now: datetime) -> None:
    ada, bo = builders.a_person(store), builders.a_person(store, "Bo Lie")
    token = store.run_sync(sessions.sign_in, asked(store, now), by=ada, now=now)
    visit = store.read_sync(sessions.find, token, now=now)
    assert visit is not None

    store.run_sync(sessions.sign_out, visit.session_id, by=bo, now=now)
    still = store.read_sync(sessions.find, token, now=now)
    for _ in range(2):
        store.run_sync(sessions.sign_out, visit.session_id, by=ada, now=now)

    assert still == visit
    assert store.read_sync(sessions.find, token, now=now) is None


def test_old_sessions_and_requests_are_forgotten(store: Store, now: datetime) -> None:
    ada = builders.a_person(store)
    store.run_sync(sessions.sign_in, asked(store, now), by=ada, now=now)
    day = timedelta(days=1)

    forgotten = [
        store.run_sync(sessions.forget_old, now=at)
        for at in (now + timedelta(hours=11), now + timedelta(hours=12), now + day, now + 2 * day)
    ]

    assert forgotten == [0, 1, 0, 1]
    assert store.read_sync(count) == (0, 0)


def test_number_of_a_forgotten_request_never_comes_again(store: Store, now: datetime) -> None:
    builders.a_person(store)
    first = asked(store, now)
    later = now + timedelta(days=2)
    store.run_sync(sessions.forget_old, now=later)

    assert asked(store, later) > first
