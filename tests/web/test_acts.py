"""What a signed-in person does with one thing."""

from community import (
    holds,
)
from tests import builders
from tests.web.conftest import House, sent


def test_moderator_decides_and_comes_back(house: House) -> None:
    post = builders.a_post(house.store, builders.a_list(house.store), builders.a_mail())

    answer = sent(house, "mona", f"/posts/{post}/return", reason="Please shorten.", back="/held")

    card = house.store.read_sync(holds.card, post)
    assert answer == (303, "/held?done=post.return")
    assert (card.state, card.reason, card.decided_by) == ("returned", "Please shorten.", "Mona Vik")


def test_form_leads_back_to_our_own_pages_only(sqlite_house: House) -> None:
    list_id = builders.a_list(sqlite_house.store)

    status, page = sent(
        sqlite_house, "ada", f"/mailing_lists/{list_id}/join", back="https://evil.example"
    )

    assert (status, "You are on the list." in page) == (200, True)
