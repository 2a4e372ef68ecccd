"""What is said about mail that came back."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from community import bounces, suppressions, weighing
from community.causes import Report
from community.people import Address
from community.store import Session, Store
from letters import cards
from letters.letter import Button
from tests.builders import (
    a_coordinator,
    a_house,
    a_list,
    a_mail,
    a_moderator,
    a_person,
    a_post,
    a_reader,
    deliveries,
    letter,
)

GONE = Report(action="failed", status="5.1.1", diagnostic="550 5.1.1 User unknown")


def probe(store: Store, person: int, *, now: datetime) -> int:
    """Probe the address of a person; return the suppression's id."""

    def act(session: Session) -> int:
        address = session.scalars(select(Address).where(Address.person_id == person)).one()
        bounce = bounces.Bounce(status="5.1.1", diagnostic="550 5.1.1 User unknown")
        suppressions.probe(session, address, bounce, now=now)
        return address.id

    address_id = store.run_sync(act)
    card = store.read_sync(suppressions.card, address_id)
    assert card is not None
    return card.suppression_id


def test_the_probe_asks_for_nothing_and_comes_back_to_an_address_of_its_own(
    store: Store, now: datetime
) -> None:
    ada = a_person(store)
    doubt = probe(store, ada, now=now)

    said = letter(store, "address.probe", ada)

    assert said is not None
    assert said.subject == "Does mail to you arrive?"
    assert "you need not do anything" in said.paragraphs[0]
    assert said.buttons == (
        Button(
            label="The address works again", action="address.restore", object_id=1, style="primary"
        ),
    )
    stamp = a_house().tokens.stamp("probe", doubt)
    assert said.returns_to == f"bounces+{stamp}@lists.example.org"


@pytest.mark.parametrize("happens", ["restored", "moved"])
def test_a_probe_is_not_sent_when_it_would_ask_in_vain(
    store: Store, now: datetime, happens: str
) -> None:
    ada = a_person(store)
    probe(store, ada, now=now)

    def move(session: Session) -> None:
        session.scalars(select(Address)).one().is_primary = False
        session.flush()
        session.add(Address(person_id=ada, email="ada@new.example.org", is_primary=True))

    if happens == "moved":
        store.run_sync(move)
    else:
        store.run_sync(suppressions.restore, 1, by=ada, now=now)

    assert letter(store, "address.probe", ada) is None


def test_the_owner_reads_why_since_when_and_how_to_undo_it(store: Store, now: datetime) -> None:
    ada = a_person(store, slack_id="U1", language="nb")
    doubt = probe(store, ada, now=now)
    store.run_sync(suppressions.come_back, doubt, GONE, now=now)

    said = letter(store, "address.suppress", ada)

    assert said is not None
    assert said.subject == "E-post til ada.holm@example.org kommer i retur"
    assert said.facts == (
        ("Adresse", "ada.holm@example.org"),
        ("Siden", "man. 1. feb. kl. 10.00"),
        ("Grunn", "den andre e-posttjeneren kjenner ikke adressen (5.1.1)"),
    )
    assert said.quote == "550 5.1.1 User unknown"
    assert [button.label for button in said.buttons] == ["Adressen virker igjen"]


def test_a_coordinator_reads_whose_address_it_is(store: Store, now: datetime) -> None:
    ada, kari = a_person(store), a_coordinator(store)
    doubt = probe(store, ada, now=now)
    store.run_sync(suppressions.come_back, doubt, GONE, now=now)

    said = letter(store, "address.suppress", kari)

    assert said is not None
    assert "Mail to Ada Holm at ada.holm@example.org comes back" in said.paragraphs[0]
    assert said.why == "You get this because you are a coordinator."


def test_the_message_says_so_when_the_address_is_in_use_again(store: Store, now: datetime) -> None:
    ada = a_person(store, slack_id="U1")
    doubt = probe(store, ada, now=now)
    store.run_sync(suppressions.come_back, doubt, GONE, now=now)
    store.run_sync(suppressions.restore, 1, by=ada, now=now)

    said = letter(store, "address.suppress", ada)

    assert said is not None
    assert said.paragraphs == ("Mail goes to ada.holm@example.org again.",)
    assert said.buttons == ()


def test_coordinators_read_of_a_post_that_many_refused(store: Store, now: datetime) -> None:
    kari, mona = a_coordinator(store), a_moderator(store)
    readers = [a_person(store, f"Reader {letter}") for letter in "ABC"]
    post = a_post(store, a_list(store, *readers, mona), a_mail("mona.vik@example.org"), now=now)
    spam = Report(action="failed", status="5.7.1", diagnostic="554 5.7.1 spam")
    for delivery in deliveries(store, post)[:3]:
        store.run_sync(bounces.receive, delivery.id, spam, now=now)
    at = now + timedelta(hours=2)
    store.run_sync(weighing.weigh, post, detail="", due_at=at, now=at)

    said = letter(store, "post.refuse", kari)

    assert said is not None
    assert said.subject == "Many refused a post: Lunch"
    assert said.facts == (
        ("List", "postdocs@lists.example.org"),
        ("Copies", "4"),
        ("Came back", "3"),
    )
    assert said.quote == "554 5.7.1 spam"


def test_who_complained_can_join_again(store: Store, now: datetime) -> None:
    ada, mona = a_person(store), a_moderator(store)
    post = a_post(store, a_list(store, ada, mona), a_mail("mona.vik@example.org"), now=now)
    complaint = Report(action="complaint", status="", diagnostic="abuse")
    first = next(row for row in deliveries(store, post) if row.person_id == ada)
    store.run_sync(bounces.receive, first.id, complaint, now=now)

    said = letter(store, "mailing_list.complain", ada)

    assert said is not None
    assert said.subject == "You are off the list postdocs@lists.example.org"
    assert [button.action for button in said.buttons] == ["mailing_list.join"]


def test_the_page_before_restoring_shows_the_address(store: Store, now: datetime) -> None:
    ada = a_person(store)
    probe(store, ada, now=now)
    to, house = a_reader(store, ada), a_house()

    card = store.read_sync(cards.about, "address.restore", 1, to=to, house=house, now=now)

    assert card.subject == "ada.holm@example.org"
    assert house.link(Button(label="", action="address.restore", object_id=1), to).startswith(
        "https://samband.example.org/addresses/"
    )
