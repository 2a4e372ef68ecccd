"""In which language we answer, and when we do not say that something is done."""

import threading

import pytest
from starlette.testclient import TestClient

from community import sessions
from community.store import Session
from tests import builders
from tests.web.conftest import ORIGIN, House, form_token
from web.app import build
from web.asking import network_of
from web.site import Site


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


def test_page_is_read_although_the_visit_cannot_be_written_down(sqlite_house: House) -> None:
    store = sqlite_house.store
    browser = sqlite_house.signed_in(sqlite_house.people["ada"])
    impatient = build(store, builders.a_house(), sqlite_house.clock, patience_seconds=0)
    browser = TestClient(impatient, base_url=ORIGIN, cookies=browser.cookies)
    sqlite_house.clock.later(sessions.SEEN_EVERY)
    held, free = threading.Event(), threading.Event()

    def hold(session: Session) -> None:
        held.set()
        free.wait(60)

    holder = threading.Thread(target=store.run_sync, args=(hold,))
    holder.start()
    held.wait(60)
    answer = browser.get("/")
    is_still_held = holder.is_alive()
    free.set()
    holder.join()

    assert (answer.status_code, "Ada Holm" in answer.text, is_still_held) == (200, True, True)


def test_act_that_takes_too_long_is_not_said_to_be_done(sqlite_house: House) -> None:
    store = sqlite_house.store
    sqlite_house.app = build(store, builders.a_house(), sqlite_house.clock)
    list_id = builders.a_list(store)
    browser = sqlite_house.signed_in(sqlite_house.people["ada"])
    token, held, free = form_token(browser), threading.Event(), threading.Event()

    def hold(session: Session) -> None:
        held.set()
        free.wait(60)

    holder = threading.Thread(target=store.run_sync, args=(hold,))
    holder.start()
    held.wait(60)
    answer = browser.post(f"/mailing_lists/{list_id}/join", data={"form_token": token})
    free.set()
    holder.join()

    assert Site.patience_seconds == 2.5
    assert (answer.status_code, "This takes longer than usual." in answer.text) == (503, True)


def test_a_network_is_one_machine_or_household_whatever_the_socket() -> None:
    same = {
        "192.0.2.7": "192.0.2.7",
        "::ffff:192.0.2.7": "192.0.2.7",
        "2001:db8:1:2:3::4": "2001:db8:1:2::/64",
        "fe80::1%eth0": "fe80::/64",
        "testclient": "testclient",
        "": "",
    }

    assert {host: network_of(host) for host in same} == same
