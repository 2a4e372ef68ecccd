"""Takes the pictures of docs/pages.md: pages as a browser shows them, and a mail as it is read."""

import asyncio
import base64
import email
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Final

from playwright.async_api import Page

import migrations
from community.store import Store
from letters import kinds
from mailing import letter
from mailing.notices import MailSender
from mailing.outgoing import Relay
from pictures import camera, shrinking, village
from tests import builders
from tests.web.test_looks import Served, serving
from texts import LANGUAGES, Language

DOCS = Path(__file__).parent.parent / "docs"
FOLDER = DOCS / "pictures" / "pages"
#: Monday, 15:00 in Oslo.
NOW = datetime(2027, 2, 1, 14, 0, tzinfo=UTC)
LIST: Final = "/lists/postdocs@lists.example.org"
#: Fewer than for the bot: a page is larger, and has no pictures of its own.
COLOURS: Final = 28
WIDE, MAIL, NARROW = 900, 640, 390
LOCALES: Final = {"en": "en-GB", "nb": "nb-NO"}
INTRODUCTION = """# The pages, in pictures

What is seen in a browser and in the mailbox, in both languages. Made by
`make pictures ARGS=pages`; what is photographed stands in `pictures/pages.py`.
"""

Lead = Callable[[Page, Served], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Look:
    """One picture of a page: the name of its file, one line about it, who looks, and the way."""

    name: str
    words: str
    lead: Lead
    who: str = ""
    width: int = WIDE


def _at(path: str) -> Lead:
    async def lead(page: Page, served: Served) -> None:
        await page.goto(served.url + path)

    return lead


async def _policy(page: Page, served: Served) -> None:
    await page.goto(f"{served.url}{LIST}/policy")
    await page.add_style_tag(content="fieldset ~ fieldset { display: none; }")


async def _rehearse(page: Page, served: Served) -> None:
    await page.goto(f"{served.url}{LIST}/policy")
    await page.fill("input[name=newcomer_posts]", "0")
    await page.click("main form[action$='/policy'] button.primary")
    await page.wait_for_selector("input[name=seen]", state="attached")
    # The form below is the picture before this one.
    await page.add_style_tag(content="main form:not(:has([name=seen])) { display: none; }")


async def _welcome(page: Page, served: Served) -> None:
    [notice] = builders.notices(served.store, "mailing_list.welcome")
    written = served.store.read_sync(kinds.write, notice, house=builders.a_house())
    assert written is not None  # noqa: S101 - she has just joined
    relay = Relay("smtp://127.0.0.1:1")
    sender = MailSender(relay, builders.a_house(), mail_from="samband@lists.example.org")
    raw = letter.letter(sender.mail(notice, *written))
    made = email.message_from_bytes(raw, policy=default)
    assert isinstance(made, EmailMessage)  # noqa: S101 - the policy says so
    body = made.get_body(("html",))
    assert body is not None  # noqa: S101 - every letter has one
    html = base64.b64encode(body.get_content().encode()).decode()
    await page.goto(f"data:text/html;charset=utf-8;base64,{html}")


LOOKS: Final = (
    Look(
        name="rules",
        words="The rules of a list, in plain words, for all.",
        lead=_at(f"{LIST}/rules"),
    ),
    Look(
        name="rules-phone",
        words="The same on a telephone.",
        lead=_at(f"{LIST}/rules"),
        width=NARROW,
    ),
    Look(
        name="policy",
        words="Where they are set: the first of seven groups.",
        lead=_policy,
        who="kari",
    ),
    Look(
        name="rehearsal",
        words="What other rules would have done with the posts of late, before they are saved.",
        lead=_rehearse,
        who="kari",
    ),
    Look(
        name="why", words="Why a post went the way it went.", lead=_at("/posts/1/fate"), who="mona"
    ),
    Look(name="queue", words="What waits for a moderator.", lead=_at("/held"), who="mona"),
    Look(
        name="queue-phone",
        words="The same on a telephone.",
        lead=_at("/held"),
        who="mona",
        width=NARROW,
    ),
    Look(name="join", words="How anybody asks to join.", lead=_at(f"{LIST}/join")),
    Look(name="search", words="Finding a post again.", lead=_at("/search?q=lunch"), who="bo"),
    Look(
        name="welcome",
        words="The mail that greets who is new on a list.",
        lead=_welcome,
        width=MAIL,
    ),
)


async def take_all(language: Language, wanted: set[str]) -> None:
    """Photograph the pages wanted, or all, in one language."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/samband.db"
        migrations.upgrade(url)
        store = Store(url)
        people = village.settled(store, language, NOW)
        with serving(store, people, NOW) as served:
            async with camera.ready() as page:
                for look in LOOKS:
                    if not wanted or look.name in wanted:
                        png = await _take(page, served, look, language)
                        target = FOLDER / f"{look.name}.{language}.png"
                        target.write_bytes(png)
                        print(f"{target.name}: {len(png) // 1000} kB")
        store.close()


async def _take(blank: Page, served: Served, look: Look, language: Language) -> bytes:
    """Look at one page in a window of its own; `blank` counts the colours."""
    browser = blank.context.browser
    assert browser is not None  # noqa: S101 - it is open
    context = await browser.new_context(
        viewport={"width": look.width, "height": 200}, locale=LOCALES[language], bypass_csp=True
    )
    if look.who:
        # The store waits for its turn, which is not to be done in the loop.
        cookie = await asyncio.to_thread(served.cookie, look.who)
        await context.add_cookies([{"name": "samband", "value": cookie, "url": served.url}])
    page = await context.new_page()
    await look.lead(page, served)
    png = await page.screenshot(full_page=True, animations="disabled")
    await context.close()
    return await shrinking.small(blank, png, colours=COLOURS)


def page_of() -> str:
    """Return docs/pages.md."""
    lines = [INTRODUCTION]
    for look in LOOKS:
        shown = " ".join(
            f"![{look.name}, {language}](pictures/pages/{look.name}.{language}.png)"
            for language in LANGUAGES
        )
        lines += [f"## {look.name}", "", look.words, "", shown, ""]
    return "\n".join(lines)


def names() -> set[str]:
    """Return the names of all files."""
    return {f"{look.name}.{language}.png" for look in LOOKS for language in LANGUAGES}


def main(wanted: set[str]) -> None:
    """Take the pictures, forget those of pages that are gone, and write the page."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for language in LANGUAGES:
        asyncio.run(take_all(language, wanted))
    for path in FOLDER.glob("*.png"):
        if path.name not in names():
            path.unlink()
    (DOCS / "pages.md").write_text(page_of(), "utf-8")
