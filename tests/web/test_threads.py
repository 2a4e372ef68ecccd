"""The archive and the rules on pages."""

import re
from datetime import timedelta

import pytest

from community import list_closures, lists, moderation, threads
from tests import builders
from tests.web.conftest import House, sent

LIST = "/lists/postdocs@lists.example.org"


def a_thread(house: House) -> tuple[int, int]:
    """Give a thread of one post that is out and an answer that waits; Ada and Cleo are on it."""
    store = house.store
    list_id = builders.a_list(store, house.people["ada"], house.people["cleo"])
    first = builders.a_mail(text="Words of the first")
    out = builders.a_post(store, list_id, first)
    store.run_sync(moderation.accept, out, by=house.people["mona"], now=builders.EARLIER)
    answer = builders.a_mail(
        "cleo.marin@example.org", text="Words of the answer", answers=(first.message_id,)
    )
    return out, builders.a_post(store, list_id, answer)


def test_thread_shows_what_waits_to_moderators_alone(house: House) -> None:
    out, waiting = a_thread(house)
    pages = {who: house.signed_in(house.people[who]) for who in ("ada", "mona")}

    texts = {who: browser.get("/threads/1").text for who, browser in pages.items()}
    places = {
        (who, post): browser.get(f"/posts/{post}").headers.get("location")
        for who, browser in pages.items()
        for post in (out, waiting)
    }

    assert ["Words of the first" in texts[who] for who in texts] == [True, True]
    assert ["Words of the answer" in texts[who] for who in texts] == [False, True]
    assert places == {
        ("ada", out): f"/threads/1#post-{out}",
        ("ada", waiting): None,
        ("mona", out): f"/threads/1#post-{out}",
        ("mona", waiting): f"/threads/1#post-{waiting}",
    }


def test_a_closed_list_says_so_everywhere_and_offers_nothing(sqlite_house: House) -> None:
    house = sqlite_house
    a_thread(house)
    address = LIST.rpartition("/")[2]
    house.store.run_sync(list_closures.close, address, by=None, now=house.clock.now())
    ada, mona = (house.signed_in(house.people[who]) for who in ("ada", "mona"))

    pages = [ada.get(path).text for path in ("/lists", LIST, "/threads/1", "/me", f"{LIST}/rules")]
    stranger = [house.browser().get(path) for path in ("/", f"{LIST}/join", f"{LIST}/rules")]
    asked = house.browser().post(f"{LIST}/join", data={"email": "eve@nord.example"})

    said = "Closed since Mon 1 Feb 2027"
    assert [said in page for page in pages] == [True] * 5
    assert [f"mailto:{address}" in page for page in pages] == [False] * 5
    assert re.search(rf"You are on this list\.\s+{said}", pages[0])
    assert "Words of the first" in pages[2]
    assert [said in page.text for page in stranger] == [False, True, True]
    assert "/join" not in stranger[0].text + stranger[2].text
    assert (asked.status_code, said in asked.text, "-owner@" in asked.text) == (409, True, True)
    moderated = mona.get("/lists").text
    assert (said in moderated, "/mailing_lists/" in moderated) == (True, False)


def test_a_topic_stands_at_its_thread_and_is_found(sqlite_house: House) -> None:
    store, ada = sqlite_house.store, sqlite_house.people["ada"]
    list_id = builders.a_list(store, ada)
    store.run_sync(lists.set_policy, list_id, ["newcomer_posts=0"], by=None, now=builders.EARLIER)
    for subject in ("[job] Tromsø", "Lunch"):
        builders.a_post(store, list_id, builders.a_mail(subject=subject))
    browser = sqlite_house.signed_in(ada)

    shown = browser.get(LIST).text
    found = browser.get("/search?q=list%3Apostdocs%20topic%3Ajob").text

    chip = '<span class="chip">Job</span>'
    assert shown.count('class="chip"') == shown.count(chip) == 1
    assert chip in browser.get("/threads/1").text
    assert ("Tromsø" in found, "Lunch" in found) == (True, False)


def test_threads_are_paged_the_newest_first(sqlite_house: House) -> None:
    store, ada = sqlite_house.store, sqlite_house.people["ada"]
    list_id = builders.a_list(store, ada)
    store.run_sync(
        lists.set_policy,
        list_id,
        ["newcomer_posts=0", "threads_per_day=99", "posts_per_member_per_week=99",
         "mails_per_member_per_week=99"],
        by=None,
        now=builders.EARLIER,
    )  # fmt: skip
    for number in range(31):
        at = builders.EARLIER + timedelta(minutes=number)
        builders.a_post(store, list_id, builders.a_mail(subject=f"Subject-{number}."), now=at)
    browser = sqlite_house.signed_in(ada)

    first = browser.get(LIST).text
    [older] = re.findall(r'href="(\?after=[^"]+)"', first)
    second = browser.get(LIST + older).text

    assert [first.count("Subject-"), second.count("Subject-")] == [30, 1]
    assert first.index("Subject-30.") < first.index("Subject-29.")
    assert ('rel="next"' in second, f'href="{LIST}" rel="prev"' in second) == (False, True)


def test_page_that_is_no_page_is_no_bug(sqlite_house: House) -> None:
    builders.a_list(sqlite_house.store, sqlite_house.people["ada"])
    browser = sqlite_house.signed_in(sqlite_house.people["ada"])

    answers = [
        browser.get(f"{LIST}?after={place}").status_code
        for place in ("0", "-1", "x", "²", "99999999999", "0-0", "99999999999999999-999999999")
    ]

    assert set(answers) == {200}


def test_long_thread_has_pages_and_a_post_is_led_to_on_its_own(sqlite_house: House) -> None:
    store = sqlite_house.store
    out, _ = a_thread(sqlite_house)
    last = store.run_sync(builders.answers, out, threads.POSTS_A_PAGE)[-1]
    browser = sqlite_house.signed_in(sqlite_house.people["mona"])

    place = browser.get(f"/posts/{last}").headers["location"]
    second = browser.get(place).text

    assert place == f"/threads/1?page=2#post-{last}"
    assert second.count('href="?page=2" aria-current="page"') == 2
    assert (second.count("<article"), f'id="post-{last}"' in second) == (2, True)
    # What is done on the second page leads back to it.
    assert set(re.findall('name="back" value="([^"]*)"', second)) == {"/threads/1?page=2"}
    again = browser.get("/threads/1?page=2&done=thread.follow").text
    assert set(re.findall('name="back" value="([^"]*)"', again)) == {"/threads/1?page=2"}
    assert browser.get("/threads/1?page=3").status_code == 404
    assert browser.get(f"/posts/{last}/remove").status_code == 200


@pytest.mark.parametrize("path", ["/threads/99999999999999999999", "/posts/0", "/threads/77"])
def test_number_of_nothing_is_not_found(sqlite_house: House, path: str) -> None:
    assert sqlite_house.signed_in(sqlite_house.people["mona"]).get(path).status_code == 404


def test_rules_are_printed_from_the_policy_in_both_languages(sqlite_house: House) -> None:
    list_id = builders.a_list(sqlite_house.store)
    sqlite_house.store.run_sync(
        lists.set_policy, list_id, ["threads_per_day=7"], by=None, now=builders.EARLIER
    )
    browser = sqlite_house.browser()

    english = browser.get(f"{LIST}/rules").text
    norwegian = browser.get(f"{LIST}/rules", headers={"Accept-Language": "nn-NO,en;q=0.5"}).text

    assert "The list carries 7 new threads a day" in english
    assert "7 nye tråder" in norwegian
    assert "<li><b>+physics</b> Physical sciences</li>" in english
    assert "<li><b>+fysikk</b> Fysikk</li>" in norwegian
    assert browser.get("/lists/nothing@example.org/rules").status_code == 404


def test_post_is_removed_by_its_author_and_a_line_stays(house: House) -> None:
    post, _ = a_thread(house)
    pages = {
        who: house.signed_in(house.people[who]).get("/threads/1").text for who in ("ada", "cleo")
    }

    answers = {who: sent(house, who, f"/posts/{post}/remove") for who in ("cleo", "ada")}

    after = house.signed_in(house.people["cleo"]).get("/threads/1").text
    assert [f"/posts/{post}/remove" in pages[who] for who in pages] == [True, False]
    assert [status for status, _ in answers.values()] == [409, 200]
    assert "This post was removed from the archive." in after
    assert "Words of the first" not in after
