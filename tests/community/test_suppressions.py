"""A probe comes back, or not; an address is suppressed, left out, and put back."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from community import address_requests, journal, outbox, subscriptions, suppressions
from community.bounces import Bounce
from community.causes import Report
from community.due import Outcome, Work
from community.errors import Refusal
from community.outbox import Channel
from community.people import Address
from community.store import Session, Store
from tests.builders import (
    a_coordinator,
    a_list,
    a_mail,
    a_moderator,
    a_person,
    a_post,
    deliveries,
    notices,
    planned,
    told,
)

GONE = Report(action="failed", status="5.1.1", diagnostic="550 5.1.1 User unknown")
SPAM = Report(action="failed", status="5.7.1", diagnostic="554 5.7.1 spam")
LATE = Report(action="delayed", status="4.4.1", diagnostic="timed out")
FORWARDED = replace(GONE, about="ada@old.example.com")
UNREADABLE = Report(action="", status="", diagnostic="")


def address_of(store: Store, person: int) -> Address:
    query = select(Address).where(Address.person_id == person, Address.is_primary)
    return store.read_sync(lambda session: session.scalars(query).one())


def probe(store: Store, person: int, *, now: datetime) -> int:
    """Probe the address of a person; return the suppression's id."""

    def act(session: Session) -> None:
        address = session.get_one(Address, address_of_in(session, person))
        bounce = Bounce(status="5.1.1", diagnostic="first words")
        suppressions.probe(session, address, bounce, now=now)

    store.run_sync(act)
    [card] = [
        card
        for card in store.read_sync(suppressions.in_doubt, reader_id=None)
        if card.person_id == person
    ]
    return card.suppression_id


def address_of_in(session: Session, person: int) -> int:
    query = select(Address.id).where(Address.person_id == person, Address.is_primary)
    return session.scalars(query).one()


def suppress(store: Store, person: int, *, now: datetime) -> int:
    """Suppress the address of a person; return the suppression's id."""
    doubt = probe(store, person, now=now)
    store.run_sync(suppressions.come_back, doubt, GONE, now=now)
    return doubt


def test_a_probe_that_comes_back_suppresses_and_tells_the_owner_in_slack(
    store: Store, now: datetime
) -> None:
    ada = a_person(store, slack_id="U1")
    a_coordinator(store)

    suppress(store, ada, now=now)

    assert address_of(store, ada).state == "suppressed"
    assert told(store, "address.suppress") == [(ada, "slack")]
    assert [step.state for step in planned(store, "address.clear")] == ["cancelled"]
    [card] = store.read_sync(suppressions.in_doubt, reader_id=None)
    assert (card.name, card.state, card.since, card.status, card.diagnostic) == (
        "Ada Holm",
        "suppressed",
        now,
        "5.1.1",
        "550 5.1.1 User unknown",
    )


def test_of_somebody_not_in_slack_the_coordinators_hear(store: Store, now: datetime) -> None:
    ada = a_person(store)
    kari, siv = a_coordinator(store, slack_id="U2"), a_coordinator(store, "Siv Lie")

    suppress(store, ada, now=now)

    assert told(store, "address.suppress") == [(kari, "slack"), (siv, "mail")]


@pytest.mark.parametrize("report", [SPAM, LATE, UNREADABLE, FORWARDED])
def test_what_is_not_the_addresss_fault_changes_nothing(
    store: Store, now: datetime, report: Report
) -> None:
    ada = a_person(store)
    doubt = probe(store, ada, now=now)

    store.run_sync(suppressions.come_back, doubt, report, now=now)

    assert address_of(store, ada).state == "probed"


def test_a_probe_that_comes_back_twice_or_too_late_changes_nothing(
    store: Store, now: datetime
) -> None:
    ada = a_person(store, slack_id="U1")
    doubt = suppress(store, ada, now=now)
    store.run_sync(suppressions.come_back, doubt, GONE, now=now)
    store.run_sync(suppressions.restore, address_of(store, ada).id, by=ada, now=now)

    store.run_sync(suppressions.come_back, doubt, GONE, now=now)
    store.run_sync(suppressions.come_back, 4711, GONE, now=now)

    assert address_of(store, ada).state == "deliverable"
    assert len(notices(store, "address.suppress")) == 2  # the letter, and the word that it is over


def test_a_probe_that_the_relay_refuses_has_come_back(store: Store, now: datetime) -> None:
    ada = a_person(store, slack_id="U1")
    probe(store, ada, now=now)
    [asked] = notices(store, "address.probe")
    words = "550 5.1.1 User unknown"
    refused = Outcome(row_id=asked.id, fence=asked.claims, state=Work.FAILED, words=words)

    store.run_sync(suppressions.settle_notices, [refused], now=now)

    assert address_of(store, ada).state == "suppressed"


def test_d3_a_letter_that_is_gone_when_the_relay_refuses_it_keeps_no_other_back(
    store: Store, now: datetime
) -> None:
    words = "550 5.1.1 User unknown"
    refused = Outcome(row_id=4711, fence=1, state=Work.FAILED, words=words)

    store.run_sync(suppressions.settle_notices, [refused], now=now)

    assert notices(store, "address.probe") == []


def test_another_letter_that_the_relay_refuses_suppresses_nobody(
    store: Store, now: datetime
) -> None:
    ada = a_person(store)
    store.run_sync(outbox.put, "meetup.cancel", 1, ada, channel=Channel.MAIL, now=now)
    [letter] = notices(store)
    words = "550 5.1.1 User unknown"
    refused = Outcome(row_id=letter.id, fence=letter.claims, state=Work.FAILED, words=words)

    store.run_sync(suppressions.settle_notices, [refused], now=now)

    assert address_of(store, ada).state == "deliverable"


def test_time_clears_an_address_whose_probe_stays_away(store: Store, now: datetime) -> None:
    ada = a_person(store)
    probe(store, ada, now=now)
    [step] = planned(store, "address.clear")

    for _ in range(2):
        store.run_sync(
            suppressions.clear,
            step.object_id,
            detail=step.detail,
            due_at=step.due_at,
            now=step.due_at,
        )

    assert step.due_at == now + timedelta(days=10)
    assert address_of(store, ada).state == "deliverable"
    assert store.read_sync(suppressions.in_doubt, reader_id=None) == []


def test_a_suppressed_address_gets_no_posts_and_no_letters_by_mail(
    store: Store, now: datetime
) -> None:
    ada, bo = a_person(store), a_person(store, "Bo Li", slack_id="U1")
    mona = a_moderator(store)
    list_id = a_list(store, ada, bo, mona)
    for person in (ada, bo):
        suppress(store, person, now=now)

    post = a_post(store, list_id, a_mail("mona.vik@example.org"), now=now)
    everybody = subscriptions.subscribers(list_id)
    store.run_sync(outbox.put_to_all, "meetup.propose", 1, everybody, now=now)
    store.run_sync(outbox.put_to_all, "digest.publish", 1, everybody, channel=Channel.MAIL, now=now)

    assert [row.person_id for row in deliveries(store, post)] == [mona]
    assert told(store, "meetup.propose") == sorted([(bo, "slack"), (mona, "mail")])
    assert told(store, "digest.publish") == [(mona, "mail")]


def test_what_its_owner_asks_for_goes_to_a_suppressed_address_too(
    store: Store, now: datetime
) -> None:
    ada = a_person(store)
    suppress(store, ada, now=now)

    store.run_sync(outbox.put, "sign_in.link", 1, ada, channel=Channel.MAIL, now=now)

    assert told(store, "sign_in.link") == [(ada, "mail")]


def test_what_waits_for_an_address_is_cancelled_when_it_is_suppressed(
    store: Store, now: datetime
) -> None:
    ada, mona = a_person(store), a_moderator(store)
    list_id = a_list(store, ada, mona)
    post = a_post(store, list_id, a_mail("mona.vik@example.org"), now=now)
    store.run_sync(outbox.put, "meetup.propose", 1, ada, now=now)
    store.run_sync(outbox.put, "sign_in.link", 1, ada, channel=Channel.MAIL, now=now)

    suppress(store, ada, now=now)

    assert {row.person_id: row.state for row in deliveries(store, post)} == {
        ada: "cancelled",
        mona: "due",
    }
    assert told(store, "meetup.propose") == []
    assert told(store, "sign_in.link") == [(ada, "mail")]


def test_its_owner_or_a_coordinator_puts_an_address_back_and_twice_is_once(
    store: Store, now: datetime
) -> None:
    ada, kari = a_person(store, slack_id="U1"), a_coordinator(store)
    list_id = a_list(store, ada, a_moderator(store))

    for by in (ada, kari, None):
        suppress(store, ada, now=now)
        for _ in range(2):
            store.run_sync(suppressions.restore, address_of(store, ada).id, by=by, now=now)
        assert address_of(store, ada).state == "deliverable"

    post = a_post(store, list_id, a_mail("mona.vik@example.org"), now=now)
    assert ada in [row.person_id for row in deliveries(store, post)]


def test_a_probed_address_is_put_back_too(store: Store, now: datetime) -> None:
    ada = a_person(store)
    probe(store, ada, now=now)

    store.run_sync(suppressions.restore, address_of(store, ada).id, by=ada, now=now)

    assert address_of(store, ada).state == "deliverable"
    assert [step.state for step in planned(store, "address.clear")] == ["cancelled"]


def test_nobody_else_puts_it_back(store: Store, now: datetime) -> None:
    ada, bo = a_person(store), a_person(store, "Bo Li")
    suppress(store, ada, now=now)

    with pytest.raises(Refusal, match="Only a coordinator"):
        store.run_sync(suppressions.restore, address_of(store, ada).id, by=bo, now=now)
    with pytest.raises(Refusal, match="no such address"):
        store.run_sync(suppressions.restore, 4711, by=ada, now=now)

    assert address_of(store, ada).state == "suppressed"


def test_members_see_their_own_and_coordinators_all(store: Store, now: datetime) -> None:
    ada, bo, kari = a_person(store), a_person(store, "Bo Li"), a_coordinator(store)
    suppress(store, ada, now=now)

    def seen(reader: int) -> list[str]:
        cards = store.read_sync(suppressions.in_doubt, reader_id=reader)
        return [card.email for card in cards]

    assert (seen(ada), seen(bo), seen(kari)) == (
        ["ada.holm@example.org"],
        [],
        ["ada.holm@example.org"],
    )
    assert store.read_sync(suppressions.card, 4711) is None


def test_each_turn_is_in_the_journal(store: Store, now: datetime) -> None:
    ada = a_person(store)
    suppress(store, ada, now=now)
    address = address_of(store, ada)
    store.run_sync(suppressions.restore, address.id, by=ada, now=now)

    query = select(journal.Entry).where(journal.Entry.noun == "address").order_by(journal.Entry.id)
    rows = store.read_sync(lambda session: list(session.scalars(query)))

    assert [(row.event, row.person_id) for row in rows] == [
        ("address.probe", None),
        ("address.suppress", None),
        ("address.restore", ada),
    ]


def test_an_address_that_its_owner_chooses_again_is_in_use_again(
    store: Store, now: datetime
) -> None:
    ada = a_person(store)
    old = address_of(store, ada).id
    store.run_sync(suppressions.come_back, probe(store, ada, now=now), GONE, now=now)
    home = "ada@home.example"
    store.run_sync(address_requests.add, home, to=ada, is_primary=True, by=None, now=now)
    assert address_of(store, ada).email == home
    assert store.read_sync(suppressions.in_doubt, reader_id=None) == []  # it troubles nobody

    store.run_sync(address_requests.make_primary, old, by=ada, now=now)

    assert (address_of(store, ada).id, address_of(store, ada).state) == (old, "deliverable")
    assert store.read_sync(suppressions.in_doubt, reader_id=None) == []
