"""What one person has chosen."""

from datetime import datetime

from community import (
    people,
    subscriptions,
    suppressions,
)
from community.bounces import Bounce
from community.store import Session
from tests import builders
from tests.web.conftest import House, posted, sent


def test_choices_are_kept(house: House) -> None:
    bo = house.people["bo"]
    list_id = builders.a_list(house.store)

    answers = [
        sent(house, "bo", "/me/language", language="en"),
        sent(house, "cleo", "/me/categories", category="meetup", way="none"),
        sent(house, "dag", f"/mailing_lists/{list_id}/join", back="/me"),
    ]

    assert [status for status, _ in answers] == [303, 303, 303]
    assert house.store.read_sync(people.reader, bo).language == "en"
    assert house.store.read_sync(subscriptions.is_subscriber, list_id, house.people["dag"])
    browser = house.signed_in(house.people["mona"])
    assert posted(browser, "/me/categories", category="meetup", way="none") == 303
    assert "You still hear of meetups that you host." in browser.get("/me").text
    assert posted(browser, "/me/categories", category="meetup", way="mail") == 303
    assert "You still hear of meetups" not in browser.get("/me").text
    for wrong in ({"category": "nonsense", "way": "mail"}, {"category": "meetup", "way": "fax"}):
        assert posted(browser, "/me/categories", **wrong) == 409
    assert posted(browser, "/me/categories", category="meetup", way="both") == 409  # no Slack
    assert posted(browser, "/me/language", language="fr") == 409


def test_an_address_that_mail_does_not_reach_is_put_back(house: House, now: datetime) -> None:
    def probe(session: Session) -> None:
        owner = house.people["mona"]
        address = session.query(people.Address).filter_by(person_id=owner).one()
        bounce = Bounce(status="5.1.1", diagnostic="User <b>unknown</b>")
        suppressions.probe(session, address, bounce, now=now)

    browser = house.signed_in(house.people["mona"])
    assert "comes back" not in browser.get("/me").text
    house.store.run_sync(probe)
    [card] = house.store.read_sync(suppressions.in_doubt, reader_id=None)

    page = browser.get("/me").text
    assert "the other mail server knows no such address (5.1.1)" in page
    assert "User &lt;b&gt;unknown&lt;/b&gt;" in page
    assert posted(browser, f"/addresses/{card.address_id}/restore", back="/me") == 303
    assert house.store.read_sync(suppressions.in_doubt, reader_id=None) == []
