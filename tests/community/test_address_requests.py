"""Several addresses of one person: each confirmed by a mail there, one that mail goes to."""

from datetime import datetime, timedelta

import pytest

from community import address_requests, join_requests, people
from community.address_requests import GOOD_FOR
from community.errors import Refusal
from community.join_requests import Applicant
from community.people import Role
from community.store import Store
from tests import builders
from tests.community.test_join_requests import work

HOME = "ada@home.example"


def asked(store: Store, ada: int, now: datetime, email: str = HOME) -> int:
    """Ask for an address and return the question."""
    store.run_sync(address_requests.ask, 0, email=email, by=ada, now=now)
    return builders.notices(store, "address_request.confirm")[-1].object_id


def emails(store: Store, person_id: int) -> list[str]:
    return [each.email for each in store.read_sync(address_requests.of_person, person_id)]


def test_an_address_is_somebodys_when_a_mail_there_was_read(store: Store, now: datetime) -> None:
    ada = builders.a_person(store)

    request_id = asked(store, ada, now, " Ada@Home.example ")

    said = builders.letter(store, "address_request.confirm", ada)
    assert said is not None
    assert said.to_address == HOME
    assert emails(store, ada) == ["ada.holm@example.org"]
    for _ in range(2):
        store.run_sync(address_requests.confirm, request_id, by=ada, now=now)
    assert emails(store, ada) == [HOME, "ada.holm@example.org"]
    assert builders.a_reader(store, ada).email == HOME
    for email in emails(store, ada):
        found = store.read_sync(people.by_email, email)
        assert found is not None
        assert found.id == ada


def test_nobody_has_more_than_five_however_many_were_asked_for(store: Store, now: datetime) -> None:
    ada = builders.a_person(store)
    *first, last = [asked(store, ada, now, f"ada{n}@home.example") for n in range(5)]
    for request_id in first:
        store.run_sync(address_requests.confirm, request_id, by=ada, now=now)

    with pytest.raises(Refusal, match="Take one away first"):
        store.run_sync(address_requests.confirm, last, by=ada, now=now)

    assert len(emails(store, ada)) == 5


def test_one_chooses_where_mail_goes_and_takes_the_other_away(store: Store, now: datetime) -> None:
    ada = builders.a_person(store)
    store.run_sync(address_requests.confirm, asked(store, ada, now), by=ada, now=now)
    home, work_address = store.read_sync(address_requests.of_person, ada)

    with pytest.raises(Refusal, match="Choose another one first"):
        store.run_sync(address_requests.remove, home.address_id, by=ada, now=now)
    store.run_sync(address_requests.make_primary, work_address.address_id, by=ada, now=now)
    store.run_sync(address_requests.remove, home.address_id, by=ada, now=now)

    assert emails(store, ada) == ["ada.holm@example.org"]


def test_others_addresses_are_nobodys_to_choose_or_take(store: Store, now: datetime) -> None:
    ada, bo = builders.a_person(store), builders.a_person(store, "Bo Lie")
    [own] = store.read_sync(address_requests.of_person, bo)
    request_id = asked(store, ada, now)

    for act in (address_requests.make_primary, address_requests.remove):
        with pytest.raises(Refusal, match="not yours"):
            store.run_sync(act, own.address_id, by=ada, now=now)
    with pytest.raises(Refusal, match="somebody else"):
        store.run_sync(address_requests.confirm, request_id, by=bo, now=now)
    late = now + GOOD_FOR + timedelta(minutes=1)
    with pytest.raises(Refusal, match="too old"):
        store.run_sync(address_requests.confirm, request_id, by=ada, now=late)


@pytest.mark.parametrize("email", ["", "ada", "ada@home", "ada @home.example", "@home.example"])
def test_what_is_no_address_is_refused(store: Store, now: datetime, email: str) -> None:
    ada = builders.a_person(store)

    with pytest.raises(Refusal, match="no e-mail address"):
        store.run_sync(address_requests.ask, 0, email=email, by=ada, now=now)


def test_an_address_is_written_to_once_a_day(store: Store, now: datetime) -> None:
    ada = builders.a_person(store)

    for _ in range(3):
        asked(store, ada, now)

    assert len(builders.notices(store, "address_request.confirm")) == 1


def test_another_persons_address_is_refused_only_to_who_reads_mail_there(
    store: Store, now: datetime
) -> None:
    ada = builders.a_person(store)
    builders.a_person(store, "Bo Lie", email=HOME)

    request_id = asked(store, ada, now)

    with pytest.raises(Refusal, match="belongs to somebody here"):
        store.run_sync(address_requests.confirm, request_id, by=ada, now=now)


def test_who_asked_to_join_by_a_second_address_can_have_it(store: Store, now: datetime) -> None:
    ada, list_id = builders.a_person(store), builders.a_list(store)
    who = Applicant(email=HOME, name="Ada", language="en")
    store.run_sync(join_requests.ask, list_id, who, now=now)
    work(store, now)

    store.run_sync(address_requests.confirm, asked(store, ada, now), by=ada, now=now)

    assert emails(store, ada) == [HOME, "ada.holm@example.org"]
    assert store.read_sync(people.roles, ada) == frozenset({Role.MEMBER})


def test_whose_address_it_is_stops_such_mails_and_the_link(store: Store, now: datetime) -> None:
    ada, bo = builders.a_person(store), builders.a_person(store, "Bo Lie")
    store.run_sync(address_requests.ask, 0, email="eve@home.example", by=ada, now=now)
    stop = builders.letter(store, "address_request.confirm", ada)
    request_id = builders.notices(store, "address_request.confirm")[-1].object_id

    for _ in range(2):
        store.run_sync(address_requests.disown, request_id, by=ada, now=now)
    store.run_sync(address_requests.disown, request_id, by=bo, now=now)
    store.run_sync(address_requests.ask, 0, email="eve@home.example", by=bo, now=now)

    assert stop is not None
    assert stop.stop is not None
    assert stop.stop.action == "address_request.disown"
    assert len(builders.notices(store, "address_request.confirm")) == 1
    with pytest.raises(Refusal, match="too old"):
        store.run_sync(address_requests.confirm, request_id, by=ada, now=now)


def test_whoever_runs_the_service_vouches_for_an_address(store: Store, now: datetime) -> None:
    ada, bo = builders.a_person(store), builders.a_person(store, "Bo Lie")

    def add(email: str, *, to: int, is_primary: bool = False) -> None:
        store.run_sync(address_requests.add, email, to=to, is_primary=is_primary, by=None, now=now)

    for _ in range(2):
        add(" Ada@Home.example ", to=ada, is_primary=True)

    assert emails(store, ada) == [HOME, "ada.holm@example.org"]
    with pytest.raises(Refusal, match="belongs to somebody"):
        add(HOME, to=bo)
    with pytest.raises(Refusal, match="not yours"):
        store.run_sync(address_requests.remove_named, HOME, of=bo, by=None, now=now)
    old = "Ada.Holm@example.org"
    store.run_sync(address_requests.remove_named, old, of=ada, by=None, now=now)
    assert emails(store, ada) == [HOME]
