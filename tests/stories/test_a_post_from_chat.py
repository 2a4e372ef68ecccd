"""Amara writes to the list in Slack; all get it, and an answer by mail finds its thread."""

import shutil
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.bot.reading import labels
from tests.stories import town as towns
from tests.stories.town import Town

pytestmark = pytest.mark.anyio

WEI, AMARA, JONAS = "wei.zhang@example.org", "amara.okafor@example.org", "jonas.lie@example.org"
POSTDOCS = 30


@pytest.fixture
async def town(sqlite_template: Path, tmp_path: Path, now: datetime) -> AsyncIterator[Town]:
    """One database is enough: both take the same statements, which their own tests compare."""
    path = tmp_path / "town.db"
    shutil.copyfile(sqlite_template, path)
    async with towns.standing(f"sqlite:///{path}", now) as town:
        yield town


async def test_a_post_from_chat_reaches_mailboxes_and_its_answer_the_thread(town: Town) -> None:
    # Amara opens the form, looks at what will happen, and sends. She moderates: nothing waits.
    slack = town.slack(AMARA)
    form = (await town.command(AMARA, "post Cake at three")).modal
    assert form is not None
    assert await town.fill(AMARA, form, text="Come to the blue room.\n– Amara") == {}
    looked = town.workspace.modal(slack)
    assert looked is not None
    assert "30 people get it as a mail." in str(looked.blocks)
    assert await town.fill(AMARA, looked) == {}

    # She hears of it in Slack, not by mail; nobody has it before its grace is over.
    assert len(town.told(AMARA, "On its way at 10:02")) == 1
    assert town.mails(AMARA, "Cake") == []
    await town.pass_grace()
    # What offered to take it back says by itself that it has gone out, and offers nothing more.
    assert town.told(AMARA, "On its way at 10:02") == []
    [gone] = town.told(AMARA, "Your post has gone out: Cake at three")
    assert labels(gone) == []
    copies = [mail for mail in town.sink.all if b"Subject: [postdocs] Cake at three" in mail.raw]
    assert len(copies) == len({mail.recipient for mail in copies}) == POSTDOCS
    got = town.mails(WEI, "Cake at three")[0]
    assert "Come to the blue room." in got.text

    # Jonas answers by mail; Amara answers that in Slack, and all of it is one thread.
    head = copies[0].raw.partition(b"\r\n\r\n")[0].decode()
    message_id = next(line for line in head.splitlines() if line.startswith("Message-ID: "))[12:]
    await town.write(JONAS, "Re: Cake at three", "I bring plates.", answers=message_id)
    await town.pass_grace()
    threads = await town.command(AMARA, "threads")
    assert "2 posts" in str(threads.messages[-1].blocks)
    form = (await town.press(AMARA, threads.messages[-1], "thread.answer")).modal
    assert form is not None
    assert await town.fill(AMARA, form, text="Thank you, and forks?") == {}
    looked = town.workspace.modal(slack)
    assert looked is not None
    assert await town.fill(AMARA, looked) == {}
    await town.pass_grace()
    threads = await town.command(AMARA, "threads")
    assert "3 posts" in str(threads.messages[-1].blocks)
    all_three = town.mails(WEI, "Cake at three")
    assert [mail.sender.partition(" <")[0].strip('"') for mail in all_three] == [
        "Amara Okafor",
        JONAS,
        "Amara Okafor",
    ]
    assert all_three[2].in_reply_to == all_three[1].message_id
