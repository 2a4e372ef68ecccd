"""Bad mail at the front door: a clear no, or readable on the card; and good mail flows on."""

import asyncio
import resource
import shutil
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest

from app import demo
from community import holds
from community.holds import HeldPost
from tests.mailing.conversation import Client, connected
from tests.stories import town as towns
from tests.stories.town import Town

pytestmark = pytest.mark.anyio

AMARA = "amara.okafor@example.org"
EVE = "eve@elsewhere.example"
MEGABYTE = 1024 * 1024
FROM = b"From: Eve <eve@elsewhere.example>\r\nMessage-ID: <1@elsewhere.example>\r\n"


@pytest.fixture
async def town(sqlite_template: Path, tmp_path: Path, now: datetime) -> AsyncIterator[Town]:
    """Build the town once, on SQLite: the door and the reader are the same on both databases."""
    path = shutil.copyfile(sqlite_template, tmp_path / "samband.db")
    async with towns.standing(f"sqlite:///{path}", now) as town:
        yield town


async def _card(town: Town) -> HeldPost:
    """Return what the moderators see of the last mail."""
    return (await town.demo.parts.store.read(holds.first, 100))[-1]


async def _good_mail_flows(town: Town) -> None:
    good = FROM.replace(b"<1@", b"<good@") + b"Subject: Good\r\n\r\nHi.\r\n"
    reply = await town.hand_in(EVE, good)
    assert reply == "250 2.0.0 Taken"
    assert (await _card(town)).subject == "Good"
    await town.settle()
    assert len(town.told(AMARA, "Good")) == 1
    assert await town.demo.settle() == 0  # nothing is stuck


async def test_an_unknown_address_is_refused_at_rcpt(town: Town) -> None:
    reply = await town.hand_in(EVE, FROM + b"\r\nx\r\n", to="nobody@lists.example.org")

    assert reply == "550 5.1.1 No such address here"
    await _good_mail_flows(town)


def _tree(levels: int) -> bytes:
    return FROM + b"".join(
        [
            *(
                b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
                for n in range(levels)
            ),
            b"\r\nAt the bottom.\r\n",
        ]
    )


@pytest.mark.parametrize(
    ("raw", "state", "rule", "excerpt"),
    [
        pytest.param(
            b"\r\nNo header at all.\r\n", "held", "sender", "No header at all.", id="no header"
        ),
        pytest.param(b"Just words.\r\n", "held", "sender", None, id="no empty line"),
        pytest.param(
            FROM + b"Content-Type: text/plain; charset=x-klingon\r\n\r\nBl\xc3\xa5b\xc3\xa6r.\r\n",
            "held",
            "nonmember",
            "Blåbær.",
            id="unknown charset",
        ),
        pytest.param(
            FROM + b"Subject: =?x-klingon?q?nuq?= =?utf-8?b?!!!?=\r\n\r\nWhat?\r\n",
            "held",
            "nonmember",
            "What?",
            id="broken encoded words",
        ),
        pytest.param(_tree(25), "held", "nonmember", "At the bottom.", id="25 levels"),
        pytest.param(_tree(60), "quarantined", "unreadable", None, id="60 levels"),
        pytest.param(
            FROM + b"Content-Type: multipart/mixed; boundary=b\r\n\r\nNo parts.\r\n",
            "held",
            "nonmember",
            "No parts.",
            id="no parts",
        ),
        pytest.param(
            FROM + b"Content-Transfer-Encoding: base64\r\n\r\n!!!! n\xff\xfe=\r\n",
            "held",
            "nonmember",
            None,
            id="broken base64",
        ),
    ],
)
async def test_a_broken_mail_is_accepted_and_can_be_read_on_the_card(
    town: Town, raw: bytes, state: str, rule: str, excerpt: str | None
) -> None:
    assert await town.hand_in(EVE, raw) == "250 2.0.0 Taken"

    card = await _card(town)
    assert (card.state, card.rule) == (state, rule)
    assert excerpt is None or card.excerpt == excerpt
    if rule == "unreadable":  # its first lines are shown as they came
        assert card.excerpt.startswith("From: Eve <eve@elsewhere.example>")
    await town.settle()
    assert len(town.told(AMARA, "Held")) == 1
    await _good_mail_flows(town)


async def _at_data(client: Client) -> None:
    await client.send(b"LHLO mx.example.org\r\n")
    while not (await client.line()).startswith("250 "):
        pass
    await client.send(f"MAIL FROM:<{EVE}>\r\nRCPT TO:<{demo.LIST}>\r\nDATA\r\n".encode())
    assert [(await client.line())[:3] for _ in range(3)] == ["250", "250", "354"]


@pytest.mark.parametrize(
    ("raw", "reply"),
    [
        pytest.param(b"", "554 5.6.0 The mail is empty", id="empty"),
        pytest.param(
            FROM + b"\r\na\0b\r\n",
            "554 5.5.2 Stray CR, LF or NUL: lines must end in CR LF",
            id="NUL",
        ),
        pytest.param(
            FROM + b"\r\na\rb\r\n",
            "554 5.5.2 Stray CR, LF or NUL: lines must end in CR LF",
            id="bare CR",
        ),
        pytest.param(
            FROM + b"\r\na\nb\r\n",
            "554 5.5.2 Stray CR, LF or NUL: lines must end in CR LF",
            id="bare LF",
        ),
    ],
)
async def test_a_mail_that_cannot_be_a_mail_is_refused_with_words(
    town: Town, raw: bytes, reply: str
) -> None:
    async with connected(town.demo.parts.settings.lmtp_listen.port) as client:
        await _at_data(client)
        await client.send(raw + b".\r\n")
        assert await client.line() == reply

    assert await town.demo.parts.store.read(holds.first, 100) == []
    await _good_mail_flows(town)


async def test_a_mail_of_40_megabytes_is_refused_and_never_held_in_memory(town: Town) -> None:
    line = b"x" * 998 + b"\r\n"
    async with connected(town.demo.parts.settings.lmtp_listen.port) as client:
        await _at_data(client)
        await client.send(FROM + b"\r\n")
        before = _peak_kilobytes()
        for _ in range(40):
            await client.send(line * 1049)
        await client.send(b".\r\n")
        assert await client.line() == "552 5.3.4 The mail is larger than we take"
        grown = _peak_kilobytes() - before

    # Up to the limit of 25 MB it is kept, twice while it grows; beyond that, nothing more.
    assert grown < 60 * 1024
    await _good_mail_flows(town)


async def test_a_mail_that_says_it_has_40_megabytes_is_refused_before_it_comes(town: Town) -> None:
    async with connected(town.demo.parts.settings.lmtp_listen.port) as client:
        await client.send(b"LHLO mx.example.org\r\n")
        while not (await client.line()).startswith("250 "):
            pass
        await client.play(
            f"""
            C: MAIL FROM:<{EVE}> SIZE={40 * MEGABYTE}
            S: 552 5.3.4 The mail is larger than we take
            """
        )
    await _good_mail_flows(town)


async def test_many_bad_mails_at_the_same_moment_stop_nobody(town: Town) -> None:
    odd = FROM + b"Content-Type: text/plain; charset=\xff\r\n\r\n\xff\r\n"
    bad = (b"\r\nx\r\n", _tree(60), odd)
    for _ in range(3):
        replies = await asyncio.gather(*(town.hand_in(EVE, raw) for raw in bad))
        assert set(replies) == {"250 2.0.0 Taken"}

    assert len(await town.demo.parts.store.read(holds.first, 100)) == len(bad)
    await _good_mail_flows(town)


def _peak_kilobytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
