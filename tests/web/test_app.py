"""Every page and every kind of visitor: who sees it is what the table says, nobody else (P1)."""

import pytest
from starlette.testclient import TestClient

from community import moderation
from community.people import Role
from tests import builders
from tests.web.conftest import ORIGIN, House
from web.app import PAGES, build
from web.machines import Machines
from web.pages import SIGNED_IN, Page

#: A path part -> what stands for it in the matrix.
PARTS = {
    "{address}": "postdocs@lists.example.org",
    "{number:int}": "1",
    "{place:int}": "1",
    "{token}": "garbled",
    "{nouns}": "meetups",
    "{verb}": "join",
}
ROLES = {
    "nobody": frozenset[Role](),
    "gina": frozenset({Role.GUEST}),
    "ada": frozenset({Role.MEMBER}),
    "mia": frozenset({Role.MENTOR}),
    "mona": frozenset({Role.MODERATOR}),
    "kari": frozenset({Role.COORDINATOR}),
    "rita": frozenset({Role.ADMIN}),
}
#: Pages that send a reader on: to the thread of a post, or to one's own page.
LEADS_ON = {"/posts/{number:int}", "/posts/{number:int}/choices"}
#: A guest sees there what they have a place in, and has none here.
OF_THE_COMMUNITY = {"/meetups", "/gatherings", "/mentorships"}
#: Pages of things that not everybody with the role may see: 404 for them.
OF_THE_LIST = ("/lists/{address}", "/threads/{number:int}", "/posts/{number:int}")


@pytest.fixture
def lively(sqlite_house: House) -> House:
    """Give a village in which thing number 1 of most kinds is there; Ada is on the list."""
    store, now = sqlite_house.store, sqlite_house.clock.now()
    list_id = builders.a_list(store, sqlite_house.people["ada"])
    post = builders.a_post(store, list_id, builders.a_mail())
    store.run_sync(moderation.accept, post, by=sqlite_house.people["mona"], now=now)
    builders.a_meetup(store, sqlite_house.people["ada"])
    sqlite_house.people["gina"] = builders.a_person(store, "Gina Ekre", roles=(Role.GUEST,))
    return sqlite_house


@pytest.fixture
def browsers(lively: House) -> dict[str, TestClient]:
    return {
        who: lively.signed_in(lively.people[who]) if roles else lively.browser()
        for who, roles in ROLES.items()
    }


def path_of(page: Page) -> str:
    path = page.path
    for part, value in PARTS.items():
        path = path.replace(part, value)
    return path


def expected(page: Page, who: str) -> set[int]:
    """Say what a visitor gets without a form token, by the table alone."""
    roles = ROLES[who]
    if page.is_link:
        return {404}
    if page.to is None:
        return {200, 303, 422}
    if not roles:
        return {303} if page.method == "GET" else {403}
    if page.method == "POST" or not roles & (page.to | {Role.ADMIN}):
        return {403}
    if page.path in OF_THE_COMMUNITY and who == "gina":
        return {403}
    if page.path in OF_THE_LIST and who not in ("ada", "mona", "rita"):
        return {404}
    return {200, 303} if page.path in LEADS_ON else {200, 404}


def asked(browser: TestClient, page: Page, *, origin: str) -> int:
    """Ask for a page, with an empty form where it takes one, and return the status."""
    return browser.request(page.method, path_of(page), headers={"Origin": origin}).status_code


def test_every_page_is_shown_to_whom_the_table_says(browsers: dict[str, TestClient]) -> None:
    wrong = [
        f"{page.method} {page.path} for {who}: {status}"
        for page in PAGES
        for who, browser in browsers.items()
        if (status := asked(browser, page, origin=ORIGIN)) not in expected(page, who)
    ]

    assert wrong == []


def test_form_from_elsewhere_changes_nothing(browsers: dict[str, TestClient]) -> None:
    wrong = [
        f"{page.path} for {who}: {status}"
        for page in PAGES
        for who, browser in browsers.items()
        if page.method == "POST"
        if (status := asked(browser, page, origin="https://evil.example"))
        not in ({403, 404} if page.is_link else {403})
    ]

    assert wrong == []


def test_every_page_that_is_for_everybody_is_meant_to_be() -> None:
    public = {(page.method, page.path) for page in PAGES if page.to is None and not page.is_link}

    assert public == {
        ("GET", "/"),
        ("GET", "/expectation-meeting"),
        ("GET", "/sign-in"),
        ("POST", "/sign-in"),
        ("GET", "/lists/{address}/join"),
        ("POST", "/lists/{address}/join"),
        ("GET", "/lists/{address}/rules"),
    }


def test_signed_in_means_any_role() -> None:
    assert frozenset(Role) == SIGNED_IN


def test_sign_in_leads_back_to_the_page(sqlite_house: House) -> None:
    answer = sqlite_house.browser().get("/lists/postdocs@lists.example.org")

    assert answer.headers["location"] == "/sign-in?next=/lists/postdocs@lists.example.org"


def test_sign_in_leads_back_to_what_was_looked_for(sqlite_house: House) -> None:
    path = "/search?q=l%C3%B8nn+%26+%22mat%22&page=2"

    there = sqlite_house.browser().get(path).headers["location"]

    back = sqlite_house.signed_in(sqlite_house.people["ada"]).get(there)
    assert back.headers["location"] == path


def test_slack_is_handed_body_and_headers(sqlite_house: House) -> None:
    heard: list[tuple[bytes, str]] = []

    async def slack(body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        heard.append((body, headers["x-slack-signature"]))
        return 202, {"content-type": "text/plain"}, b"taken"

    machines = Machines(slack=slack)
    app = build(sqlite_house.store, builders.a_house(), sqlite_house.clock, machines=machines)
    answer = TestClient(app, base_url=ORIGIN).post(
        "/slack/events", content=b"payload=1", headers={"X-Slack-Signature": "v0=x"}
    )

    assert (answer.status_code, answer.text, heard) == (202, "taken", [(b"payload=1", "v0=x")])


def test_without_slack_there_is_no_such_page(sqlite_house: House) -> None:
    assert sqlite_house.browser().post("/slack/events").status_code == 404
