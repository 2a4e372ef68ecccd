"""The search page."""

import pytest

from community import moderation
from tests import builders
from tests.web.conftest import House


def a_found_post(house: House, subject: str = "Lunch <script>alert(1)</script>") -> int:
    """Have a post out on a list that Ada is on and Bo is not."""
    list_id = builders.a_list(house.store, house.people["ada"])
    post = builders.a_post(
        house.store, list_id, builders.a_mail(subject=subject, text="Møte & kake")
    )
    house.store.run_sync(moderation.accept, post, by=house.people["mona"], now=builders.EARLIER)
    return post


def test_found_words_are_marked_and_nothing_of_a_mail_is_markup(house: House) -> None:
    post = a_found_post(house)

    page = house.signed_in(house.people["ada"]).get("/search?q=lunch+mote").text

    assert f'<a href="/posts/{post}" dir="auto"><mark>Lunch</mark> &lt;script&gt;alert(1)' in page
    assert "<mark>Møte</mark> &amp; kake" in page
    assert "1 post" in page


def test_who_is_not_on_the_list_finds_nothing_of_it(house: House) -> None:
    post = a_found_post(house)

    pages = {
        who: house.signed_in(house.people[who]).get("/search?q=lunch&language=en").text
        for who in ("ada", "bo", "kari", "mona")
    }

    assert [f"/posts/{post}" in pages[who] for who in pages] == [True, False, False, True]
    assert house.browser().get("/search?q=lunch").status_code == 303


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("", "How to ask"),
        ("q=nothing", "Nothing was found."),
        ("q=before:soon", "“soon” is no day."),
        ("q=%22&page=999999", "There is no word in that to look for."),
        ("q=%25", "There is no word in that to look for."),
        ("q=lunch%25&page=999999", "Nothing was found."),
        ("q=+%09+", "How to ask"),
        ("q=lunch&page=-1", "1 post"),
        ("q=" + "a+" * 1000, "Nothing was found."),
    ],
)
def test_anything_may_be_asked(sqlite_house: House, asked: str, said: str) -> None:
    a_found_post(sqlite_house)

    answer = sqlite_house.signed_in(sqlite_house.people["ada"]).get(f"/search?{asked}")

    assert (answer.status_code, said in answer.text) == (200, True)


def test_what_was_asked_stays_in_the_field_and_in_the_links(sqlite_house: House) -> None:
    page = sqlite_house.signed_in(sqlite_house.people["ada"]).get('/search?q="><b>').text

    assert 'value="&#34;&gt;&lt;b&gt;"' in page
    assert "<b>" not in page
