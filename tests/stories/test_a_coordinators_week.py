"""Two coordinators and a week in chat: an announcement, a gathering, a pair, what is stuck."""

import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sandbox.records import Message
from tests.bot.reading import words
from tests.stories import town as towns
from tests.stories.test_a_gathering import BERIT, publish, register
from tests.stories.test_a_mentor_pair import MICHAEL, WEI, pair
from tests.stories.test_an_announcement import WORDS
from tests.stories.town import Town

pytestmark = pytest.mark.anyio

#: Tuesday and Wednesday, 9:00 in Oslo.
TUESDAY, WEDNESDAY = (datetime(2027, 2, day, 8, 0, tzinfo=UTC) for day in (2, 3))


@pytest.fixture
async def town(sqlite_template: Path, tmp_path: Path, now: datetime) -> AsyncIterator[Town]:
    """Build the town on SQLite; what coordinators do is tested on both databases elsewhere."""
    path = tmp_path / "samband.db"
    shutil.copyfile(sqlite_template, path)
    async with towns.standing(f"sqlite:///{path}", now) as town:
        yield town


async def announce(town: Town, *, title: str, send_at: datetime) -> None:
    """Have Michael write an announcement to all postdocs and schedule it."""
    form = (await town.command(MICHAEL, "announce")).modal
    assert form is not None
    titles = {"title_en": title, "title_nb": title}
    written = {**WORDS, **titles, "audience": "postdocs"}
    assert await town.fill(MICHAEL, form, **written) == {}
    preview = town.workspace.modal(town.slack(MICHAEL))
    assert preview is not None
    assert await town.fill(MICHAEL, preview, send_at=int(send_at.timestamp())) == {}
    await town.workspace.close(town.slack(MICHAEL), all_of_them=True)


async def asked(town: Town, email: str, words: str) -> Message:
    """Return what a command shows to whoever types it."""
    reply = await town.command(email, words)
    return reply.messages[-1]


async def test_two_coordinators_run_the_week_from_chat(town: Town) -> None:
    # Monday: Michael schedules two announcements; Berit sees that one is wrong, and cancels it.
    await announce(town, title="Mobility grunts", send_at=TUESDAY)
    await announce(town, title="Mobility grants", send_at=WEDNESDAY)
    listing = await asked(town, BERIT, "announcements")
    value = next(
        block["accessory"]["value"]
        for title, block in zip(listing.blocks, listing.blocks[1:], strict=False)
        if "grunts" in str(title) and "accessory" in block
    )
    await town.press(BERIT, listing, "announcement.cancel", value=value)

    # Berit plans a gathering, Michael makes a pair; both stand in what is due, with their reasons.
    await publish(town)
    await register(town, WEI)
    await pair(town)
    due = "\n".join(words(await asked(town, MICHAEL, "due")))
    for what in (
        "A coordinator scheduled this announcement for its audience.",
        "The pair has no time for its expectation meeting yet.",
    ):
        assert what in due

    # Wednesday: one announcement went out, to everybody once.
    await town.wait_until(WEDNESDAY)
    sent = [mail for mail in town.sink.all if b"Subject: Mobility grants" in mail.raw]
    assert len({mail.recipient for mail in sent}) == len(sent) == 30
    assert town.mails(WEI, "Mobility grunts") == []
    assert len(town.mails(WEI, "Mobility grants")) == 1

    # Thursday: Wei is stuck and says so; both coordinators hear of it where they are.
    await town.wait_until(WEDNESDAY + timedelta(days=1))
    await town.press(WEI, town.told(WEI, "Sigrid Moen")[0], "mentorship.help")
    assert len(town.told(MICHAEL, "A pair needs you: Wei Zhang and Sigrid Moen")) == 1
    assert len(town.told(BERIT, "Wei Zhang")) == 1

    # Friday: the gathering has its first guest.
    await town.wait_until(WEDNESDAY + timedelta(days=2))
    shown = words(await asked(town, BERIT, "gatherings"))
    lines = "tor. 11. feb. kl. 13.00–15.00\nSuhmhuset\n1 av 20 tatt"
    assert shown[:3] == ["Samlinger", "Career seminar", lines]
