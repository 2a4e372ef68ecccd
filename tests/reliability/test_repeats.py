"""R12: the same mail again and again is one post; the same Message-ID on another mail is another.

Longer: `python -m proofs races`.

An MTA sends a mail twice when our 250 was lost, and at once over several lines when it is unsure.
"""

import asyncio
import contextlib
import socket
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import pytest
from sqlalchemy import select

from community.posts import Post
from community.store import Session, Store
from mailing.listener import Listener
from mailing.parser import Parser
from proofs import races
from proofs.house import Warm
from sandbox import posting
from tests import builders
from tests.mailing.test_reception import LIST, SENDER, a_mail, reception

pytestmark = pytest.mark.anyio

TAKEN = "250 2.0.0 Taken"
RACES, LINES = 25, 4


@asynccontextmanager
async def listening(store: Store, now: datetime) -> AsyncIterator[int]:
    parser = Parser()
    behind = reception(store, now, parser)
    listener = Listener(behind.take, behind.knows, hostname="lists.example.org")
    try:
        async with listener.listening("127.0.0.1", 0) as port:
            yield port
    finally:
        await parser.aclose()


def posts(store: Store) -> Counter[str]:
    def subjects(session: Session) -> Counter[str]:
        return Counter(session.scalars(select(Post.subject)))

    return store.read_sync(subjects)


def by_way_of(host: str, raw: bytes) -> bytes:
    """Give a mail the trace of one more host."""
    return f"Received: from {host} by mx.example.org; 1 Feb 2027\r\n".encode() + raw


async def test_r12_a4_a_mail_that_comes_on_several_lines_at_once_is_one_post(
    store: Store, now: datetime
) -> None:
    builders.a_list(store)
    said: Counter[str] = Counter()
    async with listening(store, now) as port:
        for race in range(RACES):
            ways = [by_way_of(f"mx{line}.example.org", a_mail(race)) for line in range(LINES)]
            racing = (posting.post("127.0.0.1", port, SENDER, LIST, raw) for raw in ways)
            said.update(await asyncio.gather(*racing))

    assert said == {TAKEN: RACES * LINES}
    assert posts(store) == {f"Post {race}": 1 for race in range(RACES)}


def test_r12_a4_a_mail_that_comes_to_the_whole_service_on_several_lines_is_one_post(
    warm: Warm, database_url: str
) -> None:
    tally = races.run(warm, database_url, RACES)

    assert tally.is_sound, tally


async def test_r12_a4_the_same_message_id_on_another_mail_is_another_post(
    store: Store, now: datetime
) -> None:
    builders.a_list(store)
    other = a_mail(1).replace(b"Hello.", b"Something else.")
    async with listening(store, now) as port:
        racing = (posting.post("127.0.0.1", port, SENDER, LIST, raw) for raw in (a_mail(1), other))
        said = await asyncio.gather(*racing)

    assert said == [TAKEN] * 2
    assert posts(store) == {"Post 1": 2}


async def test_r12_a4_a_mail_whose_250_nobody_heard_is_one_post(
    store: Store, now: datetime
) -> None:
    builders.a_list(store)
    async with listening(store, now) as port:
        for number in range(5):
            await asyncio.to_thread(_leave_before_the_answer, port, a_mail(number))
            assert await posting.post("127.0.0.1", port, SENDER, LIST, a_mail(number)) == TAKEN

    assert posts(store) == {f"Post {number}": 1 for number in range(5)}


def _leave_before_the_answer(port: int, raw: bytes) -> None:
    with contextlib.closing(socket.create_connection(("127.0.0.1", port), 30)) as line:
        said = line.makefile("rb")
        said.readline()
        line.sendall(b"LHLO mx.example.org\r\n")
        while said.readline()[3:4] == b"-":
            pass
        for command in (f"MAIL FROM:<{SENDER}>", f"RCPT TO:<{LIST}>", "DATA"):
            line.sendall(command.encode() + b"\r\n")
            assert said.readline()[:1] in b"23"
        line.sendall(raw + b".\r\n")
