"""The page to which every copy of a post leads."""

import pytest

from community import deliveries, moderation, subscriptions, threads
from tests import builders
from tests.web.conftest import House, sent


def a_post(house: House) -> int:
    """Give a post that is out; Ada and Cleo are on its list."""
    store = house.store
    list_id = builders.a_list(store, house.people["ada"], house.people["cleo"])
    post = builders.a_post(store, list_id, builders.a_mail())
    store.run_sync(moderation.accept, post, by=house.people["mona"], now=builders.EARLIER)
    return post


def test_choices_offer_what_is_not_so_already(house: House) -> None:
    post, ada = a_post(house), house.people["ada"]
    browser = house.signed_in(ada)

    before = browser.get(f"/posts/{post}/choices").text
    house.store.run_sync(threads.mute, 1, by=ada, now=house.clock.now())
    house.store.run_sync(
        deliveries.set_mode, 1, subscriptions.Mode.DAILY, by=ada, now=house.clock.now()
    )
    after = browser.get(f"/posts/{post}/choices").text

    verbs = ("each", "digest", "weekly", "followed", "none", "pause", "leave")
    offered = [f'action="/mailing_lists/1/{verb}"' for verb in verbs]
    follow, mute = 'action="/threads/1/follow"', 'action="/threads/1/mute"'
    assert [each in before for each in offered] == [False, *[True] * 6]
    assert [each in after for each in offered] == [True, False, *[True] * 5]
    assert (follow in before, mute in before) == (True, True)
    assert (follow in after, mute in after) == (True, False)


def test_a_press_does_it_and_comes_back(house: House) -> None:
    here = f"/posts/{a_post(house)}/choices"

    _, back = sent(house, "ada", "/mailing_lists/1/weekly", back=here)
    page = house.signed_in(house.people["ada"]).get(back).text

    assert "The posts come in one mail a week" in page
    assert "How it comes: One digest a week." in page


def test_a_topic_is_chosen_on_the_page_of_a_post_and_shown_there(house: House) -> None:
    here = f"/posts/{a_post(house)}/choices"
    browser = house.signed_in(house.people["ada"])

    _, back = sent(house, "ada", "/mailing_lists/1/topic", back=here, topic="job", mode="none")
    chosen = browser.get(back).text
    sent(house, "ada", "/mailing_lists/1/topic", back=here, topic="event", mode="each")
    both = browser.get("/me").text
    sent(house, "ada", "/mailing_lists/1/topic", back=here, topic="job", mode="list")

    assert "How it comes: Each post as a mail. Otherwise: Job: not at all." in chosen
    assert "Otherwise: Event: at once; Job: not at all." in both
    assert "Otherwise: Event: at once." in browser.get("/me").text


@pytest.mark.parametrize("who", ["bo", "kari"])
@pytest.mark.parametrize("number", ["1", "77", "9" * 9])
def test_who_is_not_on_the_list_comes_to_their_own_choices(
    house: House, who: str, number: str
) -> None:
    a_post(house)

    answer = house.signed_in(house.people[who]).get(f"/posts/{number}/choices")

    assert (answer.status_code, answer.headers["location"]) == (303, "/me")


def test_a_moderator_off_the_list_may_join_it(house: House) -> None:
    page = house.signed_in(house.people["mona"]).get(f"/posts/{a_post(house)}/choices").text

    assert 'action="/mailing_lists/1/join"' in page
    assert "You are not on it." in page
    assert "/threads/1/" not in page


def test_who_is_not_signed_in_is_asked_to_and_comes_back(house: House) -> None:
    answer = house.browser().get(f"/posts/{a_post(house)}/choices")

    assert answer.headers["location"] == "/sign-in?next=/posts/1/choices"


def test_no_number_is_too_long(house: House) -> None:
    assert house.signed_in(house.people["ada"]).get(f"/posts/{'9' * 30}/choices").status_code == 404
