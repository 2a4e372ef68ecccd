"""No mail stalls, kills or fools the service: the limits of the child are real in these tests."""

import asyncio
import os
import select
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from community.unreadables import Unreadable
from mailing import bounces, intake
from mailing.parser import MOST_AT_ONCE, NotStarted, Parser, Unread
from mailing.parsing_child import Limits
from tests.mailing.mails import mail
from tests.mailing.poisoned_child import POISONED
from tests.patience import PatientLoop

pytestmark = pytest.mark.anyio

#: A child needs some 60 MB for itself, and on a busy machine any time.
SMALL = Limits(memory_bytes=160 * 1024 * 1024, seconds=20)


@asynccontextmanager
async def parsing(*, poisoned: bool = False, children: int = 2) -> AsyncIterator[Parser]:
    parser = Parser(command=POISONED, limits=SMALL, children=children) if poisoned else Parser()
    try:
        yield parser
    finally:
        await parser.aclose()


def still(*, seconds: float) -> None:
    """Have this process stood still for so long."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, PatientLoop)
    loop.stand_still(seconds)


def poisoned(name: str) -> bytes:
    return f"X-Poison: {name}\r\nSubject: x\r\n\r\nHello.\r\n".encode()


async def test_a_child_reads_what_the_reader_itself_would() -> None:
    async with parsing() as parser:
        for name in ("norwegian", "signed", "alternative", "listed"):
            raw = mail(name)
            found = await parser.ask(intake.read, raw, sender="a@x", authserv_id="mx.example.org")
            assert found == intake.read(raw, sender="a@x", authserv_id="mx.example.org")


async def test_a_child_reads_reports_and_says_when_there_is_none() -> None:
    async with parsing() as parser:
        assert await parser.ask(bounces.read, mail("bounce-unknown")) == bounces.read(
            mail("bounce-unknown")
        )
        assert await parser.ask(bounces.read, mail("plain"), sender="a@x") is None


@pytest.mark.parametrize(
    ("name", "words", "why"),
    [
        ("hang", "it took too long", Unreadable.SLOW),
        ("spin", "it took too long", Unreadable.SLOW),
        ("backtrack", "it took too long", Unreadable.SLOW),
        ("eat", "the reader failed (MemoryError)", Unreadable.MEMORY),
        ("multiply", "the reader failed (MemoryError)", Unreadable.MEMORY),
        ("allocate", "the reader failed (MemoryError)", Unreadable.MEMORY),
        ("crash", "the reader died of it (-11)", Unreadable.DEADLY),
        ("abort", "the reader died of it (-6)", Unreadable.DEADLY),
        ("kill", "the reader died of it (-9)", Unreadable.DEADLY),
        ("exit", "the reader died of it (0)", Unreadable.DEADLY),
        ("leave", "the reader died of it (0)", Unreadable.DEADLY),
        ("descend", "the reader failed (RecursionError)", Unreadable.FAULT),
        ("fail", "the reader failed (ZeroDivisionError)", Unreadable.FAULT),
    ],
)
async def test_a7_a_mail_that_harms_its_reader_is_unread_and_the_next_is_read(
    name: str, words: str, why: Unreadable
) -> None:
    async with parsing(poisoned=True, children=1) as parser:
        with pytest.raises(Unread) as unread:
            await parser.ask(intake.read, poisoned(name), sender="a@x")
        after = await parser.ask(intake.read, mail("plain"), sender="a@x")

    assert (str(unread.value), unread.value.why) == (words, why)
    assert after == intake.read(mail("plain"), sender="a@x")


async def test_a_mail_is_unread_when_its_reader_stands_still_with_its_clocks() -> None:
    parser = Parser(command=POISONED, limits=Limits(seconds=0.3), grace_seconds=0.1)

    with pytest.raises(Unread, match="it took too long"):
        await parser.ask(intake.read, poisoned("stop"), sender="a@x")


async def test_what_a_library_prints_is_no_answer() -> None:
    async with parsing(poisoned=True) as parser:
        found = await parser.ask(intake.read, poisoned("print"), sender="a@x")

    assert found.subject == "x"


async def test_neighbours_are_read_while_one_mail_stalls() -> None:
    async with parsing(poisoned=True) as parser:
        stalled = asyncio.create_task(parser.ask(intake.read, poisoned("stop"), sender="a@x"))
        read = [await parser.ask(intake.read, mail("plain"), sender="a@x") for _ in range(20)]

        assert not stalled.done()
        assert len(read) == 20
        stalled.cancel()
        with pytest.raises(asyncio.CancelledError):
            await stalled


async def test_a_child_that_was_killed_from_outside_costs_no_mail() -> None:
    async with parsing(children=1) as parser:
        await parser.ask(intake.read, mail("plain"), sender="a@x")
        os.kill(parser._idle[0]._process.pid, 9)

        found = await parser.ask(intake.read, mail("plain"), sender="a@x")

    assert found.subject == intake.read(mail("plain")).subject


async def test_children_that_were_all_killed_from_outside_cost_no_mail() -> None:
    async with parsing(children=2) as parser:
        asked = (parser.ask(intake.read, mail("plain"), sender="a@x") for _ in range(2))
        await asyncio.gather(*asked)
        assert len(parser._idle) == 2
        for child in parser._idle:
            os.kill(child._process.pid, 9)

        found = await parser.ask(intake.read, mail("plain"), sender="a@x")

    assert found.subject == intake.read(mail("plain")).subject


@pytest.mark.parametrize("letters", [1, 12_000], ids=["short", "longer_than_a_pipe"])
async def test_a7_an_answer_that_lies_ready_is_heard_by_a_service_that_stood_still(
    letters: int,
) -> None:
    raw = b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + letters * "\u00e6".encode()
    async with parsing(children=1) as parser:
        await parser.ask(intake.read, mail("plain"), sender="a@x")
        child = parser._idle[0]
        os.kill(child._process.pid, signal.SIGSTOP)  # until this process stands, with its loop
        asked = asyncio.create_task(parser.ask(intake.read, raw, sender="a@x"))
        for _ in range(3):
            await asyncio.sleep(0)
        os.kill(child._process.pid, signal.SIGCONT)
        assert select.select([child._from], [], [], 60) == ([child._from], [], [])
        still(seconds=60)

        assert await asked == intake.read(raw, sender="a@x")
        assert parser._idle == [child]


async def test_a7_a_child_that_stood_still_too_until_its_clock_ran_out_costs_no_mail() -> None:
    async with parsing(children=1) as parser:
        await parser.ask(intake.read, mail("plain"), sender="a@x")
        child = parser._idle[0]._process.pid
        os.kill(child, signal.SIGSTOP)
        asked = asyncio.create_task(parser.ask(intake.read, mail("plain"), sender="a@x"))
        for _ in range(3):
            await asyncio.sleep(0)
        os.kill(child, signal.SIGALRM)  # what its clock sends meanwhile
        still(seconds=60)
        os.kill(child, signal.SIGCONT)

        assert await asked == intake.read(mail("plain"), sender="a@x")


async def test_a_child_that_says_what_nobody_asked_answers_no_mail() -> None:
    async with parsing(children=1) as parser:
        found = await parser.ask(intake.read, mail("plain"), sender="a@x")
        talker = parser._idle[0]
        said = os.open(f"/proc/self/fd/{talker._from.fileno()}", os.O_WRONLY)
        os.write(said, b'{"found": null}\n')
        os.close(said)

        assert await parser.ask(intake.read, mail("plain"), sender="a@x") == found
        assert parser._idle != [talker]


async def test_a_mail_and_an_answer_may_be_longer_than_what_a_pipe_holds() -> None:
    raw = mail("plain") + b"Hello, and hello again.\r\n" * 100_000

    async with parsing() as parser:
        found = await parser.ask(intake.read, raw, sender="a@x")

    assert len(found.text) > MOST_AT_ONCE
    assert found == intake.read(raw, sender="a@x")


async def test_a_child_that_is_killed_while_a_mail_is_on_its_way_to_it_costs_no_mail() -> None:
    raw = mail("plain") + b"Hello, and hello again.\r\n" * 100_000
    async with parsing(children=1) as parser:
        await parser.ask(intake.read, mail("plain"), sender="a@x")
        child = parser._idle[0]._process.pid
        os.kill(child, signal.SIGSTOP)
        asked = asyncio.create_task(parser.ask(intake.read, raw, sender="a@x"))
        for _ in range(3):
            await asyncio.sleep(0)
        os.kill(child, signal.SIGKILL)

        assert await asked == intake.read(raw, sender="a@x")


async def test_a3_a_child_that_does_not_start_is_our_fault_and_not_the_mails() -> None:
    parser = Parser(command=(sys.executable, "-c", "raise SystemExit(7)"))

    with pytest.raises(NotStarted, match=r"\(7\)"):
        await parser.ask(intake.read, mail("plain"), sender="a@x")
