"""How our mails look in a browser, at the width of a window and of a telephone."""

import base64
import email
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from email.policy import default
from typing import Literal

import pytest
from playwright.sync_api import Browser, sync_playwright

from mailing import letter
from tests.mailing.test_letter import LUNCH

pytestmark = pytest.mark.browser

LONG = replace(
    LUNCH,
    subject="Hjerneforskningslaboratorieavdelingsledersamarbeidsutvalgsmøteinnkallelse " * 2,
    quote="https://example.org/" + "x" * 300,
    facts=(("Where", "y" * 200),),
)


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()


def address(mail: letter.Mail) -> str:
    made = email.message_from_bytes(letter.letter(mail), policy=default)
    assert isinstance(made, EmailMessage)
    body = made.get_body(("html",))
    assert body is not None
    page = base64.b64encode(body.get_content().encode()).decode()
    return f"data:text/html;charset=utf-8;base64,{page}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [640, 390])
def test_nothing_sticks_out_and_every_link_can_be_touched(
    browser: Browser, width: int, scheme: Literal["light", "dark"]
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto(address(LONG))

    assert page.evaluate("document.documentElement.scrollWidth") == width
    buttons = [link.bounding_box() for link in page.locator("td a[href*='/meetups/']").all()]
    assert len(buttons) == 2
    assert all(box is not None and box["height"] >= 44 for box in buttons)
    page.close()


def test_nothing_is_fetched_and_nothing_runs(browser: Browser) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url[:30]))
    page.goto(address(replace(LUNCH, quote="<img src=https://x.example/a><script>x()</script>")))

    assert asked == []
    assert page.locator("img, script, link").count() == 0
    page.close()
