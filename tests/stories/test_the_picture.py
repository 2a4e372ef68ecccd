"""The picture of the sandbox page in README, taken while the demo runs.

It is written anew with: SAMBAND_SHOTS=docs/pictures pytest tests/stories/test_the_picture.py
"""

import os
from pathlib import Path

import pytest
from playwright.async_api import async_playwright, expect

from tests.sandbox.town import ARGUMENTS
from tests.stories.test_a_meetup import AMARA, ELENA, propose
from tests.stories.town import Town

pytestmark = [pytest.mark.anyio, pytest.mark.browser]

WEI = "wei.zhang@example.org"
POST = (
    "Who reads drafts with me?",
    "Dear all,\n\nthree of us read each other\u2019s drafts on Thursdays at 12.\n"
    "Bring coffee and two pages.\n\nWei\n",
)


async def test_sandbox_page_shows_a_held_post_a_meetup_and_its_invitation(
    town: Town, chromium: str, tmp_path: Path
) -> None:
    await propose(town)
    await town.press(ELENA, town.told(ELENA, "Lunch for solids")[0], "meetup.join")
    await town.write(WEI, *POST)
    picture = Path(os.environ.get("SAMBAND_SHOTS", tmp_path)) / "sandbox.png"

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        page = await browser.new_page(viewport={"width": 1280, "height": 860})
        await page.goto(f"{town.demo.page_url}?as={AMARA}")
        await page.get_by_role("dialog", name="Samband").get_by_text("Close").click()
        held = page.get_by_role("article").last
        await expect(held.get_by_role("button", name="Accept")).to_be_visible()
        await page.get_by_role("button", name="In your calendar: Lunch for solids").click()
        await expect(page.get_by_label("Calendar")).to_contain_text("Thu 4 Feb 12:00")
        await expect(page.frame_locator("iframe").get_by_text("Hangaren")).to_be_visible()
        await page.screenshot(path=picture)
        await browser.close()

    assert picture.stat().st_size > 50_000
