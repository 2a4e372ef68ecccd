"""Plays the conversations of `dialogues/`: each is a file, so that one can read them as they go.

`C:` is sent and `S:` expected, word for word; `GREETED` is the usual greeting. `\\0`, `\\r` and
`\\n` stand for that sign. `T:` says to whom a mail was handed on, in order; without one nothing was
taken. `END`: the server hangs up.
"""

from pathlib import Path

import pytest

from tests.mailing.conversation import OPENING, Client, House, talking

pytestmark = pytest.mark.anyio

FOLDER = Path(__file__).parent / "dialogues"
FILES = {path.stem: path.read_text("utf-8") for path in sorted(FOLDER.glob("*.smtp"))}
SIGNS = {"\\0": "\0", "\\r": "\r", "\\n": "\n"}


def test_there_are_sixty_conversations_or_more() -> None:
    assert len(FILES) >= 60


@pytest.mark.parametrize("name", FILES)
async def test_r24_a_conversation_goes_as_written(name: str) -> None:
    house = House()
    taken = []
    async with talking(house) as client:
        for line in FILES[name].splitlines():
            mark, _, words = line.partition(" ")
            if mark == "T:":
                taken.append(words)
            elif mark != "#":
                await _turn(client, mark, words)

    assert [envelope.recipient for envelope in house.taken] == taken


async def _turn(client: Client, mark: str, words: str) -> None:
    if mark == "GREETED":
        await client.play(OPENING)
    elif mark == "C:":
        for written, sign in SIGNS.items():
            words = words.replace(written, sign)
        await client.send(words.encode() + b"\r\n")
    elif mark == "S:":
        assert await client.line() == words
    else:
        assert (mark, await client.rest()) == ("END", "")
