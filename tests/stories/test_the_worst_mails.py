"""The forty worst mails come in by the door, each beside a good one (A7; threats 1, 5, 6, 18)."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from community.posts import Post, PostSource
from community.store import Session
from tests.mailing.worst import MEMBER, OUTSIDER, WORST, Worst
from tests.stories import town as towns
from tests.stories.town import Town

pytestmark = pytest.mark.anyio

TAKEN = "250 2.0.0 Taken"


@pytest.fixture
async def town(sqlite_template: Path, tmp_path: Path, now: datetime) -> AsyncIterator[Town]:
    """Build the town on SQLite: the door and the reader are the same on both databases."""
    path = shutil.copyfile(sqlite_template, tmp_path / "samband.db")
    async with towns.standing(f"sqlite:///{path}", now) as town:
        yield town


def _good(number: int) -> bytes:
    head = f"From: {MEMBER}\r\nMessage-ID: <good{number}@example.org>\r\nSubject: Good\r\n"
    return f"{head}\r\nMail number {number}.\r\n".encode()


async def _end(town: Town, worst: Worst, reply: str) -> str:
    """Say where a mail ended, and that its bytes are kept as they came (A6)."""
    if reply != TAKEN:
        return f"refused: {reply}"

    def kept(session: Session) -> list[str]:
        query = select(Post.state, Post.rule).join(PostSource).where(PostSource.raw == worst.raw)
        return [f"{state}: {rule}" for state, rule in session.execute(query)]

    return ", ".join(await town.demo.parts.store.read(kept))


async def test_each_of_the_forty_ends_as_the_table_says_and_its_neighbour_flows(town: Town) -> None:
    ends, neighbours = {}, []
    for number, (name, worst) in enumerate(WORST.items()):
        reply, beside = await asyncio.gather(
            town.hand_in(worst.sender, worst.raw), town.hand_in(OUTSIDER, _good(number))
        )
        ends[name] = await _end(town, worst, reply)
        neighbours.append(beside)

    assert len(WORST) == 40
    assert ends == {name: worst.ends for name, worst in WORST.items()}
    assert neighbours == [TAKEN] * len(WORST)
    await town.settle()
    assert await town.demo.settle() == 0  # nothing is stuck
