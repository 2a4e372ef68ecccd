"""Who may not write to a list: an address or a domain, on one list or on all."""

from datetime import datetime

import pytest

from community import bans, journal
from community.errors import Refusal
from community.people import Role
from community.store import Store
from tests.builders import a_coordinator, a_list, a_mail, a_moderator, a_person, a_post

EVE = "eve@elsewhere.example"


@pytest.fixture
def list_id(store: Store) -> int:
    return a_list(store, a_person(store))


def _ban(store: Store, whom: str, list_id: int | None, now: datetime) -> int:
    return store.run_sync(bans.ban, whom, list_id=list_id, by=None, now=now).id


def _banned(store: Store, list_id: int, *emails: str) -> bool:
    return store.read_sync(bans.is_banned, list_id, emails)


@pytest.mark.parametrize(
    ("whom", "email", "is_banned"),
    [
        (EVE, EVE, True),
        ("EVE@Elsewhere.Example ", " Eve@elsewhere.example", True),
        (EVE, "adam@elsewhere.example", False),
        ("@elsewhere.example", EVE, True),
        ("@elsewhere.example", "eve@mail.elsewhere.example", True),
        ("@mail.elsewhere.example", EVE, False),
        ("@elsewhere.example", "eve@not-elsewhere.example", False),
        (EVE, "", False),
        (EVE, "eve", False),
    ],
)
def test_a_ban_hits_an_address_or_a_domain_and_all_under_it(
    store: Store, now: datetime, list_id: int, whom: str, email: str, is_banned: bool
) -> None:
    _ban(store, whom, list_id, now)

    assert _banned(store, list_id, "ada.holm@example.org", email) is is_banned


def test_a_ban_holds_on_its_list_or_everywhere(store: Store, now: datetime, list_id: int) -> None:
    other = a_list(store, address="mentors@lists.example.org")
    _ban(store, EVE, list_id, now)
    _ban(store, "@spam.example", None, now)

    assert [_banned(store, each, EVE) for each in (list_id, other)] == [True, False]
    assert [_banned(store, each, "x@spam.example") for each in (list_id, other)] == [True, True]
    assert _banned(store, list_id) is False
    assert [(card.whom, card.list_address) for card in store.read_sync(bans.of_list, list_id)] == [
        ("@spam.example", ""),
        (EVE, "postdocs@lists.example.org"),
    ]
    assert [card.whom for card in store.read_sync(bans.of_list, other)] == ["@spam.example"]


def test_banned_twice_is_banned_once_and_can_be_lifted(
    store: Store, now: datetime, list_id: int
) -> None:
    mona = a_moderator(store)
    act = bans.ban
    first = store.run_sync(act, EVE, list_id=list_id, by=mona, now=now, why=" Sells watches. ").id

    again = store.run_sync(act, EVE, list_id=list_id, by=mona, now=now, why="Again.").id

    [card] = store.read_sync(bans.of_list, list_id)
    assert (first, card.by_name, card.why, card.since) == (again, "Mona Vik", "Sells watches.", now)
    store.run_sync(bans.lift, EVE, list_id=list_id, by=mona, now=now)
    assert store.read_sync(bans.of_list, list_id) == []
    assert _banned(store, list_id, EVE) is False
    events = [entry.event for entry in store.read_sync(journal.of, "ban", first)]
    assert events == ["ban.ban", "ban.lift"]
    with pytest.raises(Refusal, match="no such ban"):
        store.run_sync(bans.lift, EVE, list_id=list_id, by=mona, now=now)
    assert _ban(store, EVE, list_id, now) != first


def test_a_moderator_bans_from_a_list_and_a_coordinator_from_all(
    store: Store, now: datetime, list_id: int
) -> None:
    mona, kari, bo = a_moderator(store), a_coordinator(store), a_person(store, "Bo Li")

    for by, where in ((bo, list_id), (bo, None), (mona, None), (kari, list_id)):
        with pytest.raises(Refusal, match="Only a"):
            store.run_sync(bans.ban, EVE, list_id=where, by=by, now=now)
        with pytest.raises(Refusal, match="Only a"):
            store.run_sync(bans.lift, EVE, list_id=where, by=by, now=now)

    store.run_sync(bans.ban, EVE, list_id=None, by=kari, now=now)
    assert _banned(store, list_id, EVE)


@pytest.mark.parametrize(
    "whom", ["", "eve", "@", "@no", "eve@", "@example.", "a b@x.example", "a@b@x.example", "*@*.no"]
)
def test_only_an_address_or_a_domain_is_banned(
    store: Store, now: datetime, list_id: int, whom: str
) -> None:
    if whom == "*@*.no":  # no pattern: it hits nobody but that very address
        _ban(store, whom, list_id, now)
        assert _banned(store, list_id, "eve@uio.no") is False
        return
    with pytest.raises(Refusal, match="Say an address"):
        _ban(store, whom, list_id, now)


@pytest.mark.parametrize("whom", ["mona.vik@example.org", "@example.org"])
def test_who_looks_after_the_community_is_not_banned(
    store: Store, now: datetime, list_id: int, whom: str
) -> None:
    a_moderator(store)

    with pytest.raises(Refusal, match="looks after"):
        _ban(store, whom, list_id, now)


def test_nothing_is_taken_from_a_banned_address_be_it_in_from_or_envelope(
    store: Store, now: datetime, list_id: int
) -> None:
    _ban(store, EVE, list_id, now)

    for mail in (a_mail(EVE), a_mail("eve@elsewhere.example", subject="Again")):
        with pytest.raises(Refusal, match="may not write to postdocs@lists"):
            a_post(store, list_id, mail, now=now)


def test_a_banned_member_goes_on_reading(store: Store, now: datetime, list_id: int) -> None:
    a_person(store, "Cy Moe", roles=(Role.MEMBER,))
    _ban(store, "ada.holm@example.org", list_id, now)

    with pytest.raises(Refusal):
        a_post(store, list_id, a_mail(), now=now)

    assert _banned(store, list_id, "cy.moe@example.org") is False
