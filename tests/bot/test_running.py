"""Turns that are being taken: bounded, and finished before the bot ends."""

import asyncio

import pytest

from bot.running import Running

pytestmark = pytest.mark.anyio


async def _turn(over: asyncio.Event, *, fine: bool = True) -> bool:
    await over.wait()
    return fine


async def test_it_is_full_while_so_many_turns_are_being_taken() -> None:
    running, over = Running(most=2), asyncio.Event()

    first = running.start(_turn(over))
    was_full = [running.is_full]
    running.start(_turn(over))
    was_full.append(running.is_full)
    over.set()
    await running.finished()

    assert [*was_full, running.is_full] == [False, True, False]
    assert await first


async def test_the_end_waits_for_what_has_begun_and_begins_nothing_more() -> None:
    running, over = Running(), asyncio.Event()
    turn = running.start(_turn(over, fine=False))

    ending = asyncio.create_task(running.end(seconds=60))
    await asyncio.sleep(0)
    was = (running.is_full, ending.done())
    over.set()

    assert was == (True, False)
    assert await ending
    assert not turn.result()


async def test_the_end_does_not_wait_for_ever() -> None:
    running, over = Running(), asyncio.Event()
    running.start(_turn(over))

    assert not await running.end(seconds=0)

    over.set()
    assert await running.finished()
