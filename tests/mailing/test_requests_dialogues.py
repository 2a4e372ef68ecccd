"""Plays the conversations of `memberships/`: what people write to a list's own addresses.

As in `dialogues/`, but the whole service stands behind the line, and all files are played in one
village, in order, a day apart. `W:` is a letter that comes of it: its kind, to whom, its subject,
and its buttons. `{confirm}` is the address to which the newest question can be answered.
"""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from community.lists import set_policy
from community.outbox import Notice
from community.people import Role
from community.store import Store
from letters import kinds
from mailing.listener import Listener
from mailing.parser import Parser
from mailing.proving import Vouching
from mailing.reception import Reception
from sandbox.jumping import StillClock
from tests import builders
from tests.community.test_join_requests import work
from tests.mailing.conversation import OPENING, Client, connected

pytestmark = pytest.mark.anyio

FOLDER = Path(__file__).parent / "memberships"
FILES = {path.stem: path.read_text("utf-8") for path in sorted(FOLDER.glob("*.smtp"))}
DAY = timedelta(days=1, minutes=1)


@pytest.fixture
def clock(now: datetime) -> StillClock:
    """Give the village's clock."""
    return StillClock(now)


@pytest.fixture
async def door(store: Store, clock: StillClock, now: datetime) -> AsyncIterator[Reception]:
    """Give the mail door of a village: Ada and Bo on the list, Cleo not, Kari and Mona besides."""
    ada, bo = builders.a_person(store), builders.a_person(store, "Bo Lie", language="nb")
    builders.a_person(store, "Cleo Marin")
    builders.a_person(store, "Kari Berg", roles=(Role.COORDINATOR,))
    builders.a_moderator(store)
    list_id = builders.a_list(store, ada, bo)
    store.run_sync(set_policy, list_id, ["guests=accept"], by=None, now=now)
    parser = Parser()
    yield Reception(
        store,
        clock,
        builders.a_house().tokens,
        parser,
        domain="lists.example.org",
        language="en",
        vouching=Vouching(authserv_id="mx.example.org"),
    )
    await parser.aclose()


async def test_what_people_write_to_a_lists_own_addresses_goes_as_written(
    door: Reception, clock: StillClock, store: Store
) -> None:
    listener = Listener(door.take, door.knows, hostname="lists.example.org", max_bytes=20_000)
    async with listener.listening("127.0.0.1", 0) as port:
        for name, script in FILES.items():
            before = len(builders.notices(store))
            turns = [line.partition(" ") for line in script.splitlines()]
            async with connected(port) as client:
                for mark, _, words in turns:
                    await _turn(client, mark, words.format(confirm=_confirm(store)))
            work(store, clock.now())
            told = [_told(store, notice) for notice in builders.notices(store)[before:]]
            wanted = [words for mark, _, words in turns if mark == "W:"]
            assert (name, told) == (name, wanted)
            clock.put_forward(clock.now() + DAY)


async def _turn(client: Client, mark: str, words: str) -> None:
    if mark == "GREETED":
        await client.play(OPENING.replace("SIZE 2000", "SIZE 20000"))
    elif mark == "C:":
        await client.send(words.encode() + b"\r\n")
    elif mark == "S:":
        assert await client.line() == words


def _confirm(store: Store) -> str:
    asked = builders.notices(store, "join_request.confirm")
    return builders.a_house().confirm_address(asked[-1].object_id) if asked else ""


def _told(store: Store, notice: Notice) -> str:
    """Say what a letter is, in one line."""
    written = store.read_sync(kinds.write, notice, house=builders.a_house())
    if written is None:
        return f"{notice.kind} to nobody"
    to, letter = written
    buttons = ", ".join(button.action for button in letter.buttons)
    words = f"{notice.kind} to {letter.to_address or to.email}: {letter.subject}"
    return f"{words} [{buttons}]" if buttons else words
