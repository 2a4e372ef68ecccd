"""Everything that leaves bears a signature that dkimpy finds whole, as it stands on the wire."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from community import lists
from community.deliveries import Format
from community.store import Store
from letters import kinds
from letters.contents import Contents
from mailing import checking, digests, headers, signing
from mailing.departing import Departures
from mailing.dmarc import Dmarc
from mailing.fanout import PostSender
from mailing.notices import MailSender
from mailing.outgoing import Relay
from mailing.signing import Signer
from sandbox.jumping import StillClock
from tests.builders import (
    EARLIER,
    a_house,
    a_list,
    a_mail,
    a_meetup,
    a_person,
    a_post,
    deliveries,
    notices,
)
from tests.mailing import judge
from tests.mailing.judge import a_signer, is_whole
from tests.mailing.relay_double import RelayDouble
from tests.mailing.test_digests import CONTENTS, MAIL, TWO_LISTS

pytestmark = pytest.mark.anyio

MAILS = Path(__file__).parent / "mails"
AUTHOR = "ada@strict.example"
Extensions = tuple[str, ...]
PIPELINED: Extensions = ("PIPELINING", "8BITMIME")
PLAIN: Extensions = ("8BITMIME",)


@asynccontextmanager
async def sending(
    store: Store, now: datetime, double: RelayDouble, signer: Signer | None
) -> AsyncIterator[PostSender]:
    async with double.running() as url:
        relay = Relay(url)
        departures = Departures(
            store,
            a_house(),
            Dmarc(_reject, StillClock(now)),
            own_domains=("example.org",),
            signer=signer,
        )
        yield PostSender(departures, relay, a_house())
        await relay.aclose()


async def _reject(name: str) -> list[str]:
    return ["v=DMARC1; p=reject"]


async def sent(
    store: Store,
    now: datetime,
    raw: bytes,
    *,
    email: str,
    kind: str = "rsa",
    by: Extensions = (),
    found: str = "",
) -> list[bytes]:
    """Have a list of two send a post, and return what the relay took, without doubled dots."""
    author = a_person(store, email=email)
    list_id = a_list(store, author, a_person(store, "Bo Li"))
    store.run_sync(lists.set_policy, list_id, ["newcomer_posts=0"], by=None, now=EARLIER)
    post = a_post(store, list_id, replace(a_mail(email), raw=raw, authentication=found), now=now)
    double = RelayDouble(extensions=by or PLAIN)
    async with sending(store, now, double, a_signer(kind)) as sender:
        for row in deliveries(store, post):
            await sender.send(row)
    return [wire.replace(b"\r\n..", b"\r\n.") for _, wire in double.taken]


@pytest.mark.parametrize("by", [PLAIN, PIPELINED], ids=["plain", "pipelined"])
@pytest.mark.parametrize("kind", judge.KINDS)
async def test_each_copy_of_a_post_is_signed_as_it_leaves(
    store: Store, now: datetime, kind: str, by: Extensions
) -> None:
    raw = b"From: <ada@example.org>\r\nSubject: Lunch\r\n\r\n.Hi  there \r\n..\r\nlast"

    copies = await sent(store, now, raw, email="ada@example.org", kind=kind, by=by)

    assert [is_whole(copy, a_signer(kind)) for copy in copies] == [True, True]
    assert len({headers.part(copy).first("dkim-signature") for copy in copies}) == 2


@pytest.mark.parametrize(
    "name", sorted(path.name for path in MAILS.glob("*.eml") if "bounce" not in path.name)
)
async def test_posts_of_all_shapes_are_signed(store: Store, now: datetime, name: str) -> None:
    raw = (MAILS / name).read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")

    copies = await sent(store, now, raw, email="ada@example.org")

    assert [is_whole(copy, a_signer()) for copy in copies] == [True, True]


async def test_a_post_in_the_lists_name_is_signed_by_the_lists_domain(
    store: Store, now: datetime
) -> None:
    raw = b"From: Ada <ada@strict.example>\r\nSubject: Lunch\r\n\r\nHi\r\n"

    copies = await sent(store, now, raw, email=AUTHOR)

    parted = headers.part(copies[0])
    assert b"postdocs@lists.example.org" in (parted.first("from") or b"")
    assert b"d=lists.example.org;" in (parted.first("dkim-signature") or b"")
    assert [is_whole(copy, a_signer()) for copy in copies] == [True, True]


async def test_r22_what_the_author_has_signed_and_we_do_not_change_stays_whole(
    store: Store, now: datetime
) -> None:
    author = a_signer("rsa", domain="example.org", selector="author")
    raw = b"From: <ada@example.org>\r\nDate: Mon, 1 Feb 2027 10:00:00 +0100\r\n\r\n Hi  \r\n\r\n"

    [copy, _] = await sent(store, now, _unsubjected(author, raw), email="ada@example.org")

    assert judge.verdicts(copy, author, a_signer()) == [True, True]
    assert headers.part(copy).body == headers.part(raw).body


def _unsubjected(author: Signer, raw: bytes) -> bytes:
    """Sign a mail as many hosts do: From and Date, and nothing that a list adds."""
    draft = signing.drafted(
        "DKIM-Signature",
        v="1",
        a=author.algorithm,
        c="relaxed/relaxed",
        d=author.domain,
        s=author.selector,
        h="from:date",
        bh=signing.body_hash(headers.part(raw).body),
    )
    fields = [field.raw for field in headers.part(raw).named("from", "date")]
    return signing.field_signature(author, fields, draft) + raw


async def test_every_copy_bears_the_same_seal_over_what_was_found(
    store: Store, now: datetime
) -> None:
    raw = b"From: Ada <ada@strict.example>\r\nSubject: Lunch\r\n\r\nHi\r\n"
    found = "dkim=pass header.d=strict.example; arc=none"

    copies = await sent(store, now, raw, email=AUTHOR, found=found)

    answers = json.dumps({name: [key] for name, key in judge.records(a_signer()).items()})
    for copy in copies:
        checked = checking.check(copy, answers=answers, now=now.isoformat())
        assert (checked.arc, checked.dkim_domains) == ("pass", ("lists.example.org",))
    assert len({headers.part(copy).first("arc-seal") for copy in copies}) == 1


async def test_a_mail_that_several_share_is_signed_too(store: Store, now: datetime) -> None:
    author = a_person(store, email="ada@example.org")
    list_id = a_list(store, author, a_person(store, "Bo Li"))
    store.run_sync(lists.set_policy, list_id, ["newcomer_posts=0"], by=None, now=EARLIER)
    rows = deliveries(store, a_post(store, list_id, a_mail("ada@example.org"), now=now))

    async with sending(store, now, RelayDouble(), a_signer()) as sender:
        copy = sender.for_many(rows, await sender.prepare(rows[0].post_id))

    assert b"List-Unsubscribe: <" in copy.own
    assert is_whole(copy.raw, a_signer())
    assert not is_whole(copy.raw.replace(b"/choices", b"/elsewhere"), a_signer())


async def test_d2_a_repeat_from_another_process_has_the_same_signature(
    store: Store, now: datetime
) -> None:
    list_id = a_list(store, a_person(store))
    store.run_sync(lists.set_policy, list_id, ["newcomer_posts=0"], by=None, now=EARLIER)
    [row] = deliveries(store, a_post(store, list_id, a_mail(), now=now))
    double = RelayDouble()

    async with sending(store, now, double, a_signer()) as sender:
        await sender.send(row)
        await PostSender(sender.departures, sender.relay, a_house()).send(row)

    assert double.taken[0] == double.taken[1]
    assert f"t={int(now.timestamp())}".encode() in double.taken[0][1]


async def test_without_a_key_nothing_is_signed(store: Store, now: datetime) -> None:
    list_id = a_list(store, a_person(store))
    store.run_sync(lists.set_policy, list_id, ["newcomer_posts=0"], by=None, now=EARLIER)
    [row] = deliveries(store, a_post(store, list_id, a_mail(), now=now))
    double = RelayDouble()

    async with sending(store, now, double, None) as sender:
        await sender.send(row)

    assert b"DKIM-Signature" not in double.taken[0][1]


@pytest.mark.parametrize("kind", judge.KINDS)
async def test_a_letter_is_signed_the_same_each_time(
    store: Store, now: datetime, kind: str
) -> None:
    ada = a_person(store, fields=("1.3",))
    a_meetup(store, ada, now=now)
    notice = notices(store)[0]
    written = store.read_sync(kinds.write, notice, house=a_house())
    assert written is not None
    double = RelayDouble()

    async with double.running() as url:
        relay = Relay(url)
        sender = MailSender(
            relay, a_house(), mail_from="samband@lists.example.org", signer=a_signer(kind)
        )
        for _ in range(2):
            await sender.send(notice, *written)
        await relay.aclose()

    [(_, first), (_, again)] = double.taken
    assert first == again
    assert is_whole(first.replace(b"\r\n..", b"\r\n."), a_signer(kind))


@pytest.mark.parametrize("shape", list(Format))
@pytest.mark.parametrize("of", [lambda: CONTENTS, lambda: TWO_LISTS], ids=["one", "two"])
def test_digests_of_all_forms_can_be_signed(
    now: datetime, shape: Format, of: Callable[[], Contents]
) -> None:
    raw = digests.digest(MAIL, replace(of(), format=shape))

    mail = signing.signed(a_signer(), raw, at=now)

    assert is_whole(mail, a_signer())
    assert b"list-unsubscribe-post:" in mail
