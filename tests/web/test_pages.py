"""What the pages show to whom, and what their forms do."""

import threading
from datetime import timedelta

import pytest

from community import (
    announcements,
    expectations,
    gatherings,
    lists,
    meetings,
    meetups,
    mentoring,
    moderation,
    people,
)
from community.store import Session
from tests import builders
from tests.web.conftest import ORIGIN, House, form_token, posted
from web import asking

LIST = "/lists/postdocs@lists.example.org"


def sent(house: House, who: str, path: str, **fields: str) -> tuple[int, str]:
    """Send a form as somebody signed in; return the status and where it leads, or the page."""
    browser = house.signed_in(house.people[who])
    fields["form_token"] = form_token(browser)
    answer = browser.post(path, data=fields, headers={"Origin": ORIGIN})
    return answer.status_code, answer.headers.get("location", answer.text)


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

    first, second = (browser.get(f"{LIST}?page={page}").text for page in (1, 2))

    assert [first.count("Subject-"), second.count("Subject-")] == [30, 1]
    assert first.index("Subject-30.") < first.index("Subject-29.")
    assert ("?page=2" in first, "?page=3" in second) == (True, False)


@pytest.mark.parametrize("page", ["0", "-1", "x", "²", "99999999999", "7"])
def test_page_that_is_no_page_is_no_bug(sqlite_house: House, page: str) -> None:
    builders.a_list(sqlite_house.store, sqlite_house.people["ada"])

    answer = sqlite_house.signed_in(sqlite_house.people["ada"]).get(f"{LIST}?page={page}")

    assert answer.status_code == 200


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
    assert browser.get("/lists/nothing@example.org/rules").status_code == 404


def test_moderator_decides_and_comes_back(house: House) -> None:
    post = builders.a_post(house.store, builders.a_list(house.store), builders.a_mail())

    answer = sent(house, "mona", f"/posts/{post}/return", reason="Please shorten.", back="/held")

    card = house.store.read_sync(moderation.card, post)
    assert answer == (303, "/held?done=post.return")
    assert (card.state, card.reason, card.decided_by) == ("returned", "Please shorten.", "Mona Vik")


def test_form_leads_back_to_our_own_pages_only(sqlite_house: House) -> None:
    list_id = builders.a_list(sqlite_house.store)

    status, page = sent(
        sqlite_house, "ada", f"/mailing_lists/{list_id}/join", back="https://evil.example"
    )

    assert (status, "You are on the list." in page) == (200, True)


def test_member_proposes_a_meetup_once_however_often_the_form_is_sent(house: House) -> None:
    browser = house.signed_in(house.people["ada"])
    form = {
        "topic": "Lunch",
        "place": "Hangaren",
        "starts_at_day": "2027-02-03",
        "starts_at_time": "12:00",
        "minutes": "45",
        "max_people": "4",
        "form_key": "one",
        "form_token": form_token(browser),
    }

    answers = [browser.post("/meetups", data=form).headers["location"] for _ in range(2)]

    now = house.clock.now()
    cards = house.store.read_sync(meetups.upcoming, reader_id=house.people["ada"], now=now)
    assert answers == ["/meetups?done=meetup.propose"] * 2
    assert [(card.topic, card.starts_at.isoformat()) for card in cards] == [
        ("Lunch", "2027-02-03T11:00:00+00:00")
    ]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("topic", " ", "Say in a few words what it is about"),
        ("topic", "x" * 301, "That is too long"),
        ("starts_at_day", "tomorrow", "Give a day and a time"),
        ("starts_at_day", "2027-01-01", "That time is over."),
        ("minutes", "²", "is no whole number"),
        ("max_people", "1", "A meetup is for 2 to 30 people."),
    ],
)
def test_proposal_that_lacks_something_says_what_and_keeps_the_rest(
    sqlite_house: House, field: str, value: str, words: str
) -> None:
    form = {
        "topic": "Lunch",
        "place": "A very special place",
        "starts_at_day": "2027-02-03",
        "starts_at_time": "12:00",
        "minutes": "45",
        "max_people": "4",
    }

    status, page = sent(sqlite_house, "ada", "/meetups", **{**form, field: value})

    assert (status, words in page, "A very special place" in page) == (422, True, True)


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
    card = house.store.read_sync(gatherings.card, 1, reader_id=house.people["ada"])

    assert (published, taken, released) == (
        (303, "/gatherings?done=gathering.publish"),
        (303, "/gatherings?done=gathering.register"),
        (303, "/gatherings?done=gathering.register"),
    )
    assert (card.title, card.taken, card.am_registered) == ("Spring seminar", 2, True)


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


def test_announcement_is_drafted_looked_at_scheduled_and_cancelled(house: House) -> None:
    english = {"title_en": "Grants", "body_en": "Apply <b>now</b>.", "audience": "postdocs"}
    kari = house.signed_in(house.people["kari"])
    moment = {"send_at_day": "2027-02-02", "send_at_time": "10:00"}

    drafted = kari.post("/announcements", data={**english, "form_token": form_token(kari)})
    there = drafted.headers["location"]
    page = kari.get(there).text
    refused = kari.post(
        "/announcements/1/schedule", data={**moment, "form_token": form_token(kari)}
    )

    assert there == "/announcements/1?done=announcement.draft"
    assert "4 people get it" in page
    assert "2 in English" in page
    assert "2 in Norwegian" in page
    assert "Apply &lt;b&gt;now&lt;/b&gt;." in page
    assert refused.status_code == 422

    both = {**english, "title_nb": "Midler", "body_nb": "Søk nå."}
    assert posted(kari, "/announcements", **both) == 303
    assert posted(kari, "/announcements/2/schedule", **moment) == 303
    assert house.store.read_sync(announcements.card, 2).state == "scheduled"
    assert posted(kari, "/announcements/2/cancel", back="/announcements/2") == 303
    assert house.store.read_sync(announcements.card, 2).state == "cancelled"
    assert kari.get("/announcements/99").status_code == 404


def test_coordinator_makes_a_pair_and_the_mentor_books(house: House) -> None:
    two = {"postdoc_id": str(house.people["ada"]), "mentor_id": str(house.people["mia"])}
    made = sent(house, "kari", "/mentorships", **two)
    again = sent(house, "kari", "/mentorships", **two)
    form = {"starts_at_day": "2027-02-10", "starts_at_time": "13:00", "back": "/mentorships"}
    booked = sent(house, "mia", "/mentorships/1/book", **form)
    foreign = sent(house, "bo", "/mentorships/1/book", **form)

    meeting = house.store.read_sync(meetings.of_pair, 1)
    assert made == (303, "/mentorships?done=mentorship.pair")
    assert again[0] == 422
    assert booked == (303, "/mentorships?done=mentorship.book")
    assert foreign[0] == 404
    assert meeting is not None
    assert meeting.starts_at.isoformat() == "2027-02-10T12:00:00+00:00"


def test_pairs_of_others_are_shown_to_coordinators_alone(sqlite_house: House) -> None:
    ada, mia = sqlite_house.people["ada"], sqlite_house.people["mia"]
    sqlite_house.store.run_sync(
        expectations.begin,
        postdoc_id=ada,
        mentor_id=mia,
        by=sqlite_house.people["kari"],
        now=sqlite_house.clock.now(),
    )

    pages = {
        who: sqlite_house.signed_in(sqlite_house.people[who]).get("/mentorships").text
        for who in ("ada", "bo", "mia", "kari")
    }

    shown = {who: "Mia Dahl" in page or "Ada Holm" in page for who, page in pages.items()}
    assert shown == {"ada": True, "bo": False, "mia": True, "kari": True}
    assert len(sqlite_house.store.read_sync(mentoring.active)) == 1


def test_choices_are_kept(house: House) -> None:
    bo = house.people["bo"]
    list_id = builders.a_list(house.store)

    answers = [
        sent(house, "bo", "/me/language", language="en"),
        sent(house, "cleo", "/me/topics", topic="meetup", comes="no"),
        sent(house, "dag", f"/mailing_lists/{list_id}/join", back="/me"),
    ]

    assert [status for status, _ in answers] == [303, 303, 303]
    assert house.store.read_sync(people.reader, bo).language == "en"
    assert house.store.read_sync(lists.is_subscriber, list_id, house.people["dag"])
    browser = house.signed_in(house.people["mona"])
    assert posted(browser, "/me/topics", topic="meetup", comes="no") == 303
    assert 'class="chip">stopped' in browser.get("/me").text
    assert posted(browser, "/me/topics", topic="meetup", comes="yes") == 303
    assert 'class="chip">stopped' not in browser.get("/me").text
    assert posted(browser, "/me/topics", topic="nonsense") == 409
    assert posted(browser, "/me/language", language="fr") == 409


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


def test_due_says_when_what_and_why(sqlite_house: House) -> None:
    builders.a_meetup(sqlite_house.store, sqlite_house.people["ada"], topic="Lunch <at> noon")

    page = sqlite_house.signed_in(sqlite_house.people["kari"]).get("/due").text

    assert "Lunch &lt;at&gt; noon" in page
    assert "The meetup is over then." in page
    assert "Kari Berg" not in page  # who has just asked for a sign-in link


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("nb-NO,nb;q=0.9,en;q=0.8", "nb"),
        ("no", "nb"),
        ("nn", "nb"),
        ("de-DE, en;q=0.5, nb;q=0.7", "nb"),
        ("de, fr", "en"),
        ("nb;q=0", "en"),
        ("nb;q=x, en", "en"),
        (",,;;", "en"),
    ],
)
def test_strangers_are_spoken_to_in_their_browsers_language(
    sqlite_house: House, header: str, language: str
) -> None:
    answer = sqlite_house.browser().get("/", headers={"Accept-Language": header})

    assert answer.headers["content-language"] == language


def test_switch_of_language_lasts(sqlite_house: House) -> None:
    browser = sqlite_house.browser()

    languages = [
        browser.get(path).headers["content-language"]
        for path in ("/", "/?language=nb", "/sign-in", "/?language=xx")
    ]

    assert languages == ["en", "nb", "nb", "nb"]


def test_act_that_takes_too_long_is_not_said_to_be_done(sqlite_house: House) -> None:
    list_id = builders.a_list(sqlite_house.store)
    browser = sqlite_house.signed_in(sqlite_house.people["ada"])
    token, held, free = form_token(browser), threading.Event(), threading.Event()

    def hold(session: Session) -> None:
        held.set()
        free.wait(20)

    holder = threading.Thread(target=sqlite_house.store.run_sync, args=(hold,))
    holder.start()
    held.wait(20)
    answer = browser.post(f"/mailing_lists/{list_id}/join", data={"form_token": token})
    free.set()
    holder.join()

    assert asking.PATIENCE_SECONDS == 2.5
    assert (answer.status_code, "This takes longer than usual." in answer.text) == (503, True)
