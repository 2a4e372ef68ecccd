"""Who really sent a mail, when our own mail server has not said so: from the door to the rule."""

from collections.abc import AsyncIterator
from datetime import datetime

import pytest

from community import holds, lists
from community.store import Store
from community.tokens import Tokens
from mailing import signing
from mailing.authentication import Authentication
from mailing.dns import NoAnswer, Texts
from mailing.keys import Keys
from mailing.listener import Envelope
from mailing.parser import Parser
from mailing.proving import Proving, Vouching
from mailing.reception import Reception
from mailing.replies import TAKEN
from sandbox.jumping import StillClock
from tests import builders
from tests.mailing.judge import a_signer
from tests.mailing.poisoned_child import POISONED

pytestmark = pytest.mark.anyio

LIST = "postdocs@lists.example.org"
AUTHOR = a_signer(domain="example.org", selector="a")
RAW = (
    b"From: Ada <ada.holm@example.org>\r\nTo: postdocs@lists.example.org\r\nSubject: Lunch\r\n"
    b"Message-ID: <1@example.org>\r\n\r\nHi\r\n"
)


@pytest.fixture
async def parser() -> AsyncIterator[Parser]:
    reader = Parser()
    yield reader
    await reader.aclose()


async def published(name: str) -> Texts:
    return Texts([AUTHOR.record] if name == "a._domainkey.example.org" else [], 60)


async def away(name: str) -> Texts:
    raise NoAnswer("the resolver does not answer")


async def lying(name: str) -> Texts:
    return Texts([a_signer(domain="evil.example", selector="b").record.replace("A", "B")], 60)


def proving(parser: Parser, now: datetime, ask: object = published) -> Proving:
    keys = Keys(ask, StillClock(now))  # type: ignore[arg-type]  # one of those above
    return Proving(parser, keys, StillClock(now))


@pytest.mark.parametrize(
    ("ask", "changed", "rule", "proof"),
    [
        (published, False, "accepted", "pass"),
        (published, True, "unproved", "none"),
        (lying, False, "unproved", "none"),
        (away, False, "accepted", "unknown"),
    ],
    ids=["whole", "changed", "another key", "no answer"],
)
async def test_a_signature_decides_where_nobody_else_has_looked(
    store: Store,
    now: datetime,
    parser: Parser,
    *,
    ask: object,
    changed: bool,
    rule: str,
    proof: str,
) -> None:
    list_id = builders.a_list(store, builders.a_person(store, "Ada Holm"))
    store.run_sync(lists.set_policy, list_id, ["newcomer_posts=0"], by=None, now=now)
    vouching = Vouching(proving=proving(parser, now, ask))
    clock, tokens = StillClock(now), Tokens("a key for tests")
    door = Reception(
        store, clock, tokens, parser, domain="lists.example.org", language="en", vouching=vouching
    )
    raw = signing.signed(AUTHOR, RAW, at=now)
    raw = raw.replace(b"Hi", b"Ho") if changed else raw

    reply = await door.take(Envelope(sender="ada.holm@example.org", recipient=LIST, raw=raw))

    card = store.read_sync(holds.card, 1)
    assert (reply, card.rule, card.proof) == (TAKEN, rule, proof)


async def test_what_our_own_host_found_goes_before_what_signatures_say(
    now: datetime, parser: Parser
) -> None:
    ours = Authentication(dmarc="fail", dmarc_domain="example.org")

    assert await proving(parser, now).found(signing.signed(AUTHOR, RAW, at=now), ours) == ours


async def test_a_mail_that_kills_who_checks_it_is_unknown(now: datetime) -> None:
    # This child knows how to read a mail, and dies of every other question.
    deadly = Parser(command=POISONED)

    try:
        found = await proving(deadly, now).found(RAW, Authentication())
    finally:
        await deadly.aclose()

    assert found == Authentication()
