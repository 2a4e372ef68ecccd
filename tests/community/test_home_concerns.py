"""Whose Home tabs are shown anew when something happens, by the acts themselves."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select, update

from community import (
    admissions,
    gatherings,
    home_concerns,
    home_views,
    join_cards,
    join_requests,
    lists,
    meetings,
    meetups,
    mentoring,
    people,
)
from community.home_concerns import CONCERNS, TRAFFIC_AFTER
from community.home_views import HomeView
from community.people import Role
from community.store import Session, Store
from tests.builders import a_gathering, a_list, a_mail, a_meetup, a_person, a_post

LATER = timedelta(days=3)


def test_every_noun_that_is_shown_concerns_somebody() -> None:
    assert {event.partition(".")[0] for event in CONCERNS} == home_views.SHOWN


def test_what_happens_shows_the_tabs_anew_that_may_show_it(store: Store, now: datetime) -> None:
    ada, cai = a_person(store), a_person(store, "Cai Moe")
    bo = a_person(store, "Bo Li", roles=(Role.MEMBER, Role.MENTOR))
    mona = a_person(store, "Mona Vik", roles=(Role.MODERATOR,))
    kari = a_person(store, "Kari Berg", roles=(Role.COORDINATOR,))
    all_of_us = {ada, bo, cai, mona, kari}
    list_id = a_list(store, ada)
    for person_id in all_of_us:
        store.run_sync(home_views.opened, person_id, now=now)

    def concerned(act: Callable[[Session], object], *, at: datetime = now) -> set[int]:
        """Do something, and say whose tabs are then due at a moment."""
        store.run_sync(act)

        def look(session: Session) -> set[int]:
            home_concerns.mark(session, now=now)
            due = set(session.scalars(select(HomeView.person_id).where(HomeView.next_at <= at)))
            session.execute(update(HomeView).values(next_at=None))
            return due

        return store.run_sync(look)

    lunch = a_meetup(store, bo)
    assert concerned(lambda s: None) == all_of_us
    assert concerned(lambda s: meetups.join(s, lunch, by=ada, now=now)) == {ada, bo}
    assert concerned(lambda s: people.set_language(s, "nb", by=cai, now=now)) == {cai}

    seminar = a_gathering(store, kari)
    assert concerned(lambda s: None) == all_of_us
    assert concerned(lambda s: gatherings.register(s, seminar, by=ada, now=now)) == {ada, kari}

    pairing = {"postdoc_id": ada, "mentor_id": bo, "by": kari, "now": now}
    pair = store.run_sync(lambda s: mentoring.pair(s, **pairing).id)  # type: ignore[arg-type]
    assert concerned(lambda s: None) == {ada, bo, kari}
    times = {f"time_{n}": now + n * LATER for n in (1, 2, 3)}
    assert concerned(lambda s: meetings.offer(s, pair, **times, by=ada, now=now)) == {ada, bo, kari}

    store.run_sync(lists.set_policy, list_id, ["join=approve"], by=None, now=now)
    assert concerned(lambda s: None) == all_of_us
    ask = join_requests.ask_as_member
    assert concerned(lambda s: ask(s, list_id, by=cai, now=now)) == {cai, mona}
    (asked,) = store.read_sync(join_cards.page).cards
    assert concerned(lambda s: admissions.accept(s, asked.request_id, by=mona, now=now)) == {
        cai,
        mona,
    }

    a_post(store, list_id, a_mail())
    assert concerned(lambda s: None) == {mona}
    a_post(store, list_id, a_mail(subject="Once more"))
    assert concerned(lambda s: None, at=now + TRAFFIC_AFTER) == all_of_us
