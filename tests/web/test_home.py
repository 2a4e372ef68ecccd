"""The first page."""

from tests import builders
from tests.web.conftest import House


def test_home_tells_what_is_next(sqlite_house: House) -> None:
    builders.a_meetup(sqlite_house.store, sqlite_house.people["ada"])
    builders.a_post(
        sqlite_house.store,
        builders.a_list(sqlite_house.store),
        builders.a_mail("bo.lie@example.org"),
    )

    ada = sqlite_house.signed_in(sqlite_house.people["ada"]).get("/").text
    mona = sqlite_house.signed_in(sqlite_house.people["mona"]).get("/").text

    assert "/meetups#meetup-1" in ada
    assert "1 post waits for a moderator." in mona
    assert "waits for a moderator" not in ada
