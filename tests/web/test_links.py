"""Pages of links in mails: what they show, that looking changes nothing, pressing acts once."""

import re

import pytest
from starlette.testclient import TestClient

from community import (
    digests,
    expectations,
    holds,
    lists,
    meetings,
    meetups,
    moderation,
    sessions,
    subscriptions,
)
from community.store import Base, Session
from letters import kinds
from tests import builders
from tests.web.conftest import ORIGIN, House


def everything(house: House) -> dict[str, list[tuple[object, ...]]]:
    """Read all rows of all tables."""

    def read(session: Session) -> dict[str, list[tuple[object, ...]]]:
        return {
            table.name: [tuple(row) for row in session.execute(table.select())]
            for table in Base.metadata.sorted_tables
        }

    return house.store.read_sync(read)


def a_lively_house(house: House) -> None:
    """Make one of most letters come due."""
    ada, bo, mona = (house.people[name] for name in ("ada", "bo", "mona"))
    list_id = builders.a_list(house.store, ada, bo)
    builders.a_post(house.store, list_id, builders.a_mail())
    queued = builders.a_post(house.store, list_id, builders.a_mail(subject="Second"))
    house.store.run_sync(moderation.digest, queued, by=mona, now=house.clock.now())
    now = house.clock.now()
    house.store.run_sync(digests.make_due, now=now)
    meetup = builders.a_meetup(house.store, ada)
    house.store.run_sync(meetups.join, meetup, by=bo, now=now)
    house.store.run_sync(sessions.ask, "ada.holm@example.org", now=now)


def links(house: House) -> list[str]:
    """Give the path of every link in every letter that waits."""
    paths = []
    ours = builders.a_house()
    for notice in builders.notices(house.store):
        written = house.store.read_sync(kinds.write, notice, house=ours)
        if written is not None:
            to, letter = written
            buttons = (*letter.buttons, *((letter.stop,) if letter.stop else ()))
            paths += [ours.link(button, to).removeprefix(ours.public_url) for button in buttons]
    return paths


def test_scanner_that_follows_every_link_of_every_letter_changes_nothing(house: House) -> None:
    a_lively_house(house)
    before, browser = everything(house), house.browser()
    paths = links(house)

    statuses = {
        browser.request(method, path).status_code
        for path in paths
        for method in ("GET", "HEAD", "GET", "HEAD", "OPTIONS", "GET", "HEAD")
    }

    assert (len(paths) > 12, statuses) == (True, {200, 405})
    assert everything(house) == before


def test_link_shows_what_will_happen_in_the_readers_language(sqlite_house: House) -> None:
    meetup = builders.a_meetup(sqlite_house.store, sqlite_house.people["ada"], topic="Lunsj")
    path = sqlite_house.link("meetup.join", meetup, sqlite_house.people["bo"])

    page = sqlite_house.browser().get(path)

    assert page.headers["content-language"] == "nb"
    assert "man. 8. feb. kl. 12.00–13.00" in page.text
    assert "Bo Lie" in page.text
    assert page.text.count("<button") == 1


def test_press_acts_and_a_second_press_changes_nothing(house: House) -> None:
    meetup = builders.a_meetup(house.store, house.people["ada"])
    path = house.link("meetup.join", meetup, house.people["cleo"])
    browser = house.browser()

    first = browser.post(path)
    after_one = everything(house)
    second = browser.post(path)

    card = house.store.read_sync(meetups.card, meetup, reader_id=house.people["cleo"])
    assert (first.status_code, second.status_code) == (200, 200)
    assert card.going == ("Ada Holm", "Cleo Marin")
    assert everything(house) == after_one
    assert "set-cookie" not in first.headers


def test_link_says_that_it_was_done_already_and_when(sqlite_house: House) -> None:
    meetup = builders.a_meetup(sqlite_house.store, sqlite_house.people["ada"])
    path = sqlite_house.link("meetup.join", meetup, sqlite_house.people["cleo"])
    sqlite_house.browser().post(path)

    page = sqlite_house.browser().get(path).text

    assert "You have done this already: Mon 1 Feb, 10:00." in page
    assert "<button" not in page


def test_refusal_is_shown_in_words_with_the_form(sqlite_house: House) -> None:
    meetup = builders.a_meetup(sqlite_house.store, sqlite_house.people["ada"], max_people=2)
    sqlite_house.browser().post(sqlite_house.link("meetup.join", meetup, sqlite_house.people["bo"]))

    page = sqlite_house.browser().post(
        sqlite_house.link("meetup.join", meetup, sqlite_house.people["cleo"])
    )

    assert page.status_code == 409
    assert "“Lunch” is full (2 people)" in page.text


def test_return_needs_a_reason_and_keeps_it(sqlite_house: House) -> None:
    store, mona = sqlite_house.store, sqlite_house.people["mona"]
    post = builders.a_post(store, builders.a_list(store), builders.a_mail())
    path = sqlite_house.link("post.return", post, mona)

    empty = sqlite_house.browser().post(path, data={"reason": " "})
    filled = sqlite_house.browser().post(path, data={"reason": "Too <long>."})

    card = store.read_sync(holds.card, post)
    assert (empty.status_code, filled.status_code) == (409, 200)
    assert (card.state, card.reason) == ("returned", "Too <long>.")


def test_whoever_withdraws_too_late_reads_that_the_post_has_gone_out(sqlite_house: House) -> None:
    store, ada = sqlite_house.store, sqlite_house.people["ada"]
    list_id = builders.a_list(store, ada)
    store.run_sync(lists.set_policy, list_id, ["newcomer_posts=0"], by=None, now=builders.EARLIER)
    post = builders.a_post(store, list_id, builders.a_mail())

    page = sqlite_house.browser().get(sqlite_house.link("post.withdraw", post, ada)).text

    assert "Your post has gone out: Lunch" in page
    assert "<button" not in page


def test_what_a_mail_has_named_stands_in_the_form_of_its_link(sqlite_house: House) -> None:
    list_id = builders.a_list(sqlite_house.store, sqlite_house.people["ada"])
    path = sqlite_house.link("mailing_list.pause", list_id, sqlite_house.people["ada"])

    page = sqlite_house.browser().get(f"{path}?until_day=2027-08-16&until_time=00:00").text

    assert 'name="until_day" value="2027-08-16"' in page
    assert 'name="until_time" value="00:00"' in page


def test_moderators_second_to_press_learn_who_decided(sqlite_house: House) -> None:
    store, mona = sqlite_house.store, sqlite_house.people["mona"]
    other = builders.a_moderator(store, "Nils Aas")
    post = builders.a_post(store, builders.a_list(store), builders.a_mail())
    sqlite_house.browser().post(sqlite_house.link("post.accept", post, mona))

    page = sqlite_house.browser().get(sqlite_house.link("post.accept", post, other)).text
    pressed = sqlite_house.browser().post(sqlite_house.link("post.discard", post, other))

    assert "Mona Vik has decided: accepted, and gone out." in page
    assert "<h1>This has been decided</h1>" in page
    assert "until the button is pressed" not in page
    assert "<button" not in page
    assert pressed.status_code == 409
    assert "Mona Vik has already accepted this post" in pressed.text


def test_link_of_somebody_who_is_no_moderator_any_more_shows_nothing(sqlite_house: House) -> None:
    store = sqlite_house.store
    post = builders.a_post(store, builders.a_list(store), builders.a_mail(text="Secret words"))

    page = sqlite_house.browser().get(
        sqlite_house.link("post.accept", post, sqlite_house.people["ada"])
    )

    assert page.status_code == 410
    assert "Secret words" not in page.text


@pytest.mark.parametrize(
    "path",
    [
        "/meetups/garbled/join",
        "/meetups/WyJtZWV0dXAuam9pbiIsMSwyXQ.AAAA/join",
        "/meetups/%00/join",
        "/nothing/at/all",
    ],
)
def test_garbled_link_is_a_page_in_both_languages(sqlite_house: House, path: str) -> None:
    pages = [sqlite_house.browser().get(path), sqlite_house.browser().post(path)]

    assert [page.status_code for page in pages] == [404, 404]
    assert all('<section lang="en"' in page.text for page in pages)
    assert all('<section lang="nb"' in page.text for page in pages)


def test_token_of_one_action_does_no_other(sqlite_house: House) -> None:
    meetup = builders.a_meetup(sqlite_house.store, sqlite_house.people["ada"])
    path = sqlite_house.link("meetup.join", meetup, sqlite_house.people["ada"])

    page = sqlite_house.browser().post(path.replace("/join", "/cancel"))

    assert page.status_code == 404


def test_link_of_a_thing_that_is_gone_is_not_found(sqlite_house: House) -> None:
    path = sqlite_house.link("mailing_list.leave", 99, sqlite_house.people["ada"])

    assert sqlite_house.browser().get(path).status_code == 404


def test_link_of_somebody_unknown_says_so(sqlite_house: House) -> None:
    page = sqlite_house.browser().get(sqlite_house.link("mailing_list.leave", 1, 999))

    assert page.status_code == 410
    assert "We do not know you (any more)." in page.text


def one_click(browser: TestClient, path: str) -> tuple[int, str, str | None]:
    answer = browser.post(path, data={"List-Unsubscribe": "One-Click"})
    return answer.status_code, answer.text, answer.headers.get("set-cookie")


def test_one_click_unsubscribes_without_page_cookie_or_redirect(house: House) -> None:
    bo = house.people["bo"]
    list_id = builders.a_list(house.store, bo)
    path = house.link("mailing_list.leave", list_id, bo)

    answers = [one_click(house.browser(), path), one_click(house.browser(), path)]

    assert answers == [(200, "OK", None)] * 2
    assert not house.store.read_sync(subscriptions.is_subscriber, list_id, bo)


def test_one_click_of_a_mail_of_a_removed_list_is_taken_and_a_page_not_found(
    sqlite_house: House,
) -> None:
    bo = sqlite_house.people["bo"]
    path = sqlite_house.link("mailing_list.leave", 999, bo)

    answers = [one_click(sqlite_house.browser(), path)]

    assert answers == [(200, "OK", None)]
    assert sqlite_house.browser().get(path).status_code == 404


def test_one_click_stops_what_letters_offer_to_stop(sqlite_house: House) -> None:
    bo = sqlite_house.people["bo"]
    meetup = builders.a_meetup(sqlite_house.store, sqlite_house.people["ada"])

    answer = one_click(sqlite_house.browser(), sqlite_house.link("meetup.mute", meetup, bo))

    other = builders.a_meetup(sqlite_house.store, sqlite_house.people["ada"], topic="Tea")
    told = [n.person_id for n in builders.notices(sqlite_house.store, "meetup.propose")
            if n.object_id == other]  # fmt: skip
    assert answer == (200, "OK", None)
    assert bo not in told


def test_one_click_does_nothing_but_stop(sqlite_house: House) -> None:
    meetup = builders.a_meetup(sqlite_house.store, sqlite_house.people["ada"])
    path = sqlite_house.link("meetup.join", meetup, sqlite_house.people["bo"])

    assert one_click(sqlite_house.browser(), path)[0] == 400


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (ORIGIN, 200),
        ("null", 200),
        ("https://evil.example", 403),
        ("http://samband.example.org", 403),
    ],
)
def test_link_is_not_pressed_by_pages_of_others(
    sqlite_house: House, origin: str, status: int
) -> None:
    path = sqlite_house.link("meetup.mute", 1, sqlite_house.people["bo"])

    answer = sqlite_house.browser().post(path, headers={"Origin": origin})

    assert answer.status_code == status


def test_link_is_not_pressed_across_sites(sqlite_house: House) -> None:
    path = sqlite_house.link("meetup.mute", 1, sqlite_house.people["bo"])

    answer = sqlite_house.browser().post(
        path, headers={"Origin": "null", "Sec-Fetch-Site": "cross-site"}
    )

    assert answer.status_code == 403


def test_times_are_read_on_the_houses_clock(sqlite_house: House) -> None:
    store, people_ = sqlite_house.store, sqlite_house.people
    now = sqlite_house.clock.now()
    pair = store.run_sync(
        expectations.begin,
        postdoc_id=people_["ada"],
        mentor_id=people_["mia"],
        by=people_["kari"],
        now=now,
    ).id
    path = sqlite_house.link("mentorship.book", pair, people_["mia"])
    form = {"starts_at_day": "2027-06-03", "starts_at_time": "10:00", "place": "Room 2"}

    missing = sqlite_house.browser().post(path, data={"starts_at_day": "soon"})
    booked = sqlite_house.browser().post(path, data=form)

    meeting = store.read_sync(meetings.of_pair, pair)
    assert (missing.status_code, booked.status_code) == (409, 200)
    assert meeting is not None
    assert (meeting.starts_at.isoformat(), meeting.place) == (
        "2027-06-03T08:00:00+00:00",
        "Room 2",
    )


def test_what_strangers_wrote_is_never_markup(sqlite_house: House) -> None:
    store = sqlite_house.store
    evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>\u202egnp.exe"
    mail = builders.a_mail(subject=evil, text=f"> {evil}\n\n{evil}\njavascript:alert(1)")
    post = builders.a_post(store, builders.a_list(store), mail)

    page = (
        sqlite_house.browser()
        .get(sqlite_house.link("post.accept", post, sqlite_house.people["mona"]))
        .text
    )

    assert re.findall(r"<(?:script|img src=x)|href=\"javascript", page) == []
    assert "\u202e" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
