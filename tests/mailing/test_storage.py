"""No mail is taken while there is no room to keep it, and it is taken again when there is (D8)."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from community import waiting
from community.store import Store
from mailing import replies
from mailing.envelopes import Envelope
from mailing.listener import Listener
from mailing.parser import Parser
from mailing.storage import DISK_SEEN_FOR, LEAST_FREE_BYTES, MOST_WAITING, QUEUE_SEEN_FOR, Storage
from sandbox.imap import Mailbox
from sandbox.jumping import StillClock
from tests.builders import a_list, a_mail, a_moderator, a_person, a_post
from tests.mailing.conversation import connected
from tests.mailing.test_polling import delivered
from tests.mailing.test_polling import polling as polling_of
from tests.mailing.test_reception import LIST, reception, states

pytestmark = pytest.mark.anyio

NO_ROOM = "452 4.3.1 No room to keep it, try again later"
MEGABYTE = 1024 * 1024


class Disk:
    """What lies outside: how much of the disk is free, and how many deliveries wait."""

    def __init__(self) -> None:
        self.free: int | None = LEAST_FREE_BYTES
        self.waiting = 0

    def free_bytes(self) -> int | None:
        return self.free

    async def crowds(self, limit: int) -> bool:
        return self.waiting >= limit


@pytest.fixture
def disk() -> Disk:
    return Disk()


@pytest.fixture
def clock(now: datetime) -> StillClock:
    return StillClock(now)


@pytest.fixture
async def storage(store: Store, clock: StillClock, disk: Disk) -> AsyncIterator[Storage]:
    a_list(store, a_person(store))
    parser = Parser()
    behind = reception(store, clock.now(), parser)
    yield Storage(
        behind,
        clock,
        max_message_bytes=MEGABYTE,
        free_bytes=disk.free_bytes,
        crowds=disk.crowds,
    )
    await parser.aclose()


async def _said(storage: Storage) -> str:
    listener = Listener(storage.take, storage.knows, hostname="x", max_bytes=100_000)
    async with listener.listening("127.0.0.1", 0) as port, connected(port) as client:
        await client.send(b"LHLO mx\r\n")
        while not (await client.line()).startswith("250 "):
            pass
        await client.send(f"MAIL FROM:<ada.holm@example.org>\r\nRCPT TO:<{LIST}>\r\n".encode())
        await client.line()
        return await client.line()


async def test_d8_mail_is_refused_for_the_time_being_while_the_disk_is_nearly_full(
    storage: Storage, disk: Disk, clock: StillClock
) -> None:
    disk.free = LEAST_FREE_BYTES - 1
    assert await _said(storage) == NO_ROOM

    disk.free = LEAST_FREE_BYTES
    clock.put_forward(clock.now() + DISK_SEEN_FOR)

    assert await _said(storage) == "250 2.1.5 Ok"


async def test_d8_a_mail_on_its_way_is_refused_when_the_disk_fills_up(
    storage: Storage, disk: Disk, clock: StillClock, store: Store
) -> None:
    envelope = Envelope(sender="ada.holm@example.org", recipient=LIST, raw=delivered(1))
    assert await storage.knows(LIST) is None

    disk.free = 0
    clock.put_forward(clock.now() + DISK_SEEN_FOR)

    assert await storage.take(envelope) == replies.NO_ROOM
    assert await storage.take_together([envelope]) == replies.NO_ROOM
    assert states(store) == []
    disk.free = LEAST_FREE_BYTES
    clock.put_forward(clock.now() + DISK_SEEN_FOR)
    assert await storage.take(envelope) == replies.TAKEN
    assert len(states(store)) == 1


async def test_d8_a_larger_limit_for_mails_wants_more_room(
    clock: StillClock, disk: Disk, store: Store
) -> None:
    parser = Parser()
    behind = reception(store, clock.now(), parser)
    large = Storage(
        behind,
        clock,
        max_message_bytes=200 * MEGABYTE,
        free_bytes=disk.free_bytes,
        crowds=disk.crowds,
    )
    a_list(store, a_person(store))
    disk.free = 300 * MEGABYTE - 1

    assert await large.knows(LIST) == replies.NO_ROOM
    await parser.aclose()


async def test_d8_who_is_unknown_hears_that_however_full_it_is(
    storage: Storage, disk: Disk
) -> None:
    disk.free = 0

    assert await storage.knows("nobody@lists.example.org") == replies.UNKNOWN_ADDRESS


async def test_d8_where_nobody_can_know_the_disk_mail_is_taken(
    storage: Storage, disk: Disk
) -> None:
    disk.free = None

    assert await storage.knows(LIST) is None


async def test_d8_mail_is_refused_while_too_much_waits(
    storage: Storage, disk: Disk, clock: StillClock
) -> None:
    disk.waiting = MOST_WAITING
    assert await storage.knows(LIST) == replies.NO_ROOM

    disk.waiting = MOST_WAITING - 1
    assert await storage.knows(LIST) == replies.NO_ROOM  # it is counted once a minute
    clock.put_forward(clock.now() + QUEUE_SEEN_FOR)

    assert await storage.knows(LIST) is None


async def test_d8_a_mailbox_keeps_its_mail(storage: Storage, disk: Disk) -> None:
    disk.free = 0
    mailbox = Mailbox()
    mailbox.deliver(delivered(1))

    async def known(recipient: str) -> None:
        return None

    async with polling_of(mailbox, storage.take, known) as poll:
        await poll.look()

    assert [len(mailbox.folders[name]) for name in ("INBOX",)] == [1]


def test_what_waits_is_counted(store: Store, now: datetime) -> None:
    a_list(store, a_person(store), a_person(store, "Bo Li"))
    a_moderator(store)
    a_post(store, 1, a_mail("mona.vik@example.org"), now=now - timedelta(hours=1))

    assert [store.read_sync(waiting.crowds, limit) for limit in (1, 2, 3)] == [True, True, False]
