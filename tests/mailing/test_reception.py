"""Mail through the LMTP door into the database: poison is put aside, the rest flows."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import select

from community import holds, list_closures, list_removals, lists, moderation
from community.posts import Post, PostSource
from community.store import Session, Store
from community.tokens import Tokens
from mailing.listener import Envelope, Listener
from mailing.parser import NotStarted, Parser
from mailing.parsing_child import Limits
from mailing.proving import Vouching
from mailing.reception import NO_ANSWER, Reception
from mailing.replies import TAKEN, UNKNOWN_ADDRESS
from sandbox import posting
from sandbox.jumping import StillClock
from tests import builders
from tests.mailing.poisoned_child import POISONED

pytestmark = pytest.mark.anyio

LIST = "postdocs@lists.example.org"
SENDER = "ada.holm@example.org"
POISONS = ("hang", "eat", "crash", "exit", "descend", "fail")


def reception(
    store: Store, now: datetime, parser: Parser, vouching: Vouching | None = None
) -> Reception:
    return Reception(
        store,
        StillClock(now),
        Tokens("a key for tests"),
        parser,
        domain="lists.example.org",
        language="en",
        vouching=vouching,
    )


@asynccontextmanager
async def receiving(store: Store, now: datetime) -> AsyncIterator[int]:
    """Listen with a reader that can be poisoned; gives the port."""
    limits = Limits(memory_bytes=160 * 1024 * 1024, seconds=20)
    parser = Parser(command=POISONED, limits=limits)
    behind = reception(store, now, parser)
    listener = Listener(behind.take, behind.knows, hostname="lists.example.org")
    try:
        async with listener.listening("127.0.0.1", 0) as port:
            yield port
    finally:
        await parser.aclose()


def a_mail(number: int, poison: str = "") -> bytes:
    first = f"X-Poison: {poison}\r\n" if poison else ""
    head = f"From: {SENDER}\r\nSubject: Post {number}\r\nMessage-ID: <{number}@example.org>\r\n"
    return f"{first}{head}\r\nHello.\r\n".encode()


def states(store: Store) -> list[tuple[str, str]]:
    def read(session: Session) -> list[tuple[str, str]]:
        rows = session.execute(select(Post.subject, Post.state).order_by(Post.subject))
        return [(subject, state) for subject, state in rows]

    return store.read_sync(read)


def sources(store: Store) -> dict[str, bytes]:
    def read(session: Session) -> dict[str, bytes]:
        rows = session.execute(select(Post.subject, PostSource.raw).join(PostSource))
        return {subject: raw for subject, raw in rows}  # noqa: C416 - dict() wants tuples

    return store.read_sync(read)


async def test_a7_what_harms_its_reader_is_quarantined_with_its_bytes_and_neighbours_flow(
    store: Store, now: datetime
) -> None:
    builders.a_list(store, builders.a_person(store, "Ada Holm"))
    moderator = builders.a_moderator(store)
    mails = {f"Post {number}": a_mail(number, name) for number, name in enumerate(POISONS)}
    mails |= {f"Post {number}": a_mail(number) for number in range(6, 9)}

    async with receiving(store, now) as port:
        posted = [posting.post("127.0.0.1", port, SENDER, LIST, raw) for raw in mails.values()]
        said = await asyncio.gather(*posted)

    assert said == ["250 2.0.0 Taken"] * 9
    expected = [(f"Post {number}", "quarantined" if number < 6 else "held") for number in range(9)]
    assert states(store) == expected
    assert sources(store) == mails
    card = next(one for one in store.read_sync(holds.first, 100) if one.subject == "Post 2")
    assert card.excerpt == a_mail(2, "crash").decode().replace("\r\n", "\n").strip()
    store.run_sync(moderation.accept, card.post_id, by=moderator, now=now)
    assert ("Post 2", "released") in states(store)


async def test_a_calendars_answer_that_kills_its_reader_is_no_answer_and_harms_nobody(
    store: Store, now: datetime
) -> None:
    ada = builders.a_person(store, "Ada Holm")
    to = f"reply+{Tokens('a key for tests').stamp('reply', ada)}@lists.example.org"

    async with receiving(store, now) as port:
        said = [
            await posting.post("127.0.0.1", port, SENDER, to, a_mail(number, poison))
            for number, poison in enumerate(("crash", "hang"))
        ]

    assert said == [NO_ANSWER.line()] * 2
    assert states(store) == []


async def test_a4_a_mail_that_cannot_be_read_is_put_aside_once(store: Store, now: datetime) -> None:
    builders.a_list(store)
    again = b"Received: from mx2.example.org\r\n" + a_mail(1, "fail")

    async with receiving(store, now) as port:
        for raw in (a_mail(1, "fail"), again):
            assert await posting.post("127.0.0.1", port, SENDER, LIST, raw) == "250 2.0.0 Taken"

    assert states(store) == [("Post 1", "quarantined")]


async def test_a3_nothing_is_kept_when_no_reader_starts(store: Store, now: datetime) -> None:
    builders.a_list(store)
    behind = reception(store, now, Parser(command=("/bin/false",)))

    with pytest.raises(NotStarted):
        await behind.take(Envelope(sender=SENDER, recipient=LIST, raw=a_mail(1)))

    assert states(store) == []


async def test_r12_copies_that_race_are_one_post_and_another_text_is_another(
    store: Store, now: datetime
) -> None:
    builders.a_list(store, builders.a_person(store, "Ada Holm"))
    other = a_mail(1).replace(b"Hello.", b"Hi.")
    parser = Parser()
    behind = reception(store, now, parser)
    envelopes = [Envelope(sender=SENDER, recipient=LIST, raw=a_mail(1)) for _ in range(20)]
    envelopes += [Envelope(sender=SENDER, recipient=LIST, raw=other) for _ in range(5)]

    replies = await asyncio.gather(*(behind.take(envelope) for envelope in envelopes))
    await parser.aclose()

    assert set(replies) == {TAKEN}
    assert states(store) == [("Post 1", "held"), ("Post 1", "held")]


@pytest.mark.parametrize(
    ("stated", "rule", "proof"),
    [
        ("mx.example.org; dmarc=pass header.from=example.org", "accepted", "pass"),
        ("mx.example.org; dmarc=fail header.from=example.org", "unproved", "fail"),
        ("mx.example.org; spf=pass smtp.mailfrom=evil.net", "unproved", "none"),
        ("mx.evil.net; dmarc=pass header.from=example.org", "accepted", "unknown"),
    ],
)
async def test_what_our_host_found_is_kept_and_decides(
    stated: str, rule: str, proof: str, store: Store, now: datetime
) -> None:
    list_id = builders.a_list(store, builders.a_person(store, "Ada Holm"))
    changes = ["newcomer_posts=0", "hold_outcome=accept"]
    store.run_sync(lists.set_policy, list_id, changes, by=None, now=now)
    parser = Parser()
    behind = reception(store, now, parser, Vouching(authserv_id="mx.example.org"))
    raw = f"Authentication-Results: {stated}\r\n".encode() + a_mail(1)

    await behind.take(Envelope(sender=SENDER, recipient=LIST, raw=raw))
    await parser.aclose()

    card = store.read_sync(holds.card, 1)
    assert (card.rule, card.proof) == (rule, proof)
    if rule == "unproved":  # time alone lets nothing out that may be somebody else's
        assert (card.state, card.outcome) == ("held", "return")
        store.run_sync(moderation.expire, 1, detail="", due_at=now, now=now)
        assert store.read_sync(holds.card, 1).state == "returned"


async def test_a_list_that_another_process_removes_is_unknown_and_a_closed_one_says_so(
    store: Store, now: datetime
) -> None:
    ada = builders.a_person(store)
    other = builders.a_list(store, ada, address="alumni@lists.example.org")
    builders.a_list(store, ada)
    parser = Parser()
    here, there = reception(store, now, parser), reception(store, now, parser)
    mails = [Envelope(raw=a_mail(number), sender=SENDER, recipient=LIST) for number in (1, 2, 3, 4)]
    both = [mails[3], replace(mails[3], recipient="Alumni@lists.example.org")]
    try:
        known = [
            await each.knows(each_one.recipient) for each in (here, there) for each_one in both
        ]
        await store.run(list_closures.close, LIST, by=None, now=now)
        closed = await here.take(mails[0])
        await store.run(list_removals.remove, LIST, by=None, now=now)
        gone = [await here.take(mails[1]), await here.knows(LIST), await there.knows(LIST)]
        split = await there.take_together(both)
        after = await there.knows(LIST)
    finally:
        await parser.aclose()

    assert known == [None] * 4
    assert (closed.code, closed.text) == (550, f"5.7.1 {lists.Closed(LIST)}")
    assert gone == [UNKNOWN_ADDRESS, UNKNOWN_ADDRESS, None]  # known there until a mail comes
    assert (split, after) == (TAKEN, UNKNOWN_ADDRESS)
    assert states(store) == [("Post 4", "held")]
    assert await store.read(lists.knows, "alumni@lists.example.org") == other
