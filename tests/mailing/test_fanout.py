"""A post on its way to its readers: the bytes as they came, and one envelope for each."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from community import lists, outbox
from community.outbox import Delivery
from community.parcels import Parcel
from community.received import Received
from community.setbacks import Away, Partly, TooLate, Undelivered
from community.store import NotThere, Store
from community.tokens import Right
from mailing import headers
from mailing.departing import Departures
from mailing.dmarc import Dmarc
from mailing.fanout import PostSender
from mailing.outgoing import Relay
from sandbox.jumping import StillClock
from scheduler.delivery import Deliverer
from tests.builders import (
    a_house,
    a_list,
    a_mail,
    a_moderator,
    a_person,
    a_post,
    deliveries,
)
from tests.mailing.relay_double import CUT, RelayDouble

pytestmark = pytest.mark.anyio

BODY = b"Bl\xe5b\xe6r i 8 bit.\r\n.\r\n..dots\r\n\r\n-- \r\nMona\r\n"
HEAD = (
    b"DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=x; bh=abc=; b=def=\r\n"
    b"From: Mona Vik <mona.vik@example.org>\r\n"
    b"List-Id: <other.example.org>\r\n"
    b"Subject: Bl=?utf-8?q?=C3=A5?=\r\n"
)


@pytest.fixture
def relay() -> RelayDouble:
    return RelayDouble()


@pytest.fixture
async def sender(store: Store, relay: RelayDouble, now: datetime) -> AsyncIterator[PostSender]:
    async with relay.running() as url:
        line = Relay(url, hostname="lists.example.org")
        dmarc = Dmarc(_nothing, StillClock(now))
        departures = Departures(store, a_house(), dmarc, own_domains=("example.org",))
        yield PostSender(departures, line, a_house())
        await line.aclose()


async def _nothing(name: str) -> list[str]:
    raise AssertionError(f"our own domain is never asked: {name}")


def _raw_mail(raw: bytes, subject: str = "Blå") -> Received:
    return replace(a_mail("mona.vik@example.org", subject=subject), raw=raw)


def _on_its_way(store: Store, now: datetime, mail: Received) -> list[Delivery]:
    """Have a moderator's post go out to two readers."""
    a_moderator(store)
    list_id = a_list(store, a_person(store), a_person(store, "Bo Li"))
    return deliveries(store, a_post(store, list_id, mail, now=now))


async def test_each_reader_gets_the_bytes_as_they_came_in_an_envelope_of_their_own(
    store: Store, now: datetime, relay: RelayDouble, sender: PostSender
) -> None:
    rows = _on_its_way(store, now, _raw_mail(HEAD + b"\r\n" + BODY))

    assert [await sender.send(row) for row in rows] == ["250 2.0.0 queued as 17"] * 2

    tokens = a_house().tokens
    mails = [line for said in relay.said for line in said if line.startswith("MAIL")]
    assert [line.partition(">")[0] for line in mails] == [
        f"MAIL FROM:<postdocs-bounces+{tokens.stamp('bounce', row.id)}@lists.example.org"
        for row in rows
    ]
    assert [to for to, _ in relay.taken] == ["<ada.holm@example.org>", "<bo.li@example.org>"]
    for row, (_, wire) in zip(rows, relay.taken, strict=True):
        parted = headers.part(wire.replace(b"\r\n..", b"\r\n."))
        assert parted.body == BODY
        assert parted.fields[0].raw == HEAD.splitlines(keepends=True)[0]
        leave = tokens.link(Right("mailing_list.leave", 1, row.person_id))
        assert {field.name: field.value.strip() for field in parted.fields[1:]} == {
            "from": b"Mona Vik <mona.vik@example.org>",
            "subject": b"[postdocs] Bl=?utf-8?q?=C3=A5?=",
            "message-id": _raw_mail(b"").message_id.encode(),
            "list-id": b"postdocs <postdocs.lists.example.org>",
            "list-post": b"<mailto:postdocs@lists.example.org>",
            "list-help": b"<https://samband.example.org/lists/postdocs@lists.example.org/rules>",
            "list-owner": b"<mailto:postdocs-owner@lists.example.org>",
            "list-archive": b"<https://samband.example.org/lists/postdocs@lists.example.org>",
            "archived-at": b"<https://samband.example.org/posts/1>",
            "precedence": b"list",
            "list-unsubscribe": (
                f"<https://samband.example.org/mailing_lists/{leave}/leave>, "
                "<mailto:postdocs-leave@lists.example.org>"
            ).encode(),
            "list-unsubscribe-post": b"List-Unsubscribe=One-Click",
        }


async def test_a_repeat_is_the_same_mail(
    store: Store, now: datetime, relay: RelayDouble, sender: PostSender
) -> None:
    row = _on_its_way(store, now, _raw_mail(HEAD + b"\r\n" + BODY))[0]

    await sender.send(row)
    await PostSender(sender.departures, sender.relay, a_house()).send(row)

    assert relay.taken[0] == relay.taken[1]


async def test_lanes_that_come_to_a_post_at_once_read_it_once(
    store: Store, now: datetime, sender: PostSender
) -> None:
    post_id = _on_its_way(store, now, _raw_mail(HEAD + b"\r\n" + BODY))[0].post_id

    first, *others = await asyncio.gather(*(sender.prepare(post_id) for _ in range(8)))

    assert all(each is first for each in others)
    assert sender.at_hand(post_id) is first


async def test_a_line_is_made_ready_while_a_new_post_is_prepared(
    store: Store, now: datetime, relay: RelayDouble, sender: PostSender
) -> None:
    row = _on_its_way(store, now, _raw_mail(HEAD + b"\r\n" + BODY))[0]
    relay.script = lambda verb, named: "421 4.3.2 not now" if verb == "GREETING" else None

    with pytest.raises(Away):
        await sender.send(row)

    assert sender.at_hand(row.post_id) is not None
    relay.script = lambda verb, named: None
    assert await sender.send(row) == "250 2.0.0 queued as 17"
    assert len(relay.taken) == 1


async def test_a_post_that_cannot_be_prepared_says_so_also_where_the_relay_is_away(
    store: Store, now: datetime, relay: RelayDouble, sender: PostSender
) -> None:
    row = _on_its_way(store, now, _raw_mail(HEAD + b"\r\n" + BODY))[0]
    row.post_id = 4711
    relay.script = lambda verb, named: "421 4.3.2 not now" if verb == "GREETING" else None

    with pytest.raises(NotThere):
        await sender.send(row)


async def test_few_posts_are_kept_spliced(store: Store, now: datetime, sender: PostSender) -> None:
    mona = a_moderator(store)
    list_id = a_list(store, a_person(store), mona)
    posts = [
        a_post(store, list_id, a_mail("mona.vik@example.org", subject=f"Post {n}"), now=now)
        for n in range(4)
    ]
    more = [
        a_post(
            store,
            list_id,
            a_mail("mona.vik@example.org", subject=f"Re {n}", answers=(first,)),
            now=now,
        )
        for n in range(6)
        for first in (a_mail("mona.vik@example.org", subject="Post 0").message_id,)
    ]
    rows = [deliveries(store, post)[0] for post in (*posts, *more)]

    sender = PostSender(sender.departures, sender.relay, a_house(), kept=8)

    for row in [*rows, rows[0]]:
        await sender.send(row)

    kept = list(sender._prepared)
    assert len(kept) == 8
    assert kept == [*(row.post_id for row in rows[-7:]), rows[0].post_id]


def _shared_by(store: Store, now: datetime, names: str, *, together: int = 50) -> list[Parcel]:
    """Have a moderator's post go out to these readers, who share mails."""
    a_moderator(store)
    list_id = a_list(store, *(a_person(store, f"{name} Li") for name in names.split()))
    wanted = ["copies=together", f"recipients_per_mail={together}", "grace_seconds=0"]
    store.run_sync(lists.set_policy, list_id, wanted, by=None, now=now)
    a_post(store, list_id, _raw_mail(HEAD + b"\r\n" + BODY), now=now)
    lease = timedelta(seconds=120)
    return store.run_sync(outbox.claim_deliveries, now=now, limit=100, lease=lease, by="test")


def _names(relay: RelayDouble) -> list[str]:
    return [to.removeprefix("<").partition(".")[0] for to, _ in relay.taken]


async def test_d7_readers_who_share_a_mail_are_named_in_its_envelope_alone(
    store: Store, now: datetime, relay: RelayDouble, sender: PostSender
) -> None:
    [parcel] = _shared_by(store, now, "ada bo eva")

    assert await sender.send(parcel) == "250 2.0.0 queued as 17"

    assert _names(relay) == ["ada", "bo", "eva"]
    assert [line.split(" ")[0] for line in relay.said[0]].count("DATA") == 1
    assert relay.said[0][1].startswith("MAIL FROM:<postdocs-bounces@lists.example.org>")
    [mail] = {mail for _, mail in relay.taken}
    parted = headers.part(mail.replace(b"\r\n..", b"\r\n."))
    assert parted.body == BODY
    assert parted.first("list-unsubscribe") == (
        b"<https://samband.example.org/posts/1/choices>, <mailto:postdocs-leave@lists.example.org>"
    )
    assert parted.first("list-unsubscribe-post") is None
    assert not any(name in mail for name in (b"ada.li", b"bo.li", b"eva.li"))


async def _came(sender: PostSender, parcel: Parcel) -> dict[str, str]:
    """Send a shared mail and say what came of each of its readers."""
    with pytest.raises(Partly) as partly:
        await sender.send(parcel)
    rows = (parcel, *parcel.companions)
    return {row.email.partition(".")[0]: str(partly.value.of(row.id)) for row in rows}


async def test_d4_what_the_relay_refuses_for_all_is_tried_once_more_in_two_halves(
    store: Store, now: datetime, relay: RelayDouble, sender: PostSender
) -> None:
    [parcel] = _shared_by(store, now, "ada bo eva ida")
    relay.script = lambda verb, named: "554 no" if verb == "DOT" and "ida" in named else None

    came = await _came(sender, parcel)

    taken = "250 2.0.0 queued as 17"
    assert came == {"ada": taken, "bo": taken, "eva": "554 no", "ida": "554 no"}
    assert sum(line == "DATA" for said in relay.said for line in said) == 3


async def test_d3_a_half_whose_turn_came_too_late_is_tried_later_and_the_other_is_done(
    store: Store, now: datetime, relay: RelayDouble, sender: PostSender
) -> None:
    [parcel] = _shared_by(store, now, "ada bo eva ida")
    relay.script = lambda verb, named: "554 no" if verb == "DOT" and "ida" in named else None
    turns = iter([None, None, TooLate()])

    async def may_send() -> None:
        if (late := next(turns)) is not None:
            raise late

    lane = sender.lane(seconds=30)
    with pytest.raises(Partly) as partly:
        await lane.carry(parcel, following=None, may_send=may_send)
    await lane.aclose()

    came = [partly.value.of(row.id) for row in (parcel, *parcel.companions)]
    assert came[:2] == ["250 2.0.0 queued as 17"] * 2
    assert [isinstance(each, Undelivered) and not each.permanent for each in came[2:]] == [True] * 2
    assert _names(relay)[-2:] == ["ada", "bo"]


async def test_d4_who_was_refused_alone_is_not_tried_again(
    store: Store, now: datetime, relay: RelayDouble, sender: PostSender
) -> None:
    [parcel] = _shared_by(store, now, "ada bo eva")

    def script(verb: str, named: str) -> str | None:
        if verb == "RCPT" and "ada" in named:
            return "550 unknown"
        return "554 no" if verb == "DOT" else None

    relay.script = script
    came = await _came(sender, parcel)

    assert came == {"ada": "550 unknown", "bo": "554 no", "eva": "554 no"}
    named = [line for said in relay.said for line in said if line.startswith("RCPT")]
    assert sum("ada" in line for line in named) == 1
    assert len(named) == 5


@pytest.mark.parametrize("answer", ["451 later", CUT])
async def test_what_may_pass_is_not_tried_in_halves(
    store: Store, now: datetime, relay: RelayDouble, sender: PostSender, answer: str
) -> None:
    [parcel] = _shared_by(store, now, "ada bo eva")
    relay.script = lambda verb, named: answer if verb == "DOT" else None

    came = await _came(sender, parcel)

    assert len(set(came.values())) == 1
    assert sum(line == "DATA" for said in relay.said for line in said) == 1


async def test_each_row_is_settled_by_what_came_of_its_reader(
    store: Store, now: datetime, relay: RelayDouble, sender: PostSender
) -> None:
    _shared_by(store, now, "ada bo eva", together=2)
    later = StillClock(now + timedelta(seconds=121))

    def script(verb: str, named: str) -> str | None:
        return "450 4.2.0 greylisted" if verb == "RCPT" and "bo" in named else None

    relay.script = script
    deliverer = Deliverer(
        store,
        later,
        sender,
        claim=outbox.claim_deliveries,
        settle=outbox.settle_deliveries,
        name="posts",
    )

    assert await deliverer.drain() == 3
    settled = {row.email.partition(".")[0]: row for row in deliveries(store, 1)}
    assert {name: row.state for name, row in settled.items()} == {
        "ada": "done",
        "bo": "due",
        "eva": "done",
    }
    assert settled["bo"].last_error == "450 4.2.0 greylisted"
    assert settled["ada"].reference == "250 2.0.0 queued as 17"

    relay.script = lambda verb, named: None
    later.put_forward(settled["bo"].next_at or now)
    assert await deliverer.drain() == 1
    assert sorted(_names(relay)) == ["ada", "bo", "eva"]
