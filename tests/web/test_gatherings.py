"""Gatherings on pages."""

from community import gathering_cards
from tests.web.conftest import House, sent


def test_coordinator_publishes_a_gathering_and_people_take_and_release_places(
    house: House,
) -> None:
    form = {
        "title": "Spring seminar",
        "place": "Room 1",
        "starts_at_day": "2027-03-03",
        "starts_at_time": "09:00",
        "minutes": "120",
        "capacity": "30",
        "audience": "postdocs",
    }

    published = sent(house, "kari", "/gatherings", **form)
    taken = sent(house, "ada", "/gatherings/1/register", back="/gatherings")
    released = sent(house, "cleo", "/gatherings/1/register", back="/gatherings")
    card = house.store.read_sync(gathering_cards.card, 1, reader_id=house.people["ada"])

    assert (published, taken, released) == (
        (303, "/gatherings?done=gathering.publish"),
        (303, "/gatherings?done=gathering.register"),
        (303, "/gatherings?done=gathering.register"),
    )
    assert (card.title, card.taken, card.am_registered) == ("Spring seminar", 2, True)


def test_year_that_was_mistyped_is_said(sqlite_house: House) -> None:
    form = {"title": "A", "place": "B", "minutes": "120", "capacity": "30", "audience": "all"}
    when = {"starts_at_day": "2207-02-03", "starts_at_time": "09:00"}

    status, page = sent(sqlite_house, "kari", "/gatherings", **form, **when)

    assert (status, "Give a day and a time" in page) == (422, True)


def test_choice_that_is_not_offered_is_refused(sqlite_house: House) -> None:
    form = {
        "title": "A",
        "place": "B",
        "starts_at_day": "2027-03-03",
        "starts_at_time": "09:00",
        "minutes": "120",
        "capacity": "30",
        "audience": "everyone",
    }

    status, page = sent(sqlite_house, "kari", "/gatherings", **form)

    assert (status, "Choose an audience." in page) == (422, True)
