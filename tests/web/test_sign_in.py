"""Signing in by a mailed link: same answer and same work for everybody, once, and for how long."""

from datetime import timedelta

import pytest
from sqlalchemy import event, update

from community import sessions
from community.people import PersonRole, Role
from community.store import Session
from letters import kinds
from tests import builders
from tests.web.conftest import ORIGIN, House, form_token, posted


def mailed_path(house: House) -> str:
    """Read the path of the link in the newest sign-in mail."""
    notice = builders.notices(house.store, "sign_in.link")[-1]
    written = house.store.read_sync(kinds.write, notice, house=builders.a_house())
    assert written is not None
    to, letter = written
    return builders.a_house().link(letter.buttons[0], to).removeprefix(ORIGIN)


def test_link_of_the_mail_signs_in_and_leads_on(house: House) -> None:
    browser = house.browser()
    browser.post("/sign-in", data={"email": "Ada.Holm@example.org ", "next": "/meetups"})
    path = mailed_path(house)

    shown = browser.get(path)
    opened = browser.post(path)

    cookie = opened.headers.get_list("set-cookie")[-1]
    assert "Sign in as Ada Holm?" in shown.text
    assert (opened.status_code, opened.headers["location"]) == (303, "/meetups")
    assert cookie.startswith("__Host-samband=")
    assert {"HttpOnly", "Secure", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
    assert "Good to see you, Ada Holm" in browser.get("/").text


def test_link_works_once(house: House) -> None:
    house.browser().post("/sign-in", data={"email": "ada.holm@example.org"})
    path = mailed_path(house)
    house.browser().post(path)

    again = [house.browser().get(path), house.browser().post(path)]

    assert [answer.status_code for answer in again] == [410, 410]
    assert all("This sign-in link has been used." in answer.text for answer in again)


def test_link_is_too_old_after_half_an_hour(house: House) -> None:
    house.browser().post("/sign-in", data={"email": "ada.holm@example.org"})
    path = mailed_path(house)
    house.clock.later(timedelta(minutes=30))

    answer = house.browser().post(path)

    assert (answer.status_code, "set-cookie" in answer.headers) == (410, False)


def test_known_and_unknown_addresses_get_the_same_answer_for_the_same_work(house: House) -> None:
    statements: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        statements.append(statement)

    event.listen(house.store._writer, "before_cursor_execute", note)
    known = house.browser().post("/sign-in", data={"email": "ada.holm@example.org"})
    of_known = list(statements)
    statements.clear()
    unknown = house.browser().post("/sign-in", data={"email": "eve.lund@example.org"})

    assert known.text.replace("ada.holm", "eve.lund") == unknown.text
    assert statements == of_known
    assert len(builders.notices(house.store, "sign_in.link")) == 1


def test_address_may_ask_once_in_five_minutes_and_five_times_a_day(house: House) -> None:
    sent = []
    for minutes in (0, 4, 1, 5, 5, 5, 5, 5, 60):
        house.clock.later(timedelta(minutes=minutes))
        house.browser().post("/sign-in", data={"email": "ada.holm@example.org"})
        sent.append(len(builders.notices(house.store, "sign_in.link")))
    house.clock.later(timedelta(days=1))
    house.browser().post("/sign-in", data={"email": "ada.holm@example.org"})

    assert sent == [1, 1, 2, 3, 4, 5, 5, 5, 5]
    assert len(builders.notices(house.store, "sign_in.link")) == 6


@pytest.mark.parametrize("email", ["", "ada", "@example.org", "ada@", "a@b@c"])
def test_nonsense_is_said_to_be_no_address(sqlite_house: House, email: str) -> None:
    answer = sqlite_house.browser().post("/sign-in", data={"email": email})

    assert answer.status_code == 422
    assert "is no e-mail address" in answer.text


@pytest.mark.parametrize("there", ["https://evil.example", "//evil.example", "/\\evil", "evil"])
def test_sign_in_never_leads_elsewhere(sqlite_house: House, there: str) -> None:
    browser = sqlite_house.browser()
    browser.post("/sign-in", data={"email": "ada.holm@example.org", "next": there})

    assert browser.post(mailed_path(sqlite_house)).headers["location"] == "/"


def test_session_ends_after_twelve_idle_hours(house: House) -> None:
    browser = house.signed_in(house.people["ada"])
    house.clock.later(timedelta(hours=11, minutes=59))
    still = browser.get("/me").status_code
    house.clock.later(timedelta(hours=12))

    assert (still, browser.get("/me").status_code) == (200, 303)


def test_session_ends_after_thirty_days_in_any_case(sqlite_house: House) -> None:
    browser = sqlite_house.signed_in(sqlite_house.people["ada"])
    seen = []
    for _ in range(61):
        sqlite_house.clock.later(timedelta(hours=11, minutes=59))
        seen.append(browser.get("/me").status_code)

    assert seen == [200] * 60 + [303]


def test_session_ends_when_the_roles_change(house: House) -> None:
    mona = house.people["mona"]
    browser = house.signed_in(mona)

    def demote(session: Session) -> None:
        session.execute(
            update(PersonRole).where(PersonRole.person_id == mona).values(role=Role.MEMBER)
        )

    house.store.run_sync(demote)

    assert browser.get("/held").status_code == 303


def test_sign_out_ends_the_session_for_the_cookie_too(house: House) -> None:
    browser = house.signed_in(house.people["ada"])
    token = browser.cookies["__Host-samband"]

    assert posted(browser, "/sign-out") == 303
    now = house.clock.now()
    assert house.store.read_sync(sessions.find, token, now=now) is None


def test_forms_need_the_token_of_their_own_session(sqlite_house: House) -> None:
    ada = sqlite_house.signed_in(sqlite_house.people["ada"])
    bo = sqlite_house.signed_in(sqlite_house.people["bo"])
    headers = {"Origin": ORIGIN}

    answers = [
        ada.post("/me/language", data={"language": "nb", "form_token": token}, headers=headers)
        for token in ("", form_token(bo), form_token(ada))
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 303]


def test_origin_null_is_no_page_of_ours_for_who_is_signed_in(sqlite_house: House) -> None:
    ada = sqlite_house.signed_in(sqlite_house.people["ada"])
    form = {"language": "nb", "form_token": form_token(ada)}

    assert ada.post("/me/language", data=form, headers={"Origin": "null"}).status_code == 403


def test_garbled_sign_in_link_is_not_found(sqlite_house: House) -> None:
    other = sqlite_house.link("meetup.join", 1, sqlite_house.people["ada"])

    paths = ("/sign_ins/garbled/open", "/sign_ins/" + other.split("/")[2] + "/open")

    assert [sqlite_house.browser().get(path).status_code for path in paths] == [404, 404]
