"""How a digest looks in a browser, at the width of a window and of a telephone."""

import base64
import email
from dataclasses import replace
from email.message import EmailMessage
from email.policy import default
from typing import Literal

import pytest
from playwright.sync_api import sync_playwright

from community.deliveries import Format
from mailing import digests
from tests.mailing.test_digests import LUNCH, MAIL, TWO_LISTS

pytestmark = pytest.mark.browser

LONG = replace(LUNCH, subject="z" * 200, text="https://example.org/" + "y" * 300)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [640, 390])
def test_nothing_sticks_out_and_what_can_be_done_can_be_touched(
    chromium: str, width: int, scheme: Literal["light", "dark"]
) -> None:
    first = replace(TWO_LISTS.lists[0].threads[0], subject="z" * 200, posts=(LONG,))
    lists = (replace(TWO_LISTS.lists[0], threads=(first,)), *TWO_LISTS.lists[1:])
    contents = replace(TWO_LISTS, format=Format.HTML, lists=lists)
    made = email.message_from_bytes(digests.digest(MAIL, contents), policy=default)
    assert isinstance(made, EmailMessage)
    html = made.get_body(("html",))
    assert html is not None
    address = base64.b64encode(html.get_content().encode()).decode()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        page.goto(f"data:text/html;charset=utf-8;base64,{address}")

        assert page.evaluate("document.documentElement.scrollWidth") == width
        boxes = [link.bounding_box() for link in page.locator("a[href^='mailto:postdocs']").all()]
        assert len(boxes) == 4
        assert all(box is not None and box["height"] >= 44 for box in boxes)
        assert page.locator("img, script, link").count() == 0
        browser.close()
