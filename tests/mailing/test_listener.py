import asyncio

import pytest

from mailing.listener import Envelope, Limits, Listener
from mailing.replies import Reply
from mailing.room import Room
from tests.mailing.conversation import (
    MAIL,
    OPENING,
    TO_POSTDOCS,
    WAIT_SECONDS,
    House,
    connected,
    talking,
)

pytestmark = pytest.mark.anyio

NO_ROOM = "452 4.3.1 No room to keep it, try again later"


async def test_the_client_is_sent_away_after_too_many_errors() -> None:
    async with talking(House(), Limits(max_errors=3)) as client:
        await client.send(b"DATA\r\nDATA\r\nDATA\r\nDATA\r\n")
        said = await client.rest()

    assert (
        said == "503 5.5.1 No valid recipients\r\n" * 3 + "421 4.7.0 Too many errors, goodbye\r\n"
    )


async def test_the_client_is_sent_away_when_it_says_nothing() -> None:
    async with talking(House(), Limits(idle_seconds=0.05)) as client:
        assert await client.rest() == "421 4.4.2 Nothing came for too long, goodbye\r\n"


async def test_the_client_is_sent_away_when_its_mail_does_not_end() -> None:
    house = House()
    async with talking(house, Limits(mail_seconds=0.05)) as client:
        await client.play(OPENING + TO_POSTDOCS)
        await client.send(MAIL)

        assert await client.rest() == "421 4.4.2 Nothing came for too long, goodbye\r\n"
    assert house.taken == []


async def test_nothing_is_taken_when_the_client_goes_away_within_a_mail() -> None:
    house = House()
    async with talking(house) as client:
        await client.play(OPENING + TO_POSTDOCS)
        await client.send(MAIL)

    assert house.taken == []


async def test_one_client_too_many_is_told_to_come_back() -> None:
    house = House()
    listener = Listener(house.take, house.knows, hostname="x", limits=Limits(max_connections=1))
    async with listener.listening("127.0.0.1", 0) as port, connected(port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert await reader.read() == b"421 4.3.2 Too many connections, come back later\r\n"
        writer.close()
        await writer.wait_closed()


async def test_closing_lets_a_mail_be_taken_and_says_goodbye_to_the_others() -> None:
    house = House()
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def take(envelope: Envelope) -> Reply:
        begun.set()
        await go_on.wait()
        return await house.take(envelope)

    listener = Listener(take, house.knows, hostname="lists.example.org", max_bytes=2000)
    closing = listener.listening("127.0.0.1", 0)
    port = await closing.__aenter__()
    async with connected(port) as busy, connected(port) as idle:
        await busy.play(OPENING + TO_POSTDOCS)
        await busy.send(MAIL + b".\r\n")
        await begun.wait()
        closed = asyncio.create_task(closing.__aexit__(None, None, None))

        assert await idle.rest() == "421 4.3.2 We are closing, come back later\r\n"
        go_on.set()
        assert await busy.rest() == (
            "250 2.0.0 Taken\r\n421 4.3.2 We are closing, come back later\r\n"
        )
        await closed
    assert len(house.taken) == 1


async def test_d8_a_mail_without_room_is_told_to_come_back_and_small_ones_are_taken() -> None:
    house = House()
    large = MAIL + b"x" * 900 + b"\r\n"
    room = Room(1000, small=100)
    listener = Listener(
        house.take, house.knows, hostname="lists.example.org", max_bytes=2000, room=room
    )
    async with (
        listener.listening("127.0.0.1", 0) as port,
        connected(port) as first,
        connected(port) as second,
        connected(port) as third,
    ):
        await first.play(OPENING + TO_POSTDOCS)
        await first.send(large)
        await second.play(OPENING + TO_POSTDOCS)
        await second.send(large[:200])  # all of it would be too much, and some of it is not yet
        async with asyncio.timeout(WAIT_SECONDS):
            while room.has(200):
                await third.play("C: NOOP\nS: 250 2.0.0 Ok")
        await third.play(OPENING + "C: MAIL FROM:<a@b> SIZE=1000\nS: " + NO_ROOM)
        await third.play(TO_POSTDOCS)
        await third.send(MAIL + b".\r\n")
        await third.play("S: 250 2.0.0 Taken")
        await second.send(large[200:] + b".\r\n")
        await second.play("S: " + NO_ROOM)
        await first.send(b".\r\n")
        await first.play("S: 250 2.0.0 Taken")
        await second.play(TO_POSTDOCS)
        await second.send(large + b".\r\n")
        await second.play("S: 250 2.0.0 Taken")

    assert [len(each.raw) for each in house.taken] == [len(MAIL), len(large), len(large)]
    assert room.has(1100)
    assert not room.has(1101)


async def test_d8_who_says_the_size_and_finds_the_room_gone_is_told_before_it_sends() -> None:
    house = House()
    sized = TO_POSTDOCS.replace("<kari@example.org>", "<kari@example.org> SIZE=1000")
    announced, begun = sized[: sized.index("C: DATA")], sized[sized.index("C: DATA") :]
    listener = Listener(
        house.take,
        house.knows,
        hostname="lists.example.org",
        max_bytes=2000,
        room=Room(1000, small=100),
    )
    async with (
        listener.listening("127.0.0.1", 0) as port,
        connected(port) as first,
        connected(port) as second,
    ):
        await first.play(OPENING + announced)
        await second.play(OPENING + announced)
        await first.play(begun)
        await second.play("C: DATA\nS: " + NO_ROOM)
        await first.send(MAIL + b".\r\n")
        await first.play("S: 250 2.0.0 Taken")
        await second.play(begun)
        await second.send(MAIL + b".\r\n")
        await second.play("S: 250 2.0.0 Taken")
