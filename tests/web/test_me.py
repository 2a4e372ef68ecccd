"""What one person has chosen."""

from community import (
    lists,
    people,
)
from tests import builders
from tests.web.conftest import House, posted, sent


def test_choices_are_kept(house: House) -> None:
    bo = house.people["bo"]
    list_id = builders.a_list(house.store)

    answers = [
        sent(house, "bo", "/me/language", language="en"),
        sent(house, "cleo", "/me/topics", topic="meetup", comes="no"),
        sent(house, "dag", f"/mailing_lists/{list_id}/join", back="/me"),
    ]

    assert [status for status, _ in answers] == [303, 303, 303]
    assert house.store.read_sync(people.reader, bo).language == "en"
    assert house.store.read_sync(lists.is_subscriber, list_id, house.people["dag"])
    browser = house.signed_in(house.people["mona"])
    assert posted(browser, "/me/topics", topic="meetup", comes="no") == 303
    assert 'class="chip">stopped' in browser.get("/me").text
    assert posted(browser, "/me/topics", topic="meetup", comes="yes") == 303
    assert 'class="chip">stopped' not in browser.get("/me").text
    assert posted(browser, "/me/topics", topic="nonsense") == 409
    assert posted(browser, "/me/language", language="fr") == 409
