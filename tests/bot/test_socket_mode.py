"""The line to Slack: what comes on it is answered on it, and it is opened anew in Slack's pace."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest
from sqlalchemy import select

from bot.app import Chat
from bot.socket_mode import SocketMode
from bot.standing import Standing
from community import chat_tokens
from community.journal import Entry
from community.people import Role
from community.store import Session, Store
from tests.bot.conftest import Hands
from tests.bot.recorded import Payload, a_chat
from tests.bot.slack_double import APP_TOKEN, Json
from tests.bot.socket_double import SocketDouble, serving
from tests.builders import a_meetup, a_person, told

pytestmark = pytest.mark.anyio

METHOD = "apps.connections.open"


@dataclass
class Rests:
    """Rests by moving the clock, and writes down for how long; after so many times for good."""

    hands: Hands
    most: int
    seconds: list[float] = field(default_factory=list)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        self.hands.move(seconds=seconds)
        if len(self.seconds) > self.most:
            self.over.set()
            await asyncio.Event().wait()


@pytest.fixture
async def sockets() -> AsyncIterator[SocketDouble]:
    double = SocketDouble()
    double.add_user("U0ADA", "ada@elsewhere.example")
    async with serving(double):
        yield double


@asynccontextmanager
async def held(chat: Chat, store: Store, rests: Rests) -> AsyncIterator[None]:
    """Hold a line as the bot does."""
    line = SocketMode(
        chat.app,
        chat.app.client,
        APP_TOKEN,
        clock=rests.hands,
        standing=Standing(store, rests.hands),
        rest=rests,
    )
    holding = asyncio.create_task(line.hold())
    try:
        yield
    finally:
        holding.cancel()
        with suppress(asyncio.CancelledError):
            await holding


def _journal(session: Session) -> list[str]:
    return list(session.scalars(select(Entry.event).order_by(Entry.id)))


def filled(slack: SocketDouble, number: int, shape: str, **given: object) -> Json:
    return Payload(shape=shape, given=given).filled(number, url=slack.url, ids={})


def help_typed(slack: SocketDouble, number: int) -> Json:
    return filled(slack, number, "command", name="/postdoc", text="help")


async def test_what_people_do_is_answered_on_the_line(
    sqlite_store: Store, hands: Hands, sockets: SocketDouble
) -> None:
    ada = a_person(sqlite_store, slack_id="U0ADA")
    meetup = a_meetup(sqlite_store, a_person(sqlite_store, "Bo Li"))
    chat = a_chat(sqlite_store, hands, sockets)
    button = {"type": "button", "action_id": "meetup.join", "value": str(meetup), "block_id": "b1"}
    press: Json = {"name": "meetup.join", "action": button, "element": button}
    field = {"type": "static_select", "selected_option": {"value": "1.2"}}
    form: Json = {"name": "person.set_fields", "kept": f'{{"id": {ada}}}'}
    form |= {"state": {"field": {"field": field}}}

    async with chat.connected():
        line = await sockets.line(1)
        acks = [
            await line.send("e1", help_typed(sockets, 1)),
            await line.send("e2", filled(sockets, 2, "message", **press)),
            await line.send("e3", filled(sockets, 3, "submission", **form), says_all=False),
            await line.send("e4", filled(sockets, 4, "app_home_opened")),
        ]
        await line.socket.ping(b"are you there")
        pong = await line.pongs.get()
        await chat.settled()
    await line.ended.wait()

    assert [acks[0], acks[1], acks[3]] == [{"envelope_id": f"e{n}"} for n in (1, 2, 4)]
    assert (acks[2]["envelope_id"], acks[2]["payload"]["response_action"]) == ("e3", "update")
    assert pong == b"are you there"
    assert sorted(sqlite_store.read_sync(_journal)[-2:]) == ["person.set_fields", "rsvp.join"]
    assert len(sockets.named("response_url")) == 1
    assert [one["user_id"] for one in sockets.named("views.publish")] == ["U0ADA"]
    assert len(sockets.named(METHOD)) == 1
    assert sockets.open_lines == []
    assert sockets.complaints == []


async def test_a_line_that_says_what_nobody_can_read_is_followed_by_another(
    sqlite_store: Store, hands: Hands, sockets: SocketDouble
) -> None:
    a_person(sqlite_store, slack_id="U0ADA")
    chat = a_chat(sqlite_store, hands, sockets)

    async with held(chat, sqlite_store, Rests(hands, most=9)):
        line = await sockets.line(1)
        await line.socket.send_str("[" * 200_000)
        ack = await (await sockets.line(2)).send("e1", help_typed(sockets, 1))
        await chat.settled()

    assert ack == {"envelope_id": "e1"}


async def test_the_next_line_is_opened_before_slack_ends_the_old_one(
    sqlite_store: Store, hands: Hands, sockets: SocketDouble
) -> None:
    a_person(sqlite_store, slack_id="U0ADA")
    chat, rests = a_chat(sqlite_store, hands, sockets), Rests(hands, most=9)

    async with held(chat, sqlite_store, rests):
        old = await sockets.line(1)
        hands.move(hours=1)
        await old.disconnect("warning")
        new = await sockets.line(2)
        # Both are read, whatever Slack says on the old one.
        await old.disconnect("refresh_requested")
        acks = [await old.send("e1", help_typed(sockets, 1))]
        acks += [await new.send("e2", help_typed(sockets, 2))]
        await old.socket.close()
        acks += [await new.send("e3", help_typed(sockets, 3))]
        await chat.settled()
        # One that Slack does not end although it said so is left at the second that follows.
        hands.move(hours=1)
        await new.disconnect("refresh_requested")
        hands.move(hours=1)
        await (await sockets.line(3)).disconnect("refresh_requested")
        await sockets.line(4)
        await new.ended.wait()
        open_at_the_end = len(sockets.open_lines)

    assert [ack["envelope_id"] for ack in acks] == ["e1", "e2", "e3"]
    assert len(sockets.named("response_url")) == 3
    assert rests.seconds == [0, 0, 0, 0]
    assert open_at_the_end == 2
    assert sockets.complaints == []


async def test_two_processes_have_a_line_each_and_do_it_once(
    sqlite_store: Store, hands: Hands, sockets: SocketDouble
) -> None:
    a_person(sqlite_store, slack_id="U0ADA")
    chats = [a_chat(sqlite_store, hands, sockets) for _ in range(2)]
    line_of_text = "meetup Walk | Park | 2027-02-03 12:00"
    payload = filled(sockets, 1, "command", name="/postdoc", text=line_of_text)

    async with chats[0].connected(), chats[1].connected():
        await sockets.line(2)
        for number, line in enumerate(sockets.lines):
            await line.send(f"e{number}", payload)
        for chat in chats:
            await chat.settled()

    said = [str(one["text"]) for one in sockets.named("response_url")]
    assert [words.partition(".")[0] for words in said] == ["Proposed"]
    assert sockets.complaints == []


async def test_a_line_that_ends_without_words_or_talks_nonsense_is_no_harm(
    sqlite_store: Store, hands: Hands, sockets: SocketDouble
) -> None:
    a_person(sqlite_store, slack_id="U0ADA")
    chat, rests = a_chat(sqlite_store, hands, sockets), Rests(hands, most=9)

    async with held(chat, sqlite_store, rests):
        first = await sockets.line(1)
        for nonsense in ("", "{", "[]", '{"type": "new"}', '{"envelope_id": "e0"}'):
            await first.socket.send_str(nonsense)
        ack = await first.send("e1", help_typed(sockets, 1))
        first.transport.abort()
        again = await (await sockets.line(2)).send("e2", help_typed(sockets, 2))
        await chat.settled()

    assert (ack["envelope_id"], again["envelope_id"]) == ("e1", "e2")
    assert rests.seconds == [0, 0]


async def test_what_is_no_payload_is_taken_and_the_line_goes_on(
    sqlite_store: Store, hands: Hands, sockets: SocketDouble, capsys: pytest.CaptureFixture[str]
) -> None:
    a_person(sqlite_store, slack_id="U0ADA")
    chat, rests = a_chat(sqlite_store, hands, sockets), Rests(hands, most=9)

    async with held(chat, sqlite_store, rests):
        line = await sockets.line(1)
        acks = [
            await line.send("e1", {"type": 5}),
            await line.send("e2", {"type": "block_actions"}),
        ]
        acks.append(await line.send("e3", help_typed(sockets, 1)))
        await chat.settled()

    out = capsys.readouterr().out
    assert [ack["envelope_id"] for ack in acks] == ["e1", "e2", "e3"]
    assert (out.count("slack.unreadable"), out.count("slack.unanswered")) == (2, 0)


async def test_lines_that_do_not_last_are_opened_at_slacks_pace(
    sqlite_store: Store, hands: Hands, sockets: SocketDouble
) -> None:
    rita = a_person(sqlite_store, "Rita Moe", roles=(Role.ADMIN,))
    chat, rests = a_chat(sqlite_store, hands, sockets), Rests(hands, most=9)
    sockets.fail_next(METHOD, "internal_error")
    sockets.fail_next(METHOD, "ratelimited", retry_after=90)
    sockets.fail_next(METHOD, "invalid_auth")
    sockets.opens = False

    async with held(chat, sqlite_store, rests):
        await rests.over.wait()

    # 429 is obeyed; then the waits grow until it is once a minute.
    assert rests.seconds == [0, 0, 90, 15, 30, 60, 60, 60, 60, 60]
    assert len(sockets.named(METHOD)) == 9
    assert told(sqlite_store, chat_tokens.REFUSED) == [(rita, "mail")]
    assert sockets.complaints == []


async def test_when_socket_mode_is_switched_off_and_on_a_line_comes_again(
    sqlite_store: Store, hands: Hands, sockets: SocketDouble
) -> None:
    a_person(sqlite_store, slack_id="U0ADA")
    chat, rests = a_chat(sqlite_store, hands, sockets), Rests(hands, most=9)

    async with held(chat, sqlite_store, rests):
        line = await sockets.line(1)
        hands.move(hours=1)
        for _ in range(3):
            sockets.fail_next(METHOD, "access_denied")
        await line.disconnect("link_disabled")
        await line.socket.close()
        ack = await (await sockets.line(2)).send("e1", help_typed(sockets, 1))
        await chat.settled()

    assert ack == {"envelope_id": "e1"}
    assert rests.seconds == [0, 0, 0, 5, 15]


@pytest.mark.parametrize("ending", ["/api", "/api/"])
async def test_the_web_api_may_be_under_any_path(
    sqlite_store: Store, hands: Hands, ending: str
) -> None:
    a_person(sqlite_store, slack_id="U0ADA")
    async with serving(SocketDouble(), under="/a/b") as double:
        address = f"{double.url}{ending}"
        chat = a_chat(sqlite_store, hands, double, api_url=address)
        async with chat.connected():
            await (await double.line(1)).send("e1", help_typed(double, 1))
            await chat.settled()

    assert {method for method, _ in double.calls} == {
        METHOD,
        "auth.test",
        "bots.info",
        "response_url",
    }
    assert double.complaints == []


async def test_https_and_wss_are_spoken_where_the_addresses_say_so(
    sqlite_store: Store, hands: Hands, sockets: SocketDouble
) -> None:
    first: asyncio.Queue[bytes] = asyncio.Queue()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first.put_nowait(await reader.readexactly(2))
        writer.close()

    async with await asyncio.start_server(take, "127.0.0.1", 0) as server:
        place = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        sockets.ordered[METHOD] = [(200, {}, {"ok": True, "url": f"wss://{place}/link/?ticket=t1"})]
        line = a_chat(sqlite_store, hands, sockets)
        call = a_chat(sqlite_store, hands, sockets, api_url=f"https://{place}/api")
        for chat in (line, call):
            async with held(chat, sqlite_store, Rests(hands, most=1)):
                # What opens a TLS connection: a record of the handshake.
                assert await first.get() == b"\x16\x03"
