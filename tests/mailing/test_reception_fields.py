"""Addresses of a list with a field behind the +: taken for whom they name, or refused at RCPT."""

from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from sqlalchemy import select

from community.posts import Post
from community.store import Store
from community.tokens import Tokens
from mailing import replies
from mailing.listener import Envelope, Listener
from mailing.parser import Parser
from mailing.reception import Reception
from sandbox.jumping import StillClock
from tests.builders import a_list, a_person
from tests.mailing.conversation import Client, connected

pytestmark = pytest.mark.anyio

DOMAIN = "lists.example.org"
RAW = b"From: ada.holm@example.org\r\nMessage-ID: <1@x.org>\r\nSubject: Lunch?\r\n\r\nShall we?\r\n"


@pytest.fixture
async def reception(store: Store, now: datetime) -> AsyncIterator[Reception]:
    """Take mails for one list with one member, read in children that end with the test."""
    a_list(store, a_person(store))
    parser = Parser()
    tokens = Tokens("a key for tests")
    yield Reception(store, StillClock(now), tokens, parser, domain=DOMAIN, language="en")
    await parser.aclose()


@pytest.fixture
async def client(reception: Reception) -> AsyncIterator[Client]:
    """Give a client of the real listener, past its greeting and LHLO."""
    listener = Listener(reception.take, reception.knows, hostname=DOMAIN, max_bytes=100_000)
    async with listener.listening("127.0.0.1", 0) as port, connected(port) as client:
        await client.send(b"LHLO mx.example.org\r\n")
        while not (await client.line()).startswith("250 "):
            pass
        yield client


async def test_a_field_that_is_none_is_refused_at_rcpt_with_what_may_be_meant(
    client: Client,
) -> None:
    await client.play(
        f"""
        C: MAIL FROM:<ada.holm@example.org>
        S: 250 2.1.0 Ok
        C: RCPT TO:<postdocs+fysik@{DOMAIN}>
        S: 550 5.1.1 No such field. Did you mean fysikk? Without + it goes to all.
        C: RCPT TO:<postdocs+fysikk@{DOMAIN}>
        S: 250 2.1.5 Ok
        """
    )


@pytest.mark.parametrize(
    ("to", "fields"),
    [
        (("postdocs+physics",), "1.3"),
        (("postdocs+physics", "postdocs+law"), "1.3 5.5"),
        (("postdocs+physics", "postdocs"), ""),
        (("postdocs", "postdocs+physics"), ""),
        (("postdocs+physics", "postdocs+nothing"), "1.3"),
    ],
)
async def test_one_mail_to_several_addresses_of_a_list_goes_to_whoever_is_meant_by_any(
    to: tuple[str, ...], fields: str, reception: Reception, store: Store
) -> None:
    envelopes = [
        Envelope(sender="ada.holm@example.org", recipient=f"{name}@{DOMAIN}", raw=RAW)
        for name in to
    ]

    assert await reception.take_together(envelopes) == replies.TAKEN

    post = store.read_sync(lambda session: session.get(Post, 1))
    assert post is not None
    assert post.fields == fields


async def test_what_was_written_to_the_list_too_goes_to_all_however_its_name_is_written(
    reception: Reception, store: Store
) -> None:
    to = f"To: Postdocs@{DOMAIN}, postdocs+physics@Lists.Example.org\r\n".encode()
    envelope = Envelope(
        sender="ada.holm@example.org", recipient=f"postdocs+physics@{DOMAIN}", raw=to + RAW
    )

    assert await reception.take(envelope) == replies.TAKEN

    post = store.read_sync(lambda session: session.get(Post, 1))
    assert post is not None
    assert post.fields == ""


async def test_who_is_named_in_to_and_cc_is_meant_by_each_copy(
    reception: Reception, store: Store
) -> None:
    names = f"To: postdocs+physics@{DOMAIN}\r\nCc: Law <postdocs+LAW@{DOMAIN}>, x+law@x.org\r\n"
    to = names.encode()

    for name in ("law", "physics", "law"):
        recipient = f"postdocs+{name}@{DOMAIN}"
        envelope = Envelope(sender="ada.holm@example.org", recipient=recipient, raw=to + RAW)
        assert await reception.take(envelope) == replies.TAKEN

    (fields,) = store.read_sync(lambda session: session.scalars(select(Post.fields)).all())
    assert fields == "1.3 5.5"


async def test_who_is_named_in_the_envelope_alone_is_meant_by_each_copy(
    client: Client, store: Store
) -> None:
    await client.send(
        f"MAIL FROM:<ada.holm@example.org>\r\nRCPT TO:<postdocs+physics@{DOMAIN}>\r\n"
        f"RCPT TO:<x@{DOMAIN}>\r\nRCPT TO:<Postdocs+law@{DOMAIN}>\r\nDATA\r\n".encode()
    )
    for _ in range(5):
        await client.line()
    await client.send(RAW + b".\r\n")
    await client.play("S: 250 2.0.0 Taken\nS: 250 2.0.0 Taken")

    (fields,) = store.read_sync(lambda session: session.scalars(select(Post.fields)).all())
    assert fields == "1.3 5.5"


async def test_a4_who_is_named_in_an_envelope_of_its_own_is_meant_too(
    client: Client, store: Store
) -> None:
    for name in ("physics", "law", "physics"):
        await client.send(
            f"MAIL FROM:<ada.holm@example.org>\r\nRCPT TO:<postdocs+{name}@{DOMAIN}>\r\n"
            "DATA\r\n".encode()
        )
        for _ in range(3):
            await client.line()
        await client.send(RAW + b".\r\n")
        await client.play("S: 250 2.0.0 Taken")

    (fields,) = store.read_sync(lambda session: session.scalars(select(Post.fields)).all())
    assert fields == "1.3 5.5"
