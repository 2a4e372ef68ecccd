"""Looks at one view in the sandbox's page and keeps it as a small PNG: the view, not the page."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from playwright.async_api import Page, async_playwright

from pictures import shrinking
from pictures.shots import Shot
from sandbox.records import Message
from tests.stories.town import Town

ARGUMENTS: Final = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--force-color-profile=srgb"]
#: The view alone is on the screen, all of it, as wide as Slack draws it.
ALONE: Final = """
html, body { height: auto; overflow: visible; background: #fff; }
.pane.slack { display: block; width: 720px; border: 0; border-radius: 0; overflow: visible; }
.room { display: block; } .scroll { overflow: visible; }
.message, .message:hover { background: #fff; }
.shortcuts { display: none; }
dialog { position: static; margin: 0; max-height: none !important; box-shadow: none; }
#modal { border: 1px solid #ddd; }
dialog .body { overflow: visible !important; }
:focus-visible { outline: none !important; }
"""
#: Take the view out of the page, which goes on by itself and would draw it anew.
TAKE_OUT: Final = """view => {
  document.activeElement?.blur();
  if (view.id === "modal") {
    view.close();
    view.show();
    return document.body.replaceChildren(view);
  }
  const inside = (name) => Object.assign(document.createElement("div"), {className: name});
  const [pane, room, scroll] = [inside("pane slack"), inside("room"), inside("scroll")];
  if (view.classList.contains("home")) { room.append(view); pane.append(room); }
  else { scroll.append(view); room.append(scroll); pane.append(room); }
  document.body.replaceChildren(pane);
}"""


@asynccontextmanager
async def ready() -> AsyncIterator[Page]:
    """Open a browser window that is tall enough for the longest view."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        context = await browser.new_context(
            viewport={"width": 760, "height": 6000}, bypass_csp=True
        )
        yield await context.new_page()
        await browser.close()


async def take(page: Page, town: Town, shot: Shot) -> bytes:
    """Return a picture of what `shot` names, as a PNG."""
    await page.goto(f"{town.demo.page_url}?as={shot.email}")
    if isinstance(shot.what, Message):
        await page.locator(f"#place-{shot.what.channel}").click()
        selector = f'article[data-ts="{shot.what.ts}"]'
    elif shot.what is None:
        await page.locator("#place-home").click()
        selector = ".room .home"
    else:
        selector = "#modal"
    view = page.locator(selector)
    await view.wait_for()
    handle = await view.element_handle()
    await page.add_style_tag(content=ALONE)
    await handle.evaluate(TAKE_OUT)
    png = await handle.screenshot(animations="disabled")
    return await shrinking.small(page, png)
