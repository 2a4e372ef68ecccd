import asyncio

import pytest

from app.doctor_imap import mailbox
from app.findings import Finding
from config import loading
from sandbox.imap import Mailbox, running

pytestmark = pytest.mark.anyio


async def found(url: str, kept: Mailbox) -> list[Finding]:
    """Look at a mailbox; PORT in the URL is its port."""
    async with running(kept) as port:
        values = {
            "SAMBAND_SECRET_KEY": "k" * 32,
            "SAMBAND_IMAP_URL": url.replace("PORT", str(port)),
        }
        given = loading.load(values, env_file=None)
        return await asyncio.to_thread(mailbox, given)


async def test_the_mailbox_is_opened_and_nothing_is_changed() -> None:
    kept = Mailbox()

    answer = await found("imap://lists%40example.org:a%20password@127.0.0.1:PORT/INBOX", kept)

    assert [(one.how, one.words.partition(": ")[2]) for one in answer] == [
        ("ok", "knows our login and has the folder INBOX.")
    ]
    assert kept.heard == ["CAPABILITY", "LOGIN", "EXAMINE", "LOGOUT"]
    assert list(kept.folders) == ["INBOX"]


async def test_a_wrong_login_is_named_without_the_password() -> None:
    answer = await found("imap://lists:canary-4711@127.0.0.1:PORT/INBOX", Mailbox())

    assert [one.how for one in answer] == ["bad"]
    assert "refuses the login" in answer[0].words
    assert "canary" not in repr(answer)


async def test_a_missing_folder_and_a_broken_line_are_named() -> None:
    without, broken = Mailbox(), Mailbox()
    without.refuse("EXAMINE")
    broken.drop("EXAMINE")
    url = "imap://lists%40example.org:a%20password@127.0.0.1:PORT/Lists"

    answers = [*await found(url, without), *await found(url, broken)]

    assert [one.words.partition(" ")[2].partition(" ")[2].partition(" ")[2] for one in answers] == [
        "has no folder Lists.",
        "does not answer as a mailbox: it hung up.",
    ]


async def test_nobody_is_asked_when_no_mailbox_is_set() -> None:
    given = loading.load({"SAMBAND_SECRET_KEY": "k" * 32}, env_file=None)

    assert mailbox(given) == []
