"""The first page."""

from community.audiences import Audience
from community.people import Role
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


def test_guest_is_shown_their_lists_and_nobodys_meetups(sqlite_house: House) -> None:
    store = sqlite_house.store
    guest = builders.a_person(store, "Gina Ekre", roles=(Role.GUEST,))
    builders.a_list(store, guest)
    builders.a_meetup(store, sqlite_house.people["ada"], topic="Lunch in May")
    builders.a_gathering(store, sqlite_house.people["kari"], audience=Audience.ALL)
    browser = sqlite_house.signed_in(guest)

    home = browser.get("/").text
    pages = [browser.get(path) for path in ("/meetups", "/gatherings", "/mentorships")]
    acts = [browser.get(path) for path in ("/meetups/1/join", "/gatherings/1/register")]

    assert "/lists/postdocs@lists.example.org" in home
    assert "meetup" not in home.partition("<main")[2].partition("</main>")[0]
    assert [page.status_code for page in (*pages, *acts)] == [403, 403, 403, 404, 404]
    assert all("This is for members of the community." in page.text for page in pages)
    assert not any("Lunch in May" in page.text for page in pages)
    assert not any("Spring seminar" in page.text for page in pages)
    assert "/people" not in home
