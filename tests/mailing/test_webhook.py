"""Mail by HTTP, with real sockets: the pages' server in front, the database behind."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import httpx2
import pytest
from sqlalchemy.exc import OperationalError

from app.pages import Pages
from community import lists
from community.store import Store
from config.parsing import Endpoint
from mailing.envelopes import Envelope, Limits
from mailing.parser import Parser
from mailing.replies import TAKEN, UNKNOWN_ADDRESS, Reply
from mailing.room import Room
from mailing.webhook import Webhook
from sandbox.jumping import StillClock
from tests import builders
from tests.mailing.test_reception import LIST, SENDER, a_mail, reception, sources, states
from web.app import build
from web.machines import Machines

pytestmark = pytest.mark.anyio

NO_ROOM = "No room to keep it, try again later"
TOKEN = "a token of more than thirty-two signs".replace(" ", "-")
AUTHORISED = {"Authorization": f"Bearer {TOKEN}"}
LOWER = {name.lower(): value for name, value in AUTHORISED.items()}
TO_LIST = f"/mail/{LIST}?sender={SENDER}"
WRONG_TOKENS: tuple[dict[str, str], ...] = (
    {},
    {"Authorization": ""},
    {"Authorization": f"Bearer {TOKEN}x"},
    {"Authorization": f"Basic {TOKEN}"},
    {"Authorization": TOKEN},
    {"Authorization": "Bearer ?"},
)


@pytest.fixture
def sqlite_store(sqlite_template: Path, tmp_path: Path) -> Iterator[Store]:
    """Open a store for what never comes as far as the database."""
    path = tmp_path / "samband.db"
    shutil.copyfile(sqlite_template, path)
    opened = Store(f"sqlite:///{path}")
    yield opened
    opened.close()


Take = Callable[[Envelope], Awaitable[Reply]]


async def knows_all(recipient: str) -> Reply | None:
    return None if recipient == LIST else UNKNOWN_ADDRESS


@asynccontextmanager
async def serving(store: Store, mail: Webhook | None) -> AsyncIterator[httpx2.AsyncClient]:
    """Serve on a port of its own; gives a client that talks to it."""
    clock = StillClock(builders.EARLIER)
    app = build(store, builders.a_house(), clock, machines=Machines(mail=mail))
    pages = Pages(app, Endpoint("127.0.0.1", 0))
    async with pages.serving():
        base = f"http://127.0.0.1:{pages.port}"
        async with httpx2.AsyncClient(base_url=base, headers=AUTHORISED) as client:
            yield client


def webhook(
    take: Take,
    *,
    max_octets: int = 2000,
    at_once: int = 10,
    mail_seconds: float = 5,
    shared: Room | None = None,
) -> Webhook:
    limits = Limits(max_octets=max_octets, mail_seconds=mail_seconds)
    return Webhook(take, knows_all, token=TOKEN, limits=limits, at_once=at_once, shared=shared)


@asynccontextmanager
async def town(store: Store, now: datetime) -> AsyncIterator[httpx2.AsyncClient]:
    """Serve with the whole way behind: parser, reception, database."""
    builders.a_list(store, builders.a_person(store, "Ada Holm"))
    parser = Parser()
    behind = reception(store, now, parser)
    door = Webhook(behind.take, behind.knows, token=TOKEN, limits=Limits())
    async with serving(store, door) as client:
        yield client
    await parser.aclose()


async def test_a1_a_mail_is_in_the_database_when_200_is_said(store: Store, now: datetime) -> None:
    async with town(store, now) as client:
        answer = await client.post(TO_LIST, content=a_mail(1))

        assert (answer.status_code, answer.text) == (200, "Taken\n")
        assert states(store) == [("Post 1", "held")]
        assert sources(store) == {"Post 1": a_mail(1)}


async def test_a4_the_same_mail_again_is_one_post_even_with_other_line_ends(
    store: Store, now: datetime
) -> None:
    async with town(store, now) as client:
        for raw in (a_mail(1), a_mail(1), a_mail(1).replace(b"\r\n", b"\n")):
            assert (await client.post(TO_LIST, content=raw)).status_code == 200

    assert states(store) == [("Post 1", "held")]
    assert sources(store) == {"Post 1": a_mail(1)}


async def test_what_a_rule_refuses_is_422_with_its_words(store: Store, now: datetime) -> None:
    async with town(store, now) as client:
        store.run_sync(lists.set_policy, 1, ["nonmembers=reject"], by=None, now=now)
        stranger = a_mail(1).replace(SENDER.encode(), b"eve@example.net")
        answer = await client.post(f"/mail/{LIST}?sender=eve@example.net", content=stranger)

    assert (answer.status_code, answer.text) == (
        422,
        f"Only people on the list {LIST} may post to it. Ask to join, or write to a member.\n",
    )
    assert states(store) == []


@pytest.mark.parametrize(
    ("path", "raw", "status", "words"),
    [
        ("/mail/nobody@lists.example.org?sender=a@x.org", b"A: b\r\n\r\n", 404, "No such address"),
        ("/mail/nobody?sender=a@x.org", b"A: b\r\n\r\n", 400, "That is not a mail address"),
        (f"/mail/{LIST}", b"A: b\r\n\r\n", 400, "The envelope sender is missing"),
        (f"/mail/{LIST}?sender=nonsense", b"A: b\r\n\r\n", 400, "That is not a sender address"),
        (TO_LIST, b"", 422, "The mail is empty"),
        (TO_LIST, b"A: b\r\n\r\nx\ny\r\n", 422, "Stray CR, LF or NUL"),
        (TO_LIST, b"A: b\n\nx\0y\n", 422, "Stray CR, LF or NUL"),
        (TO_LIST, b"A: b\r\n\r\n" + b"x" * 2000, 413, "The mail is larger than we take"),
    ],
)
async def test_what_cannot_be_taken_is_refused_with_words(
    path: str, raw: bytes, status: int, words: str, sqlite_store: Store
) -> None:
    async with serving(sqlite_store, webhook(refuse_to_be_asked)) as client:
        answer = await client.post(path, content=raw)

    assert (answer.status_code, answer.text[: len(words)]) == (status, words)


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Content-Type": "Application/JSON"},
        {"Content-Encoding": "gzip"},
    ],
)
async def test_what_is_wrapped_around_a_mail_is_not_taken_for_one(headers: dict[str, str]) -> None:
    said = LOWER | {name.lower(): value for name, value in headers.items()}

    async def body() -> AsyncIterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="mail"\r\n\r\nFrom: a@b.org\r\n'

    status, words = await webhook(refuse_to_be_asked)(LIST, SENDER, said, body())

    assert (status, words.partition(":")[0]) == (415, "Send the mail itself as the body (raw MIME)")


async def refuse_to_be_asked(envelope: Envelope) -> Reply:
    raise AssertionError("the gate let it through")


@pytest.mark.parametrize("headers", WRONG_TOKENS)
async def test_nothing_is_read_without_the_token(
    headers: dict[str, str], sqlite_store: Store
) -> None:
    async with serving(sqlite_store, webhook(refuse_to_be_asked)) as client:
        client.headers.pop("Authorization")
        answer = await client.post(TO_LIST, content=a_mail(1), headers=headers)

    assert (answer.status_code, answer.text) == (401, "The token is missing or wrong.\n")


async def test_a3_a_fault_is_503_without_detail(sqlite_store: Store) -> None:
    async def take(envelope: Envelope) -> Reply:
        raise RuntimeError("db down, password is hunter2")

    async with serving(sqlite_store, webhook(take)) as client:
        answer = await client.post(TO_LIST, content=a_mail(1))

    assert (answer.status_code, answer.text) == (503, "Something broke here, try again later\n")


async def test_a_database_that_is_away_is_one_line_in_the_log(
    sqlite_store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    async def take(envelope: Envelope) -> Reply:
        raise OperationalError("SELECT 'hunter2'", {}, Exception("disk is full"))

    async with serving(sqlite_store, webhook(take)) as client:
        answer = await client.post(TO_LIST, content=a_mail(1))

    assert answer.status_code == 503
    said = [(each.levelname, each.exc_info) for each in caplog.records if "mailing" in each.name]
    assert said == [("WARNING", None)]


async def test_a_body_without_a_length_is_read_no_further_than_the_limit() -> None:
    read = 0

    async def dripping() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 1
            yield b"x" * 500

    answer = await webhook(refuse_to_be_asked)(LIST, SENDER, LOWER, dripping())

    assert (answer, read) == ((413, "The mail is larger than we take"), 5)


async def test_a_client_that_goes_away_or_takes_too_long_is_told_to_come_back() -> None:
    async def breaking() -> AsyncIterator[bytes]:
        yield b"Subject: x"
        raise ConnectionResetError

    async def silent() -> AsyncIterator[bytes]:
        await asyncio.Event().wait()
        yield b""

    door = webhook(refuse_to_be_asked, mail_seconds=0.05)
    for body in (breaking(), silent()):
        assert (await door(LIST, SENDER, LOWER, body))[0] == 503


async def test_one_mail_too_many_at_once_is_told_to_come_back(sqlite_store: Store) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def take(envelope: Envelope) -> Reply:
        begun.set()
        await go_on.wait()
        return TAKEN

    async with serving(sqlite_store, webhook(take, at_once=1)) as client:
        first = asyncio.create_task(client.post(TO_LIST, content=a_mail(1)))
        await begun.wait()
        second = await client.post(TO_LIST, content=a_mail(2))
        go_on.set()

        assert (second.status_code, (await first).status_code) == (503, 200)


async def test_d8_a_mail_without_room_is_told_to_come_back_before_it_was_read() -> None:
    read, taken = 0, []

    async def body() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(10):
            read += 1
            yield b"x" * 100

    async def take(envelope: Envelope) -> Reply:
        taken.append(len(envelope.raw))
        return TAKEN

    door = webhook(take, shared=Room(500, small=100))

    assert await door(LIST, SENDER, LOWER, body()) == (503, NO_ROOM)
    assert read == 7
    assert await door(LIST, SENDER, LOWER | {"content-length": "1000"}, body()) == (503, NO_ROOM)
    assert read == 8
    assert taken == []


async def test_there_is_no_such_way_when_no_token_is_set(sqlite_store: Store) -> None:
    async with serving(sqlite_store, None) as client:
        answer = await client.post(TO_LIST, content=a_mail(1))

    assert answer.status_code == 404
