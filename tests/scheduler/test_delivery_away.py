"""A relay that is away and comes back, limits, and a clean stop: nothing is used up or lost."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise

import pytest
from sqlalchemy import select

from app import deliverers
from community import bounces, deliveries, digests, outbox
from community.due import GIVE_UP_AFTER, Work
from community.outbox import Channel, Delivery, Notice
from community.parcels import Parcel
from community.store import Store
from community.subscriptions import Mode
from mailing.departing import Departures
from mailing.dmarc import Dmarc
from mailing.fanout import PostSender
from mailing.notices import MailSender
from mailing.outgoing import Relay
from mailing.paces import Paces
from sandbox.jumping import StillClock
from scheduler.delivery import Deliverer
from tests.builders import a_house, a_list, a_mail, a_moderator, a_person, a_post
from tests.mailing.relay_double import CUT, RelayDouble

pytestmark = pytest.mark.anyio

LINES = 4
FEW_LINES = partial(Paces, lines=LINES)
PIPELINING = ("PIPELINING", "SIZE 1000000", "8BITMIME", "SMTPUTF8")


class Relays:
    """A relay double behind a deliverer, and a clock that both stand on."""

    def __init__(
        self, store: Store, now: datetime, url: str, make: Callable[[StillClock], Paces]
    ) -> None:
        self.store, self.clock = store, StillClock(now)
        self.paces = make(self.clock)
        self.relay = Relay(url, paces=self.paces)
        dmarc = Dmarc(_nothing, self.clock)
        departures = Departures(store, a_house(), dmarc, own_domains=("example.org",))
        self.posts: Deliverer[Parcel] = Deliverer(
            store,
            self.clock,
            PostSender(departures, self.relay, a_house()),
            claim=outbox.claim_deliveries,
            settle=bounces.settle,
            name="posts",
            room=self.relay.room,
        )

    def pass_time(self, seconds: float) -> None:
        """Put the clock forward."""
        self.clock.put_forward(self.clock.now() + timedelta(seconds=seconds))


async def _nothing(name: str) -> list[str]:
    raise AssertionError(f"our own domain is never asked: {name}")


@asynccontextmanager
async def furnished(
    store: Store,
    now: datetime,
    double: RelayDouble,
    readers: int,
    make: Callable[[StillClock], Paces] = FEW_LINES,
) -> AsyncIterator[Relays]:
    """Have a post on its way to so many readers, by this relay."""
    a_moderator(store)
    people = [a_person(store, f"Reader {n}") for n in range(readers)]
    a_post(store, a_list(store, *people), a_mail("mona.vik@example.org"), now=now)
    async with double.running() as url:
        relays = Relays(store, now, url, make)
        yield relays
        await relays.relay.aclose()


def rows(store: Store) -> list[Delivery]:
    in_order = select(Delivery).order_by(Delivery.id)
    return store.read_sync(lambda session: list(session.scalars(in_order)))


def away(verb: str, argument: str) -> str | None:
    return "421 4.3.2 not now" if verb == "GREETING" else None


async def test_an_absent_relay_uses_up_nothing_for_days_and_is_asked_by_one_mail_at_a_time(
    store: Store, now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    double = RelayDouble(script=away, extensions=PIPELINING)
    async with furnished(store, now, double, 20) as relays:
        for _ in range(4 * 24):
            await relays.posts.drain()
            await relays.posts.drain()  # the same moment: nobody is asked again
            relays.pass_time(3600)
        tried = len(double.said)
        states = Counter((row.state, row.attempts, row.claims) for row in rows(store))

        double.script = lambda verb, argument: None
        while any(row.state == Work.DUE for row in rows(store)):
            relays.pass_time(300)
            await relays.posts.drain()

    assert states == {(Work.DUE, 0, 0): 20}
    assert tried == 4 * 24
    assert Counter(recipient for recipient, _ in double.taken) == {
        f"<{row.email}>": 1 for row in rows(store)
    }
    log = capsys.readouterr().out
    assert (log.count("relay.away"), log.count("relay.back")) == (1, 1)


async def test_letters_and_digests_wait_for_an_absent_relay_too_and_go_once_when_it_is_back(
    store: Store, now: datetime
) -> None:
    double = RelayDouble(script=away)
    async with furnished(store, now, double, 3) as relays:
        _put_letters(store, now)
        sender = MailSender(relays.relay, a_house(), mail_from="samband@lists.example.org")
        letters = deliverers.notices(
            store, relays.clock, a_house(), Channel.MAIL, sender.send, room=relays.relay.room
        )
        tried = []
        for _ in range(24):
            await letters.drain()
            await relays.posts.drain()
            relays.pass_time(3600)
            tried.append(len(double.said))
        waiting = {(row.state, row.attempts, row.claims) for row in _letters(store)}

        double.script = lambda verb, argument: None
        while _are_due(store):
            relays.pass_time(300)
            await letters.drain()
            await relays.posts.drain()

    assert waiting == {(Work.DUE, 0, 0)}
    # Once it is known, by one mail an hour, of whatever kind.
    assert [after - before for before, after in pairwise(tried)] == [1] * 23
    assert {row.kind for row in _letters(store)} == {"digest.publish", "post.wait"}
    assert {(row.state, row.attempts) for row in _letters(store)} == {(Work.DONE, 1)}
    assert len(double.taken) == 3 + len(_letters(store))


def _are_due(store: Store) -> bool:
    found: list[Delivery | Notice] = [*rows(store), *_letters(store)]
    return any(each.state == Work.DUE for each in found)


def _put_letters(store: Store, now: datetime) -> None:
    """Have a digest made, and a moderator and an author told of a post that waits."""
    dag = a_person(store, "Dag Moe")
    quiet = a_list(store, dag, address="quiet@lists.example.org")
    store.run_sync(deliveries.set_mode, quiet, Mode.DAILY, by=dag, now=now)
    a_post(store, quiet, a_mail("mona.vik@example.org", subject="Collected"), now=now)
    store.run_sync(digests.make_due, now=now)
    a_post(store, quiet, a_mail("dag.moe@example.org", subject="Waits"), now=now)


def _letters(store: Store) -> list[Notice]:
    return store.read_sync(
        lambda session: list(session.scalars(select(Notice).order_by(Notice.id)))
    )


async def test_lines_to_a_relay_that_is_back_are_opened_by_and_by(
    store: Store, now: datetime
) -> None:
    """R10: 1, 2, 4 ... up to what is configured, each mail once."""
    double = RelayDouble(script=away, extensions=PIPELINING)
    opened = []
    async with furnished(store, now, double, 100, partial(Paces, lines=8)) as relays:
        await relays.posts.drain()
        double.said.clear()

        def count(verb: str, argument: str) -> str | None:
            if verb == "GREETING":
                opened.append(len(double.taken))
            return None

        double.script = count
        while any(row.state == Work.DUE for row in rows(store)):
            relays.pass_time(10)
            await relays.posts.drain()

    assert len(opened) <= 8
    for number, taken_before in enumerate(opened):
        assert taken_before >= number  # no second line before a mail went through the first
    assert Counter(Counter(to for to, _ in double.taken).values()) == {1: 100}


async def test_a_relay_that_dies_within_a_batch_gets_the_rest_when_it_is_back(
    store: Store, now: datetime
) -> None:
    double = RelayDouble(extensions=PIPELINING)

    def dies(verb: str, argument: str) -> str | None:
        if len(double.taken) >= 10 and verb in ("GREETING", "MAIL", "RCPT", "DATA"):
            return CUT
        return None

    double.script = dies
    async with furnished(store, now, double, 60) as relays:
        await relays.posts.drain()
        left = [row for row in rows(store) if row.state == Work.DUE]
        tried = [row for row in left if row.attempts]
        unused = [row for row in left if not row.attempts]

        assert {row.claims for row in unused} == {0}
        assert len(tried) <= LINES
        assert len(unused) >= 60 - 10 - 2 * LINES

        double.script = lambda verb, argument: None
        while any(row.state == Work.DUE for row in rows(store)):
            relays.pass_time(60)
            await relays.posts.drain()

    assert set(Counter(to for to, _ in double.taken).values()) == {1}
    assert len(double.taken) == 60


async def test_what_waited_five_days_for_the_relay_is_still_tried(
    store: Store, now: datetime
) -> None:
    double = RelayDouble(script=away, extensions=PIPELINING)
    async with furnished(store, now, double, 3) as relays:
        await relays.posts.drain()
        relays.pass_time((GIVE_UP_AFTER + timedelta(days=1)).total_seconds())
        await relays.posts.drain()
        assert {row.state for row in rows(store)} == {Work.DUE}

        double.script = lambda verb, argument: None
        for _ in range(3):
            relays.pass_time(600)
            await relays.posts.drain()

    assert {row.state for row in rows(store)} == {Work.DONE}


async def test_a_limited_domain_is_put_off_without_an_attempt_and_others_go(
    store: Store, now: datetime
) -> None:
    double = RelayDouble(extensions=PIPELINING)
    a_person(store, "Gro Moe", email="gro.moe@slow.example")
    paces = partial(Paces, lines=LINES, domains={"example.org": 5})
    async with furnished(store, now, double, 30, paces) as relays:
        await relays.posts.drain()
        first = Counter((row.state, row.attempts, row.claims) for row in rows(store))
        for _ in range(10):
            relays.pass_time(1)
            await relays.posts.drain()

    assert first == {(Work.DONE, 1, 1): 10, (Work.DUE, 0, 0): 20}
    assert {(row.state, row.attempts) for row in rows(store)} == {(Work.DONE, 1)}


async def test_the_whole_relay_gets_its_mails_a_second(store: Store, now: datetime) -> None:
    double = RelayDouble(extensions=PIPELINING)
    taken = []
    async with furnished(
        store, now, double, 30, partial(Paces, lines=LINES, per_second=5)
    ) as relays:
        for _ in range(5):
            await relays.posts.drain()
            taken.append(len(double.taken))
            relays.pass_time(1)

    assert taken == [10, 15, 20, 25, 30]
    assert {(row.claims, row.attempts) for row in rows(store)} == {(1, 1)}


async def test_a_domain_that_asks_to_slow_down_is_left_alone_by_all(
    store: Store, now: datetime
) -> None:
    def busy(verb: str, argument: str) -> str | None:
        return "450 4.7.1 slower, please" if verb == "RCPT" else None

    double = RelayDouble(script=busy, extensions=PIPELINING)
    async with furnished(store, now, double, 30) as relays:
        await relays.posts.drain()
        tried = Counter(row.attempts for row in rows(store))

        double.script = lambda verb, argument: None
        for _ in range(4):
            relays.pass_time(60)
            await relays.posts.drain()

    assert tried[0] >= 30 - 2 * LINES
    assert {row.state for row in rows(store)} == {Work.DONE}


async def test_what_was_claimed_and_not_begun_is_given_back_at_a_clean_stop(
    store: Store, now: datetime
) -> None:
    person = a_person(store)
    for number in range(20):
        store.run_sync(outbox.put, "test.say", number, person, now=now)
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def slow(notice: Notice) -> str:
        begun.set()
        await may_end.wait()
        return "taken"

    worker = Deliverer(
        store,
        StillClock(now),
        slow,
        claim=partial(outbox.claim_notices, channel=Channel.MAIL),
        settle=outbox.settle_notices,
        name="test",
        lanes=2,
    )
    bell = asyncio.Event()
    bell.set()
    task = asyncio.create_task(worker.work(bell))
    await begun.wait()
    task.cancel()
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await task

    found = store.read_sync(
        lambda session: list(session.scalars(select(Notice).order_by(Notice.id)))
    )
    states = Counter((row.state, row.claims, row.attempts, row.claimed_by) for row in found)
    assert set(states) == {(Work.DONE, 1, 1, None), (Work.DUE, 0, 0, None)}
    assert states[Work.DUE, 0, 0, None] >= 16
    assert {row.next_at for row in found} == {None, now}
