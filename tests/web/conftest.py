"""A small community behind its pages, and browsers in which somebody is signed in."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from community import sessions
from community.people import Role
from community.store import Store
from community.tokens import Right
from tests import builders
from web.app import build

ORIGIN = "https://samband.example.org"
PEOPLE = (
    ("Ada Holm", Role.MEMBER, "en"),
    ("Bo Lie", Role.MEMBER, "nb"),
    ("Cleo Marin", Role.MEMBER, "en"),
    ("Dag Solli", Role.MEMBER, "nb"),
    ("Mia Dahl", Role.MENTOR, "nb"),
    ("Mona Vik", Role.MODERATOR, "en"),
    ("Kari Berg", Role.COORDINATOR, "en"),
    ("Rita Moe", Role.ADMIN, "en"),
)


@dataclass
class Clock:
    """A clock that stands still until a test moves it."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    def later(self, by: timedelta) -> None:
        self.at += by


@dataclass
class House:
    """Some people, a list, and the application that serves its pages."""

    store: Store
    clock: Clock
    app: Starlette
    people: dict[str, int]
    #: The cookies of those who have signed in; an address may not ask again at once.
    cookies: dict[int, str] = field(default_factory=dict)

    def browser(self, *, raises: bool = True) -> TestClient:
        """Give a browser in which nobody is signed in."""
        return TestClient(
            self.app, base_url=ORIGIN, follow_redirects=False, raise_server_exceptions=raises
        )

    def signed_in(self, person_id: int) -> TestClient:
        """Give a browser in which this person is signed in."""
        store, now = self.store, self.clock.now()
        if person_id not in self.cookies:
            email = builders.a_reader(store, person_id).email
            store.run_sync(sessions.ask, email, now=now)
            request_id = builders.notices(store, "sign_in.link")[-1].object_id
            token = store.run_sync(sessions.sign_in, request_id, by=person_id, now=now)
            self.cookies[person_id] = token
        browser = self.browser()
        cookie = self.cookies[person_id]
        browser.cookies.set("__Host-samband", cookie, domain="samband.example.org")
        return browser

    def link(self, action: str, object_id: int, person_id: int) -> str:
        """Give the path of the link by which a person may do something."""
        token = builders.a_house().tokens.link(Right(action, object_id, person_id))
        noun, _, verb = action.partition(".")
        return f"/{noun}s/{token}/{verb}"


def form_token(browser: TestClient) -> str:
    """Read the token that the forms of a signed-in browser carry."""
    page = browser.get("/me").text
    return page.partition('name="form_token" value="')[2].partition('"')[0]


def posted(browser: TestClient, path: str, **fields: str) -> int:
    """Send a form of a signed-in page as a browser would; return the status."""
    fields["form_token"] = form_token(browser)
    return browser.post(path, data=fields, headers={"Origin": ORIGIN}).status_code


def sent(house: House, who: str, path: str, **fields: str) -> tuple[int, str]:
    """Send a form as somebody signed in; return the status and where it leads, or the page."""
    browser = house.signed_in(house.people[who])
    fields["form_token"] = form_token(browser)
    answer = browser.post(path, data=fields, headers={"Origin": ORIGIN})
    return answer.status_code, answer.headers.get("location", answer.text)


def a_village(store: Store) -> dict[str, int]:
    """Add people of every role, and return their ids by first name."""
    return {
        name.partition(" ")[0].lower(): builders.a_person(
            store, name, roles=(role,), fields=("1.2",), language=language
        )
        for name, role, language in PEOPLE
    }


@pytest.fixture
def house(store: Store, now: datetime) -> House:
    """Give a village and its pages, on each database."""
    return _house(store, now)


@pytest.fixture
def sqlite_house(sqlite_template: Path, tmp_path: Path, now: datetime) -> Iterator[House]:
    """Give a village and its pages on SQLite, where the database does not matter."""
    path = tmp_path / "village.db"
    shutil.copyfile(sqlite_template, path)
    store = Store(f"sqlite:///{path}")
    yield _house(store, now)
    store.close()


def _house(store: Store, now: datetime) -> House:
    clock = Clock(now)
    # A machine with much to do is no reason to be told that it takes long.
    app = build(store, builders.a_house(), clock, patience_seconds=60)
    return House(store=store, clock=clock, app=app, people=a_village(store))
