"""Home tabs that are due: one at a time, a second apart, the newest state only, over restarts."""

import threading
from datetime import datetime, timedelta

from sqlalchemy import insert, select

from community import home_views, meetups
from community.home_views import ClaimedView, HomeChange, HomeView
from community.people import Person
from community.store import Session, Store
from tests.builders import a_meetup, a_person

SECOND = timedelta(seconds=1)


def tabs(store: Store, *people_ids: int, now: datetime) -> None:
    """Have these people open their tabs, which become due at once."""

    def act(session: Session) -> None:
        for person_id in people_ids:
            home_views.opened(session, person_id, now=now)
        home_views.mark(session, HomeView.person_id.in_(people_ids), at=now)

    store.run_sync(act)


def view(store: Store, person_id: int) -> HomeView:
    return store.read_sync(lambda session: session.get_one(HomeView, person_id))


def claim(store: Store, now: datetime) -> ClaimedView:
    claimed = store.run_sync(home_views.claim, now=now)
    assert claimed is not None
    return claimed


def shown(store: Store, claimed: ClaimedView, *, content: str = "a", now: datetime) -> None:
    store.run_sync(
        home_views.shown, claimed, content=content, slack_hash="h1", again_at=None, now=now
    )


def test_500_tabs_go_out_one_a_second(store: Store, now: datetime) -> None:
    def act(session: Session) -> list[tuple[int, float]]:
        person = {"state": "active", "language": "en", "joined_at": now}
        session.execute(insert(Person), [person | {"name": f"P{n}"} for n in range(500)])
        tab = {"opened_at": now, "next_at": now}
        everybody = session.scalars(select(Person.id)).all()
        session.execute(insert(HomeView), [tab | {"person_id": each} for each in everybody])
        called = []
        for at in (now + (half / 2 if half < 40 else half - 20) * SECOND for half in range(530)):
            if (claimed := home_views.claim(session, now=at)) is not None:
                called.append((claimed.person_id, (at - now) / SECOND))
                home_views.shown(
                    session, claimed, content="a", slack_hash="h", again_at=None, now=at
                )
        return called

    called = store.run_sync(act)

    assert [moment for _, moment in called] == list(range(500))
    assert len({person_id for person_id, _ in called}) == 500


def test_a_tab_is_claimed_by_one_and_nobody_else_publishes_meanwhile(
    store: Store, now: datetime
) -> None:
    ada, bo = a_person(store), a_person(store, "Bo Li")
    tabs(store, ada, bo, now=now)

    first = claim(store, now)

    assert store.run_sync(home_views.claim, now=now) is None
    assert not store.read_sync(home_views.waits, now=now)
    shown(store, first, now=now)
    assert store.run_sync(home_views.claim, now=now) is None
    assert claim(store, now + SECOND).person_id != first.person_id


def test_of_two_who_claim_at_one_moment_one_has_a_tab(store: Store, now: datetime) -> None:
    tabs(store, a_person(store), a_person(store, "Bo Li"), now=now)
    claims: list[ClaimedView | None] = []
    other = threading.Thread(
        target=lambda: claims.append(store.run_sync(home_views.claim, now=now))
    )

    def act(session: Session) -> ClaimedView | None:
        mine = home_views.claim(session, now=now)
        other.start()
        if not store.is_sqlite:  # where nobody else writes before this is done
            other.join()
        return mine

    claims.append(store.run_sync(act))
    other.join()

    assert [each is not None for each in claims].count(True) == 1


def test_what_happens_while_a_tab_is_shown_shows_it_once_more(store: Store, now: datetime) -> None:
    ada = a_person(store)
    tabs(store, ada, now=now)
    claimed = claim(store, now)

    for _ in range(3):
        store.run_sync(home_views.mark, HomeView.person_id == ada, at=now)
    shown(store, claimed, now=now)

    again = claim(store, now + SECOND)
    assert (again.content, again.slack_hash) == ("a", "h1")
    shown(store, again, now=now + SECOND)
    assert store.run_sync(home_views.claim, now=now + 2 * SECOND) is None


def test_who_loses_the_lease_settles_nothing(store: Store, now: datetime) -> None:
    ada = a_person(store)
    tabs(store, ada, now=now)
    dead = claim(store, now)
    assert store.run_sync(home_views.claim, now=now + home_views.LEASE / 2) is None
    later = now + home_views.LEASE

    alive = claim(store, later)
    shown(store, dead, content="old", now=later)

    assert view(store, ada).content == ""
    shown(store, alive, content="new", now=later)
    assert view(store, ada).content == "new"


def test_slacks_wish_to_wait_stops_all_tabs_until_then(store: Store, now: datetime) -> None:
    tabs(store, a_person(store), a_person(store, "Bo Li"), now=now)
    until = now + 30 * SECOND

    store.run_sync(home_views.failed, claim(store, now), again_at=until, paused_until=until)

    assert store.run_sync(home_views.claim, now=until - SECOND) is None
    first = claim(store, until)
    shown(store, first, now=until)
    assert claim(store, until + SECOND).person_id != first.person_id


def test_slacks_wish_to_wait_outlasts_what_comes_meanwhile(store: Store, now: datetime) -> None:
    ada, bo = a_person(store), a_person(store, "Bo Li")
    tabs(store, ada, bo, now=now)
    until = now + 60 * SECOND

    first = claim(store, now)
    store.run_sync(home_views.mark_late, first.person_id, seconds=60, now=now)  # for a press
    store.run_sync(home_views.mark_late, first.person_id, seconds=None, now=now)
    shown(store, first, now=now)

    assert store.run_sync(home_views.claim, now=until - SECOND) is None
    assert claim(store, until)


def test_a_tab_that_stays_as_it_is_costs_no_call_and_no_second(store: Store, now: datetime) -> None:
    tabs(store, a_person(store), a_person(store, "Bo Li"), now=now)

    store.run_sync(home_views.kept, claim(store, now), content="a", again_at=now + 60 * SECOND)

    shown(store, claim(store, now), now=now)
    assert store.run_sync(home_views.claim, now=now + 59 * SECOND) is None
    assert claim(store, now + 60 * SECOND).content == "a"


def test_a_view_that_came_after_a_newer_one_is_looked_at_again(store: Store, now: datetime) -> None:
    ada = a_person(store)
    tabs(store, ada, now=now)
    shown(store, claim(store, now), now=now)

    def press(before: str) -> None:
        store.run_sync(
            home_views.shown_at_once,
            ada,
            before=before,
            content="b",
            slack_hash="h2",
            again_at=None,
            now=now,
        )

    press("h1")
    assert view(store, ada).next_at is None
    press("h1")
    assert view(store, ada).next_at == now


def test_track_is_lost_only_of_what_nobody_has_written_down_since(
    store: Store, now: datetime
) -> None:
    ada = a_person(store)
    tabs(store, ada, now=now)
    shown(store, claim(store, now), now=now)
    tabs(store, ada, now=now)

    claimed = claim(store, now + SECOND)
    store.run_sync(home_views.failed, claimed, again_at=now, lost_track=True)

    assert (view(store, ada).slack_hash, view(store, ada).failures) == ("", 1)


def test_nothing_is_noted_where_nobody_has_a_home_tab(store: Store, now: datetime) -> None:
    ada = a_person(store)
    a_meetup(store, ada)

    def changes() -> list[str]:
        events = select(HomeChange.event).order_by(HomeChange.id)
        return store.read_sync(lambda session: list(session.scalars(events)))

    assert changes() == []
    store.run_sync(home_views.opened, ada, now=now)
    lunch = a_meetup(store, ada, topic="Coffee")
    assert changes() == ["meetup.propose", "rsvp.join"]

    store.run_sync(home_views.forget_old, now=now + home_views.KEPT_FOR + SECOND)
    assert changes() == []
    store.run_sync(meetups.cancel, lunch, by=ada, now=now)
    assert changes() == []
