"""The page of what became of a post: for its author and who looks after the list."""

from dataclasses import replace

from tests import builders
from tests.web.conftest import House


def a_held_post(house: House) -> int:
    ada, bo = house.people["ada"], house.people["bo"]
    return builders.a_post(
        house.store, builders.a_list(house.store, ada, bo), builders.a_mail("ada.holm@example.org")
    )


def test_the_author_and_the_moderator_see_what_became_of_a_post(house: House) -> None:
    path = f"/posts/{a_held_post(house)}/fate"

    pages = [house.signed_in(house.people[who]).get(path) for who in ("ada", "mona", "kari")]

    assert [page.status_code for page in pages] == [200, 200, 200]
    for page in pages:
        assert "First posts wait for a moderator." in page.text
        assert "hold it for a moderator" in page.text
        assert "waits for a moderator" in page.text
    assert ["Lunch" in page.text for page in pages] == [True, True, False]


def test_the_rule_that_decided_comes_first_and_those_before_it_are_folded(
    sqlite_house: House,
) -> None:
    path = f"/posts/{a_held_post(sqlite_house)}/fate"

    page = sqlite_house.signed_in(sqlite_house.people["ada"]).get(path).text

    said, folded = page.index("First posts wait"), page.index("<details")
    assert said < page.index("Is it one of their first posts?") < folded
    assert folded < page.index("Can it be read?") < page.index("</details>")
    assert "Asked before, with nothing to say: 9" in page


def test_for_everybody_else_there_is_no_such_page(house: House) -> None:
    path = f"/posts/{a_held_post(house)}/fate"
    bo = house.signed_in(house.people["bo"])

    assert bo.get(path).status_code == 404
    assert bo.get("/posts/99/fate").status_code == 404
    assert bo.get(f"/posts/{'9' * 30}/fate").status_code == 404
    assert house.browser().get(path).headers["location"] == f"/sign-in?next={path}"


def test_the_page_speaks_the_readers_language(sqlite_house: House) -> None:
    path = f"/posts/{a_held_post(sqlite_house)}/fate"

    page = sqlite_house.signed_in(sqlite_house.people["rita"]).get(f"{path}?language=nb").text

    assert "Hva som skjedde med et innlegg" in page
    assert "Hva reglene sa" in page


def test_a_post_for_some_fields_says_for_which(sqlite_house: House) -> None:
    ada = sqlite_house.people["ada"]
    list_id = builders.a_list(sqlite_house.store, ada)
    mail = replace(builders.a_mail(), fields=("1.3",), to_addresses=())
    post = builders.a_post(sqlite_house.store, list_id, mail)

    page = sqlite_house.signed_in(ada).get(f"/posts/{post}/fate").text

    assert "It is for people of these fields and related ones alone: Physical sciences." in page
