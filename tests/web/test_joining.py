"""The form by which anybody asks to join: one answer for all, a mail only to the address itself."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from community import lists, subscriptions
from tests import builders
from tests.community.test_join_requests import work
from tests.web.conftest import ORIGIN, House

LIST = "postdocs@lists.example.org"
JOIN = f"/lists/{LIST}/join"


def a_list(house: House, *changes: str) -> int:
    list_id = builders.a_list(house.store)
    house.store.run_sync(lists.set_policy, list_id, changes, by=None, now=house.clock.now())
    return list_id


def test_whoever_asks_and_confirms_is_on_the_list(house: House) -> None:
    list_id = a_list(house, "guests=accept")
    browser = house.browser()
    sent = browser.post(JOIN, data={"email": " Eve@Nord.example", "name": "Eve", "language": "nb"})
    work(house.store, house.clock.now())
    notice = builders.notices(house.store, "join_request.confirm")[-1]
    to = builders.a_reader(house.store, notice.person_id)
    link = house.link("join_request.confirm", notice.object_id, notice.person_id)

    asked = browser.get(link)
    assert not house.store.read_sync(subscriptions.is_subscriber, list_id, notice.person_id)
    pressed = browser.post(link)

    assert (sent.status_code, "in a mail to eve@nord.example." in sent.text) == (200, True)
    assert (to.name, to.email, to.language) == ("Eve", "eve@nord.example", "nb")
    assert (asked.status_code, pressed.status_code) == (200, 200)
    assert house.store.read_sync(subscriptions.is_subscriber, list_id, notice.person_id)


def test_known_and_unknown_addresses_get_the_same_answer_for_the_same_work(house: House) -> None:
    list_id = a_list(house)
    house.store.run_sync(
        subscriptions.subscribe, list_id, [house.people["ada"]], by=None, now=house.clock.now()
    )
    statements: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        statements.append(statement)

    def asked(name: str) -> tuple[int, str, list[str]]:
        statements.clear()
        answer = house.browser().post(JOIN, data={"email": f"{name}@example.org"})
        return answer.status_code, answer.text.replace(name, "name"), list(statements)

    event.listen(house.store._writer, "before_cursor_execute", note)

    on_it, of_us, unknown = asked("ada.holm"), asked("bo.lie"), asked("eve.nord")
    again = asked("ada.holm")

    assert on_it == of_us == unknown
    assert again[:2] == on_it[:2]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (("guests=accept",), "Then you are on the list."),
        (("guests=approve",), "About everybody else a moderator decides"),
        (("join=approve", "guests=accept"), "Then a moderator of the list decides"),
        (("guests=reject",), "This list is for people of the community."),
    ],
)
def test_form_says_truly_what_comes_next(
    sqlite_house: House, changes: tuple[str, ...], words: str
) -> None:
    a_list(sqlite_house, *changes)

    page = sqlite_house.browser().get(JOIN).text

    assert words in " ".join(page.split())
    assert ("<form method" in page) == ("guests=reject" not in changes)


def test_what_is_wrong_is_said_and_nothing_is_asked(sqlite_house: House) -> None:
    a_list(sqlite_house)
    browser = sqlite_house.browser()

    wrong = browser.post(JOIN, data={"email": "<eve@nord>", "name": "Eve"})
    elsewhere = browser.post(
        JOIN, data={"email": "eve@nord.example"}, headers={"Origin": "https://evil.example"}
    )
    nowhere = browser.post("/lists/none@lists.example.org/join", data={"email": "a@b.example"})

    assert (wrong.status_code, 'value="Eve"' in wrong.text) == (422, True)
    assert "“&lt;eve@nord&gt;” is no e-mail address." in wrong.text
    assert (elsewhere.status_code, nowhere.status_code) == (403, 404)
    work(sqlite_house.store, sqlite_house.clock.now())
    assert builders.notices(sqlite_house.store, "join_request.confirm") == []


def test_list_that_takes_nobody_from_outside_has_no_form_and_takes_none(
    sqlite_house: House,
) -> None:
    a_list(sqlite_house, "guests=reject")
    browser = sqlite_house.browser()

    answer = browser.post(JOIN, data={"email": "eve@nord.example"}, headers={"Origin": ORIGIN})
    work(sqlite_house.store, sqlite_house.clock.now())

    assert answer.status_code == 409
    assert builders.notices(sqlite_house.store, "join_request.confirm") == []
    assert all(JOIN not in browser.get(path).text for path in ("/", "/sign-in"))


def test_one_network_may_ask_twenty_times_an_hour_and_is_told_nothing(sqlite_house: House) -> None:
    a_list(sqlite_house)
    browser = sqlite_house.browser()

    answers = [browser.post(JOIN, data={"email": f"e{n}@nord.example"}) for n in range(21)]
    work(sqlite_house.store, sqlite_house.clock.now())
    within = len(builders.notices(sqlite_house.store, "join_request.confirm"))
    sqlite_house.clock.later(timedelta(minutes=61))
    browser.post(JOIN, data={"email": "late@nord.example"})
    work(sqlite_house.store, sqlite_house.clock.now())

    assert {answer.status_code for answer in answers} == {200}
    assert within == 20
    assert len(builders.notices(sqlite_house.store, "join_request.confirm")) == 21


def test_who_is_signed_in_joins_with_one_press(sqlite_house: House) -> None:
    a_list(sqlite_house)

    answer = sqlite_house.signed_in(sqlite_house.people["ada"]).get(JOIN)

    assert (answer.status_code, answer.headers["location"]) == (303, "/lists")


def test_pages_for_everybody_lead_to_the_form(sqlite_house: House) -> None:
    a_list(sqlite_house)
    browser = sqlite_house.browser()

    pages = [browser.get(path).text for path in ("/", "/sign-in", f"/lists/{LIST}/rules")]

    assert [JOIN in page for page in pages] == [True, True, True]


@pytest.mark.parametrize("form", [{}, {"List-Unsubscribe": "One-Click"}])
def test_link_that_says_it_was_not_me_stops_such_mails_when_pressed(
    sqlite_house: House, form: dict[str, str]
) -> None:
    a_list(sqlite_house)
    store, browser = sqlite_house.store, sqlite_house.browser()

    def ask_once(**later: int) -> int:
        sqlite_house.clock.later(timedelta(**later))
        browser.post(JOIN, data={"email": "eve@nord.example"})
        work(store, sqlite_house.clock.now())
        return len(builders.notices(store, "join_request.confirm"))

    ask_once()
    notice = builders.notices(store, "join_request.confirm")[-1]
    link = sqlite_house.link("person.disown", 0, notice.person_id)

    looked_at = browser.get(link).text  # as scanners do
    still = ask_once(days=1, minutes=1)
    pressed = browser.post(link, data=form).status_code
    stopped = ask_once(days=1, minutes=1)
    again = ask_once(days=31)

    assert "eve@nord.example" in looked_at
    assert (still, pressed, stopped, again) == (2, 200, 2, 3)
