"""The form that proposes a meetup."""

import pytest

from community import (
    meetups,
)
from tests.web.conftest import House, form_token, sent


def test_member_proposes_a_meetup_once_however_often_the_form_is_sent(house: House) -> None:
    browser = house.signed_in(house.people["ada"])
    form = {
        "topic": "Lunch",
        "place": "Hangaren",
        "starts_at_day": "2027-02-03",
        "starts_at_time": "12:00",
        "minutes": "45",
        "max_people": "4",
        "form_key": "one",
        "form_token": form_token(browser),
    }

    answers = [browser.post("/meetups", data=form).headers["location"] for _ in range(2)]

    now = house.clock.now()
    cards = house.store.read_sync(meetups.upcoming, reader_id=house.people["ada"], now=now)
    assert answers == ["/meetups?done=meetup.propose"] * 2
    assert [(card.topic, card.starts_at.isoformat()) for card in cards] == [
        ("Lunch", "2027-02-03T11:00:00+00:00")
    ]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("topic", " ", "Say in a few words what it is about"),
        ("topic", "x" * 301, "That is too long"),
        ("starts_at_day", "tomorrow", "Give a day and a time"),
        ("starts_at_day", "2027-01-01", "That time is over."),
        ("minutes", "²", "is no whole number"),
        ("max_people", "1", "A meetup is for 2 to 30 people."),
    ],
)
def test_proposal_that_lacks_something_says_what_and_keeps_the_rest(
    sqlite_house: House, field: str, value: str, words: str
) -> None:
    form = {
        "topic": "Lunch",
        "place": "A very special place",
        "starts_at_day": "2027-02-03",
        "starts_at_time": "12:00",
        "minutes": "45",
        "max_people": "4",
    }

    status, page = sent(sqlite_house, "ada", "/meetups", **{**form, field: value})

    assert (status, words in page, "A very special place" in page) == (422, True, True)
