"""What a signed-in person does with one thing."""

from community import address_requests, holds
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


def test_an_address_is_confirmed_by_the_link_alone_that_was_mailed_there(
    sqlite_house: House,
) -> None:
    store, ada = sqlite_house.store, sqlite_house.people["ada"]
    sent(sqlite_house, "ada", "/persons/0/add_address", email="rector@example.org")
    asked = builders.notices(store, "address_request.confirm")[-1].object_id
    path = f"/address_requests/{asked}"

    presses = [sent(sqlite_house, "ada", f"{path}/{verb}")[0] for verb in ("confirm", "disown")]
    looked = sqlite_house.signed_in(ada).get(f"{path}/confirm").status_code
    before = [each.email for each in store.read_sync(address_requests.of_person, ada)]
    link = sqlite_house.link("address_request.confirm", asked, ada)
    by_link = sqlite_house.browser().post(link).status_code

    after = [each.email for each in store.read_sync(address_requests.of_person, ada)]
    assert (presses, looked, by_link) == ([404, 404], 404, 200)
    assert (before, after) == (
        ["ada.holm@example.org"],
        ["rector@example.org", "ada.holm@example.org"],
    )
