"""Asking to join a list: by an address alone, confirmed by its owner, decided where it must be."""

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from community import (
    admissions,
    bans,
    directory,
    join_cards,
    join_requests,
    joining,
    lists,
    people,
    roster_files,
    rosters,
    steps,
    subscriptions,
)
from community.cases import Trust
from community.errors import Refusal
from community.join_requests import GOOD_FOR, REMEMBERED, WAITS_FOR, Applicant, JoinRequest
from community.people import Person, Role
from community.store import Session, Store
from community.subscriptions import Subscription
from letters.letter import Letter
from scheduler.jobs import STEPS
from tests import builders

EVE = "eve@elsewhere.example"


def work(store: Store, now: datetime) -> None:
    """Do every step that is due."""
    while (step_id := store.read_sync(steps.first_due, now=now)) is not None:
        store.run_sync(steps.take, STEPS, step_id, now=now)


def asked(
    store: Store, list_id: int, email: str = EVE, *, is_proved: bool = False, now: datetime
) -> int:
    """Have an address ask, and let the step be done; return the newest question."""
    who = Applicant(email=email, name="Eve Nord", language="en", is_proved=is_proved)
    store.run_sync(join_requests.ask, list_id, who, now=now)
    work(store, now)
    newest = select(JoinRequest.id).order_by(JoinRequest.id.desc()).limit(1)
    return store.read_sync(lambda session: session.scalar(newest)) or 0


def state(store: Store, request_id: int) -> str:
    return store.read_sync(lambda session: session.get_one(JoinRequest, request_id).state)


def whose(store: Store, request_id: int) -> int:
    person_id = store.read_sync(lambda session: session.get_one(JoinRequest, request_id).person_id)
    assert person_id is not None
    return person_id


def is_on(store: Store, list_id: int, person_id: int) -> bool:
    return store.read_sync(subscriptions.is_subscriber, list_id, person_id)


def policy(store: Store, list_id: int, *changes: str, now: datetime) -> None:
    store.run_sync(lists.set_policy, list_id, changes, by=None, now=now)


def letter(store: Store, kind: str, person_id: int) -> Letter:
    written = builders.letter(store, kind, person_id)
    assert written is not None
    return written


def test_a_stranger_is_nobody_until_they_confirm_and_a_moderator_decides(
    store: Store, now: datetime
) -> None:
    list_id, mona = builders.a_list(store), builders.a_moderator(store)
    request_id = asked(store, list_id, now=now)
    eve = whose(store, request_id)

    assert store.read_sync(people.by_email, EVE) is None
    assert builders.told(store, "join_request.confirm") == [(eve, "mail")]
    assert "Eve" not in " ".join(letter(store, "join_request.confirm", eve).paragraphs)
    store.run_sync(join_requests.confirm, request_id, by=eve, now=now)
    assert (state(store, request_id), is_on(store, list_id, eve)) == ("waiting", False)
    assert builders.told(store, "join_request.wait") == [(mona, "mail")]
    card = letter(store, "join_request.wait", mona)
    assert dict(card.facts)["Who"] == "Eve Nord <eve@elsewhere.example>"
    assert [one.action for one in card.buttons] == ["join_request.accept", "join_request.decline"]

    store.run_sync(admissions.accept, request_id, by=mona, now=now)

    assert (state(store, request_id), is_on(store, list_id, eve)) == ("joined", True)
    assert store.read_sync(people.roles, eve) == frozenset({Role.GUEST})
    assert builders.told(store, "mailing_list.welcome") == [(eve, "mail")]


def test_where_the_list_takes_guests_a_confirmation_is_enough(store: Store, now: datetime) -> None:
    list_id = builders.a_list(store)
    policy(store, list_id, "guests=accept", now=now)
    request_id = asked(store, list_id, now=now)
    eve = whose(store, request_id)

    for _ in range(2):  # mail programs and people press twice
        store.run_sync(join_requests.confirm, request_id, by=eve, now=now)

    assert is_on(store, list_id, eve)
    assert builders.told(store, "join_request.wait") == []


def test_where_the_list_takes_no_guests_they_are_told_once(store: Store, now: datetime) -> None:
    list_id = builders.a_list(store)
    policy(store, list_id, "guests=reject", now=now)
    request_id = asked(store, list_id, now=now)

    said = letter(store, "join_request.confirm", whose(store, request_id))

    assert state(store, request_id) == "dropped"
    assert said.subject == "postdocs@lists.example.org is for people of the community"
    assert said.buttons == ()


@pytest.mark.parametrize(
    ("join", "is_proved", "expected"),
    [
        ("open", True, "joined"),
        ("open", False, "asked"),
        ("confirm", True, "asked"),
        ("approve", True, "waiting"),
        ("approve", False, "asked"),
    ],
)
def test_somebody_of_the_community_joins_as_the_policy_says(
    store: Store, now: datetime, join: str, is_proved: bool, expected: str
) -> None:
    list_id, ada = builders.a_list(store), builders.a_person(store)
    policy(store, list_id, f"join={join}", now=now)

    request_id = asked(store, list_id, "ada.holm@example.org", is_proved=is_proved, now=now)

    assert state(store, request_id) == expected
    assert whose(store, request_id) == ada
    assert is_on(store, list_id, ada) == (expected == "joined")
    assert store.read_sync(people.roles, ada) == frozenset({Role.MEMBER})


def test_who_is_on_it_already_is_told_so(store: Store, now: datetime) -> None:
    ada = builders.a_person(store)
    list_id = builders.a_list(store, ada)

    request_id = asked(store, list_id, "ada.holm@example.org", now=now)

    assert state(store, request_id) == "dropped"
    said = letter(store, "join_request.confirm", ada)
    assert said.subject == "You are on postdocs@lists.example.org already"


def test_a_link_is_for_its_owner_and_for_three_days(store: Store, now: datetime) -> None:
    list_id, ada = builders.a_list(store), builders.a_person(store)
    request_id = asked(store, list_id, now=now)
    eve = whose(store, request_id)

    with pytest.raises(Refusal, match="somebody else"):
        store.run_sync(join_requests.confirm, request_id, by=ada, now=now)
    late = now + GOOD_FOR + timedelta(minutes=1)
    with pytest.raises(Refusal, match="too old"):
        store.run_sync(join_requests.confirm, request_id, by=eve, now=late)
    work(store, late)

    assert state(store, request_id) == "expired"
    assert builders.told(store, "join_request.expire") == []


def test_a_yes_by_mail_counts_from_that_address_alone(store: Store, now: datetime) -> None:
    list_id = builders.a_list(store)
    builders.a_person(store)
    policy(store, list_id, "guests=accept", now=now)
    request_id = asked(store, list_id, now=now)

    with pytest.raises(Refusal, match="somebody else"):
        store.run_sync(join_requests.confirm_by_mail, request_id, "ada.holm@example.org", now=now)
    store.run_sync(join_requests.confirm_by_mail, request_id, EVE.upper(), now=now)

    assert state(store, request_id) == "joined"


def test_the_first_decision_wins_and_the_second_is_told_whose(store: Store, now: datetime) -> None:
    list_id = builders.a_list(store)
    mona = builders.a_moderator(store)
    other = builders.a_moderator(store, "Per Li")
    request_id = asked(store, list_id, now=now)
    eve = whose(store, request_id)
    store.run_sync(join_requests.confirm, request_id, by=eve, now=now)

    with pytest.raises(Refusal, match="Only a moderator"):
        store.run_sync(admissions.accept, request_id, by=eve, now=now)
    store.run_sync(admissions.decline, request_id, reason="Only staff.", by=mona, now=now)
    with pytest.raises(Refusal, match="Mona Vik has already decided"):
        store.run_sync(admissions.accept, request_id, by=other, now=now)

    assert "Only staff." in letter(store, "join_request.decline", eve).paragraphs
    assert store.read_sync(join_cards.count) == 0


def test_nobody_is_left_waiting_in_silence(store: Store, now: datetime) -> None:
    list_id = builders.a_list(store)
    builders.a_moderator(store)
    request_id = asked(store, list_id, now=now)
    eve = whose(store, request_id)
    store.run_sync(join_requests.confirm, request_id, by=eve, now=now)

    work(store, now + WAITS_FOR)

    assert state(store, request_id) == "expired"
    assert builders.told(store, "join_request.expire") == [(eve, "mail")]


def test_a_member_asks_where_a_moderator_decides(store: Store, now: datetime) -> None:
    list_id, ada = builders.a_list(store), builders.a_person(store)
    mona = builders.a_moderator(store)
    policy(store, list_id, "join=approve", now=now)

    for _ in range(2):
        store.run_sync(join_requests.ask_as_member, list_id, by=ada, now=now)
    waiting = store.read_sync(join_cards.page).cards
    store.run_sync(admissions.accept, waiting[0].request_id, by=mona, now=now)

    assert [card.name for card in waiting] == ["Ada Holm"]
    assert is_on(store, list_id, ada)
    with pytest.raises(Refusal, match="already"):
        store.run_sync(join_requests.ask_as_member, list_id, by=ada, now=now)


@pytest.mark.anyio
async def test_a_member_who_presses_twice_at_once_asks_once(store: Store, now: datetime) -> None:
    list_id, ada = builders.a_list(store), builders.a_person(store)
    policy(store, list_id, "join=approve", now=now)

    ask = join_requests.ask_as_member
    await asyncio.gather(*(store.run(ask, list_id, by=ada, now=now) for _ in range(4)))

    assert store.read_sync(join_cards.count) == 1


def test_asking_again_and_again_sends_one_mail_a_day(store: Store, now: datetime) -> None:
    list_id = builders.a_list(store)
    for _ in range(5):
        asked(store, list_id, now=now)

    assert len(builders.notices(store, "join_request.confirm")) == 1


def test_who_was_not_let_in_is_forgotten_in_a_week(store: Store, now: datetime) -> None:
    list_id = builders.a_list(store)
    request_id = asked(store, list_id, now=now)
    eve = whose(store, request_id)
    work(store, now + GOOD_FOR)

    store.run_sync(join_requests.forget_old, now=now + REMEMBERED)

    def left(session: Session) -> tuple[Person | None, int]:
        count = session.scalar(select(func.count()).select_from(JoinRequest))
        return session.get(Person, eve), count or 0

    assert store.read_sync(left) == (None, 0)


def test_who_is_banned_hears_nothing_and_cannot_join(store: Store, now: datetime) -> None:
    list_id, ada = builders.a_list(store), builders.a_person(store)
    for whom in ("@elsewhere.example", "ada.holm@example.org"):
        store.run_sync(bans.ban, whom, list_id=list_id, by=None, now=now)

    asked(store, list_id, now=now)

    assert builders.notices(store) == []
    assert store.read_sync(lambda session: session.scalar(select(func.count(Person.id)))) == 1
    for act in (joining.join, join_requests.ask_as_member):
        with pytest.raises(Refusal, match="You cannot join"):
            store.run_sync(act, list_id, by=ada, now=now)


def test_guests_may_be_let_in_to_read_alone(store: Store, now: datetime) -> None:
    list_id = builders.a_list(store)
    policy(store, list_id, "guests=accept", "guests_write=reject", now=now)
    request_id = asked(store, list_id, now=now)
    eve = whose(store, request_id)

    store.run_sync(join_requests.confirm, request_id, by=eve, now=now)

    place = store.read_sync(lambda session: session.get_one(Subscription, (list_id, eve)))
    assert place.trust == Trust.REJECT


def test_a_guest_of_one_list_is_a_stranger_to_the_others(store: Store, now: datetime) -> None:
    home, approving = builders.a_list(store), builders.a_list(store, address="b@lists.example.org")
    open_one, closed = (builders.a_list(store, address=f"{n}@lists.example.org") for n in "cd")
    policy(store, home, "guests=accept", now=now)
    policy(store, open_one, "guests=accept", "guests_write=reject", now=now)
    policy(store, closed, "guests=reject", now=now)
    eve = whose(store, request_id := asked(store, home, now=now))
    store.run_sync(join_requests.confirm, request_id, by=eve, now=now)

    with pytest.raises(Refusal, match="A moderator decides who joins"):
        store.run_sync(joining.join, approving, by=eve, now=now)
    for act in (joining.join, join_requests.ask_as_member):
        with pytest.raises(Refusal, match="for members of the community"):
            store.run_sync(act, closed, by=eve, now=now)
    store.run_sync(join_requests.ask_as_member, approving, by=eve, now=now)
    store.run_sync(joining.join, open_one, by=eve, now=now)
    refused = asked(store, closed, is_proved=True, now=now)

    cards = store.read_sync(join_cards.page).cards
    assert [(card.list_id, card.is_of_community) for card in cards] == [(approving, False)]
    assert state(store, refused) == "dropped"
    there = [is_on(store, each, eve) for each in (home, approving, open_one, closed)]
    assert there == [True, False, True, False]
    place = store.read_sync(lambda session: session.get_one(Subscription, (open_one, eve)))
    assert place.trust == Trust.REJECT
    offers = store.read_sync(directory.offers, eve, now=now)
    verbs = [(a_list.name, verb) for a_list, verb in offers]
    assert verbs == [("b", "ask"), ("c", "leave"), ("d", "join"), ("postdocs", "leave")]


def test_a_roster_makes_a_member_of_a_guest_and_of_who_has_only_asked(
    store: Store, now: datetime
) -> None:
    list_id = builders.a_list(store)
    policy(store, list_id, "guests=accept", now=now)
    eve = whose(store, asked(store, list_id, now=now))
    ivar = whose(store, guest := asked(store, list_id, "ivar@elsewhere.example", now=now))
    store.run_sync(join_requests.confirm, guest, by=ivar, now=now)
    file = b"email,name\neve@elsewhere.example,Eve Nord\nivar@elsewhere.example,Ivar Dahl\n"
    reading = roster_files.read_bytes(file)

    store.run_sync(rosters.bring_in, reading, language="en", by=None, now=now)

    for person_id in (eve, ivar):
        assert store.read_sync(people.roles, person_id) == frozenset({Role.MEMBER})
    assert store.read_sync(people.by_email, EVE) is not None


def test_who_did_not_ask_stops_it_with_one_press_and_keeps_what_they_have(
    store: Store, now: datetime
) -> None:
    ada = builders.a_person(store)
    first, second = (builders.a_list(store, address=f"{n}@lists.example.org") for n in "ab")
    store.run_sync(subscriptions.subscribe, first, [ada], by=None, now=now)
    request_id = asked(store, second, "ada.holm@example.org", now=now)
    stop = letter(store, "join_request.confirm", ada).stop

    store.run_sync(join_requests.disown, 0, by=ada, now=now)

    assert stop is not None
    assert (stop.action, stop.object_id) == ("person.disown", 0)
    assert (state(store, request_id), is_on(store, first, ada)) == ("dropped", True)
    later = now + timedelta(days=29)
    asked(store, second, "ada.holm@example.org", now=later)
    assert len(builders.notices(store, "join_request.confirm")) == 1
    asked(store, second, "ada.holm@example.org", is_proved=True, now=later)
    assert is_on(store, second, ada)
    with pytest.raises(Refusal, match="too old"):
        store.run_sync(join_requests.confirm, request_id, by=ada, now=now)
