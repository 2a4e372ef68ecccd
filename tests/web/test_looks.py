"""Every page in Chromium, wide and narrow, both languages: no sideways scrolling, no complaint.

With SAMBAND_SHOTS=FOLDER the pictures are kept, to be looked at.
"""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from community import (
    announcements,
    due,
    expectations,
    gatherings,
    join_requests,
    meetings,
    moderation,
    sessions,
    setting_aside,
)
from community.attachments import Attached
from community.audiences import Audience
from community.outbox import Notice
from community.posts import Post
from community.store import Session, Store
from community.tokens import Right
from letters.letter import House
from tests import builders
from tests.community.test_join_requests import asked, whose
from tests.web.conftest import a_village
from web.app import build

WIDTHS = (1280, 390)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LIST = "/lists/postdocs@lists.example.org"

#: Finds words that are hard to read on what lies behind them (WCAG 2.2, 1.4.3: 4.5 to 1).
FAINT = """
() => {
  const light = (colour) => {
    const parts = colour.match(/[\\d.]+/g).map(Number);
    const linear = parts.slice(0, 3).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (!/, 0\\)$|transparent/.test(colour)) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const faint = [];
  for (const element of document.querySelectorAll("body *")) {
    const says = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!says || !element.checkVisibility()) continue;
    const [a, b] = [light(getComputedStyle(element).color), light(behind(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) faint.push(`${element.textContent.trim()}: ${ratio.toFixed(1)}`);
  }
  return faint;
}
"""

#: who looks at what.
LOOKS = (
    ("", "/"),
    ("", "/?language=nb"),
    ("", "/sign-in"),
    ("", "/expectation-meeting?language=nb"),
    ("", f"{LIST}/join?language=nb"),
    ("", f"{LIST}/rules"),
    ("", f"{LIST}/rules?language=nb"),
    ("kari", f"{LIST}/policy"),
    ("kari", f"{LIST}/policy?language=nb"),
    ("", "/nowhere"),
    ("ada", "/"),
    ("bo", "/"),
    ("ada", "/lists"),
    ("ada", LIST),
    ("ada", "/threads/1"),
    ("ada", "/search"),
    ("ada", f"{LIST}/feed"),
    ("ada", f"{LIST}/feed?language=nb"),
    ("ada", "/search?q=lunch+from:ada"),
    ("ada", "/search?q=nothing+after:2026&language=nb"),
    ("ada", "/search?q=before:soon"),
    ("mona", "/threads/1"),
    ("mona", LIST),
    ("mona", "/held"),
    ("mona", "/held?language=nb"),
    ("mona", "/join-requests?language=nb"),
    ("ada", "/held"),
    ("ada", "/posts/1/choices"),
    ("bo", "/posts/1/choices"),
    ("mona", "/posts/1/fate"),
    ("mona", "/posts/1/fate?language=nb"),
    ("ada", "/meetups"),
    ("bo", "/meetups"),
    ("bo", "/gatherings"),
    ("kari", "/gatherings"),
    ("kari", "/announcements"),
    ("kari", "/announcements/1"),
    ("kari", "/due"),
    ("rita", "/held"),
    ("rita", "/ops"),
    ("rita", "/ops?language=nb"),
    ("ada", "/mentorships"),
    ("mia", "/mentorships"),
    ("kari", "/mentorships"),
    ("ada", "/me"),
    ("ada", "/people"),
    ("bo", "/people?q=ad"),
    ("bo", "/me"),
)
#: whose link does what with which thing.
LINKS = (
    ("bo", "meetup.join", 2),
    ("ada", "meetup.join", 1),
    ("mona", "post.return", 4),
    ("mona", "post.accept", 1),
    ("bo", "mailing_list.leave", 1),
    ("ada", "mentorship.offer", 1),
    ("mia", "meetup.mute", 1),
)


@dataclass
class Still:
    """A clock that stands still."""

    at: datetime

    def now(self) -> datetime:
        return self.at


@dataclass(frozen=True)
class Served:
    """A village whose pages are served to real browsers."""

    url: str
    house: House
    store: Store
    people: dict[str, int]
    now: datetime
    cookies: dict[str, str]

    def cookie(self, name: str) -> str:
        """Sign in once; an address may not ask again at once."""
        if name not in self.cookies:
            person_id = self.people[name]
            email = builders.a_reader(self.store, person_id).email
            self.store.run_sync(sessions.ask, email, now=self.now)
            asked = builders.notices(self.store, "sign_in.link")[-1].object_id
            token = self.store.run_sync(sessions.sign_in, asked, by=person_id, now=self.now)
            self.cookies[name] = token
        return self.cookies[name]


@pytest.fixture(scope="module")
def served(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    path = tmp_path_factory.mktemp("looks") / "samband.db"
    path.write_bytes(sqlite_template.read_bytes())
    store = Store(f"sqlite:///{path}")
    now = builders.NEXT_WEEK - timedelta(days=7, hours=2)
    people = a_village(store)
    _lively(store, people, now)
    with serving(store, people, now) as village:
        yield village
    store.close()


@contextmanager
def serving(store: Store, people: dict[str, int], now: datetime) -> Iterator[Served]:
    """Serve the pages of a village to real browsers while the body runs."""
    # It listens before the server has come up: who is early waits instead of being refused.
    listening = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    house = replace(builders.a_house(), public_url=url)
    app = build(store, house, Still(now))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield Served(url=url, house=house, store=store, people=people, now=now, cookies={})
    server.should_exit = True
    thread.join()
    listening.close()


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.mark.browser
@pytest.mark.parametrize(("who", "path"), LOOKS)
def test_page_fits_and_complains_of_nothing(
    served: Served, browser: Browser, who: str, path: str
) -> None:
    assert look(served, browser, who, path) == ([*WIDTHS], [])


@pytest.mark.browser
@pytest.mark.parametrize(("who", "action", "number"), LINKS)
def test_page_of_a_link_fits_and_complains_of_nothing(
    served: Served, browser: Browser, who: str, action: str, number: int
) -> None:
    noun, _, verb = action.partition(".")
    token = served.house.tokens.link(Right(action, number, served.people[who]))
    path = f"/{noun}s/{token}/{verb}"

    assert look(served, browser, "", path, name=action) == ([*WIDTHS], [])


@pytest.mark.browser
def test_form_of_a_signed_in_page_is_taken_from_a_real_browser(
    served: Served, browser: Browser
) -> None:
    context = browser.new_context()
    cookie = served.cookie("bo")
    context.add_cookies([{"name": "samband", "value": cookie, "url": served.url}])
    page = context.new_page()
    page.goto(served.url + "/me")

    page.select_option("form[action='/me/language'] select", "nb")
    page.click("form[action='/me/language'] button")

    assert page.url == f"{served.url}/me?done=person.speak"
    context.close()


@pytest.mark.browser
def test_link_is_taken_from_a_real_browser(served: Served, browser: Browser) -> None:
    right = Right("meetup.join", 2, served.people["dag"])
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{served.url}/meetups/{served.house.tokens.link(right)}/join")

    page.click("form.decide button")
    page.wait_for_load_state()

    assert page.inner_text(".note.good") == "Du er med. En kalenderinvitasjon kommer på e-post."
    context.close()


def look(
    served: Served, browser: Browser, who: str, path: str, *, name: str = ""
) -> tuple[list[int], list[str]]:
    """Open a page; return how wide it wants to be and what the browser complains of."""
    context = browser.new_context(locale="en-GB")
    if who:
        cookie = {"name": "samband", "value": served.cookie(who), "url": served.url}
        context.add_cookies([cookie])  # type: ignore[list-item]  # a TypedDict
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(served.url + path)
    wants = []
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        complaints += page.evaluate(FAINT)
        _keep(page, f"{who or 'all'}-{name or path.strip('/') or 'home'}-{scheme}")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        wants.append(page.evaluate("Math.max(innerWidth, document.documentElement.scrollWidth)"))
        _keep(page, f"{who or 'all'}-{name or path.strip('/') or 'home'}-{width}")
    context.close()
    known = ("404", "403", "409")  # the status itself is told on the console
    return wants, [text for text in complaints if not any(code in text for code in known)]


def _keep(page: Page, name: str) -> None:
    folder = os.environ.get("SAMBAND_SHOTS")
    if folder:
        file = "".join(letter if letter.isalnum() or letter in ".-" else "_" for letter in name)
        page.screenshot(path=Path(folder) / f"{file}.png", full_page=True)


FILES = (
    Attached(name="Kart over campus.pdf", content_type="application/pdf", size_bytes=1_234_567),
    Attached(name="menu.png", content_type="image/png", size_bytes=88_000),
    Attached(name="a_very_long_name_" * 8 + ".docx", content_type="x/y", size_bytes=900),
)


def _lively(store: Store, people: dict[str, int], now: datetime) -> None:
    """Let something of everything happen in the village."""
    kari, ada, bo, mia = (people[name] for name in ("kari", "ada", "bo", "mia"))
    list_id = builders.a_list(store, ada, bo, people["cleo"], people["dag"])
    first = replace(
        builders.a_mail(
            subject="Lunch for newcomers on Thursday? <b>bold</b>",
            text=(
                "Dear all,\n\nI started in January and know nobody yet. Shall we have lunch on "
                "Thursday at noon? There is a map here: https://example.org/map?x=1&y=2.\n\n"
                "<script>alert(1)</script>\n\n-- \nAda Holm\nDepartment of Computing"
            ),
        ),
        attachments=FILES,
    )
    let_out(store, builders.a_post(store, list_id, first), people["mona"], builders.EARLIER)
    second = builders.a_mail(
        "cleo.marin@example.org",
        subject="Re: Lunch for newcomers on Thursday?",
        text="Good idea, I come.\n\n> I started in January and know nobody yet.\n> Shall we?",
        answers=(first.message_id,),
    )
    second = replace(second, from_name=f"Åse{'x' * 197}")
    builders.a_post(store, list_id, second, now=now - timedelta(hours=3))
    outside = builders.a_mail("kine@elsewhere.example", subject=f"Rom{'x' * 200}", text="Fra mars")
    builders.a_post(store, list_id, outside, now=now - timedelta(hours=2))
    for number, subject in enumerate(
        (
            "[funding] Postdoc call: 12 places",
            "Averylongwordwithoutanyspace" * 4,
            "Room for writing",
        )
    ):
        mail = builders.a_mail("dag.solli@example.org", subject=subject, text="Text. " * 40)
        at = now - timedelta(hours=5 - number)
        post = builders.a_post(store, list_id, mail, now=at)
        if number == 0:
            let_out(store, post, people["mona"], at)
            _broken(store, post, at)
    for email in ("eve@nord.example", f"{'long' * 12}@elsewhere.example"):
        request = asked(store, list_id, email, now=now)
        store.run_sync(join_requests.confirm, request, by=whose(store, request), now=now)
    builders.a_meetup(store, ada, topic="Lunch at Hangaren")
    builders.a_meetup(store, people["cleo"], topic="Writing grants together", max_people=4)
    _events(store, kari, bo, now)
    pair = store.run_sync(expectations.begin, postdoc_id=ada, mentor_id=mia, by=kari, now=now).id
    times = [builders.NEXT_WEEK + timedelta(days=days, hours=2) for days in (1, 2, 3)]
    store.run_sync(
        meetings.offer, pair, time_1=times[0], time_2=times[1], time_3=times[2], by=ada, now=now
    )


def _broken(store: Store, post_id: int, now: datetime) -> None:
    """Let a post be set aside, and a letter to its author fail."""

    def act(session: Session) -> None:
        session.get_one(Post, post_id).preparations = due.MOST_FAULTS
        words = "internal fault: KeyError (reference ab12cd34)"
        setting_aside.set_aside(session, post_id, why=words, now=now)
        due.fail(session, Notice, Notice.kind == "post.wait", now=now, why=f"550 5.1.1 {'x' * 60}")

    store.run_sync(act)


def let_out(store: Store, post_id: int, moderator: int, now: datetime) -> None:
    store.run_sync(moderation.accept, post_id, by=moderator, now=now)


def _events(store: Store, kari: int, bo: int, now: datetime) -> None:
    gathering = store.run_sync(
        gatherings.publish,
        title="Spring seminar: careers outside the university",
        description="Three people tell how they left, and why one came back.\n\nLunch included.",
        place="Kjelhuset, room 1",
        starts_at=builders.NEXT_WEEK + timedelta(days=10),
        minutes=180,
        capacity=30,
        audience=Audience.ALL,
        by=kari,
        now=now,
    ).id
    store.run_sync(gatherings.register, gathering, by=bo, now=now)
    store.run_sync(
        announcements.draft,
        title_en="Mobility grants: apply by 1 March",
        body_en="Up to NOK 50,000 for a stay of one to three months.\n\nAsk us for the form.",
        title_nb="Mobilitetsstipend: søk innen 1. mars",
        body_nb="Inntil 50 000 kroner for et opphold på én til tre måneder.\n\nBe oss om skjemaet.",
        audience=Audience.POSTDOCS,
        by=kari,
        now=now,
    )
